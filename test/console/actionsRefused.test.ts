/** What a form does when something is not as it should be: nothing, and it says why and what to do. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { Clerk, formOf, isPreview } from './clerk.ts'

let house: House & AsyncDisposable
let partner: TestPartner
let clerk: Clerk

beforeAll(async () => {
  house = await openHouse({ config: { webhookAllow: ['127.0.0.0/8'] } })
  partner = await house.partner({ name: 'a vendor' })
  clerk = await Clerk.signedIn(partner)
})
afterAll(() => house.close())

let counter = 0

/** A customer with one order, both under a fresh id. */
async function bought(id = `r-${++counter}`): Promise<string> {
  await partner.call('createCustomer', { id, name: `Customer ${id}` })
  await partner.call('createFirstOrder', {
    customer: id,
    id,
    product: 'oo-lite',
    licenses: 20,
    duration: 'monthly',
  })
  return id
}

const suspending = (id: string): string => `/console/do/suspendOrder?id=${encodeURIComponent(id)}`
const statusOf = async (id: string): Promise<string> => (await partner.call('getOrder', { id })).status
const eventsOf = async (type: string): Promise<number> =>
  (await partner.events()).filter((event) => event.type === type).length

describe('a form that is not ours', () => {
  const forgeries: [
    why: string,
    forge: (fields: Map<string, string>) => void,
    headers?: Record<string, string>,
  ][] = [
    ['has no token', (fields) => fields.delete('csrf')],
    ['has another token', (fields) => fields.set('csrf', 'x'.repeat(43))],
    ['comes from another site, as the browser says', () => {}, { 'sec-fetch-site': 'cross-site' }],
    ['comes from another origin', () => {}, { origin: 'https://evil.example' }],
  ]
  for (const [why, forge, headers] of forgeries)
    test(why, async () => {
      const id = await bought()
      const previewed = await clerk.preview(suspending(id))
      const form = formOf(previewed)
      const fields = new Map(form.fields)
      forge(fields)
      const answer = await clerk.post(form.action, [...fields, ['step', 'confirm']], headers)
      expect(answer.status).toBe(403)
      expect(answer.text).toContain('not from your present session')
      expect(await statusOf(id)).toBe('active')
    })

  test('is sent by nobody who is signed in: one is led to the sign-in, and back to the form', async () => {
    const id = await bought()
    const { fields, action } = formOf(await clerk.preview(suspending(id)))
    const body = new URLSearchParams(
      [...fields, ['step', 'confirm']].map(([name, value]): [string, string] => [
        String(name),
        String(value),
      ]),
    )
    const answer = await fetch(partner.url + action, { method: 'POST', body, redirect: 'manual' })
    expect(answer.status).toBe(303)
    const next = new URL(answer.headers.get('location') ?? '', partner.url).searchParams.get('next')
    expect(next).toBe(suspending(id))
    expect(await statusOf(id)).toBe('active')
  })

  const broken: [why: string, params: string][] = [
    ['is no JSON', '{'],
    ['is a list', '[]'],
    ['is a number', '4'],
    ['is left out', ''],
  ]
  for (const [why, params] of broken)
    test(`what was previewed ${why}`, async () => {
      const id = await bought()
      const answer = await clerk.submit(await clerk.preview(suspending(id)), 'confirm', { params })
      expect(answer.status).toBe(400)
      expect(answer.text).toContain('could not be read')
      expect(await statusOf(id)).toBe('active')
    })
})

