/** Keys and scopes: who may do what, when a key stops being one, and that partners never learn of each other. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { WireError } from '../../src/faults.ts'
import { registry } from '../../src/methods/index.ts'
import type { ScopeName } from '../../src/objects.ts'
import { makeKey } from '../../src/rules/apiKey.ts'
import { type House, openHouse, TestPartner } from '../house.ts'

const logged: unknown[] = []
let house: House
/** Two partners who give the same ids to different things. */
let one: TestPartner
let two: TestPartner
let theirs: Record<
  | 'customerId'
  | 'licenseId'
  | 'chainLicense'
  | 'consumerId'
  | 'keyId'
  | 'endpointId'
  | 'deliveryId'
  | 'sourceId'
  | 'inboxId',
  string
>

const bought = { customer: 'c', id: 'o', product: 'oo-lite', licenses: 1, duration: 'monthly' } as const

beforeAll(async () => {
  const note = (...told: unknown[]): void => void logged.push(told)
  house = await openHouse({ servers: 2, log: { debug: note, info: note, warn: note, error: note } })
  one = await house.partner({ sandbox: true })
  two = await house.partner({ sandbox: true })
  await one.call('createCustomer', { id: 'c', name: 'Theirs', email: 'theirs@example.com' })
  const { customerId } = await one.call('getCustomer', { id: 'c' })
  const { licenseId: chainLicense } = await one.call('createFirstOrder', bought)
  const references = { contract: 'k', subscription: 's', product: 'pr', purchaseOrder: 'po' }
  const license = { customer: 'c', edition: 'erp-std', id: 'l', name: 'Theirs', references }
  const { licenseId } = await one.call('createLicense', license)
  const consumer = { customer: 'c', id: 'p', email: 'p@example.com', displayName: 'Theirs' }
  const { consumerId } = await one.call('createConsumer', consumer)
  const { keyId } = await one.call('createApiKey', { name: 'theirs', scopes: ['read'] })
  const { endpointId } = await one.call('createWebhookEndpoint', { url: 'https://theirs.example.com/' })
  const deliveryId = await deliveryTo(endpointId as string)
  const named = { customerId, licenseId, chainLicense, consumerId, keyId, endpointId, deliveryId }
  theirs = { ...named, ...(await shopOf(one)) } as typeof theirs
  // More of everything, so that lists have a second page.
  await one.call('createCustomer', { id: 'c2', name: 'Theirs', tags: ['theirs'] })
  await one.call('createFirstOrder', { ...bought, id: 'o2' })
  await one.call('createConsumer', { customer: 'c', id: 'p2', displayName: 'Theirs' })
  await deliveryTo(
    (await one.call('createWebhookEndpoint', { url: 'https://theirs.example.com/2' })).endpointId as string,
  )
  // The second has one thing of its own, so that the other half of a pair can be somebody else's.
  await two.call('createCustomer', { id: 'own', name: 'Own' })
})

/** A shop's source, and an event that it has sent; both twice, so that lists have a second page. */
async function shopOf(partner: TestPartner): Promise<{ sourceId: string; inboxId: string }> {
  const given = { name: 'theirs', shop: 'fastspring', secret: 'a secret' } as const
  await partner.call('createSource', given)
  const { sourceId } = await partner.call('createSource', given)
  for (const sku of ['theirs', 'theirs too'])
    await partner.call('mapSku', { sourceId, sku, edition: 'oo-lite' })
  const body = '{"events":[{"id":"theirs"},{"id":"theirs too"}]}'
  const signature = createHmac('sha256', given.secret).update(body).digest('base64')
  const headers = { 'x-fs-signature': signature }
  const { status } = await fetch(`${partner.url}/hooks/fastspring/${sourceId}`, {
    method: 'POST',
    body,
    headers,
  })
  if (status !== 200) throw new Error(`The shop was answered ${status}.`)
  const [item] = (await partner.call('listInbox', {})).items
  return { sourceId, inboxId: item?.inboxId as string }
}

/** A delivery as the outbox writes one down, without waiting for it. */
async function deliveryTo(endpointId: string): Promise<string> {
  const [made] = await house.sql<{ id: string }>(
    `insert into webhook_delivery (partner_id, endpoint_id, seq, delivery_id, event_id, type, state, attempts, attempted_at)
      select partner_id, $2, seq, gen_random_uuid(), event_id, type, 'failed', 1, now() from event
      where partner_id = $1 and seq = 1 returning delivery_id as id`,
    [one.number, endpointId],
  )
  return made?.id as string
}
afterAll(() => house.close())

