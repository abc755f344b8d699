/**
 * The pins: what callers have built on, written down once more and by hand. Nothing here is imported from what it
 * pins, so a name, a number or a type that changes by accident fails here. What is new is added to these tables.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allFaults } from '../src/faults.ts'
import { registry } from '../src/methods/index.ts'
import { type House, openHouse, type TestPartner } from './house.ts'

const published = [
  'createCustomer',
  'updateCustomer',
  'renameCustomer',
  'getCustomer',
  'findCustomers',
  'listCustomers',
  'createFirstOrder',
  'createRenewalOrder',
  'cancelOrder',
  'uncancelOrder',
  'suspendOrder',
  'resumeOrder',
  'changeOrder',
  'getOrder',
  'listOrders',
  'listRenewalsDue',
  'preview',
  'createProduct',
  'createEdition',
  'updateEdition',
  'listProducts',
  'listEditions',
  'createLicense',
  'updateLicense',
  'revokeLicenses',
  'getLicense',
  'listLicenses',
  'checkEntitlement',
  'createConsumer',
  'updateConsumer',
  'getConsumer',
  'listConsumers',
  'grantAccess',
  'revokeAccess',
  'createSource',
  'updateSource',
  'listSources',
  'deleteSource',
  'mapSku',
  'listSkus',
  'unmapSku',
  'listInbox',
  'replayInbox',
  'listEvents',
  'createApiKey',
  'listApiKeys',
  'revokeApiKey',
  'createPartner',
  'listPartners',
  'updatePartner',
  'getClock',
  'setClock',
  'advanceClock',
]

/** Names that are promised. One of them may come to be at any time, and belongs into `published` then. */
const promised = [
  'reconcile',
  'createWebhookEndpoint',
  'updateWebhookEndpoint',
  'listWebhookEndpoints',
  'deleteWebhookEndpoint',
  'rotateWebhookSecret',
  'listDeliveries',
  'redeliver',
]

test('the names of the methods', () => {
  expect(published.filter((name) => !Object.hasOwn(registry, name))).toEqual([])
  const unheardOf = Object.keys(registry).filter((name) => ![...published, ...promised].includes(name))
  expect(unheardOf).toEqual([])
})

describe('refusals', () => {
  const refusals: [reason: string, code: number, status: number, retryable: boolean][] = [
    ['parse_error', -32700, 400, false],
    ['invalid_request', -32600, 400, false],
    ['batch_too_large', -32600, 400, false],
    ['method_unknown', -32601, 404, false],
    ['params_invalid', -32602, 400, false],
    ['internal', -32603, 500, false],
    ['unauthenticated', -32001, 401, false],
    ['forbidden', -32003, 403, false],
    ['unavailable', -32008, 503, true],
    ['rate_limited', -32029, 429, true],
    ['customer_unknown', 1001, 404, false],
    ['order_unknown', 1002, 404, false],
    ['license_unknown', 1003, 404, false],
    ['consumer_unknown', 1004, 404, false],
    ['edition_unknown', 1005, 404, false],
    ['product_unknown', 1006, 404, false],
    ['endpoint_unknown', 1007, 404, false],
    ['key_unknown', 1008, 404, false],
    ['partner_unknown', 1009, 404, false],
    ['source_unknown', 1010, 404, false],
    ['sku_unknown', 1011, 404, false],
    ['inbox_unknown', 1012, 404, false],
    ['delivery_unknown', 1013, 404, false],
    ['customer_exists', 1101, 409, false],
    ['order_exists', 1102, 409, false],
    ['license_exists', 1103, 409, false],
    ['consumer_exists', 1104, 409, false],
    ['edition_exists', 1105, 409, false],
    ['product_exists', 1106, 409, false],
    ['customer_inactive', 1201, 409, false],
    ['order_not_first', 1202, 409, false],
    ['order_cancelled', 1203, 409, false],
    ['order_suspended', 1204, 409, false],
    ['order_ending', 1205, 409, false],
    ['renewal_too_early', 1206, 409, true],
    ['not_renewable', 1207, 409, false],
    ['license_governed_by_order', 1301, 409, false],
    ['license_revoked', 1302, 409, false],
    ['edition_incompatible', 1303, 409, false],
    ['version_conflict', 1401, 409, false],
    ['events_gone', 1402, 409, false],
    ['not_sandbox', 1403, 409, false],
  ]

  test.each(refusals)('%s is %i, %i on the bare wire, retryable: %s', (reason, code, status, retryable) => {
    const { [reason as keyof typeof allFaults]: kept } = allFaults
    expect({ code: kept?.code, status: kept?.status, retryable: kept?.retryable }) //
      .toEqual({ code, status, retryable })
  })

  test('there are no others', () => {
    const known = refusals.map(([reason]) => reason)
    expect(Object.keys(allFaults).filter((reason) => !known.includes(reason))).toEqual([])
  })

  test('a method’s own refusals have positive numbers, each its own; nothing unknown is another status than 404', () => {
    const own = Object.entries(allFaults).filter(([, { code }]) => code > 0)
    expect(new Set(own.map(([, { code }]) => code)).size).toBe(own.length)
    for (const [reason, { status }] of own)
      expect(status, reason).toBe(reason.endsWith('_unknown') ? 404 : 409)
    for (const [reason, { code }] of Object.entries(allFaults))
      expect(code > 0 || (code >= -32_768 && code <= -32_000), reason).toBe(true)
  })
})

