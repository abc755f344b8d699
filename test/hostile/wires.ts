/** Bytes on bare connections: what no HTTP library would send, and requests that lie about themselves. */
import { connect } from 'node:net'
import { insideOf } from './verdict.ts'

interface WireCase {
  readonly what: string
  readonly bytes: string
  /** What may come back: the first line of the answer, or nothing where the connection is just closed. */
  readonly may: RegExp
}

/** Answered with a refusal, or cut off without a word. */
const refused = /^(?:HTTP\/1\.1 4\d\d |$)/
const served = /^HTTP\/1\.1 [234]\d\d /

const call = '{"method":"getClock","params":{}}'
const lines = (first: string, ...headers: string[]): string =>
  [first, 'host: x', ...headers, '', ''].join('\r\n')
const post = (headers: string[], body = call): string => lines('POST /rpc HTTP/1.1', ...headers) + body

/** More than the service reads of headers. */
const large = 'x'.repeat(20_000)

const cases: readonly WireCase[] = [
  { what: 'no HTTP', bytes: '\u0016\u0003\u0001\u0002\u0000\u0001\u0000', may: refused },
  { what: 'HTTP/0.9', bytes: 'GET /\r\n', may: refused },
  { what: 'HTTP/2.0', bytes: lines('GET /healthz HTTP/2.0'), may: served },
  { what: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', may: refused },
  { what: 'a verb that is none', bytes: lines('GE\u0000T /healthz HTTP/1.1'), may: refused },
  { what: 'a path with a blank', bytes: lines('GET /health z HTTP/1.1'), may: refused },
  { what: 'a path with NUL', bytes: lines('GET /\u0000 HTTP/1.1'), may: refused },
  { what: 'a path with bytes past ASCII', bytes: lines('GET /\u00ff\u00fe HTTP/1.1'), may: served },
  { what: 'a path without a slash', bytes: lines('GET healthz HTTP/1.1'), may: refused },
  { what: 'an address in full', bytes: lines('GET http://[::1/ HTTP/1.1'), may: refused },
  { what: 'CONNECT', bytes: lines('CONNECT hooks.invalid:443 HTTP/1.1'), may: refused },
  { what: 'TRACE', bytes: lines('TRACE /rpc HTTP/1.1'), may: refused },
  {
    what: 'an upgrade',
    bytes: lines('GET /healthz HTTP/1.1', 'connection: upgrade', 'upgrade: websocket'),
    may: served,
  },
  { what: 'a host that is none', bytes: 'GET /console HTTP/1.1\r\nhost: a b\r\n\r\n', may: served },
  { what: 'two hosts', bytes: 'GET /console HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n', may: served },
  { what: 'a header without a name', bytes: lines('GET /healthz HTTP/1.1', ': x'), may: refused },
  { what: 'a header with NUL', bytes: lines('GET /healthz HTTP/1.1', 'x-odd: a\u0000b'), may: refused },
  {
    what: 'a folded header',
    bytes: lines('GET /healthz HTTP/1.1', 'x-odd: a\r\n b'),
    may: /^(?:HTTP\/1\.1 [24]\d\d |$)/,
  },
  {
    what: 'a header that is too large',
    bytes: lines('GET /healthz HTTP/1.1', `x-odd: ${large}`),
    may: refused,
  },
  { what: 'a path that is too long', bytes: lines(`GET /${large} HTTP/1.1`), may: refused },
  {
    what: 'too many headers',
    bytes: lines('GET /healthz HTTP/1.1', ...Array.from({ length: 3_000 }, (_, n) => `a${n}: b`)),
    may: served,
  },
  { what: 'two different lengths', bytes: post(['content-length: 33', 'content-length: 34']), may: refused },
  { what: 'a length below zero', bytes: post(['content-length: -1']), may: refused },
  { what: 'a length with a sign', bytes: post(['content-length: +33']), may: refused },
  { what: 'a length beyond all numbers', bytes: post([`content-length: ${'9'.repeat(40)}`]), may: refused },
  { what: 'a length past the limit', bytes: post(['content-length: 4294967296']), may: refused },
  {
    what: 'a length and pieces',
    bytes: post(['content-length: 33', 'transfer-encoding: chunked']),
    may: refused,
  },
  {
    what: 'pieces twice',
    bytes: post(['transfer-encoding: chunked', 'transfer-encoding: chunked'], `21\r\n${call}\r\n0\r\n\r\n`),
    may: /^(?:HTTP\/1\.1 4\d\d |$)/,
  },
  { what: 'pieces that are not last', bytes: post(['transfer-encoding: chunked, identity']), may: refused },
  { what: 'pieces of another name', bytes: post(['transfer-encoding: xchunked']), may: refused },
  { what: 'a piece without a size', bytes: post(['transfer-encoding: chunked'], 'zz\r\n'), may: refused },
  {
    what: 'a piece beyond all sizes',
    bytes: post(['transfer-encoding: chunked'], `${'f'.repeat(40)}\r\n`),
    may: refused,
  },
  {
    what: 'a piece with much behind its size',
    bytes: post(['transfer-encoding: chunked'], `1;${large}\r\nx\r\n0\r\n\r\n`),
    may: refused,
  },
  {
    what: 'a second request in the body of the first',
    bytes: `${post(['content-length: 5'], 'x')}GET /metrics HTTP/1.1\r\n\r\n`,
    may: refused,
  },
  { what: 'a body that does not come', bytes: post(['content-length: 500']), may: /^HTTP\/1\.1 408 / },
  { what: 'headers that do not end', bytes: 'POST /rpc HTTP/1.1\r\nhost: x\r\nx-odd: ', may: refused },
  {
    what: 'a body of a hook that does not come',
    bytes: lines('POST /hooks/stripe/x HTTP/1.1', 'content-length: 500'),
    may: /^HTTP\/1\.1 4(?:00|08) /,
  },
  {
    what: 'a form that does not come',
    bytes: lines(
      'POST /console/sign-in HTTP/1.1',
      'content-type: application/x-www-form-urlencoded',
      'content-length: 500',
    ),
    may: /^HTTP\/1\.1 408 /,
  },
]

/** Longer than a request may take to be sent, and what looks for such requests needs to notice. */
const patience = 20_000

export interface WiresReport {
  readonly sent: number
  /** Milliseconds until the last connection was answered and closed. */
  readonly slowest: number
  readonly problems: readonly string[]
}

/** Sends all of it, each on a connection of its own, all at once. */
export async function attackWires(url: string, secrets: readonly string[]): Promise<WiresReport> {
  const began = performance.now()
  const problems = await Promise.all(
    cases.map(async ({ what, bytes, may }) => {
      const answered = await exchange(url, bytes)
      if (answered === undefined) return [`bare connection, ${what}: neither answered nor closed`]
      const wrong = may.test(answered) ? [] : ['an answer that it should not have']
      return [...wrong, ...insideOf({ status: 0, headers: {}, text: answered }, secrets)].map(
        (problem) => `bare connection, ${what}: ${problem}: ${answered.slice(0, 500)}`,
      )
    }),
  )
  return { sent: cases.length, slowest: performance.now() - began, problems: problems.flat() }
}

/** What comes back before the connection is closed, or the first whole answer; undefined where neither happens. */
function exchange(url: string, bytes: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let answered = ''
    const timer = setTimeout(() => end(undefined), patience)
    const end = (told: string | undefined): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(told)
    }
    socket.setEncoding('latin1')
    socket.on('connect', () => socket.write(bytes, 'latin1'))
    socket.on('data', (piece: string) => {
      answered += piece
      const [head = '', body] = answered.split(/\r\n\r\n(.*)/s)
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.POSITIVE_INFINITY)
      if (body !== undefined && body.length >= length) end(answered)
    })
    socket.on('error', () => end(answered))
    socket.on('close', () => end(answered))
  })
}
