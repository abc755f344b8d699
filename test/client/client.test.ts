/** The typed client against a running service: calls, refusals, arrays, pages and the feed. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, NoAnswer, Refusal, type Tenure } from '../../src/client/index.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'

let house: House
let partner: TestPartner
let tenure: Tenure

beforeAll(async () => {
  house = await openHouse()
  partner = await house.partner({ sandbox: true })
  tenure = connect({ url: partner.url, key: partner.key })
})
afterAll(() => house.close())

test('every method is a function, and the client is no promise', async () => {
  const { result } = (await partner.post({ jsonrpc: '2.0', id: 1, method: 'rpc.discover' })).json as {
    result: { methods: { name: string }[] }
  }
  const names = result.methods.map(({ name }) => name).filter((name) => !name.startsWith('rpc.'))
  expect(Object.keys(tenure).sort()).toEqual([...names, 'batch', 'pages', 'items', 'events'].sort())
  expect(await tenure).toBe(tenure)
})

test.each(['', '/', '/rpc', '/rpc/'])('the address may end with "%s"', async (end) => {
  const { now } = await connect({ url: `${partner.url}${end}`, key: partner.key }).getClock()
  expect(now).toBe(house.clock.now())
})

test('a refusal is thrown, and its reason tells what is in its data', async () => {
  await tenure.createCustomer({ id: 'ABC', name: 'ABC Company' })
  const order = { customer: 'ABC', product: 'oo-lite', licenses: 20, duration: 'monthly' } as const
  const { termEnd } = await tenure.createFirstOrder({ ...order, id: 'O1' })
  const error = await tenure.createRenewalOrder({ parent: 'O1', id: 'O2' }).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(Refusal)
  expect(error).toBeInstanceOf(Error)
  if (!(error instanceof Refusal) || error.reason !== 'renewal_too_early') throw error
  expect(error.data.renewableFrom).toBe(termEnd - 15 * 86_400)
  expect(error).toMatchObject({ method: 'createRenewalOrder', status: 200, code: 1206, name: 'Refusal' })
  expect(error.requestId).toEqual(expect.any(String))
  expect(String(error)).toMatch(/^Refusal: createRenewalOrder: More of the .* \(renewal_too_early\)$/)
})

test('what is wrong with the params is in the message', async () => {
  const wrong = tenure.createCustomer({ id: 'X', name: '', kynd: 'person' } as never)
  await expect(wrong).rejects.toThrow('name must not be empty; kynd is not known here')
})

test('an array answers each member with its result or its refusal', async () => {
  const [customer, order, clock] = await tenure.batch((t) => [
    t.createCustomer({ id: 'B1', name: 'Batch' }),
    t.createFirstOrder({
      customer: 'nobody',
      id: 'BO1',
      product: 'oo-lite',
      licenses: 1,
      duration: 'yearly',
    }),
    t.getClock(),
  ])
  if (customer instanceof Refusal) throw customer
  expect(customer.remoteId).toBe('B1')
  expect(order).toBeInstanceOf(Refusal)
  if (order instanceof Refusal) expect(order.reason).toBe('customer_unknown')
  if (clock instanceof Refusal) throw clock
  expect(clock.sandbox).toBe(true)
  expect(await tenure.batch(() => [])).toEqual([])
})

test('an array that is refused as a whole throws', async () => {
  const tooMany = Array.from({ length: 1_001 }, () => ({ method: 'getClock', params: {} }) as const)
  const error = await tenure.batch(() => tooMany).catch((error: unknown) => error)
  expect(error).toMatchObject({
    reason: 'batch_too_large',
    data: { limit: 1_000, members: 1_001 },
    method: null,
  })
})

test('a wrong key is a refusal, for a single call and for an array', async () => {
  const stranger = connect({ url: partner.url, key: 'tk_live_none' })
  await expect(stranger.getClock()).rejects.toMatchObject({ reason: 'unauthenticated', status: 401 })
  await expect(stranger.batch((t) => [t.getClock()])).rejects.toMatchObject({ reason: 'unauthenticated' })
})

test('a list comes page by page and item by item', async () => {
  const listed = await house.partner()
  const client = connect({ url: listed.url, key: listed.key })
  const ids = Array.from({ length: 7 }, (_, place) => `C${place}`)
  await client.batch((t) => ids.map((id) => t.createCustomer({ id, name: id })))
  const pages: number[] = []
  for await (const page of client.pages('listCustomers', { limit: 3 })) pages.push(page.length)
  expect(pages).toEqual([3, 3, 1])
  const items: (string | null)[] = []
  for await (const { remoteId } of client.items('listCustomers', { limit: 2 })) items.push(remoteId)
  expect(items).toEqual(ids)
})

test('a call that has no id of its own is sent with a key that makes it safe to send again', async () => {
  const bodies: string[] = []
  const keys: (string | undefined)[] = []
  let broken = true
  const client = connect({
    url: partner.url,
    key: partner.key,
    async fetch(address, request) {
      bodies.push(request.body)
      keys.push(request.headers['idempotency-key'])
      const response = await fetch(address, request)
      if (!broken) return response
      broken = false
      throw new TypeError('the connection broke after the call had arrived')
    },
  })
  const { keyId } = await client.createApiKey({ name: 'once', scopes: ['read'] })
  expect(bodies).toHaveLength(2)
  expect(keys[0]).toBe(keys[1])
  const { items } = await client.listApiKeys()
  expect(items.filter(({ name }) => name === 'once').map((key) => key.keyId)).toEqual([keyId])
  expect(keys[2]).toBeUndefined()
})

test('the feed is read to its end, and goes on where one left off', async () => {
  const seen: number[] = []
  for await (const { seq } of tenure.events({ follow: false })) seen.push(seq)
  expect(seen.length).toBeGreaterThan(2)
  expect(seen).toEqual(seen.map((_, place) => place + 1))
  const rest: number[] = []
  for await (const { seq } of tenure.events({ after: 2, follow: false })) rest.push(seq)
  expect(rest).toEqual(seen.slice(2))
  for await (const event of tenure.events({ types: ['order.renewed'], follow: false }))
    expect.unreachable(event.type)
})

test('a follower outlives a restart, and misses nothing', async () => {
  const follower = await house.partner({}, 0)
  const client = connect({ url: follower.url, key: follower.key })
  await client.createCustomer({ id: 'F1', name: 'before' })
  const stop = new AbortController()
  const seen: string[] = []
  const reading = (async () => {
    for await (const { object } of client.events({ signal: stop.signal })) seen.push(object.id)
  })()
  await expect.poll(() => seen).toEqual(['F1'])
  await house.restart(0)
  await client.createCustomer({ id: 'F2', name: 'after' })
  await expect.poll(() => seen, { timeout: 10_000 }).toEqual(['F1', 'F2'])
  stop.abort()
  await reading
})

test('a feed that is read once does not wait for a service that is away', async () => {
  const nothing = connect({ url: 'http://127.0.0.1:9', key: 'tk', retries: 0 })
  await expect(nothing.events({ follow: false }).next()).rejects.toBeInstanceOf(NoAnswer)
})
