/** What comes too often, too slowly or only half: rate limits, wrong keys, slow and broken-off bodies. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { Fault } from '../../src/faults.ts'
import { CallerGone, readWhole } from '../../src/http/body.ts'
import { RateLimiter, WrongKeys } from '../../src/http/throttle.ts'
import { makeKey } from '../../src/rules/apiKey.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { openWire, send, type Wire } from './raw.ts'

let house: House
let partner: TestPartner
const logged: unknown[] = []
const slow: { body?: Wire; head?: Wire } = {}
const clockCall = '{"method":"getClock"}'
const getClocks = (calls: number): string =>
  JSON.stringify(Array.from({ length: calls }, (_, id) => ({ jsonrpc: '2.0', id, method: 'getClock' })))

beforeAll(async () => {
  const note = (...told: unknown[]): void => void logged.push(told)
  house = await openHouse({
    config: { rateLimit: 60 },
    log: { debug() {}, info() {}, warn: note, error: note },
  })
  partner = await house.partner()
  // These two take ten seconds to be refused, which pass beside all other tests of this file.
  slow.body = await openWire(partner.url)
  slow.body.socket.write(`POST /rpc HTTP/1.1\r\nhost: x\r\nx-api-key: ${partner.key}\r\n`)
  slow.body.socket.write(`content-length: ${clockCall.length}\r\n\r\n${clockCall.slice(0, 5)}`)
  slow.head = await openWire(partner.url)
  slow.head.socket.write(`POST /rpc HTTP/1.1\r\nhost: x\r\nx-api-key: `)
})
afterAll(() => house.close())

describe('the limit of calls per minute and key', () => {
  test('is told with every answer, and counts each call of an array', async () => {
    const caller = await house.partner()
    const single = await caller.post(clockCall)
    expect(single.headers.get('ratelimit-policy')).toBe('"default";q=60;w=60')
    expect(single.headers.get('ratelimit')).toBe('"default";r=59;t=1')
    const array = await caller.post(getClocks(30))
    expect(array.headers.get('ratelimit')).toMatch(/^"default";r=(29|30);t=3[01]$/)
  })

  test('is refused once, with 429, Retry-After and the same headers, in the dialect of the request', async () => {
    const caller = await house.partner()
    // More than a minute has can only be taken from a full minute; the debt keeps the next call out for a while.
    const large = await caller.post(getClocks(90))
    expect(large.status).toBe(200)
    expect(large.json).toHaveLength(90)
    expect(large.headers.get('ratelimit')).toMatch(/^"default";r=0;t=9\d$/)
    for (const body of [clockCall, getClocks(1), '{"jsonrpc":"2.0","method":"getClock"}']) {
      const { status, headers, json } = await caller.post(body)
      expect(status).toBe(429)
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(20)
      expect(headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/)
      expect(headers.get('ratelimit-policy')).toBe('"default";q=60;w=60')
      const retryAfterSeconds = Number(headers.get('retry-after'))
      const error = expect.objectContaining({
        code: -32029,
        data: { reason: 'rate_limited', retryable: true, retryAfterSeconds },
      })
      expect(json).toEqual(body === clockCall ? { error } : { jsonrpc: '2.0', id: null, error })
    }
  })

  test('belongs to one key: another key of the same partner has a limit of its own', async () => {
    const caller = await house.partner()
    const other = await house.withScopes(caller, ['read'])
    await other.post(getClocks(120))
    expect((await other.post(clockCall)).status).toBe(429)
    expect((await caller.post(clockCall)).status).toBe(200)
  })

  test('is looked at before the body’s calls, and after the key and the parsing', async () => {
    const caller = await house.partner()
    await caller.post(getClocks(120))
    const reasonOf = async (body: string, headers = {}) =>
      ((await caller.post(body, headers)).json as { error: { data: { reason: string } } }).error.data.reason
    expect(await reasonOf('{"jsonrpc":"1.0","id":1}')).toBe('rate_limited')
    expect(await reasonOf('{}')).toBe('rate_limited')
    expect(await reasonOf('[]')).toBe('rate_limited')
    expect(await reasonOf(getClocks(1_001))).toBe('rate_limited')
    expect(await reasonOf('{')).toBe('parse_error')
    expect(await reasonOf('{}', { 'x-api-key': 'wrong' })).toBe('unauthenticated')
  })

  describe('by the second', () => {
    afterEach(() => void vi.useRealTimers())
    const left = (headers: Record<string, string>): string | undefined => headers.ratelimit

    test('fills again evenly, and Retry-After tells when', () => {
      vi.useFakeTimers({ toFake: ['performance'] })
      const limiter = new RateLimiter(30)
      expect(left(limiter.take('key', 30))).toBe('"default";r=0;t=60')
      const refused = (calls: number): number | undefined => {
        try {
          limiter.take('key', calls)
          return undefined
        } catch (error) {
          return (error as Fault<'rate_limited'>).data.retryAfterSeconds
        }
      }
      expect(refused(1)).toBe(2)
      expect(refused(5)).toBe(10)
      vi.advanceTimersByTime(1_900)
      expect(refused(1)).toBe(1)
      vi.advanceTimersByTime(100)
      expect(refused(1)).toBeUndefined()
      expect(refused(1)).toBe(2)
      vi.advanceTimersByTime(600_000)
      expect(left(limiter.headers('key'))).toBe('"default";r=30;t=0')
    })

    test('an array of more calls than a minute has is served from a full minute, and paid for afterwards', () => {
      vi.useFakeTimers({ toFake: ['performance'] })
      const limiter = new RateLimiter(60)
      limiter.take('key', 1)
      expect(() => limiter.take('key', 300)).toThrow(Fault)
      vi.advanceTimersByTime(1_000)
      expect(left(limiter.take('key', 300))).toBe('"default";r=0;t=300')
      vi.advanceTimersByTime(240_000)
      expect(() => limiter.take('key', 1)).toThrow(Fault)
      vi.advanceTimersByTime(1_000)
      expect(left(limiter.take('key', 1))).toBe('"default";r=0;t=60')
    })

    test('0 is no limit and tells nothing', () => {
      const limiter = new RateLimiter(0)
      expect(limiter.take('key', 1_000_000)).toEqual({})
      expect(limiter.headers('key')).toEqual({})
    })
  })
})

describe('wrong keys', () => {
  afterEach(() => void vi.useRealTimers())

  test('of one address wait longer and longer, up to two seconds, and are forgiven after a minute', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] })
    const wrongKeys = new WrongKeys()
    const waited = async (address: string): Promise<number> => {
      const begun = performance.now()
      let holds = true
      const held = wrongKeys.hold(address).then(() => {
        holds = false
      })
      await Promise.resolve()
      await Promise.resolve()
      while (holds) await vi.advanceTimersByTimeAsync(50)
      await held
      return performance.now() - begun
    }
    for (let time = 1; time <= 10; time++) expect(await waited('192.0.2.1')).toBe(0)
    const waits: number[] = []
    for (let time = 1; time <= 8; time++) waits.push(await waited('192.0.2.1'))
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000])
    expect(await waited('192.0.2.2'), 'another address').toBe(0)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await waited('192.0.2.1'), 'a minute later').toBe(0)
  })

  test.each([
    ['another address of the same IPv6 network', '2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['an address of another IPv6 network', '2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['an IPv4 address, mapped', '192.0.2.1', '::ffff:192.0.2.1', true],
    ['another IPv4 address', '192.0.2.1', '192.0.2.2', false],
  ])('of %s are counted together: %s, %s, %s', async (_what, first, second, isHeld) => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] })
    const wrongKeys = new WrongKeys()
    for (let time = 1; time <= 10; time++) await wrongKeys.hold(first)
    let holds = true
    const held = wrongKeys.hold(second).then(() => {
      holds = false
    })
    await vi.advanceTimersByTimeAsync(0)
    expect(holds).toBe(isHeld)
    await vi.advanceTimersByTimeAsync(2_000)
    await held
  })

  test('do not hold up right keys from the same address', async () => {
    await using calm = await openHouse()
    const caller = calm.operator
    const wrong = (): Promise<{ status: number }> =>
      send(caller.url, { headers: { 'x-api-key': makeKey(new Uint8Array(55), false).key }, body: clockCall })
    const answers = await Promise.all(Array.from({ length: 14 }, wrong))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    let answered = false
    const held = wrong().then(() => {
      answered = true
    })
    for (let time = 0; time < 20; time++) expect((await caller.post(clockCall)).status).toBe(200)
    expect(answered, 'the wrong key still waits after twenty right ones').toBe(false)
    await held
  })
})

describe('broken-off bodies', () => {
  test('harm nobody: the next caller is served and nothing is logged', async () => {
    const caller = await house.partner()
    const head = `POST /rpc HTTP/1.1\r\nhost: x\r\nx-api-key: ${caller.key}\r\n`
    const call = '{"method":"createCustomer","params":{"id":"half","name":"Half"}}'
    const beginnings = [
      head,
      `${head}content-length: ${call.length}\r\n\r\n`,
      `${head}content-length: ${call.length + 1}\r\n\r\n${call}`,
      `${head}transfer-encoding: chunked\r\n\r\n`,
      `${head}transfer-encoding: chunked\r\n\r\n${call.length.toString(16)}\r\n${call}`,
      `${head}transfer-encoding: chunked\r\n\r\n${call.length.toString(16)}\r\n${call}\r\n`,
    ]
    for (let round = 0; round < 5; round++)
      await Promise.all(
        beginnings.map(async (beginning) => {
          const { socket, closed } = await openWire(caller.url)
          await new Promise<void>((written) => socket.write(beginning, () => written()))
          if (round % 2) socket.destroy()
          else socket.resetAndDestroy()
          await closed
        }),
      )
    expect((await caller.post(clockCall)).status).toBe(200)
    expect(await caller.refusal('getCustomer', { id: 'half' })).toMatchObject({ code: 1001 })
    expect(logged).toEqual([])
  })

  test('what is no HTTP is answered in JSON all the same', async () => {
    for (const [bytes, status] of [
      ['hello\r\n\r\n', 400],
      ['POST /rpc HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n', 400],
      ['POST /rpc HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}', 400],
      [`GET /rpc HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
      ['GET /rpc HTTP/1.1\r\nhost: not a host\r\nconnection: close\r\n\r\n', 400],
    ] as const) {
      const { socket, closed } = await openWire(partner.url)
      socket.write(bytes)
      const [head = '', body = ''] = (await closed).split('\r\n\r\n')
      expect(head).toContain(`HTTP/1.1 ${status} `)
      expect(head).toMatch(/^cache-control: no-store$/m)
      expect(head).toMatch(/^x-request-id: [0-9a-f-]{36}\r?$/m)
      expect(JSON.parse(body)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32600 } })
    }
  })

  test('what is no HTTP behind a whole call is not answered in the place of that call', async () => {
    const { socket, closed } = await openWire(partner.url)
    const body = '{"method":"getClock"}'
    const head = `POST /rpc HTTP/1.1\r\nhost: x\r\nx-api-key: ${partner.key}\r\ncontent-length: ${body.length}`
    socket.write(`${head}\r\n\r\n${body}hello\r\n\r\n`)
    expect(await closed).not.toContain('400')
    // The control: with nothing before it, it is answered.
    const alone = await openWire(partner.url)
    alone.socket.write('hello\r\n\r\n')
    expect(await alone.closed).toContain('HTTP/1.1 400 ')
  })

  test('a caller of long ago, who names no host, is served', async () => {
    for (const version of ['1.0', '1.1']) {
      const { socket, closed } = await openWire(partner.url)
      socket.write(`GET /healthz HTTP/${version}\r\nconnection: close\r\n\r\n`)
      expect(await closed).toMatch(/^HTTP\/1\.1 200 /)
    }
  })
})

describe('the body, read whole', () => {
  /** What `readWhole` makes of what a caller sends. */
  async function reading(write: (wire: Wire) => void): Promise<string> {
    let settle: (what: string) => void
    const made = new Promise<string>((resolve) => {
      settle = resolve
    })
    const server = createServer((incoming, outgoing) => {
      readWhole(incoming, 10, 0.05).then(
        (body) => settle(body.toString()),
        (error) =>
          settle(
            error instanceof Fault ? String(error.status) : error instanceof CallerGone ? 'gone' : 'other',
          ),
      )
      incoming.on('close', () => outgoing.end())
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const wire = await openWire(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    write(wire)
    const what = await made
    wire.socket.destroy()
    await new Promise<void>((closed) => server.close(() => closed()))
    return what
  }
  const head = (rest: string): string => `POST / HTTP/1.1\r\nhost: x\r\n${rest}\r\n\r\n`

  test.each([
    ['in one piece', `${head('content-length: 5')}hello`, 'hello'],
    ['in chunks', `${head('transfer-encoding: chunked')}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`, 'hello'],
    ['just as long as it may be', `${head('content-length: 10')}0123456789`, '0123456789'],
    ['empty', head('content-length: 0'), ''],
    ['announced too long', head('content-length: 11'), '413'],
    ['too long in chunks', `${head('transfer-encoding: chunked')}b\r\n0123456789a\r\n`, '413'],
    ['never finished', `${head('content-length: 5')}hel`, '408'],
    ['never begun', head('content-length: 5'), '408'],
    ['never finished in chunks', `${head('transfer-encoding: chunked')}2\r\nhe\r\n`, '408'],
  ])('%s', async (_what, bytes, expected) => {
    expect(await reading(({ socket }) => void socket.write(bytes))).toBe(expected)
  })

  test('the caller goes away in the middle of it', async () => {
    expect(
      await reading(({ socket }) => {
        socket.write(`${head('content-length: 5')}hel`, () => socket.destroy())
      }),
    ).toBe('gone')
  })
})

describe('ten seconds to send a request', () => {
  test('a body that stops half-way is answered with 408 and the connection closed', async () => {
    const [head = '', body = ''] = (await (slow.body as Wire).closed).split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 408 /)
    expect(head).toMatch(/^connection: close$/im)
    expect(JSON.parse(body)).toMatchObject({
      jsonrpc: '2.0',
      id: null,
      error: { code: -32600, data: { reason: 'invalid_request', retryable: true } },
    })
  })

  test('so are headers that never end', async () => {
    const [head = '', body = ''] = (await (slow.head as Wire).closed).split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 408 /)
    expect(JSON.parse(body)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32600 } })
  })
})
