/** Everything the console can do, each once: what the preview says, that nothing is changed before, and what is after. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasSentence } from '../../src/console/actions/done.ts'
import { actions } from '../../src/console/actions/index.ts'
import { refusalWords } from '../../src/console/actions/refused.ts'
import { registry } from '../../src/methods/index.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { Clerk, isPreview } from './clerk.ts'

let house: House & AsyncDisposable
let partner: TestPartner
let clerk: Clerk

beforeAll(async () => {
  house = await openHouse({ config: { webhookAllow: ['127.0.0.0/8'] } })
  partner = await house.partner({ name: 'a vendor' })
  clerk = await Clerk.signedIn(partner)
})
afterAll(() => house.close())

type Values = Record<string, string | readonly string[]>

interface Deed {
  readonly why: string
  /** Makes what the deed needs; what it answers goes into the address and the readings. */
  readonly stage?: (id: string) => Promise<string>
  readonly address: (id: string) => string
  readonly values?: (id: string) => Values
  readonly previewed: RegExp
  readonly reads: (id: string) => Promise<unknown>
  readonly after: (id: string) => unknown
  readonly lands: (id: string) => string | RegExp
  readonly event?: string
}

const withCustomer = async (id: string): Promise<string> => {
  await partner.call('createCustomer', {
    id,
    name: `Customer ${id}`,
    email: `${id}@example.com`.toLowerCase(),
  })
  return id
}
const withOrder = async (id: string): Promise<string> => {
  await withCustomer(id)
  await partner.call('createFirstOrder', {
    customer: id,
    id,
    product: 'oo-lite',
    licenses: 20,
    duration: 'monthly',
  })
  return id
}
const withLicense = async (id: string): Promise<string> => {
  await withCustomer(id)
  const params = { customer: id, edition: 'oo-lite', quantity: 3, references: { contract: `CON-${id}` } }
  return (await partner.call('createLicense', params)).licenseId as string
}
const withConsumer = async (id: string): Promise<string> => {
  await withCustomer(id)
  await partner.call('createConsumer', { customer: id, id, displayName: 'Ann Lee' })
  return id
}
const order = (id: string) => partner.call('getOrder', { id })
const customer = (id: string) => partner.call('getCustomer', { id })
const license = (licenseId: string) => partner.call('getLicense', { licenseId })
const orderPage = (id: string): string => `/console/order?id=${id}`

async function attempt<Result>(read: () => Promise<Result>): Promise<Result | 'unknown'> {
  return read().catch((error: Error) => {
    if (/_unknown/.test(error.message)) return 'unknown' as const
    throw error
  })
}

