/**
 * Broken connections: whatever happens to the line between service and database, a call that was answered is there
 * exactly once, and its answer is the truth about what it did.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { type Cut, DatabaseProxy } from '../proxy.ts'

let house: House
let proxy: DatabaseProxy
let partner: TestPartner

beforeEach(async () => {
  let opened: DatabaseProxy | undefined
  house = await openHouse({
    through: async (url) => {
      const { proxy, url: near } = await DatabaseProxy.open(url)
      opened = proxy
      return near
    },
  })
  proxy = opened as unknown as DatabaseProxy
  partner = await house.partner()
  await partner.call('createCustomer', { id: 'C', name: 'C' })
  await partner.call('createFirstOrder', {
    customer: 'C',
    id: 'O',
    product: 'oo-lite',
    licenses: 1,
    duration: 'monthly',
  })
})
afterEach(async () => {
  await house.close()
  await proxy.close()
})

describe.each<Cut>(['before commit arrives', 'after commit arrived'])('the connection breaks %s', (cut) => {
  test('a verb is answered once, truly, and happened once', async () => {
    proxy.cutNext(cut)
    expect(await partner.call('suspendOrder', { id: 'O' })).toMatchObject({
      status: 'suspended',
      changed: true,
    })
    expect(proxy.cuts).toBe(1)
    expect((await partner.events()).map(({ type }) => type)).toEqual([
      'customer.created',
      'order.created',
      'order.suspended',
    ])
  })

  test('a create is answered as the first, not as a repeat', async () => {
    proxy.cutNext(cut)
    const { status, headers } = await partner.post({
      method: 'createCustomer',
      params: { id: 'D', name: 'D' },
    })
    expect([status, headers.get('x-replayed')]).toEqual([200, null])
    expect((await partner.events()).filter(({ object }) => object.id === 'D')).toHaveLength(1)
  })

  test('a change that leaves no event behind is told truly too', async () => {
    const { keyId } = await partner.call('createApiKey', { name: 'spare', scopes: ['read'] })
    proxy.cutNext(cut)
    expect(await partner.call('revokeApiKey', { keyId: keyId as string })).toMatchObject({ changed: true })
  })
})

test('all connections break at once under load: nothing is lost and nothing is doubled', async () => {
  const ids = Array.from({ length: 200 }, (_, index) => `L${index}`)
  const sending = Promise.all(
    ids.map((id) =>
      partner.post({ method: 'createCustomer', params: { id, name: id } }).then(({ status }) => status),
    ),
  )
  proxy.cutAll()
  const statuses = await sending
  const kept = (await partner.events())
    .filter(({ object }) => object.id.startsWith('L'))
    .map(({ object }) => object.id)
  const acknowledged = ids.filter((_, index) => statuses[index] === 200)
  expect(new Set(kept).size).toBe(kept.length)
  expect(kept).toEqual(expect.arrayContaining(acknowledged))
  expect(statuses.every((status) => status === 200 || status === 503)).toBe(true)
})

test('while the database is away a call is refused as not done', async () => {
  await proxy.close()
  const { status, headers, json } = await partner.post({ method: 'suspendOrder', params: { id: 'O' } })
  expect(status).toBe(503)
  expect(headers.get('retry-after')).toBe('1')
  expect(json).toMatchObject({
    error: { data: { reason: 'unavailable', retryable: true, outcome: 'not_done' } },
  })
})
