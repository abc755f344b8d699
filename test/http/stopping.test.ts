/** How a service stops, and what it says while its database is away: nothing that was begun is lost. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { withClient } from '../database.ts'
import { type House, openHouse } from '../house.ts'
import { openWire, send } from './raw.ts'

const houses: House[] = []
afterAll(async () => {
  for (const house of houses) await house.close()
})

/** A house, and a call of its operator that is under way until `release` is called. */
async function withCallUnderWay() {
  const house = await openHouse()
  houses.push(house)
  const caller = house.operator
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let lock = (): void => {}
  const locked = new Promise<void>((resolve) => {
    lock = resolve
  })
  const holding = withClient(house.databaseUrl, async (client) => {
    await client.query('begin; select from partner where partner_id = 0 for update')
    lock()
    await held
    await client.query('commit')
  })
  await locked
  const headers = { 'x-api-key': caller.key, 'content-type': 'application/json' }
  const answer = send(caller.url, {
    headers,
    body: '{"method":"createCustomer","params":{"id":"late","name":"Late"}}',
  })
  await vi.waitUntil(async () => {
    const [row] = await house.sql<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return row?.waiting
  })
  return { house, caller, answer, release, holding }
}

describe('close', () => {
  test('answers the call under way, refuses new connections, is not ready meanwhile, and can be called twice', async () => {
    const { house, caller, answer, release, holding } = await withCallUnderWay()
    const service = house.services[0]
    // A connection that is in the middle of a request is not idle, so it is still served while the service drains.
    const late = await openWire(caller.url)
    await new Promise<void>((written) => late.socket.write('GET /readyz HTTP/1.1\r\nhost', () => written()))
    expect((await fetch(`${caller.url}/readyz`)).status).toBe(200)

    let closed = false
    const closing = service?.close().then(() => {
      closed = true
    })
    await vi.waitFor(async () => {
      await expect(send(caller.url, { body: '{"method":"getClock"}' })).rejects.toThrow('ECONNREFUSED')
    })
    late.socket.write(': x\r\n\r\n')
    expect(await late.until('unavailable')).toMatch(/^HTTP\/1\.1 503 /)
    expect(closed, 'the call under way holds the door open').toBe(false)

    release()
    const { status, headers, text } = await answer
    expect({ status, json: JSON.parse(text) }).toMatchObject({ status: 200, json: { remoteId: 'late' } })
    expect(headers.connection).toBe('close')
    await holding
    late.socket.destroy()
    await closing
    await service?.close()
    const rows = await house.sql<{ name: string }>('select name from customer')
    expect(rows).toEqual([{ name: 'Late' }])
  })
})

test('with a time to drain it goes on serving new connections, ends each, and says that it is not ready', async () => {
  const house = await openHouse({ config: { drainSeconds: 1 } })
  houses.push(house)
  const { url, key } = house.operator
  const headers = { 'x-api-key': key, 'content-type': 'application/json', connection: 'keep-alive' }
  const call = () => send(url, { headers, body: '{"method":"getClock"}' })
  expect((await call()).headers.connection).toBe('keep-alive')
  let closed = false
  const closing = house.services[0]?.close().then(() => {
    closed = true
  })
  expect((await fetch(`${url}/readyz`)).status).toBe(503)
  const { status, headers: told } = await call()
  expect({ status, connection: told.connection, closed }).toEqual({
    status: 200,
    connection: 'close',
    closed: false,
  })
  for (const [method, path] of [
    ['POST', '/hooks/stripe/none'],
    ['GET', '/import/customers/template.csv'],
    ['GET', '/console/sign-in'],
    ['GET', '/docs'],
  ] as const)
    expect([path, (await send(url, { method, path, headers })).headers.connection]).toEqual([path, 'close'])
  await closing
  await expect(call()).rejects.toThrow('ECONNREFUSED')
})

/** Stands between a service and its database, and lets nothing through while it is shut. */
async function openShutter(databaseUrl: string) {
  const { hostname, port } = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let shut = false
  const server = createServer((near) => {
    if (shut) return near.destroy()
    const far = connect(Number(port), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      // A broken connection is what this is for.
      one.on('error', () => {}).on('close', () => void other.destroy())
    }
    return undefined
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    set(toShut: boolean) {
      shut = toShut
      if (shut) for (const socket of sockets) socket.destroy()
    },
    close: () => new Promise<void>((closed) => server.close(() => closed())),
  }
}

async function openHouseWithShutter() {
  let shutter: Awaited<ReturnType<typeof openShutter>> | undefined
  const house = await openHouse({
    async through(databaseUrl) {
      shutter = await openShutter(databaseUrl)
      return shutter.url
    },
  })
  return { house, shutter: shutter as Awaited<ReturnType<typeof openShutter>> }
}

describe('the database is away', () => {
  test('503 with Retry-After, once for the whole request, in its dialect; the same call again settles it', async () => {
    const { house, shutter } = await openHouseWithShutter()
    const { operator } = house
    const before = await operator.call('getClock', {})
    shutter.set(true)
    const call = { jsonrpc: '2.0', method: 'createCustomer', params: { id: 'x', name: 'X' } }
    const bodies: [string, unknown, boolean][] = [
      // The read comes first, while the key is still believed without asking the database.
      ['a bare read', { method: 'getCustomer', params: { id: 'x' } }, false],
      ['bare', { method: 'createCustomer', params: call.params }, false],
      ['strict', { ...call, id: 1 }, true],
      ['a notification', call, true],
      [
        'an array',
        [
          { ...call, id: 1 },
          { ...call, id: 2 },
        ],
        true,
      ],
      ['an array of notifications', [call, call], true],
    ]
    for (const [what, body, strict] of bodies) {
      const { status, headers, json } = await operator.post(body)
      expect(status, what).toBe(503)
      expect(Number(headers.get('retry-after')), what).toBeGreaterThan(0)
      const { error, ...rest } = json as { error: { code: number; data: Record<string, unknown> } }
      expect(rest, what).toEqual(strict ? { jsonrpc: '2.0', id: null } : {})
      expect(error, what).toMatchObject({ code: -32008, data: { reason: 'unavailable', retryable: true } })
      expect(error.data.outcome, what).toMatch(/^(not_done|unknown)$/)
    }
    expect((await fetch(`${operator.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${operator.url}/healthz`)).status).toBe(200)

    shutter.set(false)
    expect(await operator.call('getClock', {})).toEqual(before)
    expect(await operator.call('createCustomer', { id: 'x', name: 'X' })).toMatchObject({ remoteId: 'x' })
    expect((await fetch(`${operator.url}/readyz`)).status).toBe(200)
    await house.close()
    await shutter.close()
  })
  test('lists are refused in the same way, also with a key that is still believed', async () => {
    const { house, shutter } = await openHouseWithShutter()
    const { operator } = house
    await operator.call('listCustomers', {})
    shutter.set(true)
    const { status, json } = await operator.post('{"method":"listCustomers"}')
    shutter.set(false)
    await house.close()
    await shutter.close()
    expect({ status, json }).toMatchObject({
      status: 503,
      json: { error: { code: -32008, data: { reason: 'unavailable', outcome: 'not_done' } } },
    })
  })
})