const ofOrders: Deed[] = [
  {
    why: 'suspendOrder',
    stage: withOrder,
    address: (id) => `/console/do/suspendOrder?id=${id}`,
    values: () => ({ reason: 'invoice overdue' }),
    previewed: /State active suspended Reason invoice overdue/,
    reads: order,
    after: () => ({ status: 'suspended' }),
    lands: orderPage,
    event: 'order.suspended',
  },
  {
    why: 'resumeOrder, which asks nothing and is previewed at once',
    stage: async (id) => {
      await withOrder(id)
      await partner.call('suspendOrder', { id })
      return id
    },
    address: (id) => `/console/do/resumeOrder?id=${id}`,
    previewed: /State suspended active/,
    reads: order,
    after: () => ({ status: 'active', suspendedAt: null }),
    lands: orderPage,
    event: 'order.resumed',
  },
  {
    why: 'cancelOrder at the end of the term',
    stage: withOrder,
    address: (id) => `/console/do/cancelOrder?id=${id}`,
    previewed: /Ends by cancellation – 2026-04-01 12:00 UTC/,
    reads: order,
    after: () => ({ status: 'active', cancelAt: Date.UTC(2026, 3, 1, 12) / 1000 }),
    lands: orderPage,
    event: 'order.cancellation_scheduled',
  },
  {
    why: 'cancelOrder now',
    stage: withOrder,
    address: (id) => `/console/do/cancelOrder?id=${id}`,
    values: () => ({ at: 'now', reason: 'bankrupt' }),
    previewed: /State active cancelled When now Reason bankrupt/,
    reads: order,
    after: () => ({ status: 'cancelled' }),
    lands: orderPage,
    event: 'order.cancelled',
  },
  {
    why: 'uncancelOrder',
    stage: async (id) => {
      await withOrder(id)
      await partner.call('cancelOrder', { id, at: 'termEnd' })
      return id
    },
    address: (id) => `/console/do/uncancelOrder?id=${id}`,
    previewed: /Ends by cancellation 2026-04-01 12:00 UTC –/,
    reads: order,
    after: () => ({ cancelAt: null }),
    lands: orderPage,
    event: 'order.uncancelled',
  },
  {
    why: 'changeOrder, of which only what was changed is sent',
    stage: withOrder,
    address: (id) => `/console/do/changeOrder?id=${id}`,
    values: () => ({ licenses: '30' }),
    previewed: /Licences 20 30/,
    reads: order,
    after: () => ({ licenses: 30, product: 'oo-lite' }),
    lands: orderPage,
    event: 'order.changed',
  },
  {
    why: 'createRenewalOrder',
    stage: async (id) => {
      await withCustomer(id)
      const startsAt = '2026-02-15T12:00:00Z'
      const params = {
        customer: id,
        id,
        product: 'oo-lite',
        licenses: 20,
        duration: 'monthly' as const,
        startsAt,
      }
      await partner.call('createFirstOrder', params)
      return id
    },
    address: (id) => `/console/do/createRenewalOrder?parent=${id}`,
    values: (id) => ({ id: `${id}-2`, licenses: '25', 'references.contract': 'CON-7' }),
    previewed:
      /Order r-\d+-2 .*Licences 25 .*Term begins 2026-03-15 12:00 UTC Term ends 2026-04-15 12:00 UTC .*Contract number CON-7/,
    reads: async (id) =>
      (await order(id)).orders.map(({ remoteId, references }) => ({ remoteId, references })),
    after: (id) => [
      { remoteId: id, references: {} },
      { remoteId: `${id}-2`, references: { contract: 'CON-7' } },
    ],
    lands: orderPage,
    event: 'order.renewed',
  },
  {
    why: 'createFirstOrder',
    stage: withCustomer,
    address: (id) => `/console/do/createFirstOrder?customer=${id}`,
    values: (id) => ({
      id,
      product: 'oo-std',
      licenses: '5',
      duration: 'yearly',
      startsAt: '2026-03-01',
      metadata: 'seller = Jo\nregion=EU',
    }),
    previewed: /Edition oo-std Licences 5 Duration yearly Term begins 2026-03-01 00:00 UTC/,
    reads: (id) => attempt(() => order(id)),
    after: () => ({ product: 'oo-std', licenses: 5, orders: [{ metadata: { seller: 'Jo', region: 'EU' } }] }),
    lands: orderPage,
    event: 'order.created',
  },
]

