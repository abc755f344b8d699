/** `updateCustomer`: a PATCH. Absent stays, null clears, and objects are patched member by member. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '../../../src/limits.ts'
import { type House, openHouse, type Params, seconds } from '../../house.ts'
import { buy, expectPrecedence, lengthOfFeed } from '../orders/stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
})
afterAll(() => house.close())

async function customer() {
  const partner = await house.partner({ sandbox: true })
  await partner.call('createCustomer', {
    id: 'C',
    name: 'Customer',
    admin: { email: 'admin@example.com', phone: '1' },
    email: 'info@example.com',
    phone: '2',
    address: { city: 'Ulm', country: 'DE' },
    tags: ['a'],
    metadata: { a: 1, b: 'two' },
    timeZone: 'Europe/Berlin',
  })
  return partner
}

describe('what each patch makes of it', () => {
  const table: [patch: Omit<Params<'updateCustomer'>, 'id'>, becomes: Record<string, unknown>][] = [
    [{ name: 'New' }, { name: 'New' }],
    [{ kind: 'person' }, { kind: 'person' }],
    [{ isActive: false }, { isActive: false }],
    [{ email: null }, { email: null }],
    [{ phone: '3' }, { phone: '3' }],
    [{ timeZone: null }, { timeZone: null }],
    [{ tags: ['b', 'c'] }, { tags: ['b', 'c'] }],
    [{ tags: null }, { tags: [] }],
    [{ tags: [] }, { tags: [] }],
    [{ admin: null }, { admin: null }],
    [{ admin: { phone: null } }, { admin: { email: 'admin@example.com' } }],
    [
      { admin: { displayName: 'Isa' } },
      { admin: { email: 'admin@example.com', phone: '1', displayName: 'Isa' } },
    ],
    [
      { address: { city: 'Bonn', line1: 'Way 1' } },
      { address: { city: 'Bonn', country: 'DE', line1: 'Way 1' } },
    ],
    [{ address: null }, { address: null }],
    [{ metadata: { a: null, c: true } }, { metadata: { b: 'two', c: true } }],
    [{ metadata: null }, { metadata: {} }],
    [
      { name: 'New', email: null, metadata: { a: 2 } },
      { name: 'New', email: null, metadata: { a: 2, b: 'two' } },
    ],
  ]
  test.each(table)('%j', async (patch, becomes) => {
    const partner = await customer()
    const { counts: _counts, links: _links, ...before } = await partner.call('getCustomer', { id: 'C' })
    await partner.call('advanceClock', { seconds: 5 })
    const after = await partner.call('updateCustomer', { id: 'C', ...patch })
    expect(after).toEqual({ ...before, ...becomes, version: 2, updatedAt: seconds(now) + 5 })
    const { counts: _c, links: _l, ...kept } = await partner.call('getCustomer', { id: 'C' })
    expect(kept).toEqual(after)
    expect((await partner.events()).at(-1)).toMatchObject({
      type: 'customer.updated',
      at: seconds(now) + 5,
      object: { kind: 'customer', id: 'C', version: 2 },
      data: after,
    })
  })
})

describe('what changes nothing is not announced, however old the version', () => {
  const table: Omit<Params<'updateCustomer'>, 'id'>[] = [
    {},
    { name: 'Customer' },
    { admin: {} },
    { admin: { phone: '1' } },
    { admin: { displayName: null } },
    { metadata: { b: 'two', a: 1 } },
    { metadata: { never: null } },
    { isActive: true, kind: 'organization' },
    { tags: ['a'], timeZone: 'Europe/Berlin' },
  ]
  test.each(table)('%j', async (patch) => {
    const partner = await customer()
    const before = await lengthOfFeed(partner)
    expect(await partner.call('updateCustomer', { id: 'C', ...patch, ifVersion: 77 })).toMatchObject({
      version: 1,
    })
    expect(await lengthOfFeed(partner)).toBe(before)
  })
})

test.each([{ admin: { email: null } }, { address: { city: null } }, { admin: {}, address: {} }])(
  '%j changes nothing of a customer that has neither',
  async (patch) => {
    const partner = await house.partner()
    await partner.call('createCustomer', { id: 'C', name: 'Customer' })
    const before = await lengthOfFeed(partner)
    expect(await partner.call('updateCustomer', { id: 'C', ...patch })).toMatchObject({
      version: 1,
      admin: null,
      address: null,
    })
    expect(await lengthOfFeed(partner)).toBe(before)
  },
)

test.each([
  { name: null },
  { kind: null },
  { isActive: null },
  { admin: 'x' },
  { metadata: { a: {} } },
  { unknown: 1 },
])('%j is not a patch', async (patch) => {
  const partner = await customer()
  const error = await partner.refusal('updateCustomer', { id: 'C', ...patch })
  expect(error.data.reason).toBe('params_invalid')
})

test('patch by patch the metadata cannot outgrow its limit', async () => {
  const partner = await house.partner()
  const part = (letter: string, size: number) =>
    Object.fromEntries(Array.from({ length: size }, (_, index) => [`${letter}${index}`, index]))
  await partner.call('createCustomer', { id: 'C', name: 'C', metadata: part('a', limits.metadataMembers) })
  const error = await partner.refusal('updateCustomer', { id: 'C', metadata: part('b', 1) })
  expect(error.data).toMatchObject({ reason: 'params_invalid', issues: [{ path: 'metadata' }] })
  const swapped = await partner.call('updateCustomer', { id: 'C', metadata: { a0: null, b0: 1 } })
  expect(Object.keys(swapped.metadata)).toHaveLength(limits.metadataMembers)
})

test('the refusals, each before all later ones', async () => {
  const partner = await customer()
  await expectPrecedence(partner, 'updateCustomer', [
    ['customer_unknown', { id: 'NOBODY', name: 'New', ifVersion: 99 }],
    ['version_conflict', { id: 'C', name: 'New', ifVersion: 99 }],
    ['done', { id: 'C', name: 'New', ifVersion: 1 }],
  ])
  const conflict = await partner.refusal('updateCustomer', { id: 'C', name: 'Newer', ifVersion: 1 })
  expect(conflict.data).toEqual({ reason: 'version_conflict', version: 2, retryable: false })
})

test('the customer is named by its id, by an id it once had, or by its UUID in any case; by exactly one', async () => {
  const partner = await customer()
  const { customerId } = await partner.call('renameCustomer', { id: 'C', newId: 'D' })
  const upper = (customerId as string).toUpperCase()
  expect(await partner.call('updateCustomer', { id: 'C', name: '1' })).toMatchObject({
    remoteId: 'D',
    name: '1',
  })
  expect(await partner.call('updateCustomer', { customerId: upper, name: '2' })).toMatchObject({ name: '2' })
  for (const params of [{ name: '3' }, { id: 'D', customerId: upper, name: '3' }])
    expect((await partner.refusal('updateCustomer', params)).data.reason).toBe('params_invalid')
  const unknown = await partner.refusal('updateCustomer', {
    customerId: '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e5f',
  })
  expect(unknown.data).toMatchObject({
    reason: 'customer_unknown',
    id: '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e5f',
  })
})

test('deactivated, a customer buys nothing new and is entitled to nothing; activated, it goes on', async () => {
  const partner = await customer()
  await buy(partner, 'O1', { startsAt: '2026-02-10' })
  await partner.call('updateCustomer', { id: 'C', isActive: false })
  for (const [method, params] of [
    ['createFirstOrder', { customer: 'C', id: 'O2', product: 'oo-lite', licenses: 1, duration: 'monthly' }],
    ['createRenewalOrder', { parent: 'O1', id: 'O3' }],
  ] as const)
    expect((await partner.refusal(method, params)).data).toMatchObject({
      reason: 'customer_inactive',
      customer: 'C',
    })
  expect(await partner.call('checkEntitlement', { customer: 'C', product: 'oo' })).toMatchObject({
    entitled: false,
    reason: 'customer_inactive',
  })
  // What runs goes on: the chain itself is as it was, and every verb that sells nothing works.
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ status: 'active' })
  expect(await partner.call('suspendOrder', { id: 'O1' })).toMatchObject({ changed: true })
  expect(await partner.call('resumeOrder', { id: 'O1' })).toMatchObject({ changed: true })
  await partner.call('updateCustomer', { id: 'C', isActive: true })
  expect(await partner.call('createRenewalOrder', { parent: 'O1', id: 'O3' })).toMatchObject({
    status: 'active',
  })
})
