/** How much one array is answered: lists come to an end, what changes something does not. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WireError } from '../../src/faults.ts'
import { limits } from '../../src/limits.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse()
  partner = await house.partner()
  const metadata = Object.fromEntries(Array.from({ length: 40 }, (_, name) => [`n${name}`, 'x'.repeat(500)]))
  const params = (id: number) => ({ id: `c${id}`, name: 'Large', metadata })
  for (let from = 0; from < 60; from += 20)
    await partner.batch(
      Array.from({ length: 20 }, (_, id) => ({ method: 'createCustomer', params: params(from + id) })),
    )
})
afterAll(() => house.close())

const mebibytes = (text: string): number => Buffer.byteLength(text) / 1024 / 1024
const reasonsOf = (json: unknown): string[] =>
  (json as { error?: WireError }[]).map(({ error }) => error?.data.reason ?? 'ok')
const array = (calls: { method: string; params?: object }[]): string =>
  JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call })))

test('lists that come after enough has been answered are refused, each with its own error', async () => {
  const page = mebibytes((await partner.post({ method: 'listCustomers', params: { limit: 500 } })).text)
  expect(page).toBeGreaterThan(1)
  const lists = Array.from({ length: 200 }, () => ({ method: 'listCustomers', params: { limit: 500 } }))
  const last = { method: 'updateCustomer', params: { id: 'c1', name: 'Renamed all the same' } }
  const { status, text, json } = await partner.post(
    array([...lists, last, { method: 'getCustomer', params: { id: 'c1' } }]),
  )
  expect(status).toBe(200)
  const reasons = reasonsOf(json)
  expect(reasons[0]).toBe('ok')
  expect(reasons[199]).toBe('batch_too_large')
  expect(reasons.slice(200), 'what is no list is answered').toEqual(['ok', 'ok'])
  // Those that were under way when it became enough are answered as well.
  const most = limits.arrayAnswerBytes / 1024 / 1024 + 4 * page
  expect(mebibytes(text)).toBeLessThan(most)
  const refused = (json as { error: WireError }[])[199]?.error
  expect(refused).toMatchObject({
    code: -32600,
    data: { reason: 'batch_too_large', limit: limits.arrayAnswerBytes, members: 202, retryable: false },
  })
  expect(await partner.call('getCustomer', { id: 'c1' })).toMatchObject({ name: 'Renamed all the same' })
})

test('the document of all methods a thousand times is refused likewise', async () => {
  const { status, text, json } = await partner.post(
    array(Array.from({ length: 1_000 }, () => ({ method: 'rpc.discover' }))),
  )
  expect(status).toBe(200)
  expect(mebibytes(text)).toBeLessThan(16)
  expect(new Set(reasonsOf(json))).toEqual(new Set(['ok', 'batch_too_large']))
})

test('a call by itself is answered, whatever its size, and so is the next array', async () => {
  expect((await partner.call('listCustomers', { limit: 500 })).items).toHaveLength(60)
  const { json } = await partner.post(array([{ method: 'listCustomers' }, { method: 'rpc.discover' }]))
  expect(reasonsOf(json)).toEqual(['ok', 'ok'])
})