const ofCustomers: Deed[] = [
  {
    why: 'createCustomer',
    address: () => '/console/do/createCustomer',
    values: (id) => ({
      id,
      name: 'Müller & Söhne',
      'admin.email': 'it@example.com',
      'admin.displayName': 'Jo',
      'address.country': 'DE',
      tags: 'vip\nnorth',
      metadata: 'crm = 4711',
    }),
    previewed:
      /Number r-\d+ Name Müller & Söhne .*Administrator email = it@example\.com Kind organization Administrator: name Jo Country DE Tags vip, north Metadata crm = 4711/,
    reads: (id) => attempt(() => customer(id)),
    after: () => ({
      name: 'Müller & Söhne',
      admin: { email: 'it@example.com', displayName: 'Jo' },
      address: { country: 'DE' },
      tags: ['vip', 'north'],
      metadata: { crm: '4711' },
    }),
    lands: (id) => `/customeranalytics?customernumber=${id}`,
    event: 'customer.created',
  },
  {
    why: 'updateCustomer: what is emptied is cleared, what is left alone is not sent',
    stage: withCustomer,
    address: (id) => `/console/do/updateCustomer?id=${id}`,
    values: () => ({ email: '', 'admin.displayName': 'Jo Doe', metadata: 'a = 1\nb = 2' }),
    previewed: /E-mail r-\d+@example\.com – Administrator – displayName = Jo Doe Metadata none a = 1, b = 2/,
    reads: customer,
    after: (id) => ({
      name: `Customer ${id}`,
      email: null,
      admin: { displayName: 'Jo Doe' },
      metadata: { a: '1', b: '2' },
    }),
    lands: (id) => `/customeranalytics?customernumber=${id}`,
    event: 'customer.updated',
  },
  {
    why: 'updateCustomer deactivates by a link that says so',
    stage: withCustomer,
    address: (id) => `/console/do/updateCustomer?id=${id}&isActive=no`,
    previewed: /Active yes no/,
    reads: customer,
    after: () => ({ isActive: false }),
    lands: (id) => `/customeranalytics?customernumber=${id}`,
    event: 'customer.updated',
  },
  {
    why: 'renameCustomer',
    stage: withCustomer,
    address: (id) => `/console/do/renameCustomer?id=${id}`,
    values: (id) => ({ newId: `${id}-new` }),
    previewed: /Number r-\d+ r-\d+-new/,
    reads: customer,
    after: (id) => ({ remoteId: `${id}-new` }),
    lands: (id) => `/customeranalytics?customernumber=${id}-new`,
    event: 'customer.renamed',
  },
  {
    why: 'createConsumer',
    stage: withCustomer,
    address: (id) => `/console/do/createConsumer?customer=${id}`,
    values: (id) => ({
      id: `u-${id}`,
      displayName: 'Ann Lee',
      email: `ann.${id}@example.com`,
      kind: 'device',
    }),
    previewed: /Id u-r-\d+ Customer r-\d+ Kind device Name Ann Lee/,
    reads: (id) => attempt(() => partner.call('getConsumer', { id: `u-${id}` })),
    after: (id) => ({ customer: id, kind: 'device', displayName: 'Ann Lee', email: `ann.${id}@example.com` }),
    lands: () => /^\/console\/consumers\/[0-9a-f-]{36}$/,
    event: 'consumer.created',
  },
  {
    why: 'updateConsumer',
    stage: withConsumer,
    address: (id) => `/console/do/updateConsumer?id=${id}`,
    values: () => ({ displayName: 'Ann Smith' }),
    previewed: /Name Ann Lee Ann Smith/,
    reads: (id) => partner.call('getConsumer', { id }),
    after: () => ({ displayName: 'Ann Smith' }),
    lands: () => /^\/console\/consumers\//,
    event: 'consumer.updated',
  },
  {
    why: 'grantAccess',
    stage: withConsumer,
    address: (id) => `/console/do/grantAccess?customer=${id}&consumer=${id}`,
    previewed: /Consumer r-\d+ Customer r-\d+/,
    reads: (id) => partner.call('getConsumer', { id }),
    after: (id) => ({ access: [{ customer: id }] }),
    lands: () => /^\/console\/consumers\//,
    event: 'access.granted',
  },
  {
    why: 'revokeAccess',
    stage: async (id) => {
      await withConsumer(id)
      await partner.call('grantAccess', { customer: id, consumer: id })
      return id
    },
    address: (id) => `/console/do/revokeAccess?customer=${id}&consumer=${id}`,
    previewed: /Consumer r-\d+ Customer r-\d+/,
    reads: (id) => partner.call('getConsumer', { id }),
    after: () => ({ access: [] }),
    lands: () => /^\/console\/consumers\//,
    event: 'access.revoked',
  },
]

