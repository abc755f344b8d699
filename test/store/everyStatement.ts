/** Has a service do everything that it can do, each method at least once, so that all of its statements are sent. */
import { Visitor } from '../console/visitor.ts'
import {
  type House,
  type MethodName,
  openHouse,
  type Params,
  type Result,
  type TestPartner,
} from '../house.ts'
import { summary } from '../import/files.ts'
import * as fastspring from '../inbox/fixtures/fastspring.ts'
import { openShop, type TestShop } from '../inbox/shop.ts'
import { Receiver, until } from '../outbox/house.ts'

/** The names of the methods that were carried out, and not refused. */
export type Done = Set<string>

/** Calls as one partner does, and notes which methods were carried out. */
type Call = <M extends MethodName>(
  method: M,
  params: Params<M>,
  headers?: Record<string, string>,
) => Promise<Result<M>>

/** Receivers of a test are on this machine, and events are forgotten. */
export const openBusyHouse = (): ReturnType<typeof openHouse> =>
  openHouse({
    now: '2026-03-01T12:00:00Z',
    config: { webhookAllow: ['127.0.0.0/8'], eventRetentionDays: 7 },
  })

/** Does everything; answers the methods that were carried out. */
export async function doEverything(house: House): Promise<Done> {
  const done: Done = new Set()
  const noting =
    (partner: TestPartner): Call =>
    async (method, params, headers) => {
      const result = await partner.call(method, params, headers)
      done.add(method)
      return result
    }
  const partner = await house.partner()
  await operate(noting(house.operator), partner)
  await using receiver = await Receiver.open()
  const call = noting(partner)
  await deliver(call, receiver)
  await sell(house, call)
  await licence(call)
  await moveClocks(noting(await house.partner({ sandbox: true })))
  await deliverAgain(call, receiver)
  await takeIn(house, call, partner)
  await look(house, partner)
  await grow(partner)
  await keys(call)
  return done
}

async function operate(call: Call, partner: TestPartner): Promise<void> {
  const made = await call('createPartner', { name: 'One more' })
  await call('updatePartner', { partner: made.partner as number, name: 'One more, renamed' })
  await call('updatePartner', { partner: partner.number, windowDays: 14 })
  await call('listPartners', {})
  await call('createProduct', { code: 'cad', name: 'CAD' })
  await call('createEdition', { code: 'cad-1', product: 'cad', name: 'CAD One', features: ['draw'] })
  await call('updateEdition', { code: 'cad-1', features: ['draw', 'print'], graceDays: 3 })
  await call('listProducts', {})
  await call('listEditions', {})
}

async function sell({ clock }: House, call: Call): Promise<void> {
  const admin = { email: 'ann@kunde.example', displayName: 'Ann Lee' }
  const customer = { id: 'C', name: 'Kunde GmbH', email: 'office@kunde.example', admin, tags: ['key'] }
  await call('createCustomer', customer)
  await call('createCustomer', customer)
  const { customerId } = await call('getCustomer', { id: 'C' })
  await call('getCustomer', { customerId: customerId as string })
  await call('updateCustomer', { id: 'C', phone: '1' })
  await call('createCustomer', { id: 'D', name: 'To be renamed' })
  await call('renameCustomer', { id: 'D', newId: 'E' })
  await call('findCustomers', { email: 'ann@kunde.example' })
  for (const params of [{}, { search: 'kunde' }, { tag: 'key' }, { limit: 1 }])
    await call('listCustomers', params)
  const order = { customer: 'C', product: 'oo-lite', licenses: 2, duration: 'monthly' } as const
  await call('createFirstOrder', { ...order, id: 'O', references: { contract: 'K' } })
  await call('createFirstOrder', { ...order, id: 'P', product: 'cad-1' })
  await call('createFirstOrder', { ...order, id: 'Q' })
  await call('preview', { method: 'changeOrder', params: { id: 'O', licenses: 9 } })
  await call('changeOrder', { id: 'O', licenses: 3, product: 'oo-std' })
  await call('suspendOrder', { id: 'P', reason: 'unpaid' })
  await call('resumeOrder', { id: 'P' })
  await call('suspendOrder', { id: 'P' })
  await call('cancelOrder', { id: 'Q', at: 'termEnd' })
  await call('uncancelOrder', { id: 'Q' })
  await call('cancelOrder', { id: 'Q', at: 'termEnd' })
  await call('getOrder', { id: 'O' })
  for (const params of [{}, { customer: 'C' }, { status: 'suspended' as const }, { limit: 1 }])
    await call('listOrders', params)
  // A month later the sweep tells of renewals due, of ends and of what has lapsed.
  clock.advance({ days: 20 })
  await call('listRenewalsDue', { withinDays: 30 })
  await call('createRenewalOrder', { parent: 'O', id: 'O2' })
  const license = await call('createLicense', { customer: 'C', edition: 'erp-std', validUntil: '2026-03-25' })
  clock.advance({ days: 20 })
  await until(
    async () => JSON.stringify(await call('listEvents', { limit: 500 })),
    (told) => ['renewal_due', 'cancelled', 'license.expired'].every((word) => told.includes(word)),
    20_000,
  )
  await call('getLicense', { licenseId: license.licenseId as string })
}