describe('answers', () => {
  let house: House
  let partner: TestPartner
  beforeAll(async () => {
    house = await openHouse({ now: '2026-03-01T12:00:00Z' })
    partner = await house.partner()
  })
  afterAll(() => house.close())

  /** The members of an object with the JSON types of their values, as a caller's own declarations would have them. */
  function types(value: unknown): unknown {
    if (value === null) return 'null'
    if (Array.isArray(value)) return value.map(types)
    if (typeof value === 'object')
      return Object.fromEntries(
        Object.entries(value as object).map(([name, member]) => [name, types(member)]),
      )
    if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
    return typeof value
  }

  async function bare(method: string, params: object): Promise<unknown> {
    return (await partner.post({ method, params })).json
  }

  const customer = {
    id: 'integer',
    partner: 'integer',
    remoteId: 'string',
    name: 'string',
    isActive: 'boolean',
    createdAt: 'integer',
  }
  const order = {
    id: 'integer',
    partner: 'integer',
    remoteId: 'string',
    parent: 'null',
    customer: 'string',
    product: 'string',
    licenses: 'integer',
    duration: 'string',
    termStart: 'integer',
    termEnd: 'integer',
    status: 'string',
    renewableFrom: 'integer',
    licenseId: 'string',
    createdAt: 'integer',
  }

  test('createCustomer: the seven members of the enterprise wire, admin with its e-mail alone', async () => {
    const admin = { email: 'test3@example.com', phone: '111111111', displayName: 'Isa Aswath' }
    const made = await bare('createCustomer', { id: 'ABC', name: 'ABC Company', admin })
    expect(types(made)).toEqual({ ...customer, admin: { email: 'string' } })
    expect(made).toEqual({
      id: 1,
      partner: partner.number,
      remoteId: 'ABC',
      name: 'ABC Company',
      isActive: true,
      createdAt: 1_772_366_400,
      admin: { email: 'test3@example.com' },
    })
  })

  test('createCustomer: admin is left out where there is none', async () => {
    expect(types(await bare('createCustomer', { id: 'none', name: 'No admin' }))).toEqual(customer)
    const nameless = { id: 'phone', name: 'Phone', admin: { phone: '1' } }
    expect(types(await bare('createCustomer', nameless))).toEqual(customer)
  })

  test('orders and what verbs make of them', async () => {
    const params = { customer: 'ABC', id: 'O1', product: 'oo-lite', licenses: 20, duration: 'monthly' }
    expect(types(await bare('createFirstOrder', params))).toEqual(order)
    house.clock.set('2026-03-20')
    const renewal = await bare('createRenewalOrder', { parent: 'O1', id: 'O2' })
    expect(types(renewal)).toEqual({ ...order, parent: 'string' })
    for (const method of ['suspendOrder', 'resumeOrder', 'cancelOrder'])
      expect(types(await bare(method, { id: 'O1' }))).toEqual({ ...order, changed: 'boolean' })
    const own = {
      id: 'integer',
      remoteId: 'string',
      parent: 'null',
      product: 'string',
      licenses: 'integer',
      duration: 'string',
      termStart: 'integer',
      termEnd: 'integer',
      references: {},
      metadata: {},
      createdAt: 'integer',
    }
    expect(types(await bare('getOrder', { id: 'O2' }))).toEqual({
      ...order,
      cancelAt: 'integer',
      suspendedAt: 'null',
      orders: [own, { ...own, parent: 'string' }],
    })
    const { items, next } = (await bare('listOrders', {})) as { items: unknown[]; next: unknown }
    expect(items.map(types)).toEqual([order])
    expect(next).toBeNull()
  })

  test('a licence', async () => {
    const made = await bare('createLicense', { customer: 'ABC', edition: 'oo-std', id: 'L1' })
    expect(Object.keys(made as object).sort()).toEqual([
      'createdAt',
      'customer',
      'customerId',
      'description',
      'edition',
      'editionVersion',
      'features',
      'isActive',
      'licenseId',
      'limitations',
      'name',
      'order',
      'product',
      'quantity',
      'references',
      'remoteId',
      'state',
      'validFrom',
      'validUntil',
      'variables',
      'version',
    ])
    expect(types(made)).toMatchObject({
      licenseId: 'string',
      remoteId: 'string',
      order: 'null',
      quantity: 'integer',
      validFrom: 'integer',
      validUntil: 'null',
      state: 'string',
      isActive: 'boolean',
      features: expect.any(Array),
      limitations: expect.any(Object),
      variables: expect.any(Object),
      version: 'integer',
    })
  })

  test('an event of the feed', async () => {
    const { events, next } = (await bare('listEvents', { limit: 1 })) as { events: unknown[]; next: unknown }
    expect(types(events)).toEqual([
      {
        seq: 'integer',
        id: 'string',
        type: 'string',
        at: 'integer',
        object: { kind: 'string', id: 'string', version: 'integer' },
        data: expect.any(Object),
      },
    ])
    expect(next).toBe(1)
  })

  test('a list and a check of entitlement', async () => {
    const found = await bare('checkEntitlement', { customer: 'ABC', edition: 'oo-std' })
    expect(Object.keys(found as object).sort()).toEqual([
      'because',
      'entitled',
      'features',
      'limitations',
      'quantity',
      'reason',
      'validUntil',
      'variables',
    ])
    const listed = await bare('listCustomers', { limit: 1 })
    expect(types(listed)).toEqual({ items: [expect.any(Object)], next: 'string' })
  })

  test('a key and a partner, each with a secret that is shown once', async () => {
    const key = { keyId: 'string', partner: 'integer', name: 'string', scopes: ['string'] }
    const instants = { createdAt: 'integer', expiresAt: 'null', revokedAt: 'null' }
    const made = await bare('createApiKey', { name: 'k', scopes: ['read'] })
    expect(types(made)).toEqual({ ...key, ...instants, key: 'string' })
    expect((made as { key: string }).key).toMatch(/^tk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
    const sandbox = await house.operator.post({
      method: 'createPartner',
      params: { name: 'p', sandbox: true },
    })
    expect(types(sandbox.json)).toMatchObject({ partner: 'integer', sandbox: 'boolean', apiKey: 'string' })
    expect((sandbox.json as { apiKey: string }).apiKey).toMatch(/^tk_test_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
  })

  test('the error object, bare and strict: nothing but these members', async () => {
    const unknown = {
      code: 'integer',
      message: 'string',
      data: { reason: 'string', retryable: 'boolean', id: 'string' },
    }
    expect(types(await bare('getCustomer', { id: 'nobody' }))).toEqual({ error: unknown })
    const strict = await partner.post({
      jsonrpc: '2.0',
      id: 'x',
      method: 'getCustomer',
      params: { id: 'nobody' },
    })
    expect(types(strict.json)).toEqual({ jsonrpc: 'string', error: unknown, id: 'string' })
    expect(types(await bare('getCustomer', { id: 7, more: 1 }))).toEqual({
      error: {
        ...unknown,
        data: {
          reason: 'string',
          retryable: 'boolean',
          issues: [
            { path: 'string', message: 'string' },
            { path: 'string', message: 'string' },
          ],
        },
      },
    })
  })

  test('the facts of refusals that callers act on', async () => {
    const taken = { id: 'ABC', name: 'Another name', kind: 'person' }
    expect((await partner.refusal('createCustomer', taken)).data).toEqual({
      reason: 'customer_exists',
      retryable: false,
      id: 'ABC',
      differs: ['admin', 'kind', 'name'],
    })
    const live = await house.partner()
    await live.call('createCustomer', { id: 'c', name: 'C' })
    const sale = { customer: 'c', product: 'oo-lite', licenses: 1, duration: 'monthly' } as const
    const { termEnd, renewableFrom } = await live.call('createFirstOrder', { ...sale, id: 'o' })
    expect((await live.refusal('createRenewalOrder', { parent: 'o', id: 'r' })).data).toEqual({
      reason: 'renewal_too_early',
      retryable: true,
      termEnd,
      renewableFrom,
      windowDays: 15,
      retryAt: renewableFrom,
    })
    house.clock.set(renewableFrom)
    await live.call('createRenewalOrder', { parent: 'o', id: 'r' })
    expect((await live.refusal('createRenewalOrder', { parent: 'r', id: 'r2' })).data).toEqual({
      reason: 'order_not_first',
      retryable: false,
      parent: 'o',
    })
    await live.call('suspendOrder', { id: 'o' })
    expect((await live.refusal('createRenewalOrder', { parent: 'o', id: 'r2' })).data).toEqual({
      reason: 'order_suspended',
      retryable: false,
      since: renewableFrom,
      hint: 'resumeOrder',
    })
    await live.call('cancelOrder', { id: 'o', at: 'termEnd' })
    const { termEnd: latest } = (await live.call('getOrder', { id: 'o' })).orders.at(-1) as {
      termEnd: number
    }
    expect((await live.refusal('createRenewalOrder', { parent: 'o', id: 'r2' })).data).toEqual({
      reason: 'order_ending',
      retryable: false,
      endsAt: latest,
    })
    await live.call('cancelOrder', { id: 'o' })
    expect((await live.refusal('resumeOrder', { id: 'o' })).data).toEqual({
      reason: 'order_cancelled',
      retryable: false,
      since: renewableFrom,
    })
    await live.call('updateCustomer', { id: 'c', isActive: false })
    expect((await live.refusal('createFirstOrder', { ...sale, id: 'o2' })).data).toEqual({
      reason: 'customer_inactive',
      retryable: false,
      customer: 'c',
    })
  })
})
