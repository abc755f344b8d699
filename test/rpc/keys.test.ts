/** Keys and scopes: who may do what, when a key stops being one, and that partners never learn of each other. */
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
let theirs: { customerId: string; licenseId: string; chainLicense: string; consumerId: string; keyId: string }

const bought = { customer: 'c', id: 'o', product: 'oo-lite', licenses: 1, duration: 'monthly' } as const

beforeAll(async () => {
  const note = (...told: unknown[]): void => void logged.push(told)
  house = await openHouse({ servers: 2, log: { debug: note, info: note, warn: note, error: note } })
  one = await house.partner({ sandbox: true })
  two = await house.partner({ sandbox: true })
  await one.call('createCustomer', { id: 'c', name: 'Theirs', email: 'theirs@example.com' })
  const { customerId } = await one.call('getCustomer', { id: 'c' })
  const { licenseId: chainLicense } = await one.call('createFirstOrder', bought)
  const { licenseId } = await one.call('createLicense', { customer: 'c', edition: 'erp-std', id: 'l' })
  const { consumerId } = await one.call('createConsumer', { customer: 'c', id: 'p', email: 'p@example.com' })
  const { keyId } = await one.call('createApiKey', { name: 'theirs', scopes: ['read'] })
  theirs = { customerId, licenseId, chainLicense, consumerId, keyId } as typeof theirs
})
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
      ['checkEntitlement', () => ({ customer: 'c', edition: 'oo-lite' }), 'customer_unknown'],
      ['checkEntitlement', ({ customerId }) => ({ customerId, edition: 'oo-lite' }), 'customer_unknown'],
      ['checkEntitlement', () => ({ consumer: 'p', edition: 'oo-lite' }), 'consumer_unknown'],
      ['createConsumer', () => ({ customer: 'c', id: 'mine' }), 'customer_unknown'],
      ['updateConsumer', ({ consumerId }) => ({ consumerId, displayName: 'Mine' }), 'consumer_unknown'],
      ['getConsumer', () => ({ id: 'p' }), 'consumer_unknown'],
      ['getConsumer', ({ consumerId }) => ({ consumerId }), 'consumer_unknown'],
      ['getConsumer', () => ({ email: 'p@example.com' }), 'consumer_unknown'],
      ['grantAccess', () => ({ customer: 'c', consumer: 'p' }), 'customer_unknown'],
      ['revokeAccess', () => ({ customer: 'c', consumer: 'p' }), 'customer_unknown'],
      ['revokeApiKey', ({ keyId }) => ({ keyId }), 'key_unknown'],
      ['findCustomers', () => ({ email: 'theirs@example.com' }), 'empty'],
      ['listCustomers', () => ({ search: 'theirs' }), 'empty'],
      ['listOrders', () => ({}), 'empty'],
      ['listRenewalsDue', () => ({ withinDays: 3_000 }), 'empty'],
      ['listLicenses', () => ({}), 'empty'],
      ['listConsumers', () => ({}), 'empty'],
    ]

  test('the table knows every method that names a thing', () => {
    const naming =
      /^(?:id|parent|customer|customerId|consumer|consumerId|licenseId|keyId|endpointId|sourceId|deliveryId)$/
    const later = ['createCustomer', 'preview', 'reconcile']
    const missing = Object.entries(registry).filter(([method, { params }]) => {
      const names = Object.keys((params as unknown as { shape?: object }).shape ?? {})
      return (
        names.some((name) => naming.test(name)) &&
        ![...foreign.map(([known]) => known), ...later].includes(method)
      )
    })
    const webhooksAndShops = /Webhook|Deliver|redeliver|Source|Sku|Inbox/
    expect(missing.map(([method]) => method).filter((method) => !webhooksAndShops.test(method))).toEqual([])
  })

  test.each(foreign)('%s(%s) → %s', async (method, params, answer) => {
    const { json } = await two.post({ method, params: params(theirs) })
    if (answer === 'empty') expect((json as { items: unknown[] }).items).toEqual([])
    else expect((json as { error?: WireError }).error?.data.reason).toBe(answer)
  })

  test('are refused in the same words as what never existed', async () => {
    for (const [method, params] of foreign.filter(([, , answer]) => answer !== 'empty')) {
      const given = params(theirs)
      const neverIds = {
        customer: 'never',
        id: 'never',
        parent: 'never',
        consumer: 'never',
        email: 'never@example.com',
      }
      const never = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [
          name,
          value !== undefined && Object.hasOwn(neverIds, name)
            ? neverIds[name as keyof typeof neverIds]
            : typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value)
              ? '0190a000-0000-7000-8000-000000000000'
              : value,
        ]),
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
    expect((await two.events()).length, 'nothing that was refused is announced').toBe(0)
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
    expect(query).not.toHaveBeenCalled()
    // One that is well formed and unknown has to be looked up, so the count above does count.
    const unknown = makeKey(new Uint8Array(55).fill(7), true).key
    expect((await one.post('{"method":"getClock"}', { 'x-api-key': unknown })).status).toBe(401)
    expect(query).toHaveBeenCalled()
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