const ofLicenses: Deed[] = [
  {
    why: 'createLicense',
    stage: withCustomer,
    address: (id) => `/console/do/createLicense?customer=${id}`,
    values: (id) => ({
      edition: 'erp-std',
      id: `L-${id}`,
      quantity: '7',
      validUntil: '2027-02-28',
      features: 'draw\nrender',
      limitations: 'files = 500',
      'references.subscription': 'SUB-1',
    }),
    previewed:
      /Product erp Edition erp-std .*Quantity 7 .*Valid until 2027-03-01 00:00 UTC Features draw, render Limitations files = 500/,
    reads: (id) => attempt(() => partner.call('getLicense', { id: `L-${id}`, product: 'erp' })),
    after: (id) => ({
      customer: id,
      edition: 'erp-std',
      quantity: 7,
      limitations: { files: 500 },
      features: ['draw', 'render'],
      references: { subscription: 'SUB-1' },
    }),
    lands: () => /^\/console\/licenses\/[0-9a-f-]{36}$/,
    event: 'license.created',
  },
  {
    why: 'updateLicense',
    stage: withLicense,
    address: (licenseId) => `/console/do/updateLicense?licenseId=${licenseId}`,
    values: () => ({ quantity: '9', isActive: 'no', 'references.contract': '', name: 'Main' }),
    previewed:
      /State active suspended Switched on yes no Quantity 3 9 Name – Main References contract = CON-r-\d+ none/,
    reads: license,
    after: () => ({ quantity: 9, isActive: false, name: 'Main', references: {} }),
    lands: (licenseId) => `/console/licenses/${licenseId}`,
    event: 'license.updated',
  },
  {
    why: 'revokeLicenses: one licence',
    stage: withLicense,
    address: (licenseId) => `/console/do/revokeLicenses?customer=r-${counter}&licenseIds=${licenseId}`,
    previewed: /Revoked [0-9a-f-]{36}/,
    reads: license,
    after: () => ({ state: 'revoked' }),
    lands: (licenseId) => `/console/licenses/${licenseId}`,
    event: 'license.revoked',
  },
  {
    why: 'revokeLicenses: those of a contract',
    stage: withLicense,
    address: () => `/console/do/revokeLicenses?customer=r-${counter}`,
    values: () => ({ contract: `CON-r-${counter}` }),
    previewed: /Revoked [0-9a-f-]{36}/,
    reads: license,
    after: () => ({ state: 'revoked' }),
    lands: () => `/customeranalytics?customernumber=r-${counter}`,
    event: 'license.revoked',
  },
]

const endpoint = async (): Promise<string> =>
  (await partner.call('createWebhookEndpoint', { url: 'http://127.0.0.1:9/hook' })).endpointId
const endpoints = async (endpointId: string) =>
  (await partner.call('listWebhookEndpoints', { limit: 500 })).items.filter(
    (one) => one.endpointId === endpointId,
  )
const keyed = async (keyId: string) =>
  (await partner.call('listApiKeys', { limit: 500 })).items.find((key) => key.keyId === keyId)

const ofKeys: Deed[] = [
  {
    why: 'updateWebhookEndpoint',
    stage: endpoint,
    address: (endpointId) => `/console/do/updateWebhookEndpoint?endpointId=${endpointId}`,
    values: () => ({ types: ['order.created', 'order.renewed'], isActive: 'no' }),
    previewed: /Switched on no \(now: yes\) .*Events order\.created, order\.renewed/,
    reads: endpoints,
    after: () => [{ types: ['order.created', 'order.renewed'], isActive: false }],
    lands: (endpointId) => `/console/webhooks/${endpointId}`,
  },
  {
    why: 'deleteWebhookEndpoint',
    stage: endpoint,
    address: (endpointId) => `/console/do/deleteWebhookEndpoint?endpointId=${endpointId}`,
    previewed: /http:\/\/127\.0\.0\.1:9\/hook .*Nothing has been changed yet/,
    reads: endpoints,
    after: () => [],
    lands: () => '/console/webhooks',
  },
  {
    why: 'redeliver, from a position on',
    stage: endpoint,
    address: (endpointId) => `/console/do/redeliver?endpointId=${endpointId}`,
    values: () => ({ sinceSeq: '1' }),
    previewed: /From which position in the feed on 1/,
    reads: async (endpointId) => (await endpoints(endpointId)).length,
    after: () => 1,
    lands: (endpointId) => `/console/webhooks/${endpointId}`,
  },
  {
    why: 'revokeApiKey',
    stage: async () =>
      (await partner.call('createApiKey', { name: 'old', scopes: ['read'] })).keyId as string,
    address: (keyId) => `/console/do/revokeApiKey?keyId=${keyId}`,
    previewed: /API key old/,
    reads: keyed,
    after: () => ({ revokedAt: house.clock.now() }),
    lands: () => '/console/keys',
  },
]

