/** `updateConsumer`: a PATCH of a consumer. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type Params, type TestPartner } from '../../house.ts'
import { eventTypes, issuePaths, opening, partnerWithCustomer } from '../licenses/stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse({ now: opening })
  partner = await partnerWithCustomer(house)
})
afterAll(() => house.close())

async function person(own: TestPartner, id = `U-${randomUUID()}`): Promise<string> {
  const email = `${id}@example.com`
  await own.call('createConsumer', { customer: 'K001', id, email, displayName: 'Ann' })
  return id
}

describe('what is absent stays, null clears', () => {
  test.each([
    [{ displayName: 'Bea' }, { displayName: 'Bea' }],
    [{ displayName: null }, { displayName: null }],
    [
      { email: null, kind: 'device' },
      { email: null, kind: 'device' },
    ],
    [{ email: 'Other@Example.com' }, { email: 'Other@Example.com' }],
  ])('%j', async (patch, changed) => {
    const own = await partnerWithCustomer(house)
    const id = await person(own)
    const { access: _access, ...before } = await own.call('getConsumer', { id })
    const after = await own.call('updateConsumer', { id, ...patch } as Params<'updateConsumer'>)
    expect(after).toEqual({ ...before, ...changed, version: 2 })
    const events = await own.events()
    expect(events.at(-1)).toMatchObject({ type: 'consumer.updated', object: { id, version: 2 }, data: after })
  })
})

test('by UUID, and the same address in another case', async () => {
  const id = await person(partner)
  const { consumerId, email } = await partner.call('getConsumer', { id })
  const loud = (email as string).toUpperCase()
  const params = { consumerId: (consumerId as string).toUpperCase(), email: loud }
  expect(await partner.call('updateConsumer', params)).toMatchObject({ email: loud, version: 2 })
})

test('what is so already changes nothing, whatever version was named', async () => {
  const own = await partnerWithCustomer(house)
  const id = await person(own)
  const same = await own.call('updateConsumer', { id, displayName: 'Ann', kind: 'person', ifVersion: 42 })
  expect(same.version).toBe(1)
  expect(await eventTypes(own, 1)).toEqual(['consumer.created'])
})

test('refusals, in order of precedence', async () => {
  const id = await person(partner)
  const other = await person(partner)
  const email = `${other.toUpperCase()}@example.com`
  const refused = async (params: object) => (await partner.refusal('updateConsumer', { ...params })).data
  expect(await refused({ id: 'NOBODY', email, ifVersion: 9 })).toMatchObject({
    reason: 'consumer_unknown',
    id: 'NOBODY',
  })
  expect(await refused({ id, email, ifVersion: 9 })).toMatchObject({ reason: 'consumer_exists', id: email })
  expect(await refused({ id, displayName: 'N', ifVersion: 9 })).toMatchObject({
    reason: 'version_conflict',
    version: 1,
  })
  const stranger = await partnerWithCustomer(house)
  const theirs = await stranger.refusal('updateConsumer', { id, displayName: 'N' })
  expect(theirs.data.reason).toBe('consumer_unknown')
})

test('two consumers can exchange their addresses in one array', async () => {
  const own = await partnerWithCustomer(house)
  await person(own, 'A')
  await person(own, 'B')
  const update = (id: string, email: string | null) => ({ method: 'updateConsumer', params: { id, email } })
  const replies = await own.batch([
    update('A', null),
    update('B', 'A@example.com'),
    update('A', 'B@example.com'),
  ])
  expect(replies.every(({ error }) => !error)).toBe(true)
  expect(await own.call('getConsumer', { email: 'a@example.com' })).toMatchObject({ remoteId: 'B' })
})

test('who takes the address hears of the request that created its consumer, in one array as well as after', async () => {
  const email = `${randomUUID()}@example.com`
  const id = await person(partner)
  const { consumerId } = await partner.call('getConsumer', { id })
  const taking = {
    method: 'createConsumer',
    params: { customer: 'K001', id: 'U-new', email, kind: 'device' },
  }
  for (const named of [{ id }, { consumerId }]) {
    await partner.call('updateConsumer', { id, email: null })
    const [, refused] = await partner.batch([
      { method: 'updateConsumer', params: { ...named, email } },
      taking,
    ])
    expect(refused?.error?.data).toMatchObject({ differs: ['displayName', 'email', 'id', 'kind'] })
    expect((await partner.refusal('createConsumer', taking.params)).data).toEqual(refused?.error?.data)
  }
})

test('a preview answers what would be', async () => {
  const id = await person(partner)
  const params = { id, displayName: 'Bea' }
  const told = await partner.call('preview', { method: 'updateConsumer', params })
  expect(await partner.call('getConsumer', { id })).toMatchObject({ displayName: 'Ann', version: 1 })
  expect(told).toEqual({ ok: true, result: await partner.call('updateConsumer', params) })
})

describe('bad input', () => {
  test.each([
    ['nobody', { displayName: 'N' }, ['']],
    ['two of them', { id: 'U', consumerId: randomUUID() }, ['']],
    ['no e-mail address', { id: 'U', email: '@' }, ['email']],
    ['no kind', { id: 'U', kind: null }, ['kind']],
    ['another customer', { id: 'U', customer: 'K001' }, ['customer']],
  ])('%s', async (_what, params, paths) => {
    expect(await issuePaths(partner, 'updateConsumer', params)).toEqual(paths)
  })
})
