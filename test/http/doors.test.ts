/** The doors beside /rpc: is it up, is it ready, how is it doing, and what can be called. */
import type { HttpBindings } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApp } from '../../src/http/app.ts'
import { Metrics } from '../../src/http/metrics.ts'
import type { RpcDoor } from '../../src/http/rpc.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse()
  partner = await house.partner()
})
afterAll(() => house.close())

const get = (path: string): Promise<Response> => fetch(`${house.operator.url}${path}`)

describe('without a key', () => {
  test('/healthz says that the process is up', async () => {
    const answer = await get('/healthz')
    expect({ status: answer.status, json: await answer.json() }).toEqual({
      status: 200,
      json: { status: 'ok' },
    })
  })

  test('/readyz says that calls can be served', async () => {
    const answer = await get('/readyz')
    expect({ status: answer.status, json: await answer.json() }).toEqual({
      status: 200,
      json: { status: 'ready' },
    })
  })

  test('/readyz says no where a migration is missing', async () => {
    const [last] = await house.sql<{ table_name: string }>(
      `select table_name from information_schema.tables where table_schema = 'public' and table_name like '%migration%'`,
    )
    const table = last?.table_name
    const kept = await house.sql(`select * from ${table}`)
    expect(kept.length).toBeGreaterThan(0)
    await house.sql(`create table kept_aside as select * from ${table}`)
    await house.sql(`delete from ${table} where ctid = (select max(ctid) from ${table})`)
    expect((await get('/readyz')).status).toBe(503)
    await house.sql(`delete from ${table}`)
    await house.sql(`insert into ${table} select * from kept_aside`)
    expect((await get('/readyz')).status).toBe(200)
  })

  test('/openrpc.json is the document, with every method that can be called', async () => {
    const answer = await get('/openrpc.json')
    expect(answer.headers.get('content-type')).toBe('application/json')
    const document = (await answer.json()) as { methods: { name: string }[] }
    const names = document.methods.map(({ name }) => name)
    expect(names).toContain('createCustomer')
    expect(names).toContain('rpc.discover')
    const calls = names.map((method, id) => ({ jsonrpc: '2.0', id, method, params: { unheardOf: 1 } }))
    const { json } = await house.operator.post(calls)
    const reasons = (json as { error?: { data: { reason: string } } }[]).map(
      ({ error }) => error?.data.reason,
    )
    expect(reasons).not.toContain('method_unknown')
  })

  test('elsewhere is nothing, and says so in JSON', async () => {
    for (const path of ['/', '/RPC', '/rpc/', '/healthz/', '/%zz', '/..%2frpc']) {
      const answer = await get(path)
      expect(answer.status, path).toBe(404)
      expect(await answer.json(), path).toHaveProperty('status', 'not found')
    }
  })
})

describe('/metrics', () => {
  test('counts calls by method and reason, from the machine itself without a key', async () => {
    await partner.post('{"method":"getClock"}')
    await partner.refusal('getCustomer', { id: 'nobody' })
    await partner.post('{"method":"nobody knows this"}')
    await partner.post('{')
    const answer = await get('/metrics')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
    const text = await answer.text()
    for (const line of [
      /^tenure_calls_total\{method="getClock",reason="ok"\} [1-9]/m,
      /^tenure_calls_total\{method="getCustomer",reason="customer_unknown"\} 1$/m,
      /^tenure_calls_total\{method="unknown",reason="method_unknown"\} [1-9]/m,
      /^tenure_requests_refused_total\{reason="parse_error"\} 1$/m,
      /^tenure_call_seconds_count\{method="getClock"\} [1-9]/m,
      /^tenure_group_calls_count [1-9]/m,
    ])
      expect(text).toMatch(line)
    expect(text, 'what callers make up is no label').not.toContain('nobody knows')
  })

  test.each([
    ['the machine itself', '127.0.0.1', 'none', 200],
    ['the machine itself, all of 127/8', '127.8.8.8', 'none', 200],
    ['the machine itself by IPv6', '::1', 'none', 200],
    ['the machine itself by mapped IPv4', '::ffff:127.0.0.1', 'none', 200],
    ['elsewhere without a key', '192.0.2.7', 'none', 403],
    ['an address that only looks like it', '::ffff:192.127.0.1', 'none', 403],
    ['nowhere', undefined, 'none', 403],
    ['elsewhere with the key of a partner', '192.0.2.7', 'partner', 403],
    ['elsewhere with a wrong key', '192.0.2.7', 'wrong', 403],
    ['elsewhere with the key of an operator', '192.0.2.7', 'operator', 200],
  ] as const)('from %s', async (_where, remoteAddress, whose, status) => {
    const { authenticator } = (house.services[0] as House['services'][number]).tenure
    const held: string[] = []
    const wrongKeys = { hold: async (address: string) => void held.push(address) }
    const rpc = { authenticator, wrongKeys, now: () => house.clock.now() } as unknown as RpcDoor
    const never = (): never => {
      throw new Error('Metrics ask for nothing else.')
    }
    const app = openApp({
      rpc,
      metrics: new Metrics('test'),
      document: '',
      isReady: never,
      isDraining: never,
    })
    const key = { none: undefined, wrong: 'wrong', partner: partner.key, operator: house.operator.key }[whose]
    const headers = key === undefined ? {} : { 'x-api-key': key }
    const bindings = { incoming: { socket: { remoteAddress }, headers } } as unknown as HttpBindings
    expect((await app.request('/metrics', {}, bindings)).status).toBe(status)
    // Whoever guesses keys here is slowed down as at every other door.
    const guessed = status === 403 && whose !== 'partner'
    expect(held).toEqual(guessed ? [remoteAddress ?? ''] : [])
  })
})

test('a door that fails unexpectedly says Internal error and nothing else', async () => {
  const told: string[] = []
  const rpc = { onError: (_error: unknown, requestId: string) => told.push(requestId) } as unknown as RpcDoor
  const isReady = (): never => {
    throw new Error('select secret from drawer')
  }
  const app = openApp({ rpc, metrics: new Metrics('test'), document: '', isReady, isDraining: () => false })
  const incoming = { socket: {}, headers: { 'x-request-id': 'find-me' } }
  const answer = await app.request('/readyz', {}, { incoming } as unknown as HttpBindings)
  expect(answer.status).toBe(500)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.text()).toBe(
    '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error","data":{"reason":"internal","retryable":false,"requestId":"find-me"}},"id":null}',
  )
  expect(told).toEqual(['find-me'])
})