const shop = async (): Promise<string> => {
  const params = {
    name: 'Web shop',
    shop: 'stripe' as const,
    secret: `whsec_${'5mDkLJbrsZ8nTd3oKxq9uw2fYvEaHc1R'}`,
  }
  return (await partner.call('createSource', params)).sourceId as string
}
const shops = async () => (await partner.call('listSources', { limit: 500 })).items
const skus = async (sourceId: string) => (await partner.call('listSkus', { sourceId })).items

const ofShops: Deed[] = [
  {
    why: 'createSource, whose secret is not told back',
    address: () => '/console/do/createSource',
    values: (id) => ({
      name: `Shop ${id}`,
      shop: 'fastspring',
      secret: 'a-secret-of-the-shop-0123456789abcdef',
    }),
    previewed: /Name Shop r-\d+ Shop FastSpring Secret as typed/,
    reads: async (id) => (await shops()).filter(({ name }) => name === `Shop ${id}`),
    after: () => [{ shop: 'fastspring' }],
    lands: () => '/console/inbox',
  },
  {
    why: 'updateSource, whose secret stays where none is typed',
    stage: shop,
    address: (sourceId) => `/console/do/updateSource?sourceId=${sourceId}`,
    values: () => ({ name: 'Other shop' }),
    previewed: /Name Other shop \(now: Web shop\) Nothing/,
    reads: async (sourceId) => (await shops()).find((one) => one.sourceId === sourceId),
    after: () => ({ name: 'Other shop', version: 2 }),
    lands: () => '/console/inbox',
  },
  {
    why: 'deleteSource',
    stage: shop,
    address: (sourceId) => `/console/do/deleteSource?sourceId=${sourceId}`,
    previewed: /Web shop/,
    reads: async (sourceId) => (await shops()).filter((one) => one.sourceId === sourceId),
    after: () => [],
    lands: () => '/console/inbox',
  },
  {
    why: 'mapSku',
    stage: shop,
    address: (sourceId) => `/console/do/mapSku?sourceId=${sourceId}&sku=price_1`,
    values: () => ({ edition: 'oo-std' }),
    previewed: /Name in the shop price_1 Edition .*\(oo-std\)/,
    reads: skus,
    after: () => [{ sku: 'price_1', edition: 'oo-std' }],
    lands: () => '/console/inbox',
  },
  {
    why: 'unmapSku',
    stage: async () => {
      const sourceId = await shop()
      await partner.call('mapSku', { sourceId, sku: 'price_1', edition: 'oo-std' })
      return sourceId
    },
    address: (sourceId) => `/console/do/unmapSku?sourceId=${sourceId}&sku=price_1`,
    previewed: /Web shop ?, price_1/,
    reads: skus,
    after: () => [],
    lands: () => '/console/inbox',
  },
  {
    why: 'replayInbox: everything of a shop',
    stage: shop,
    address: (sourceId) => `/console/do/replayInbox?sourceId=${sourceId}`,
    previewed: /in the order in which it came/,
    reads: async (sourceId) => (await shops()).filter((one) => one.sourceId === sourceId).length,
    after: () => 1,
    lands: () => '/console/inbox',
  },
]