describe('a form that is sent twice', () => {
  test('one after the other: the second leads to the same place and does nothing', async () => {
    const id = await bought()
    const before = await eventsOf('order.changed')
    const previewed = await clerk.preview(`/console/do/changeOrder?id=${id}`, { licenses: '30' })
    const first = await clerk.submit(previewed, 'confirm')
    const second = await clerk.submit(previewed, 'confirm')
    expect([second.status, second.location]).toEqual([303, first.location])
    expect(await eventsOf('order.changed')).toBe(before + 1)
  })

  test('both at once, with an id of our own', async () => {
    const id = await bought()
    await partner.call('createCustomer', { id: `${id}-c`, name: 'C' })
    const address = `/console/do/createFirstOrder?customer=${id}-c`
    const previewed = await clerk.preview(address, { id: `${id}-c`, product: 'oo-lite', licenses: '1' })
    const before = await eventsOf('order.created')
    const answers = await Promise.all([
      clerk.submit(previewed, 'confirm'),
      clerk.submit(previewed, 'confirm'),
    ])
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    expect(await eventsOf('order.created')).toBe(before + 1)
  })

  test('a key is made once, and shown again', async () => {
    const previewed = await clerk.preview('/console/do/createApiKey', { name: 'twice', scopes: 'read' })
    const keys = [await clerk.submit(previewed, 'confirm'), await clerk.submit(previewed, 'confirm')]
    const [one, other] = keys.map(({ text }) => /tk_live_\w+/.exec(text)?.[0])
    expect(one).toBe(other)
    expect((await partner.call('listApiKeys', {})).items.filter(({ name }) => name === 'twice').length).toBe(
      1,
    )
  })

  test('a thing that is deleted is gone the second time, and one lands in the same place', async () => {
    const { endpointId } = await partner.call('createWebhookEndpoint', { url: 'http://127.0.0.1:9/hook' })
    const previewed = await clerk.preview(`/console/do/deleteWebhookEndpoint?endpointId=${endpointId}`)
    const answers = [await clerk.submit(previewed, 'confirm'), await clerk.submit(previewed, 'confirm')]
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    const another = await clerk.submit(previewed, 'confirm', { once: 'another' })
    expect(another.location).toContain('/console/webhooks?did=deleteWebhookEndpoint-already.')
    expect((await clerk.get(`/console/do/deleteWebhookEndpoint?endpointId=${endpointId}`)).status).toBe(404)
  })

  test('a deed that is done already changes nothing, and says so', async () => {
    const id = await bought()
    await partner.call('suspendOrder', { id })
    const { previewed, done } = await clerk.act(suspending(id))
    expect(previewed.text).toContain('It is so already; nothing would be changed.')
    expect(done.location).toContain(`/console/order?id=${id}&did=suspendOrder-already.`)
    expect((await clerk.get(done.location ?? '')).text).toContain('nothing had to be changed')
  })
})

test('a link from elsewhere cannot claim that something was done', async () => {
  const id = await bought()
  const { done } = await clerk.act(suspending(id))
  const claim = new URL(done.location ?? '', partner.url).searchParams.get('did') as string
  const claims = async (did: string, by = clerk): Promise<boolean> =>
    (await by.get(`/console/order?id=${id}&did=${did}`)).html.includes('role="status"')
  expect(await claims(claim)).toBe(true)
  const others = [
    claim.replace('suspendOrder', 'cancelOrder'),
    'suspendOrder',
    'suspendOrder.',
    claim.slice(0, -1),
  ]
  for (const other of others) expect(await claims(other), other).toBe(false)
  expect(await claims(claim, await Clerk.signedIn(partner))).toBe(false)
})

describe('somebody else was faster', () => {
  test('before the preview: what was typed stays, beside what is there now', async () => {
    const id = await bought()
    const opened = await clerk.get(`/console/do/updateCustomer?id=${id}`)
    await partner.call('updateCustomer', { id, name: 'Renamed by others' })
    const refused = await clerk.submit(opened, 'preview', { phone: '+49 1' })
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('Somebody has changed this since you opened the form')
    const fields = new Map(formOf(refused).fields)
    expect([fields.get('name'), fields.get('phone')]).toEqual(['Renamed by others', '+49 1'])
    const previewed = await clerk.submit(refused, 'preview')
    expect(previewed.text).toMatch(/Afterwards Phone – \+49 1 Nothing/)
    expect((await clerk.submit(previewed, 'confirm')).status).toBe(303)
    expect(await partner.call('getCustomer', { id })).toMatchObject({
      name: 'Renamed by others',
      phone: '+49 1',
    })
  })

  test('between the preview and the button', async () => {
    const id = await bought()
    const previewed = await clerk.preview(`/console/do/changeOrder?id=${id}`, { licenses: '30' })
    await partner.call('changeOrder', { id, product: 'oo-std' })
    const refused = await clerk.submit(previewed, 'confirm')
    expect(refused.status).toBe(409)
    const fields = new Map(formOf(refused).fields)
    expect([fields.get('product'), fields.get('licenses')]).toEqual(['oo-std', '30'])
    expect(await partner.call('getOrder', { id })).toMatchObject({ product: 'oo-std', licenses: 20 })
  })

  test('an order that somebody cancelled is not suspended any more', async () => {
    const id = await bought()
    const previewed = await clerk.preview(suspending(id))
    await partner.call('cancelOrder', { id })
    const refused = await clerk.submit(previewed, 'confirm')
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('The order is cancelled since 2026-03-01 12:00 UTC')
  })
})