const everyScope: ScopeName[] = ['orders', 'licenses', 'read', 'admin', 'operator']
const reading = everyScope
const customers: ScopeName[] = ['orders', 'licenses', 'admin']
const orders: ScopeName[] = ['orders', 'admin']
const licenses: ScopeName[] = ['licenses', 'admin']
const admin: ScopeName[] = ['admin']
const operator: ScopeName[] = ['operator']

/** Which single scope opens which method. */
const may: Record<string, ScopeName[]> = {
  createCustomer: customers,
  updateCustomer: customers,
  renameCustomer: customers,
  getCustomer: reading,
  findCustomers: reading,
  listCustomers: reading,
  createFirstOrder: orders,
  createRenewalOrder: orders,
  cancelOrder: orders,
  uncancelOrder: orders,
  suspendOrder: orders,
  resumeOrder: orders,
  changeOrder: orders,
  getOrder: reading,
  listOrders: reading,
  listRenewalsDue: reading,
  // What preview needs is the scope of the method that it plays; see below.
  preview: reading,
  createProduct: operator,
  createEdition: operator,
  updateEdition: operator,
  listProducts: reading,
  listEditions: reading,
  createLicense: licenses,
  updateLicense: licenses,
  revokeLicenses: licenses,
  getLicense: reading,
  listLicenses: reading,
  checkEntitlement: reading,
  createConsumer: licenses,
  updateConsumer: licenses,
  grantAccess: licenses,
  revokeAccess: licenses,
  getConsumer: reading,
  listConsumers: reading,
  createSource: admin,
  updateSource: admin,
  listSources: admin,
  deleteSource: admin,
  mapSku: admin,
  unmapSku: admin,
  listSkus: admin,
  listInbox: admin,
  replayInbox: admin,
  reconcile: reading,
  listEvents: reading,
  createWebhookEndpoint: admin,
  updateWebhookEndpoint: admin,
  listWebhookEndpoints: admin,
  deleteWebhookEndpoint: admin,
  rotateWebhookSecret: admin,
  listDeliveries: admin,
  redeliver: admin,
  createApiKey: admin,
  listApiKeys: admin,
  revokeApiKey: admin,
  createPartner: operator,
  listPartners: operator,
  updatePartner: operator,
  getClock: reading,
  setClock: admin,
  advanceClock: admin,
}

async function callerWith(scope: ScopeName): Promise<TestPartner> {
  const { key } = await house.operator.call('createApiKey', { name: scope, scopes: [scope] })
  return new TestPartner(house.operator.url, key, 0)
}

