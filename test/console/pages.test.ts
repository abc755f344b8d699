/** What the pages tell: deep links, search, orders by any id, why not, and what a key without a scope does not see. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { CuttingProxy } from '../proxy.ts'
import { furnish, hostile } from './stage.ts'
import { Visitor, words } from './visitor.ts'

let house: House
let partner: TestPartner
let visitor: Visitor
beforeAll(async () => {
  house = await openHouse({ config: { erpCustomerUrl: 'https://erp.example/accounts?number={id}' } })
  partner = await furnish(house, Date.parse('2026-03-02T09:00:00Z') / 1000)
  visitor = await Visitor.signedIn(partner)
})
afterAll(() => house.close())

const read = async (path: string): Promise<string> => {
  const { status, text } = await visitor.get(path)
  expect({ path, status }).toEqual({ path, status: 200 })
  return text
}

/** Every page that needs no more than what is furnished. */
const pages = async (): Promise<string[]> => {
  const { items } = await partner.call('listLicenses', { customer: 'K001' })
  const { items: consumers } = await partner.call('listConsumers', {})
  return [
    '/console',
    '/console/customers',
    '/console/customers?search=k',
    '/customeranalytics?customernumber=K001',
    '/customeranalytics?customernumber=K003',
    '/licenses',
    '/licenses?customernumber=K001',
    `/console/licenses/${items[0]?.licenseId}`,
    '/console/orders',
    '/console/orders?show=due',
    '/console/order?id=A-100',
    '/console/consumers',
    `/console/consumers/${consumers[0]?.consumerId}`,
    '/console/events',
    '/console/webhooks',
    '/console/inbox',
    '/console/import',
    '/console/catalogue',
    '/console/keys',
  ]
}

describe('deep links', () => {
  test('that getCustomer answers lead to the customer and to its licences', async () => {
    const { links } = await partner.call('getCustomer', { id: 'K001' })
    const path = (link: string): string => link.replace('http://tenure.test', '')
    expect(words(await read(path(links.customer)))).toContain('Kunde GmbH')
    expect(words(await read(path(links.licenses)))).toContain('Licences of Kunde GmbH')
  })

  test('by an earlier number find the customer, and say its present number', async () => {
    const text = words(await read('/customeranalytics?customernumber=K004'))
    expect(text).toContain('Silent Shipping')
    expect(text).toContain('K004 is an earlier number of this customer. It is K-4000 now.')
    expect(words(await read('/licenses?customernumber=K004'))).toContain('Licences of Silent Shipping')
  })

  test('by UUID lead there, too', async () => {
    const { customerId } = await partner.call('getCustomer', { id: 'K001' })
    expect(words(await read(`/console/customers/${customerId}`))).toContain('Kunde GmbH')
  })

  test('lead back into the ERP where a setting says how', async () => {
    expect(await read('/customeranalytics?customernumber=K001')).toContain(
      'href="https://erp.example/accounts?number=K001"',
    )
  })

  test.each([
    [
      '/customeranalytics?customernumber=nobody',
      'There is no customer with this id. It was asked for as nobody.',
    ],
    ['/licenses?customernumber=nobody', 'There is no customer with this id.'],
    ['/console/order?id=nothing', 'There is no order with this id.'],
    ['/console/licenses/01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e5f', 'There is no licence with this id.'],
    ['/console/consumers/01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e5f', 'There is no consumer with this id.'],
    ['/console/webhooks/01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e5f', 'There is no webhook endpoint with this id.'],
    ['/console/no/such/page', 'There is no such page in the console.'],
  ])('%s to what is not there is told with 404', async (path, told) => {
    const { status, text } = await visitor.get(path)
    expect(status).toBe(404)
    expect(words(text)).toContain(told)
  })

  test('to what another partner has are told the same', async () => {
    const other = await house.partner()
    await other.call('createCustomer', { id: 'FOREIGN', name: 'Foreign Ltd' })
    expect((await visitor.get('/customeranalytics?customernumber=FOREIGN')).status).toBe(404)
    const { customerId } = await other.call('getCustomer', { id: 'FOREIGN' })
    expect((await visitor.get(`/console/customers/${customerId}`)).status).toBe(404)
    expect((await visitor.get('/console/find?q=FOREIGN')).location).toBe('/console/customers?search=FOREIGN')
  })

  test('without a number lead to the list', async () => {
    expect(await visitor.get('/customeranalytics')).toMatchObject({
      status: 303,
      location: '/console/customers',
    })
  })
})