describe('a key without the scope', () => {
  test('opens no form, sends none, and sees no button', async () => {
    const id = await bought()
    const { fields, action } = formOf(await clerk.preview(suspending(id)))
    const reader = await Clerk.signedIn(await house.withScopes(partner, ['read']))
    const opened = await reader.get(suspending(id))
    expect([opened.status, /scope orders/.test(opened.text)]).toEqual([403, true])
    const own = /name="csrf" value="([^"]*)"/.exec(opened.html)?.[1] as string
    const sent = fields.map(([name, value]): [string, string] => [name, name === 'csrf' ? own : value])
    expect((await reader.post(action, [...sent, ['step', 'confirm']])).status).toBe(403)
    expect(await statusOf(id)).toBe('active')
    expect((await reader.get(`/console/order?id=${id}`)).html).not.toContain('/console/do/')
    expect((await clerk.get(`/console/order?id=${id}`)).html).toContain('/console/do/suspendOrder')
  })

  test('of the two lifecycles has only the forms of one', async () => {
    const id = await bought()
    const syncing = await Clerk.signedIn(await house.withScopes(partner, ['licenses']))
    const statuses = async (...paths: string[]): Promise<number[]> =>
      Promise.all(paths.map(async (path) => (await syncing.get(path)).status))
    const license = `/console/do/createLicense?customer=${id}`
    expect(
      await statuses(suspending(id), license, '/console/do/createApiKey', '/console/do/createProduct'),
    ).toEqual([403, 200, 403, 403])
  })

  test('cannot revoke the licence of an order by the other door', async () => {
    const id = await bought()
    const { licenseId } = await partner.call('getOrder', { id })
    const syncing = await Clerk.signedIn(await house.withScopes(partner, ['licenses']))
    const refused = await syncing.preview(`/console/do/revokeLicenses?customer=${id}&licenseIds=${licenseId}`)
    expect([refused.status, /lacks the scope orders/.test(refused.text)]).toEqual([409, true])
    expect(await statusOf(id)).toBe('active')
  })
})

describe('what is wrong stands at its field, and what was typed stays', () => {
  const table: {
    why: string
    path: (id: string) => string
    filled: Record<string, string>
    problems: Record<string, string>
  }[] = [
    {
      why: 'several at once',
      path: () => '/console/do/createCustomer',
      filled: { name: '', 'admin.email': 'nobody', 'address.country': 'Germany' },
      problems: {
        name: 'must not be empty',
        'admin.email': 'must be an e-mail address',
        'address.country': 'must be an ISO 3166 code of two capital letters, such as DE',
      },
    },
    {
      why: 'a number that is none',
      path: (id) => `/console/do/changeOrder?id=${id}`,
      filled: { licenses: 'many' },
      problems: { licenses: 'must be a number' },
    },
    {
      why: 'a day that is none',
      path: (id) => `/console/do/createLicense?customer=${id}`,
      filled: { edition: 'oo-lite', validUntil: '31.12.2026' },
      problems: {
        validUntil:
          'must be Unix seconds, RFC 3339 text such as 2026-11-21T08:00:00Z, or a date such as 2026-11-21',
      },
    },
    {
      why: 'lines without a name and a value',
      path: (id) => `/console/do/createLicense?customer=${id}`,
      filled: { edition: 'oo-lite', limitations: 'files 500', variables: 'a = 1\na = 2' },
      problems: {
        limitations: 'must have a name, = and a value in each line; this one has not: files 500',
        variables: 'must not have a twice',
      },
    },
    {
      why: 'of a method that cannot be previewed',
      path: () => '/console/do/createApiKey',
      filled: { name: 'no scope', expiresAt: 'soon' },
      problems: {
        scopes: 'must name at least one scope',
        expiresAt:
          'must be Unix seconds, RFC 3339 text such as 2026-11-21T08:00:00Z, or a date such as 2026-11-21',
      },
    },
  ]
  for (const { why, path, filled, problems } of table)
    test(why, async () => {
      const refused = await clerk.preview(path(await bought()), filled)
      expect(refused.status).toBe(400)
      for (const [name, problem] of Object.entries(problems)) {
        const id = `field-${name.replaceAll('.', '-')}`
        expect(refused.html).toContain(`id="${id}-problem">It ${problem}.`)
        expect(refused.html).toMatch(new RegExp(`id="${id}"[^>]*aria-describedby="[^"]*${id}-problem"`))
        expect(refused.html).toContain(`<a href="#${id}">`)
      }
      const fields = new Map(formOf(refused).fields)
      for (const [name, value] of Object.entries(filled)) expect(fields.get(name)).toBe(value)
    })

  test('what only the call itself finds out stands at its field too', async () => {
    const url = 'https://10.0.0.1/hook'
    const previewed = await clerk.preview('/console/do/createWebhookEndpoint', {
      url,
      types: 'order.created',
    })
    const refused = await clerk.submit(previewed, 'confirm')
    expect(refused.status).toBe(400)
    expect(refused.html).toContain('id="field-url-problem">It must lead to a public address.')
    const fields = formOf(refused).fields
    expect(fields).toContainEqual(['url', url])
    expect(fields).toContainEqual(['types', 'order.created'])
  })

  test('one can go back from the preview to the form', async () => {
    const id = await bought()
    const previewed = await clerk.preview(`/console/do/changeOrder?id=${id}`, { licenses: '31' })
    const again = await clerk.submit(previewed, 'change')
    expect(new Map(formOf(again).fields).get('licenses')).toBe('31')
    expect((await clerk.submit(again, 'preview', { licenses: '20' })).text).toContain(
      'must have licenses or product',
    )
  })
})