let counter = 0

async function carriedOut(deed: Deed): Promise<void> {
  counter += 1
  const named = `r-${counter}`
  const id = (await deed.stage?.(named)) ?? named
  const before = await deed.reads(id)
  const values = deed.values?.(id) ?? {}
  const opened = await clerk.get(deed.address(id))
  expect(opened.status, opened.text).toBe(200)
  const previewed = isPreview(opened) ? opened : await clerk.submit(opened, 'preview', values)
  expect(previewed.status, previewed.text).toBe(200)
  expect(previewed.text).toMatch(deed.previewed)
  expect(previewed.text).toContain('Nothing has been changed yet.')
  expect(await deed.reads(id)).toEqual(before)
  const done = await clerk.submit(previewed, 'confirm')
  expect([done.status, done.text]).toEqual([303, ''])
  const [place = '', did = ''] = (done.location ?? '').split(/[?&]did=/)
  expect(did).toMatch(new RegExp(`^${deed.why.match(/^\w+/)?.[0]}\\.[\\w-]{16}$`))
  const lands = deed.lands(id)
  if (typeof lands === 'string') expect(place).toBe(lands)
  else expect(place).toMatch(lands)
  const after = await deed.reads(id)
  if (typeof after === 'object') expect(after).toMatchObject(deed.after(id) as object)
  else expect(after).toEqual(deed.after(id))
  const shown = await clerk.get(done.location ?? '')
  expect(shown.status).toBe(200)
  expect(shown.html).toMatch(/role="status"><p>(?:The|It) /)
  if (!deed.event) return
  const [event] = await house.sql<{ type: string; actor: string }>(
    'select type, actor from event where partner_id = $1 order by seq desc limit 1',
    [partner.number],
  )
  expect(event?.type).toBe(deed.event)
  expect(event?.actor).toMatch(/^key:\w{12} in the console$/)
}

describe('orders', () => {
  for (const deed of ofOrders) test(deed.why, () => carriedOut(deed))
})

describe('customers and consumers', () => {
  for (const deed of ofCustomers) test(deed.why, () => carriedOut(deed))
})

describe('licences', () => {
  for (const deed of ofLicenses) test(deed.why, () => carriedOut(deed))
})

describe('shops', () => {
  for (const deed of ofShops) test(deed.why, () => carriedOut(deed))
})

describe('webhooks and keys', () => {
  for (const deed of ofKeys) test(deed.why, () => carriedOut(deed))

  test('secrets are shown once, on the page of the deed, and nowhere else', async () => {
    const made = await clerk.act('/console/do/createApiKey', { name: 'ERP', scopes: ['orders', 'read'] })
    expect(made.previewed.text).toContain('Scopes orders, read')
    expect(made.done.status).toBe(200)
    const key = /tk_live_\w+/.exec(made.done.text)?.[0] as string
    expect(made.done.headers.get('cache-control')).toBe('no-store')
    const found = await partner.call('listApiKeys', {})
    expect(found.items.find(({ name }) => name === 'ERP')?.scopes).toEqual(['orders', 'read'])
    expect(
      (
        await fetch(`${partner.url}/rpc`, {
          method: 'POST',
          headers: { 'x-api-key': key, 'content-type': 'application/json' },
          body: '{"method":"getClock"}',
        })
      ).status,
    ).toBe(200)
    expect((await clerk.get('/console/keys')).html).not.toContain(key)

    const hooked = await clerk.act('/console/do/createWebhookEndpoint', { url: 'http://127.0.0.1:9/new' })
    const secret = /whsec_\S+/.exec(hooked.done.text)?.[0] as string
    const { endpointId } = (await partner.call('listWebhookEndpoints', {})).items.find(({ url }) =>
      url.endsWith('/new'),
    ) ?? { endpointId: '' }
    const rotated = await clerk.act(`/console/do/rotateWebhookSecret?endpointId=${endpointId}`)
    const other = /whsec_\S+/.exec(rotated.done.text)?.[0] as string
    expect(other).not.toBe(secret)
    expect((await clerk.get(`/console/webhooks/${endpointId}`)).html).not.toContain('whsec_')
  })
})