async function licence(call: Call): Promise<void> {
  const references = { contract: 'K', subscription: 'S', order: 'R', product: 'PR', purchaseOrder: 'PO' }
  const license = { customer: 'C', edition: 'erp-std', id: 'L', name: 'ERP', references }
  await call('createLicense', license)
  await call('updateLicense', { id: 'L', product: 'erp', isActive: false })
  await call('updateLicense', { id: 'L', product: 'erp', isActive: true })
  for (const params of [
    {},
    { customer: 'C' },
    { contract: 'K' },
    { order: 'O' },
    { subscription: 'S' },
    { productReference: 'PR' },
    { purchaseOrder: 'PO' },
    { limit: 1 },
  ])
    await call('listLicenses', params)
  await call('createConsumer', { customer: 'C', id: 'U', email: 'ann@kunde.example', displayName: 'Ann' })
  await call('updateConsumer', { id: 'U', displayName: 'Ann Lee' })
  await call('grantAccess', { customer: 'E', consumer: 'U' })
  await call('getConsumer', { id: 'U' })
  for (const params of [{}, { customer: 'C' }, { search: 'ann' }]) await call('listConsumers', params)
  await call('checkEntitlement', { consumer: 'U', edition: 'erp-std' })
  await call('checkEntitlement', { customer: 'C', edition: 'erp-std' })
  await call('revokeAccess', { customer: 'E', consumer: 'U' })
  await call('revokeLicenses', { customer: 'C', contract: 'K' })
}

async function moveClocks(call: Call): Promise<void> {
  await call('createCustomer', { id: 'C', name: 'C' })
  const order = { customer: 'C', id: 'O', product: 'oo-lite', licenses: 1, duration: 'monthly' } as const
  await call('createFirstOrder', order)
  const { now } = await call('advanceClock', { days: 40 })
  await call('setClock', { at: now + 1 })
  await call('getClock', {})
}

async function deliver(call: Call, receiver: Receiver): Promise<void> {
  const { endpointId } = await call('createWebhookEndpoint', { url: receiver.url })
  await call('updateWebhookEndpoint', { endpointId: endpointId as string, types: ['customer.created'] })
  await call('rotateWebhookSecret', { endpointId: endpointId as string })
  await call('listWebhookEndpoints', {})
  const spare = await call('createWebhookEndpoint', { url: receiver.url })
  await call('deleteWebhookEndpoint', { endpointId: spare.endpointId as string })
  // This receiver says that it is gone, and is switched off.
  await using absent = await Receiver.open((_, response) => response.writeHead(410).end())
  const gone = await call('createWebhookEndpoint', { url: absent.url })
  await call('createCustomer', { id: 'W', name: 'To be told of' })
  await until(
    () => call('listWebhookEndpoints', {}),
    ({ items }) => items.some((item) => item.endpointId === gone.endpointId && !item.isActive),
    20_000,
  )
}

async function deliverAgain(call: Call, receiver: Receiver): Promise<void> {
  const { items } = await until(
    () => call('listDeliveries', { state: 'delivered' }),
    (listed) => listed.items.length > 0,
    20_000,
  )
  const [delivery] = items
  await call('listDeliveries', { endpointId: delivery?.endpointId as string })
  const before = receiver.arrivals.length
  await call('redeliver', { deliveryId: delivery?.deliveryId as string })
  await until(
    () => receiver.arrivals.length,
    (count) => count > before,
    20_000,
  )
  await call('redeliver', { endpointId: delivery?.endpointId as string, sinceSeq: 1 })
}

