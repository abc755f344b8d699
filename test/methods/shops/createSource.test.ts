/** `createSource`, `listSources`: what they tell of a shop, and that its secret is not among it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../../src/limits.ts'
import { type House, openHouse, type TestPartner } from '../../house.ts'
import { createSource, secret } from './stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  partner = await house.partner()
})
afterAll(() => house.close())

test('answers where the shop is to send its events', async () => {
  const source = await createSource(partner)
  expect(source).toEqual({
    sourceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    name: 'Web shop',
    shop: 'stripe',
    hookPath: `/hooks/stripe/${source.sourceId}`,
    version: 1,
    createdAt: house.clock.now(),
    updatedAt: house.clock.now(),
  })
})

test('a repeat with an idempotency key answers the same source; without one there are two', async () => {
  const params = { name: 'Again', shop: 'fastspring', secret: 's' } as const
  const headers = { 'idempotency-key': 'once' }
  const { sourceId } = await partner.call('createSource', params, headers)
  expect((await partner.call('createSource', params, headers)).sourceId).toBe(sourceId)
  expect((await partner.call('createSource', params)).sourceId).not.toBe(sourceId)
})

test('lists page by page, and never the secret', async () => {
  const listed: string[] = []
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await partner.call('listSources', { limit: 2, ...(cursor ? { cursor } : {}) })
    expect(JSON.stringify(items)).not.toContain(secret)
    listed.push(...items.map(({ name }) => name))
    if (next === null) break
    cursor = next
  }
  expect(listed.sort()).toEqual(['Again', 'Again', 'Web shop'])
})

test.each([
  ['a shop that is none', { name: 'x', shop: 'paddle', secret }, 'shop'],
  ['no secret', { name: 'x', shop: 'stripe', secret: '' }, 'secret'],
  [
    'a secret over the limit',
    { name: 'x', shop: 'stripe', secret: 's'.repeat(limits.secretCharacters + 1) },
    'secret',
  ],
])('%s is params_invalid', async (_what, params, path) => {
  const { data } = await partner.refusal('createSource', params)
  expect(data).toMatchObject({ reason: 'params_invalid', issues: [{ path }] })
})

test('a partner has so many sources, those that are deleted not counted', async () => {
  const other = await house.partner()
  const made = await other.batch(
    Array.from({ length: limits.sources }, () => ({
      method: 'createSource',
      params: { name: 'x', shop: 'stripe', secret },
    })),
  )
  expect(made.filter(({ error }) => error)).toEqual([])
  expect((await other.refusal('createSource', { name: 'x', shop: 'stripe', secret })).data.reason).toBe(
    'params_invalid',
  )
  const [first] = (await other.call('listSources', { limit: 1 })).items
  await other.call('deleteSource', { sourceId: first?.sourceId as string })
  await createSource(other)
})