describe('refusals are told in words, with what to do', () => {
  const table: {
    why: string
    stage?: (id: string) => Promise<unknown>
    path: (id: string) => string
    filled?: (id: string) => Record<string, string>
    says: RegExp
  }[] = [
    {
      why: 'too early',
      path: (id) => `/console/do/createRenewalOrder?parent=${id}`,
      filled: (id) => ({ id: `${id}-2` }),
      says: /More than 15 days are left until the term ends at 2026-04-01 12:00 UTC ?\. Renew it from 2026-03-17 12:00 UTC on/,
    },
    {
      why: 'an id that is taken',
      path: (id) => `/console/do/createFirstOrder?customer=${id}`,
      filled: (id) => ({ id, product: 'oo-std', licenses: '1', duration: 'yearly' }),
      says: /An order r-\d+ is there already, and not the same; it differs in .*Take another id/,
    },
    {
      why: 'a customer that is deactivated',
      stage: (id) => partner.call('updateCustomer', { id, isActive: false }),
      path: (id) => `/console/do/createFirstOrder?customer=${id}`,
      filled: (id) => ({ id: `${id}-2`, product: 'oo-std', licenses: '1' }),
      says: /is deactivated.*Activate the customer first/,
    },
    {
      why: 'a suspended order',
      stage: (id) => partner.call('suspendOrder', { id }),
      path: (id) => `/console/do/createRenewalOrder?parent=${id}`,
      filled: (id) => ({ id: `${id}-2` }),
      says: /suspended since .*Resume it first/,
    },
    {
      why: 'an order that ends',
      stage: (id) => partner.call('cancelOrder', { id, at: 'termEnd' }),
      path: (id) => `/console/do/createRenewalOrder?parent=${id}`,
      filled: (id) => ({ id: `${id}-2` }),
      says: /ends at 2026-04-01 12:00 UTC ?, so there is nothing to renew\. If the customer stays, withdraw/,
    },
  ]
  for (const { why, stage, path, filled, says } of table)
    test(why, async () => {
      const id = await bought()
      await stage?.(id)
      const refused = await clerk.preview(path(id), filled?.(id) ?? {})
      expect(refused.text).toMatch(says)
      expect([refused.status, isPreview(refused)]).toEqual([409, false])
      expect(refused.html).toContain('role="alert"')
    })

  const gone: [path: string, says: RegExp][] = [
    ['/console/do/redeliver?deliveryId=', /There is no delivery .*Open the list of the endpoint again/],
    ['/console/do/replayInbox?inboxId=', /There is no event of a shop .*Open the inbox again/],
  ]
  for (const [path, says] of gone)
    test(`what is gone when the button is pressed: ${path}`, async () => {
      const { done } = await clerk.act(path + randomUUID())
      expect(done.status).toBe(404)
      expect(done.text).toMatch(says)
    })

  test('the clock of a live partner is told before anything is typed', async () => {
    const answer = await clerk.get('/console/do/advanceClock')
    expect([answer.status, /Only a sandbox partner has a clock/.test(answer.text)]).toEqual([409, true])
  })

  test('the licence of an order is led to its order', async () => {
    const id = await bought()
    const { licenseId } = await partner.call('getOrder', { id })
    const refused = await clerk.preview(`/console/do/updateLicense?licenseId=${licenseId}`, {
      quantity: '99',
    })
    expect(refused.status).toBe(409)
    expect(refused.html).toContain(`href="/console/order?id=${id}"`)
    const named = await clerk.act(`/console/do/updateLicense?licenseId=${licenseId}`, { name: 'Main' })
    expect(named.previewed.text).toMatch(/Name – Main/)
    expect(named.done.status).toBe(303)
  })
})