describe('the overview', () => {
  test('counts and names what waits to be looked at', async () => {
    const text = words(await read('/console'))
    expect(text).toContain('1 renewals due')
    expect(text).toMatch(
      /Renewals due Chains .* A-500 Baxter & Sons Ltd oo-ent 2026-05-21 09:00 UTC window open/,
    )
    expect(text).toContain('ERP-7 Kunde GmbH erp-std 2026-05-26 00:00 UTC licence without orders')
    expect(text).toContain('A-100 Kunde GmbH oo-std 2026-05-11 09:00 UTC Card declined')
  })

  test('draws the year and says it in numbers', async () => {
    const text = await read('/console')
    expect(text).toMatch(/<svg[^>]*role="img"[^>]*aria-labelledby/)
    const numbers = words(text.slice(text.indexOf('The same in numbers')))
    expect(numbers).toMatch(/Apr(?:il)? 2026 6 2/)
  })

  test('tells endpoints that fail', async () => {
    const made = await partner.call('createWebhookEndpoint', { url: 'https://receiver.example/hook' })
    expect(words(await read('/console'))).toContain('0 failing webhooks')
    await house.sql(`update webhook_cursor set failing_since = now() where endpoint_id = $1`, [
      made.endpointId,
    ])
    const text = words(await read('/console'))
    expect(text).toContain('1 failing webhooks')
    expect(text).toContain('https://receiver.example/hook failing')
    await partner.call('deleteWebhookEndpoint', { endpointId: made.endpointId })
  })

  test('of a sandbox tells where its clock stands', async () => {
    const sandbox = await house.partner({ name: 'Playground', sandbox: true })
    const { now } = await sandbox.call('getClock', {})
    const { text } = await (await Visitor.signedIn(sandbox)).get('/console')
    expect(text).toContain('sandbox')
    expect(words(text)).toContain(
      `The sandbox clock stands at ${new Date(now * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
    )
  })
})

describe('finding', () => {
  test.each([
    ['a first order', 'A-100', '/console/order?id=A-100'],
    ['a renewal', 'A-102', '/console/order?id=A-102'],
    ['a customer', 'K001', '/customeranalytics?customernumber=K001'],
    ['a customer by an earlier number', 'K004', '/customeranalytics?customernumber=K004'],
    ['text that names nothing', 'kunde', '/console/customers?search=kunde'],
  ])('%s leads straight there', async (_, asked, location) => {
    expect((await visitor.get(`/console/find?q=${asked}`)).location).toBe(location)
  })

  test('a licence by its number or UUID, a consumer by number, address or UUID, a customer by UUID', async () => {
    const { licenseId } = await partner.call('getLicense', { id: 'ERP-7', product: 'erp' })
    const { consumerId } = await partner.call('getConsumer', { id: 'U-1' })
    const { customerId } = await partner.call('getCustomer', { id: 'K002' })
    for (const [asked, location] of [
      ['ERP-7', `/console/licenses/${licenseId}`],
      [licenseId as string, `/console/licenses/${licenseId}`],
      ['U-1', `/console/consumers/${consumerId}`],
      ['ANN@kunde.example', `/console/consumers/${consumerId}`],
      [consumerId as string, `/console/consumers/${consumerId}`],
      [customerId as string, '/customeranalytics?customernumber=K002'],
    ] as const)
      expect({
        asked,
        location: (await visitor.get(`/console/find?q=${encodeURIComponent(asked)}`)).location,
      }).toEqual({
        asked,
        location,
      })
  })

  test('a document number leads to its order or licence, or to the choice among several', async () => {
    expect((await visitor.get('/console/find?q=C-A-300')).location).toBe('/console/order?id=A-300')
    const { licenseId } = await partner.call('getLicense', { id: 'ERP-7', product: 'erp' })
    expect((await visitor.get('/console/find?q=CON-77')).location).toBe(`/console/licenses/${licenseId}`)
    await partner.call('createLicense', {
      customer: 'K002',
      edition: 'erp-std',
      id: 'ERP-8',
      references: { order: 'CON-77' },
    })
    const text = words(await read('/console/find?q=CON-77'))
    expect(text).toContain('Licences that name CON-77')
    expect(text).toMatch(/ERP-7.*ERP-8|ERP-8.*ERP-7/)
  })

  test('a link that names nothing at all is told what is wrong with it', async () => {
    for (const [path, param] of [
      ['/console/licenses/none', 'licenseId'],
      ['/console/order', 'id'],
      ['/console/customers?cursor=none', 'cursor'],
    ] as const) {
      const { status, text } = await visitor.get(path)
      expect({ path, status, told: text.includes(`<code>${param}</code>`) }).toEqual({
        path,
        status: 400,
        told: true,
      })
    }
  })

  test('several things of one id are told all', async () => {
    await partner.call('createCustomer', { id: 'A-200', name: 'Namesake Ltd' })
    const text = words(await read('/console/find?q=A-200'))
    expect(text).toContain('Several things have this id')
    expect(text).toMatch(/Order A-200 .*Customer A-200/)
  })
})

describe('customers', () => {
  test.each([
    ['a part of the number', 'k00', ['K001', 'K002', 'K003']],
    ['a part of the name, in any case', 'BAXTER', ['K002']],
    ['a part of the e-mail address', 'silent.ex', ['K-4000']],
    ['the address of the administrator', 'ann@kunde.example', ['K001']],
    ['an earlier number', 'K004', ['K-4000']],
    ['nothing', 'zzz', []],
    ['signs that mean something to SQL', '%', []],
  ])('are found by %s', async (_, search, expected) => {
    const text = await read(`/console/customers?search=${encodeURIComponent(search)}`)
    const found = [
      ...text.matchAll(/<th scope="row"[^>]*><a href="\/customeranalytics\?customernumber=([^"]+)"/g),
    ]
    expect(found.map((match) => match[1]).sort()).toEqual(expected.toSorted())
  })

  test('stand on pages', async () => {
    const many = await house.partner()
    const calls = Array.from({ length: 120 }, (_, place) => ({
      method: 'createCustomer',
      params: { id: `C-${place}`, name: `Customer ${place}` },
    }))
    await many.batch(calls)
    const one = await Visitor.signedIn(many)
    for (const start of ['/console/customers', '/console/customers?search=customer']) {
      const seen = new Set<string>()
      for (let path: string | undefined = start; path; ) {
        const { text } = await one.get(path)
        for (const [, number] of text.matchAll(/customernumber=(C-\d+)"/g)) seen.add(number as string)
        path = /<a href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
      }
      expect({ start, seen: seen.size }).toEqual({ start, seen: 120 })
    }
  })
})

describe('the dashboard', () => {
  test('tells why something works and why not', async () => {
    const text = words(await read('/customeranalytics?customernumber=K001'))
    expect(text).toContain('oo-std not entitled suspended')
    expect(text).toContain('Renewal A-101 bought 25 of oo-std')
    expect(text).toMatch(/Suspended since 2026-05-11 09:00 UTC by key:\w+ \(Card declined\)/)
    expect(text).toContain('erp-std entitled entitled, 3 licences, until 2026-05-26 00:00 UTC')
  })

  test.each([
    ['now', 'why=oo-std', 'oo-std now not entitled suspended'],
    ['in the past', 'why=oo-std&at=2026-03-05', 'oo-std at 2026-03-05 entitled entitled, 20 licences'],
    ['for what it never had', 'why=oo-ent', 'oo-ent now not entitled no licence for it'],
    [
      'for a feature',
      'why=erp-std&feature=export',
      'erp-std now not entitled a licence, but not this feature',
    ],
    ['at no moment', 'why=oo-std&at=yesterday', 'at must be Unix seconds, RFC 3339 text'],
  ])('answers why %s', async (_, query, told) => {
    expect(words(await read(`/customeranalytics?customernumber=K001&${query}`))).toContain(told)
  })

  test('draws every chain and says the same in words', async () => {
    const text = await read('/customeranalytics?customernumber=K001')
    expect(text.match(/<svg[^>]*role="img"/g)).toHaveLength(2)
    expect(words(text)).toContain('Suspended since 2026-05-11')
  })

  test('tells what happened, and who did it', async () => {
    const text = words(await read('/customeranalytics?customernumber=K001'))
    expect(text).toMatch(/2026-05-11 09:00 UTC order.suspended order A-100 key:\w{12}/)
    expect(text).toContain('order.renewed order A-102')
    expect(text).not.toContain('K002')
    expect(words(await read('/customeranalytics?customernumber=K-4000'))).toContain(
      'customer.created customer K004',
    )
  })
})

describe('an order', () => {
  test('is found by any order id of its chain', async () => {
    const text = words(await read('/console/order?id=A-102'))
    expect(text).toContain('Order A-100')
    expect(text).toContain('A-102 is a renewal of this chain.')
    expect(text).toMatch(
      /A-102 renewal oo-std 25 monthly .*A-101 renewal oo-std 25 monthly .*A-100 first order oo-std 20/,
    )
  })

  test.each([
    ['A-100', 'suspended', ['Change', 'Resume', 'Cancel']],
    ['A-300', 'active', ['Renew', 'Change', 'Suspend', 'Cancel']],
  ])('%s, which is %s, offers %s', async (id, _, doings) => {
    const text = await read(`/console/order?id=${id}`)
    const beside = /<div class="beside">([\s\S]*?)<\/div>/.exec(text)?.[1] ?? ''
    expect([...beside.matchAll(/<a class="button"[^>]*>([^<]+)</g)].map((match) => match[1])).toEqual(doings)
  })

  test('that is cancelled offers nothing, and one that ends can be kept', async () => {
    await partner.call('cancelOrder', { id: 'A-600', at: 'termEnd' })
    expect(words(await read('/console/order?id=A-600'))).toContain('Keep after all')
    await partner.call('cancelOrder', { id: 'A-400' })
    expect(words(await read('/console/order?id=A-400'))).toContain(
      'Nothing can be done: the chain is cancelled.',
    )
  })
})

describe('events', () => {
  test('are told the latest first, with who did it, of one type if wanted', async () => {
    const all = words(await read('/console/events'))
    expect(all.indexOf('order.cancelled order A-400')).toBeLessThan(
      all.indexOf('order.suspended order A-100'),
    )
    const renewed = words(await read('/console/events?type=order.renewed'))
    expect(renewed).toMatch(/order.renewed order A-102 key:\w+ \d+ .*order.renewed order A-101/)
    expect(renewed.match(/order\.suspended order A-/g)).toBeNull()
  })

  test('stand on pages', async () => {
    const { events } = await partner.call('listEvents', { limit: 500 })
    await partner.batch(
      Array.from({ length: 60 }, (_, place) => ({
        method: 'updateCustomer',
        params: { id: 'K002', phone: String(1000 + place) },
      })),
    )
    const text = await read('/console/events')
    const next = /<a href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&') as string
    expect(next).toMatch(/before=\d+/)
    expect(words(await read(next))).toContain(`customer K002 key:`)
    expect(events.length).toBeGreaterThan(20)
  })
})

describe('importing', () => {
  test('begins with a file that has the right header', async () => {
    const { status, headers, text } = await visitor.get('/console/import/customers.csv')
    expect({ status, type: headers.get('content-type'), first: text.split(',')[0] }).toEqual({
      status: 200,
      type: 'text/csv; charset=utf-8',
      first: 'id',
    })
    expect((await visitor.get('/console/import/licenses.csv')).text).toContain('edition')
    expect((await visitor.get('/console/import/keys.csv')).status).toBe(404)
  })

  test.each([
    ['nothing', { kind: 'customers', rows: '' }, 'Choose a file, or paste its rows.'],
    ['a header that nobody knows', { kind: 'customers', rows: 'colour\nblue\n' }, 'colour'],
    [
      'a file that the page carried and somebody changed',
      { kind: 'customers', kept: '####' },
      'not readable any more',
    ],
  ])('of %s is refused, and the form stays', async (_, fields: Record<string, string>, told) => {
    const { status, text } = await visitor.send('/console/import', fields)
    expect(status).toBe(400)
    expect(words(text)).toContain(told)
  })

  test('a file too large for the page to carry asks for it again', async () => {
    const rows = Array.from({ length: 6_000 }, (_, place) => `BIG-${place},${crypto.randomUUID()}\n`)
    const form = new FormData()
    form.set('csrf', await visitor.token())
    form.set('kind', 'customers')
    form.set('file', new File([`number,name\n${rows.join('')}`], 'big.csv'))
    const { status, text } = await visitor.post('/console/import', form)
    expect(status).toBe(200)
    expect(words(text)).toContain('The same file again It is too large for this page to carry it.')
    expect(words(text)).toContain('Import 6,000 rows')
    expect(Buffer.byteLength(text)).toBeLessThan(100_000)
    expect((await visitor.get('/customeranalytics?customernumber=BIG-0')).status).toBe(404)
  })
})

describe('names that would break pages', () => {
  test('are text wherever they stand', async () => {
    await partner.call('createFirstOrder', {
      customer: 'K003',
      id: `<b onmouseover="x">&amp;'`,
      product: 'oo-lite',
      licenses: 1,
      duration: 'monthly',
      references: { contract: '<i>contract</i>' },
    })
    await partner.call('createConsumer', { customer: 'K003', id: '"><u>', displayName: hostile })
    const odd = encodeURIComponent(`<b onmouseover="x">&amp;'`)
    for (const path of [
      ...(await pages()),
      `/console/order?id=${odd}`,
      `/console/find?q=${encodeURIComponent(hostile)}`,
      `/console/customers?search=${encodeURIComponent(hostile)}`,
      `/customeranalytics?customernumber=${encodeURIComponent(hostile)}`,
      `/console/no/${encodeURIComponent(hostile)}`,
      `/console/sign-in?next=${encodeURIComponent(hostile)}`,
    ]) {
      const { text } = await visitor.get(path)
      expect({ path, found: text.match(/<(?:script>|img\b|b\b|u>|i>)/g) }).toEqual({ path, found: null })
      expect({ path, handlers: text.match(/<[^>"]*(?:"[^"]*"[^>"]*)*\son\w+=/g) }).toEqual({
        path,
        handlers: null,
      })
    }
    expect(words(await read(`/console/order?id=${odd}`))).toContain(`Order <b onmouseover="x">&amp;'`)
    expect(words(await read('/customeranalytics?customernumber=K003'))).toContain(hostile)
  })
})

describe('every page', () => {
  test('is smaller than 100 KB, has no script or style of its own, and one main heading', async () => {
    for (const path of await pages()) {
      const text = await read(path)
      expect({ path, bytes: Buffer.byteLength(text) < 100_000 }).toEqual({ path, bytes: true })
      expect({ path, own: text.match(/<script(?![^>]*\bsrc=)|<style|\sstyle=/g) }).toEqual({
        path,
        own: null,
      })
      expect({ path, headings: text.match(/<h1\b/g)?.length }).toEqual({ path, headings: 1 })
    }
  })

  test('stays small with a chain of ten years', async () => {
    const old = await house.partner({ sandbox: true })
    await old.call('createCustomer', { id: 'OLD', name: 'Old Company' })
    const first = {
      customer: 'OLD',
      id: 'R-0',
      product: 'oo-lite',
      licenses: 1,
      duration: 'monthly',
    } as const
    const { licenseId } = await old.call('createFirstOrder', first)
    const year = Array.from({ length: 12 }, (_, month) => month)
    for (let decade = 0; decade < 10; decade++)
      await old.batch(
        year.flatMap((month) => [
          { method: 'advanceClock', params: { days: month % 5 === 0 ? 31 : 30 } },
          { method: 'createRenewalOrder', params: { parent: 'R-0', id: `R-${decade * 12 + month + 1}` } },
        ]),
      )
    expect((await old.call('getOrder', { id: 'R-0' })).orders.length).toBeGreaterThan(110)
    const one = await Visitor.signedIn(old)
    for (const path of [
      '/console/order?id=R-0',
      '/customeranalytics?customernumber=OLD',
      `/console/licenses/${licenseId}`,
    ]) {
      const { status, text } = await one.get(path)
      expect({ path, status, kilobytes: Math.round(Buffer.byteLength(text) / 1000) }).toEqual({
        path,
        status: 200,
        kilobytes: expect.toSatisfy((size: number) => size < 100),
      })
    }
  })

  test('answers a HEAD with its headers alone', async () => {
    const answer = await fetch(`${partner.url}/console/sign-in`, { method: 'HEAD' })
    expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 200, text: '' })
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(500)
  })
})

test('a database that is away is told as such, and the page comes back with it', async () => {
  let proxy: CuttingProxy | undefined
  const cut = await openHouse({
    through: async (url) => {
      const { hostname, port } = new URL(url)
      proxy = new CuttingProxy('nothing', { host: hostname, port: Number(port) })
      await proxy.listen()
      return Object.assign(new URL(url), { host: `127.0.0.1:${proxy.port}` }).href
    },
  })
  const one = await Visitor.signedIn(cut.operator)
  expect((await one.get('/console')).status).toBe(200)
  const { target } = proxy as CuttingProxy
  ;(proxy as CuttingProxy).target = undefined
  proxy?.cutAll()
  const { status, headers, text } = await one.get('/console')
  expect({ status, retry: headers.get('retry-after') }).toEqual({ status: 503, retry: '1' })
  expect(words(text)).toContain('Not at the moment')
  ;(proxy as CuttingProxy).target = target
  await expect.poll(async () => (await one.get('/console')).status).toBe(200)
  await cut.close()
  await proxy?.close()
})

describe('a key with few scopes', () => {
  test.each([
    ['read', []],
    ['orders', ['createCustomer', 'createFirstOrder', 'updateCustomer', 'suspendOrder']],
    ['licenses', ['createCustomer', 'createLicense', 'createConsumer', 'updateCustomer']],
  ] as const)('%s sees the buttons it may press, and no others', async (scope, expected) => {
    const one = await Visitor.signedIn(await house.withScopes(partner, [scope]))
    const texts = await Promise.all(
      [
        '/console/customers',
        '/customeranalytics?customernumber=K-4000',
        '/console/order?id=A-300',
        '/licenses',
      ].map(async (path) => (await one.get(path)).text),
    )
    const offered = new Set(
      [...texts.join().matchAll(/href="\/console\/do\/(\w+)/g)].map((match) => match[1]),
    )
    const asked = [
      'createCustomer',
      'createFirstOrder',
      'createLicense',
      'createConsumer',
      'updateCustomer',
      'suspendOrder',
    ]
    expect(asked.filter((method) => offered.has(method)).sort()).toEqual([...expected].sort())
  })

  test.each([
    ['/console/keys', 'admin'],
    ['/console/webhooks', 'admin'],
    ['/console/inbox', 'admin'],
    ['/console/import', 'orders or licenses'],
  ])('is told plainly that %s needs %s, and its navigation does not lead there', async (path, scope) => {
    const one = await Visitor.signedIn(await house.withScopes(partner, ['read']))
    const { status, text } = await one.get(path)
    expect(status).toBe(403)
    expect(words(text)).toContain(`Signed in with a key that has the scope ${scope} you would see it.`)
    expect((await one.get('/console')).text).not.toContain(`href="${path}"`)
  })

  test('imports nothing', async () => {
    const one = await Visitor.signedIn(await house.withScopes(partner, ['read']))
    const csrf = /name="csrf" value="([^"]+)"/.exec((await one.get('/console')).text)?.[1] as string
    const { status } = await one.post('/console/import', {
      csrf,
      kind: 'customers',
      rows: 'number,name\nX,Y\n',
      run: 'import',
    })
    expect(status).toBe(403)
  })
})