/** Shops, files and comparisons. */
async function takeIn(house: House, call: Call, partner: TestPartner): Promise<void> {
  const shop: TestShop = await openShop(house, 'fastspring', partner)
  const { sourceId } = await call('createSource', { name: 'spare', shop: 'stripe', secret: 'whsec_x' })
  await call('updateSource', { sourceId, name: 'spare, renamed' })
  await call('deleteSource', { sourceId })
  await call('listSources', {})
  const now = house.clock.now()
  const account = fastspring.event('account.created', fastspring.account('acc'), now)
  const bought = fastspring.event(
    'subscription.activated',
    fastspring.subscription('sub', fastspring.account('acc'), { product: 'sold' }),
    now,
  )
  await shop.tell(account, bought)
  await call('listInbox', { state: 'parked' })
  await call('mapSku', { sourceId: shop.sourceId, sku: 'sold', edition: 'oo-lite' })
  await call('listSkus', { sourceId: shop.sourceId })
  await call('replayInbox', { sourceId: shop.sourceId })
  await shop.left('parked', 0)
  await call('unmapSku', { sourceId: shop.sourceId, sku: 'sold' })
  const customers = 'number,name\nI1,Imported\nC,Kunde GmbH\n'
  for (const options of [['dryRun'], ['overwriteExisting', 'resumeOnError']] as const)
    await summary(partner, customers, { options })
  await summary(partner, 'customerNumber,edition,licenseNumber\nI1,erp-std,IL1\n', {
    kind: 'licenses',
    options: ['resumeOnError'],
  })
  await call('reconcile', { kind: 'customers', rows: [{ id: 'C', name: 'Other' }], complete: true })
  await call('reconcile', { kind: 'licenses', rows: [{ id: 'L', customer: 'C' }], complete: true })
}

/** Every page of the console that a link leads to, and the figures of whoever watches. */
async function look({ services }: House, partner: TestPartner): Promise<void> {
  const visitor = await Visitor.signedIn(partner)
  const waiting = ['/console', '/console/events', '/console/webhooks', '/console/inbox', '/console/catalogue']
  waiting.push(
    '/console/keys',
    '/console/consumers',
    '/console/orders?show=due',
    '/licenses?by=contract&number=K',
  )
  waiting.push(
    '/licenses?customernumber=C',
    '/console/find?q=O',
    '/console/find?q=K',
    '/console/customers?search=an',
  )
  waiting.push('/customeranalytics?customernumber=C')
  const seen = new Set(waiting)
  for (let path = waiting.shift(); path !== undefined && seen.size < 150; path = waiting.shift()) {
    const { status, text } = await visitor.get(path)
    if (status >= 400) throw new Error(`${path} was answered ${status}.`)
    for (const [, href] of text.matchAll(/href="(\/(?:console|licenses|customeranalytics)[^"#]*)"/g)) {
      const next = (href as string).replaceAll('&amp;', '&')
      if (seen.has(next) || next.includes('sign-out')) continue
      seen.add(next)
      waiting.push(next)
    }
  }
  const { url } = services[0] as House['services'][number]
  for (const path of ['/metrics', '/readyz']) await (await fetch(`${url}${path}`)).text()
}

/** So many changes that the tables are analyzed. */
async function grow(partner: TestPartner): Promise<void> {
  const calls = Array.from({ length: 320 }, (_, index) => ({
    method: 'createCustomer',
    params: { id: `G${index}`, name: 'G' },
  }))
  const refused = (await partner.batch(calls)).find(({ error }) => error)
  if (refused) throw new Error(JSON.stringify(refused))
}

async function keys(call: Call): Promise<void> {
  const spare = { name: 'spare', scopes: ['read' as const] }
  const { keyId } = await call('createApiKey', spare, { 'idempotency-key': 'once' })
  await call('createApiKey', spare, { 'idempotency-key': 'once' })
  await call('listApiKeys', {})
  await call('revokeApiKey', { keyId: keyId as string })
}