describe('scopes', () => {
  test('every method has a row in the table', () => {
    expect(Object.keys(registry).filter((method) => !may[method])).toEqual([])
  })

  test.each(everyScope)('what a key with the scope %s alone may do', async (scope) => {
    const caller = await callerWith(scope)
    const methods = Object.keys(may).filter((method) => Object.hasOwn(registry, method))
    // A param that no method knows stops the call right behind the door.
    const replies = await caller.batch(methods.map((method) => ({ method, params: { unheardOf: 1 } })))
    const got = methods.map((method, index) => [method, replies[index]?.error?.data.reason])
    const expected = methods.map((method) => [
      method,
      may[method]?.includes(scope) ? 'params_invalid' : 'forbidden',
    ])
    expect(got).toEqual(expected)
  })

  test.each(everyScope)('preview with the scope %s needs the scope of the method it plays', async (scope) => {
    const caller = await callerWith(scope)
    const named = ['createCustomer', 'cancelOrder', 'createLicense', 'updateConsumer']
    for (const method of named) {
      const { json } = await caller.post({ method: 'preview', params: { method, params: { unheardOf: 1 } } })
      const { ok, error } = json as { ok?: boolean; error: WireError }
      const expected = may[method]?.includes(scope)
        ? { ok: false, reason: 'params_invalid' }
        : { ok: undefined, reason: 'forbidden' }
      expect({ ok, reason: error.data.reason }, method).toEqual(expected)
    }
  })

  test('a refusal names the scopes that would do', async () => {
    const reader = await house.withScopes(one, ['read'])
    expect((await reader.refusal('createCustomer', { name: 'x' })).data.scope).toBe('orders or licenses')
    expect((await reader.refusal('createPartner', { name: 'x' })).data.scope).toBe('operator')
  })

  test('revoking a chain’s licence is the end of an order, so it needs the scope orders as well', async () => {
    const caller = await house.partner()
    await caller.call('createCustomer', { id: 'c', name: 'x' })
    const { licenseId } = await caller.call('createFirstOrder', bought)
    const syncing = await house.withScopes(caller, ['licenses'])
    const params = { customer: 'c', licenseIds: [licenseId as string] }
    expect((await syncing.refusal('revokeLicenses', params)).data.reason).toBe('forbidden')
    expect((await caller.call('getOrder', { id: 'o' })).status).toBe('active')
    const both = await house.withScopes(caller, ['licenses', 'orders'])
    expect(await both.call('revokeLicenses', params)).toEqual({ revoked: [licenseId] })
    expect((await caller.call('getOrder', { id: 'o' })).status).toBe('cancelled')
  })

  test('the scope operator is given by operators only, and belongs to partner 0', async () => {
    const asked = { name: 'higher', scopes: ['operator' as const] }
    const housekeeper = await callerWith('admin')
    expect((await housekeeper.refusal('createApiKey', asked)).data).toMatchObject({ scope: 'operator' })
    const mixed = { name: 'higher', scopes: ['read' as const, 'operator' as const] }
    expect((await housekeeper.refusal('createApiKey', mixed)).data.reason).toBe('forbidden')
    expect((await one.refusal('createApiKey', asked)).data.reason).toBe('params_invalid')
    expect((await (await callerWith('operator')).refusal('createApiKey', asked)).data.scope).toBe('admin')
    expect(await house.operator.call('createApiKey', asked)).toMatchObject({ scopes: ['operator'] })
    const { items } = await one.call('listApiKeys', {})
    expect(items.some(({ scopes }) => scopes.includes('operator'))).toBe(false)
  })
})

