/** `createConsumer`: persons and devices, one id and one e-mail address each per partner. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, seconds, type TestPartner } from '../../house.ts'
import { eventTypes, issuePaths, opening, partnerWithCustomer, reasons } from '../licenses/stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse({ now: opening })
  partner = await partnerWithCustomer(house)
})
afterAll(() => house.close())

test('a person under an id and an e-mail address', async () => {
  const params = { customer: 'K001', id: 'U1', email: 'Ann@Example.com', displayName: 'Ann' }
  const consumer = await partner.call('createConsumer', params)
  const { customerId } = await partner.call('getCustomer', { id: 'K001' })
  expect(consumer).toEqual({
    consumerId: consumer.consumerId,
    partner: partner.number,
    remoteId: 'U1',
    customer: 'K001',
    customerId,
    kind: 'person',
    email: 'Ann@Example.com',
    displayName: 'Ann',
    version: 1,
    createdAt: seconds(opening),
    updatedAt: seconds(opening),
  })
})

test('without an id the UUID is the id, whether it was given or not', async () => {
  const consumerId = randomUUID()
  const params = { customer: 'K001', consumerId: consumerId.toUpperCase(), kind: 'device' as const }
  expect(await partner.call('createConsumer', params)).toMatchObject({
    consumerId,
    remoteId: consumerId,
    kind: 'device',
    email: null,
  })
  const { remoteId, consumerId: made } = await partner.call('createConsumer', { customer: 'K001' })
  expect(remoteId).toBe(made)
})

test('refusals, in order of precedence', async () => {
  await partner.call('createConsumer', { customer: 'K001', id: 'TAKEN' })
  await partner.call('createCustomer', { id: 'GONE', name: 'Gone' })
  await partner.call('updateCustomer', { id: 'GONE', isActive: false })
  const refused = async (params: object) => (await partner.refusal('createConsumer', { ...params })).data
  expect(await refused({ customer: 'NOBODY', id: 'TAKEN' })).toMatchObject({
    reason: 'consumer_exists',
    id: 'TAKEN',
    differs: ['customer'],
  })
  expect(await refused({ customer: 'NOBODY', id: 'FREE' })).toMatchObject({ reason: 'customer_unknown' })
  expect(await refused({ customer: 'GONE', id: 'FREE' })).toMatchObject({
    reason: 'customer_inactive',
    customer: 'GONE',
  })
  expect(await partner.call('createConsumer', { customer: 'K001', id: 'FREE' })).toMatchObject({ version: 1 })
})

describe('repeats', () => {
  test.each([
    ['by id', { id: 'R1', email: 'r1@example.com' }],
    ['by UUID', { consumerId: randomUUID() }],
    ['by e-mail address', { email: 'r2@example.com' }],
  ])('%s: the first answer again, after later changes', async (_what, given) => {
    const own = await partnerWithCustomer(house)
    const params = { customer: 'K001', ...given }
    const first = await own.call('createConsumer', params)
    const consumerId = first.consumerId as string
    await own.call('updateConsumer', { consumerId, displayName: 'Later' })
    await own.call('renameCustomer', { id: 'K001', newId: 'K002' })
    const before = await eventTypes(own)
    const again = await own.post({ method: 'createConsumer', params })
    expect([again.headers.get('x-replayed'), again.json]).toEqual(['1', first])
    expect(await eventTypes(own)).toEqual(before)
  })

  const first = { customer: 'K001', id: 'R9', email: 'r9@example.com', consumerId: randomUUID() }
  test.each([
    ['another name', { ...first, displayName: 'N' }, ['displayName']],
    ['the id with another address', { ...first, email: 'other@example.com' }, ['email']],
    ['the address in another case', { ...first, email: 'R9@EXAMPLE.COM' }, ['email']],
    [
      'the address with another id',
      { customer: 'K001', id: 'R10', email: 'R9@example.com' },
      ['consumerId', 'email', 'id'],
    ],
    ['the address alone', { customer: 'K001', email: 'r9@example.com' }, ['consumerId', 'id']],
    ['the UUID alone', { customer: 'K001', consumerId: first.consumerId }, ['email', 'id']],
  ])('%s is a different request', async (_what, params, differs) => {
    await partner.call('createConsumer', first)
    expect((await partner.refusal('createConsumer', params)).data).toMatchObject({
      reason: 'consumer_exists',
      differs,
    })
  })

  test('ids and addresses of one partner are free with another', async () => {
    const stranger = await partnerWithCustomer(house)
    expect(await stranger.call('createConsumer', first)).toMatchObject({ remoteId: 'R9' })
  })
})

describe('an address that has moved', () => {
  const create = (given: object) => ({ method: 'createConsumer', params: { customer: 'K001', ...given } })
  const update = (given: object) => ({ method: 'updateConsumer', params: given })

  test('is free for another consumer, also within one array', async () => {
    const own = await partnerWithCustomer(house)
    await own.call('createConsumer', { customer: 'K001', id: 'A', email: 'a@example.com' })
    const replies = await own.batch([
      update({ id: 'A', email: 'b@example.com' }),
      create({ id: 'B', email: 'A@example.com' }),
      create({ id: 'C', email: 'b@example.com' }),
    ])
    expect(reasons(replies)).toEqual(['ok', 'ok', 'consumer_exists'])
    expect(await own.call('getConsumer', { email: 'a@example.com' })).toMatchObject({ remoteId: 'B' })
  })

  test('takes the creating request along, so that its repeat is still known', async () => {
    const own = await partnerWithCustomer(house)
    const params = { consumerId: randomUUID(), email: 'a@example.com' }
    const replies = await own.batch([
      create(params),
      update({ consumerId: params.consumerId, email: 'b@example.com' }),
      create(params),
    ])
    expect(reasons(replies)).toEqual(['ok', 'ok', 'ok'])
    expect(await own.call('createConsumer', { customer: 'K001', ...params })).toEqual(replies[0]?.result)
  })

  test('may have letters beyond ASCII', async () => {
    const own = await partnerWithCustomer(house)
    await own.call('createConsumer', { customer: 'K001', id: 'A', email: 'Ärzte@Example.com' })
    for (const email of ['Ärzte@Example.com', 'ÄRZTE@example.com'])
      expect(await own.call('getConsumer', { email })).toMatchObject({ remoteId: 'A' })
    const taken = await own.refusal('createConsumer', {
      customer: 'K001',
      id: 'B',
      email: 'ÄRZTE@example.com',
    })
    expect(taken.data.reason).toBe('consumer_exists')
  })
})

describe('bad input', () => {
  const plain = { customer: 'K001' }
  test.each([
    ['no customer', { id: 'X' }, ['']],
    ['two customers', { ...plain, customerId: randomUUID() }, ['']],
    ['no e-mail address', { ...plain, email: 'ann' }, ['email']],
    ['an e-mail address with a name', { ...plain, email: 'Ann <ann@example.com>' }, ['email']],
    ['two e-mail addresses', { ...plain, email: 'a@example.com,b@example.com' }, ['email']],
    ['an unknown kind', { ...plain, kind: 'robot' }, ['kind']],
    [
      'several at once',
      { ...plain, id: '', consumerId: 'x', displayName: 7 },
      ['consumerId', 'displayName', 'id'],
    ],
  ])('%s', async (_what, params, paths) => {
    expect((await issuePaths(partner, 'createConsumer', params)).sort()).toEqual(paths)
  })
})

test('the event tells the answer, and a preview what only the call can know as null', async () => {
  const own = await partnerWithCustomer(house)
  const params = { customer: 'K001', email: 'p@example.com' }
  const told = await own.call('preview', { method: 'createConsumer', params })
  const data = await own.call('createConsumer', params)
  const unknown = { consumerId: null, remoteId: null, createdAt: null }
  expect(told).toEqual({ ok: true, result: { ...data, ...unknown } })
  const object = { kind: 'consumer', id: data.remoteId, version: 1 }
  expect((await own.events()).slice(1)).toMatchObject([{ type: 'consumer.created', object, data }])
})