describe('which thing is meant', () => {
  test('is asked for where the link does not say', async () => {
    const asked = await clerk.get('/console/do/grantAccess?customer=K1')
    expect(asked.html).toContain('<form action="/console/do/grantAccess">')
    expect(asked.html).toContain('name="customer" value="K1"')
    expect(asked.html).toMatch(/<input id="field-consumer" name="consumer"/)
  })

  test('is the chain, also by the id of a renewal', async () => {
    const id = `r-${++counter}`
    await partner.call('createCustomer', { id, name: 'C' })
    const startsAt = '2026-02-10T12:00:00Z'
    await partner.call('createFirstOrder', {
      customer: id,
      id,
      product: 'oo-lite',
      licenses: 1,
      duration: 'monthly',
      startsAt,
    })
    await partner.call('createRenewalOrder', { parent: id, id: `${id}-2` })
    const { done } = await clerk.act(suspending(`${id}-2`))
    expect(done.location).toContain(`/console/order?id=${id}&did=suspendOrder.`)
    expect(await statusOf(id)).toBe('suspended')
  })

  test('is never what belongs to another partner', async () => {
    const id = await bought()
    const stranger = await Clerk.signedIn(await house.partner({ name: 'another vendor' }))
    const answers = [await stranger.get(suspending(id)), await stranger.get(suspending('nothing'))]
    expect(answers.map(({ status }) => status)).toEqual([404, 404])
    expect(answers[0]?.text.replaceAll(id, '')).toBe(answers[1]?.text.replaceAll('nothing', ''))
  })

  test('forms are there for deeds alone', async () => {
    for (const method of ['nothing', 'getOrder', 'createPartner', 'constructor', '__proto__']) {
      const { status } = await clerk.get(`/console/do/${method}?id=1`)
      expect(status, method).toBe(404)
    }
  })
})

describe('hostile text is text on every page', () => {
  const hostile = `"><script>alert('1')</script>&amp;<img src=x onerror=alert(1)>`

  test('as ids, names, reasons, numbers and values that are wrong', async () => {
    const id = await bought(`${hostile}${++counter}`)
    await partner.call('updateCustomer', { id, name: hostile, email: null, metadata: { [hostile]: hostile } })
    const pages = [
      await clerk.get(suspending(id)),
      await clerk.preview(suspending(id), { reason: hostile }),
      await clerk.get(`/console/do/updateCustomer?id=${encodeURIComponent(id)}`),
      await clerk.preview(`/console/do/updateCustomer?id=${encodeURIComponent(id)}`, {
        phone: hostile,
        email: hostile,
      }),
      await clerk.preview(`/console/do/changeOrder?id=${encodeURIComponent(id)}`, { licenses: hostile }),
      await clerk.get(
        `/console/do/createFirstOrder?customer=${encodeURIComponent(id)}&id=${encodeURIComponent(hostile)}`,
      ),
      await clerk.get(`/console/do/grantAccess?customer=${encodeURIComponent(hostile)}`),
      await clerk.get(`/console?did=${encodeURIComponent(hostile)}`),
    ]
    for (const { html } of pages) expect(html).not.toMatch(/<script>alert|<img src/)
    const { done } = await clerk.act(suspending(id), { reason: hostile })
    const shown = await clerk.get(done.location ?? '')
    expect(shown.html).not.toMatch(/<script>alert|<img src/)
    expect(shown.text).toContain('The order is suspended.')
    expect(await statusOf(id)).toBe('suspended')
  })

  test('what stands in a form comes back as it was: nothing is changed that nobody touched', async () => {
    const id = await bought(`${hostile}${++counter}`)
    const metadata = { 'a=b': 'c = d', plain: '  spaced', number: 5, yes: true }
    await partner.call('updateCustomer', { id, name: '  Odd   name ', metadata, tags: ['x, y', '=z'] })
    const before = await partner.call('getCustomer', { id })
    const { previewed, done } = await clerk.act(`/console/do/updateCustomer?id=${encodeURIComponent(id)}`, {
      phone: '1',
    })
    expect(previewed.text).toMatch(/Afterwards Phone – 1 Nothing/)
    expect(done.status).toBe(303)
    const { version, updatedAt } = await partner.call('getCustomer', { id })
    expect(await partner.call('getCustomer', { id })).toEqual({ ...before, phone: '1', version, updatedAt })
  })
})