describe('another partner’s things', () => {
  type Ids = typeof theirs
  /** For each method that names a thing: params that name the first partner’s, and how the second is answered. */
  const foreign: [method: string, params: (ids: Ids) => Record<string, unknown>, answer: string | 'empty'][] =
    [
      ['getCustomer', () => ({ id: 'c' }), 'customer_unknown'],
      ['getCustomer', ({ customerId }) => ({ customerId }), 'customer_unknown'],
      ['updateCustomer', () => ({ id: 'c', name: 'Mine' }), 'customer_unknown'],
      ['updateCustomer', ({ customerId }) => ({ customerId, name: 'Mine' }), 'customer_unknown'],
      ['renameCustomer', () => ({ id: 'c', newId: 'mine' }), 'customer_unknown'],
      ['renameCustomer', ({ customerId }) => ({ customerId, newId: 'mine' }), 'customer_unknown'],
      ['createFirstOrder', () => ({ ...bought, id: 'mine' }), 'customer_unknown'],
      [
        'createFirstOrder',
        ({ customerId }) => ({ ...bought, customer: undefined, customerId, id: 'mine' }),
        'customer_unknown',
      ],
      ['createRenewalOrder', () => ({ parent: 'o', id: 'mine' }), 'order_unknown'],
      ['cancelOrder', () => ({ id: 'o' }), 'order_unknown'],
      ['uncancelOrder', () => ({ id: 'o' }), 'order_unknown'],
      ['suspendOrder', () => ({ id: 'o' }), 'order_unknown'],
      ['resumeOrder', () => ({ id: 'o' }), 'order_unknown'],
      ['changeOrder', () => ({ id: 'o', licenses: 9 }), 'order_unknown'],
      ['getOrder', () => ({ id: 'o' }), 'order_unknown'],
      ['createLicense', () => ({ customer: 'c', edition: 'oo-std', id: 'mine' }), 'customer_unknown'],
      [
        'createLicense',
        ({ customerId }) => ({ customerId, edition: 'oo-std', id: 'mine' }),
        'customer_unknown',
      ],
      ['updateLicense', ({ licenseId }) => ({ licenseId, name: 'Mine' }), 'license_unknown'],
      ['updateLicense', () => ({ id: 'l', product: 'erp', name: 'Mine' }), 'license_unknown'],
      ['getLicense', ({ licenseId }) => ({ licenseId }), 'license_unknown'],
      ['getLicense', ({ chainLicense }) => ({ licenseId: chainLicense }), 'license_unknown'],
      ['getLicense', () => ({ id: 'l', product: 'erp' }), 'license_unknown'],
      ['revokeLicenses', ({ licenseId }) => ({ customer: 'c', licenseIds: [licenseId] }), 'customer_unknown'],
      ['revokeLicenses', ({ customerId }) => ({ customerId, contract: 'k' }), 'customer_unknown'],
      [
        'revokeLicenses',
        ({ licenseId }) => ({ customer: 'own', licenseIds: [licenseId] }),
        'license_unknown',
      ],
      [
        'revokeLicenses',
        ({ chainLicense }) => ({ customer: 'own', licenseIds: [chainLicense] }),
        'license_unknown',
      ],
      ['revokeLicenses', () => ({ customer: 'own', contract: 'k' }), 'nothing'],
      ['revokeLicenses', () => ({ customer: 'own', order: 'o' }), 'nothing'],
      ['revokeLicenses', () => ({ customer: 'own', subscription: 's' }), 'nothing'],
      ['checkEntitlement', () => ({ customer: 'c', edition: 'oo-lite' }), 'customer_unknown'],
      ['checkEntitlement', ({ customerId }) => ({ customerId, edition: 'oo-lite' }), 'customer_unknown'],
      ['checkEntitlement', () => ({ consumer: 'p', edition: 'oo-lite' }), 'consumer_unknown'],
      ['checkEntitlement', ({ consumerId }) => ({ consumerId, edition: 'oo-lite' }), 'consumer_unknown'],
      ['createConsumer', () => ({ customer: 'c', id: 'mine' }), 'customer_unknown'],
      ['createConsumer', ({ customerId }) => ({ customerId, id: 'mine' }), 'customer_unknown'],
      ['updateConsumer', () => ({ id: 'p', displayName: 'Mine' }), 'consumer_unknown'],
      ['updateConsumer', ({ consumerId }) => ({ consumerId, displayName: 'Mine' }), 'consumer_unknown'],
      ['getConsumer', () => ({ id: 'p' }), 'consumer_unknown'],
      ['getConsumer', ({ consumerId }) => ({ consumerId }), 'consumer_unknown'],
      ['getConsumer', () => ({ email: 'p@example.com' }), 'consumer_unknown'],
      ['grantAccess', () => ({ customer: 'c', consumer: 'p' }), 'customer_unknown'],
      ['grantAccess', ({ customerId }) => ({ customerId, consumer: 'p' }), 'customer_unknown'],
      ['grantAccess', () => ({ customer: 'own', consumer: 'p' }), 'consumer_unknown'],
      ['grantAccess', ({ consumerId }) => ({ customer: 'own', consumerId }), 'consumer_unknown'],
      ['revokeAccess', () => ({ customer: 'c', consumer: 'p' }), 'customer_unknown'],
      ['revokeAccess', ({ customerId }) => ({ customerId, consumer: 'p' }), 'customer_unknown'],
      ['revokeAccess', () => ({ customer: 'own', consumer: 'p' }), 'consumer_unknown'],
      ['revokeAccess', ({ consumerId }) => ({ customer: 'own', consumerId }), 'consumer_unknown'],
      ['revokeApiKey', ({ keyId }) => ({ keyId }), 'key_unknown'],
      ['updateWebhookEndpoint', ({ endpointId }) => ({ endpointId, isActive: false }), 'endpoint_unknown'],
      ['deleteWebhookEndpoint', ({ endpointId }) => ({ endpointId }), 'endpoint_unknown'],
      ['rotateWebhookSecret', ({ endpointId }) => ({ endpointId }), 'endpoint_unknown'],
      ['redeliver', ({ deliveryId }) => ({ deliveryId }), 'delivery_unknown'],
      ['redeliver', ({ endpointId }) => ({ endpointId, sinceSeq: 1 }), 'endpoint_unknown'],
      ['updatePartner', () => ({ partner: one.number, name: 'Mine' }), 'forbidden'],
      ['updateSource', ({ sourceId }) => ({ sourceId, name: 'Mine' }), 'source_unknown'],
      ['deleteSource', ({ sourceId }) => ({ sourceId }), 'source_unknown'],
      ['mapSku', ({ sourceId }) => ({ sourceId, sku: 'mine', edition: 'oo-lite' }), 'source_unknown'],
      ['unmapSku', ({ sourceId }) => ({ sourceId, sku: 'theirs' }), 'source_unknown'],
      ['replayInbox', ({ sourceId }) => ({ sourceId }), 'source_unknown'],
      ['replayInbox', ({ inboxId }) => ({ inboxId }), 'inbox_unknown'],
      ['findCustomers', () => ({ email: 'theirs@example.com' }), 'empty'],
      ['listCustomers', () => ({ search: 'theirs' }), 'empty'],
      ['listCustomers', () => ({ tag: 'theirs' }), 'empty'],
      ['listOrders', () => ({}), 'empty'],
      ['listOrders', () => ({ customer: 'c' }), 'empty'],
      ['listOrders', ({ customerId }) => ({ customerId }), 'empty'],
      ['listRenewalsDue', () => ({ withinDays: 3_000 }), 'empty'],
      ['listLicenses', () => ({}), 'empty'],
      ['listLicenses', () => ({ customer: 'c' }), 'empty'],
      ['listLicenses', ({ customerId }) => ({ customerId }), 'empty'],
      ['listLicenses', () => ({ contract: 'k' }), 'empty'],
      ['listLicenses', () => ({ order: 'o' }), 'empty'],
      ['listLicenses', () => ({ subscription: 's' }), 'empty'],
      ['listLicenses', () => ({ productReference: 'pr' }), 'empty'],
      ['listLicenses', () => ({ purchaseOrder: 'po' }), 'empty'],
      ['listConsumers', () => ({}), 'empty'],
      ['listConsumers', () => ({ customer: 'c' }), 'empty'],
      ['listConsumers', ({ customerId }) => ({ customerId }), 'empty'],
      ['listConsumers', () => ({ search: 'theirs' }), 'empty'],
      ['listWebhookEndpoints', () => ({}), 'empty'],
      ['listSources', () => ({}), 'empty'],
      ['listSkus', ({ sourceId }) => ({ sourceId }), 'empty'],
      ['listInbox', ({ sourceId }) => ({ sourceId }), 'empty'],
      ['listDeliveries', () => ({}), 'empty'],
      ['listDeliveries', ({ endpointId }) => ({ endpointId }), 'empty'],
    ]

  /** Params that name a thing that is to come, so that whatever somebody else has of that name does not count. */
  const naming: Record<string, string[]> = {
    createCustomer: ['id', 'customerId', 'email'],
    updateCustomer: ['email'],
    renameCustomer: ['newId'],
    createFirstOrder: ['id'],
    createRenewalOrder: ['id'],
    createLicense: ['id', 'licenseId'],
    createConsumer: ['id', 'consumerId', 'email'],
    updateConsumer: ['email'],
  }

  test('the table knows every param of every method that can name a thing', () => {
    const names =
      /^(?:id|newId|parent|customer|consumer|email|contract|order|subscription|productReference|purchaseOrder|search|tag|partner|\w+Ids?)$/
    const known = new Set(
      foreign.flatMap(([method, params]) =>
        Object.entries(params(theirs)).map(([name, value]) =>
          value === undefined ? '' : `${method} ${name}`,
        ),
      ),
    )
    const missing = Object.entries(registry).flatMap(([method, { params }]) =>
      Object.keys((params as unknown as { shape?: object }).shape ?? {})
        .filter((name) => names.test(name) && !naming[method]?.includes(name))
        .map((name) => `${method} ${name}`)
        .filter((pair) => !known.has(pair)),
    )
    expect(missing).toEqual([])
  })

  /** What an answer says, in the words of the table. */
  function told(answer: unknown): string {
    const { items, revoked, error } = (answer ?? {}) as {
      items?: unknown[]
      revoked?: unknown[]
      error?: WireError
    }
    if (error) return error.data.reason
    if (items?.length === 0) return 'empty'
    return revoked?.length === 0 ? 'nothing' : JSON.stringify(answer)
  }

  test.each(foreign)('%s(%s) → %s', async (method, params, answer) => {
    const { json } = await two.post({ method, params: params(theirs) })
    expect(told(json)).toBe(answer)
  })

  test.each(everyScope)('a key with the scope %s alone learns no more', async (scope) => {
    // The scope operator belongs to partner 0, which has none of these things either.
    const caller = scope === 'operator' ? await callerWith(scope) : await house.withScopes(two, [scope])
    const own = /"own"/
    const rows = foreign.filter(
      ([, params]) => scope !== 'operator' || !own.test(JSON.stringify(params(theirs))),
    )
    const calls = rows
      .filter(([method]) => scope !== 'operator' || method !== 'updatePartner')
      .map(([method, params, answer]) => ({ method, params: params(theirs), answer }))
    const replies = await caller.batch(calls.map(({ method, params }) => ({ method, params })))
    const got = calls.map(({ method, params }, index) => {
      const { result, error } = replies[index] as { result?: unknown; error?: WireError }
      return [method, params, told(error ? { error } : result)]
    })
    expect(got).toEqual(
      calls.map(({ method, params, answer }) => [
        method,
        params,
        may[method]?.includes(scope) ? answer : 'forbidden',
      ]),
    )
  })

  test('preview plays each of these commands, and tells no more than it would', async () => {
    const calls = foreign
      .filter(([method]) => registry[method]?.kind === 'command' && 'previewable' in (registry[method] ?? {}))
      .map(([method, params, answer]) => ({ method, params: params(theirs), answer }))
    const previews = await two.batch(
      calls.map(({ method, params }) => ({ method: 'preview', params: { method, params } })),
    )
    const got = previews.map(
      (reply) => (reply as { result?: { ok: boolean; error?: WireError; result?: unknown } }).result,
    )
    expect(calls.length).toBeGreaterThan(20)
    expect(got.map((answer) => told(answer?.ok ? answer.result : answer))).toEqual(
      calls.map(({ answer }) => answer),
    )
  })

  test('reconcile compares with one’s own things only', async () => {
    const { customerId: _customer, licenseId, chainLicense } = theirs
    for (const [kind, ids, own] of [
      ['customers', ['c', 'c2'], ['own']],
      ['orders', ['o', 'o2'], []],
      ['licenses', ['l', licenseId, chainLicense], []],
    ] as const) {
      const rows = ids.map((id) => ({ id, name: 'Mine' }))
      const sent = kind === 'orders' ? ids.map((id) => ({ id, licenses: 7 })) : rows
      const answer = await two.call('reconcile', { kind, rows: sent, complete: true })
      expect(answer).toEqual({ missingHere: ids, missingThere: own, differing: [], matching: 0 })
    }
  })

  test('a cursor of one partner opens nothing to another', async () => {
    const tried: string[] = []
    for (const [method, { kind, params }] of Object.entries(registry)) {
      if (kind !== 'list' || !Object.hasOwn((params as unknown as { shape: object }).shape, 'cursor'))
        continue
      const { json } = await one.post({ method, params: { limit: 1 } })
      const { next } = (json ?? {}) as { next?: string | null }
      if (!next) continue
      tried.push(method)
      const { status, text } = await two.post({ method, params: { cursor: next } })
      expect(status, method).toBe(200)
      expect(text, method).not.toMatch(/theirs/i)
      for (const id of Object.values(theirs)) expect(text, method).not.toContain(id)
    }
    expect(tried).toEqual(
      expect.arrayContaining([
        ...['listCustomers', 'listOrders', 'listLicenses', 'listConsumers', 'listApiKeys'],
        ...['listWebhookEndpoints', 'listDeliveries'],
      ]),
    )
  })

  test('an idempotency key of one partner recognises nothing of another', async () => {
    const sent = { method: 'createApiKey', params: { name: 'once', scopes: ['read'] } }
    const header = { 'idempotency-key': 'the same for both' }
    const made = (await one.post(sent, header)).json as { keyId: string; key: string }
    expect((await one.post(sent, header)).json).toEqual(made)
    const other = await two.post(sent, header)
    expect(other.headers.get('x-replayed')).toBeNull()
    expect((other.json as { partner: number }).partner).toBe(two.number)
    expect(other.text).not.toContain(made.keyId)
  })

  test('are refused in the same words as what never existed', async () => {
    for (const [method, params] of foreign.filter(([, , answer]) => answer.endsWith('_unknown'))) {
      const given = params(theirs)
      const neverIds = {
        customer: 'never',
        id: 'never',
        parent: 'never',
        consumer: 'never',
        email: 'never@example.com',
      }
      const unheard = (name: string, value: unknown): unknown => {
        if (Array.isArray(value)) return value.map((item) => unheard(name, item))
        if (value === undefined || value === 'own') return value
        if (name === 'keyId') return 'neverNever12'
        if (Object.hasOwn(neverIds, name)) return neverIds[name as keyof typeof neverIds]
        const isUuid = typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value)
        return isUuid ? '0190a000-0000-7000-8000-000000000000' : value
      }
      const never = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, unheard(name, value)]),
      )
      const [theirAnswer, neverAnswer] = await Promise.all(
        [given, never].map(async (sent) => {
          const { status, json } = await two.post({ method, params: sent })
          const { code, message, data } = (json as { error: WireError }).error
          return { status, code, message, members: Object.keys(data), reason: data.reason }
        }),
      )
      expect(theirAnswer, method).toEqual(neverAnswer)
    }
  })

  test('preview tells no more than the method would', async () => {
    const { ok, error } = (await two.call('preview', { method: 'cancelOrder', params: { id: 'o' } })) as {
      ok: boolean
      error?: WireError
    }
    expect({ ok, reason: error?.data.reason }).toEqual({ ok: false, reason: 'order_unknown' })
  })

  test('ids are free for everybody: the same ones name other things at another partner', async () => {
    const three = await house.partner()
    const { customerId } = theirs
    await three.call('createCustomer', { id: 'c', customerId, name: 'Another' })
    await three.call('createFirstOrder', { ...bought, licenses: 7 })
    await three.call('createLicense', {
      customer: 'c',
      edition: 'erp-std',
      id: 'l',
      licenseId: theirs.licenseId,
      quantity: 7,
    })
    const consumer = { customer: 'c', id: 'p', consumerId: theirs.consumerId, email: 'p@example.com' }
    await three.call('createConsumer', consumer)
    expect(await three.call('getCustomer', { customerId })).toMatchObject({ id: 1, name: 'Another' })
    expect(await three.call('getOrder', { id: 'o' })).toMatchObject({ id: 1, licenses: 7 })
    expect(await three.call('getLicense', { licenseId: theirs.licenseId })).toMatchObject({ quantity: 7 })
    await three.call('cancelOrder', { id: 'o' })

    expect(await one.call('getCustomer', { customerId })).toMatchObject({ name: 'Theirs', version: 1 })
    expect(await one.call('getOrder', { id: 'o' })).toMatchObject({ licenses: 1, status: 'active' })
    expect(await one.call('getLicense', { id: 'l', product: 'erp' })).toMatchObject({ quantity: 1 })
    expect(
      (await one.events()).every(({ data }) => data.partner === undefined || data.partner === one.number),
    ).toBe(true)
    const announced = (await two.events()).map(({ object }) => object.id)
    expect(announced, 'nothing that was refused is announced').toEqual(['own'])
  })
})