describe('the catalogue, by an operator', () => {
  test('a product, an edition of it, and a change of that', async () => {
    const operator = await Clerk.signedIn(house.operator)
    const product = await operator.act('/console/do/createProduct', { code: 'cad', name: 'CAD' })
    expect(product.previewed.text).toContain('Code cad Name CAD')
    expect(product.done.location).toMatch(/^\/console\/catalogue\?did=createProduct\./)
    const { done } = await operator.act('/console/do/createEdition?product=cad', {
      code: 'cad-pro',
      name: 'CAD Pro',
      provisioningMode: 'floating',
      features: 'draw',
      limitations: 'files = 10',
    })
    expect(done.status).toBe(303)
    const edition = async () =>
      (await house.operator.call('listEditions', {})).items.find(({ code }) => code === 'cad-pro')
    expect(await edition()).toMatchObject({
      product: 'cad',
      provisioningMode: 'floating',
      clientType: 'users',
      features: ['draw'],
      limitations: { files: 10 },
      renewable: true,
    })
    const changed = await operator.act('/console/do/updateEdition?code=cad-pro', {
      features: 'draw\nrender',
      graceDays: '5',
      limitations: '',
    })
    expect(changed.previewed.text).toContain('Limitations none (now: files = 10)')
    expect(await edition()).toMatchObject({
      features: ['draw', 'render'],
      graceDays: 5,
      limitations: {},
      version: 2,
    })
  })
})

describe('the clock of a sandbox', () => {
  test('is set and moved forward', async () => {
    const sandbox = await house.partner({ name: 'trial', sandbox: true })
    const tester = await Clerk.signedIn(sandbox)
    const set = await tester.act('/console/do/setClock', { at: '2026-06-01' })
    expect(set.previewed.text).toContain('To when 2026-06-01')
    expect(await sandbox.call('getClock', {})).toMatchObject({ now: Date.UTC(2026, 5, 1) / 1000 })
    const advanced = await tester.act('/console/do/advanceClock', { days: '14' })
    expect(advanced.done.location).toMatch(/^\/console\?did=advanceClock\./)
    expect(await sandbox.call('getClock', {})).toMatchObject({ now: Date.UTC(2026, 5, 15) / 1000 })
  })
})

describe('nothing is left out', () => {
  /** Whoever runs the installation makes partners at its command line, or by the API. */
  const elsewhere = ['createPartner', 'updatePartner']
  const commands = Object.entries(registry).flatMap(([name, { kind }]) => (kind === 'command' ? [name] : []))

  test('every method that changes something has a form', () => {
    expect(commands.filter((name) => !actions.has(name))).toEqual(elsewhere)
    expect([...actions.keys()].filter((name) => !commands.includes(name))).toEqual([])
  })

  test('every form says what was done, unless it shows a secret', () => {
    for (const { method, secrets } of actions.values())
      expect(hasSentence(method), method).toBe(secrets === undefined)
  })

  test('every refusal that a form can meet has words', () => {
    const reasons = [...actions.keys()].flatMap((name) => registry[name]?.faults ?? [])
    expect([...new Set(reasons)].filter((reason) => refusalWords[reason] === undefined)).toEqual([])
    expect(reasons.length).toBeGreaterThan(50)
  })

  test('every field is a param of its method', () => {
    for (const { method, fields, identity } of actions.values()) {
      const shape = (registry[method] as unknown as { params: { shape: object } }).params.shape
      const names = [
        ...fields.map(({ name }) => name.split('.')[0]),
        ...identity.flatMap(({ names }) => names),
      ]
      expect(
        names.filter((name) => !Object.hasOwn(shape, name as string)),
        method,
      ).toEqual([])
    }
  })
})