describe('a key stops being one', () => {
  const works = async (caller: TestPartner): Promise<boolean> => {
    const { status } = await caller.post('{"method":"getClock"}')
    expect([200, 401]).toContain(status)
    return status === 200
  }

  test('a mistyped key is refused without asking the database', async () => {
    const query = vi.spyOn((house.services[0] as House['services'][number]).tenure.store.pool, 'query')
    const { key } = one
    const last = key.at(-1) === 'a' ? 'b' : 'a'
    const middle = key.charAt(30) === 'a' ? 'b' : 'a'
    for (const mistyped of [
      key.slice(0, -1) + last,
      key.slice(0, 30) + middle + key.slice(31),
      key.replace('tk_test', 'tk_live'),
      key.slice(0, -1),
      `${key}a`,
    ])
      expect((await one.post('{"method":"getClock"}', { 'x-api-key': mistyped })).status, mistyped).toBe(401)
    // What goes on in the background asks for other things.
    const asked = () => query.mock.calls.filter((call) => JSON.stringify(call).includes('api_key'))
    expect(asked()).toEqual([])
    // One that is well formed and unknown has to be looked up, so the count above does count.
    const unknown = makeKey(new Uint8Array(55).fill(7), true).key
    expect((await one.post('{"method":"getClock"}', { 'x-api-key': unknown })).status).toBe(401)
    expect(asked()).toHaveLength(1)
    query.mockRestore()
  })

  test('revoked: refused at once where it was revoked, and revoking again changes nothing', async () => {
    const extra = await house.withScopes(one, ['read'])
    expect(await works(extra)).toBe(true)
    const keyId = extra.key.split('_')[2] as string
    expect(await one.call('revokeApiKey', { keyId })).toMatchObject({ keyId, changed: true })
    expect(await works(extra)).toBe(false)
    expect(await one.call('revokeApiKey', { keyId })).toMatchObject({ changed: false })
    expect(await works(one)).toBe(true)
  })

  test('a key may revoke itself; that is its last call', async () => {
    const extra = await house.withScopes(one, ['admin'])
    const keyId = extra.key.split('_')[2] as string
    expect(await extra.call('revokeApiKey', { keyId })).toMatchObject({ changed: true })
    expect(await works(extra)).toBe(false)
  })

  test('revoked: refused by other servers within five seconds', async () => {
    const extra = await house.withScopes(one, ['read'])
    const elsewhere = new TestPartner(
      (house.services[1] as House['services'][number]).url,
      extra.key,
      extra.number,
    )
    expect(await works(elsewhere)).toBe(true)
    await one.call('revokeApiKey', { keyId: extra.key.split('_')[2] as string })
    await vi.waitUntil(async () => !(await works(elsewhere)), { timeout: 5_000, interval: 50 })
  })

  test('expired: refused from that second on, by the real clock', async () => {
    const expiresAt = house.clock.now() + 100
    const { key } = await one.call('createApiKey', { name: 'short', scopes: ['read'], expiresAt })
    const extra = new TestPartner(one.url, key, one.number)
    house.clock.advance({ seconds: 99 })
    expect(await works(extra)).toBe(true)
    house.clock.advance({ seconds: 1 })
    expect(await works(extra)).toBe(false)
    expect((await one.refusal('createApiKey', { name: 'x', scopes: ['read'], expiresAt })).data.reason) //
      .toBe('params_invalid')
  })
})

describe('a key is a secret', () => {
  test('no list tells it', async () => {
    const { items } = await one.call('listApiKeys', {})
    expect(items.length).toBeGreaterThan(1)
    for (const item of items)
      expect(Object.keys(item).sort()).toEqual([
        'createdAt',
        'expiresAt',
        'keyId',
        'name',
        'partner',
        'revokedAt',
        'scopes',
      ])
    expect(items.map(({ keyId }) => keyId)).toContain(one.key.split('_')[2])
  })

  test('refusals, the log and the database do not have it', async () => {
    const { json } = await one.post(
      { method: 'createApiKey', params: { name: 'kept', scopes: ['read'] } },
      { 'idempotency-key': 'kept once' },
    )
    const kept = (json as { key: string }).key
    const reader = new TestPartner(one.url, kept, one.number)
    const answers = [
      await reader.post('{"method":"createCustomer"}'),
      await reader.post('{"method":"nope"}'),
      await reader.post('{'),
      await reader.post('{"method":"getCustomer","params":{"id":"nobody"}}'),
      await reader.post('{"method":"getClock"}', { 'x-api-key': `${kept}x` }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([403, 404, 400, 404, 401])
    const secrets = [kept, one.key, house.operator.key].flatMap((key) => [key, key.split('_')[3] as string])
    const told = JSON.stringify([answers, answers.map(({ headers }) => [...headers]), logged])
    expect(logged.length, 'calls are logged').toBeGreaterThan(0)
    for (const secret of secrets) expect(told).not.toContain(secret)

    const tables = await house.sql<{ name: string }>(
      `select quote_ident(table_name) as name from information_schema.tables
        where table_schema = 'public' and table_type = 'BASE TABLE'`,
    )
    let all = ''
    for (const { name } of tables)
      for (const { row } of await house.sql<{ row: string }>(`select t::text as row from ${name} t`))
        all += `${row}\n`
    expect(all, 'the id of a key is kept').toContain(kept.split('_')[2])
    for (const secret of secrets) {
      expect(all).not.toContain(secret)
      expect(all).not.toContain(Buffer.from(secret).toString('hex'))
      expect(all).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''))
    }
  })
})
