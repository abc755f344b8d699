/** What every door says in its headers, whatever it answers, and what none of them ever says. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../house.ts'
import { openWire, type RawAnswer, type RawRequest, send } from './raw.ts'

let house: House
let key: string
beforeAll(async () => {
  house = await openHouse({ config: { rateLimit: 1_000 } })
  key = (await house.partner()).key
})
afterAll(() => house.close())

const json = { 'content-type': 'application/json' }
const csv = { 'content-type': 'text/csv' }
const type = { json: 'application/json', html: 'text/html; charset=utf-8', text: /^text\/plain; version=/ }

/** Each door with its answers: those that are well, and each way of being refused there. */
const answers: [
  door: string,
  what: string,
  request: RawRequest,
  withKey: boolean,
  status: number,
  type: RegExp | string,
][] = [
  ['rpc', 'a result', { headers: json, body: '{"method":"getClock"}' }, true, 200, type.json],
  [
    'rpc',
    'a refusal',
    { headers: json, body: '{"method":"getCustomer","params":{"id":"x"}}' },
    true,
    404,
    type.json,
  ],
  [
    'rpc',
    'an array',
    { headers: json, body: '[{"jsonrpc":"2.0","id":1,"method":"getClock"}]' },
    true,
    200,
    type.json,
  ],
  ['rpc', 'no JSON', { headers: json, body: '{' }, true, 400, type.json],
  ['rpc', 'no key', { headers: json, body: '{"method":"getClock"}' }, false, 401, type.json],
  ['rpc', 'no verb of ours', { method: 'DELETE', headers: json }, true, 405, type.json],
  [
    'rpc',
    'a question of a browser',
    { method: 'OPTIONS', headers: { origin: 'https://elsewhere.example' } },
    false,
    405,
    type.json,
  ],
  [
    'rpc',
    'no JSON by its own words',
    { headers: { 'content-type': 'text/plain' }, body: '{}' },
    true,
    415,
    type.json,
  ],
  ['rpc', 'too much', { headers: json, body: ' '.repeat(1_048_577) }, true, 413, type.json],
  ['docs', 'the reference', { method: 'GET', path: '/docs' }, false, 200, type.html],
  ['openrpc', 'the document', { method: 'GET', path: '/openrpc.json' }, false, 200, type.json],
  [
    'import',
    'a template',
    { method: 'GET', path: '/import/customers/template.csv' },
    true,
    200,
    /^text\/csv/,
  ],
  [
    'import',
    'a file',
    { path: '/import/customers', headers: csv, body: 'customer_number,name\n1,One\n' },
    true,
    200,
    type.json,
  ],
  [
    'import',
    'no key',
    { path: '/import/customers', headers: csv, body: 'customer_number\n' },
    false,
    401,
    type.json,
  ],
  ['import', 'no CSV', { path: '/import/customers', headers: json, body: '{}' }, true, 415, type.json],
  ['health', 'up', { method: 'GET', path: '/healthz' }, false, 200, type.json],
  ['health', 'ready', { method: 'GET', path: '/readyz' }, false, 200, type.json],
  ['metrics', 'figures', { method: 'GET', path: '/metrics' }, false, 200, type.text],
  ['no door', 'nothing', { method: 'GET', path: '/elsewhere' }, false, 404, type.json],
  [
    'no door',
    'a file that is not served',
    { method: 'GET', path: '/../package.json' },
    false,
    404,
    type.json,
  ],
]

async function answered(request: RawRequest, withKey: boolean): Promise<RawAnswer> {
  const headers = { ...request.headers, ...(withKey ? { 'x-api-key': key } : {}) }
  return send(house.operator.url, { ...request, headers })
}

describe.each(answers)('%s: %s', (_door, _what, request, withKey, status, contentType) => {
  test('is not stored, not guessed at, found again in the log, and tells nothing of what serves it', async () => {
    const answer = await answered(request, withKey)
    expect(answer.status).toBe(status)
    const { headers } = answer
    expect(headers['content-type']).toMatch(contentType)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    const named = Object.keys(headers)
    for (const never of ['server', 'x-powered-by', 'via', 'set-cookie', 'etag', 'last-modified', 'location'])
      expect(named).not.toContain(never)
    // No page of another origin may read an answer, or send the header that carries a key.
    expect(named.filter((name) => name.startsWith('access-control-'))).toEqual([])
    expect(JSON.stringify(headers)).not.toContain(key)
  })
})

test('only what needs a key tells of the limit of a key', async () => {
  const limited = async (index: number): Promise<boolean> => {
    const [, , request, withKey] = answers[index] as (typeof answers)[number]
    return (await answered(request, withKey)).headers.ratelimit !== undefined
  }
  const told = await Promise.all(answers.map((_, index) => limited(index)))
  const expected = answers.map(
    ([door, , , withKey, status]) => withKey && (door === 'import' || status === 200 || status === 404),
  )
  expect(
    answers.flatMap(([door, what], index) => (told[index] === expected[index] ? [] : [`${door}: ${what}`])),
  ).toEqual([])
})

describe('the page for people', () => {
  test('asks nobody, is framed by nobody, sends nothing on', async () => {
    const { headers } = await answered({ method: 'GET', path: '/docs' }, false)
    const policy = headers['content-security-policy'] as string
    const directives = new Map(policy.split('; ').map((part) => part.split(/ (.*)/, 2) as [string, string]))
    expect(directives.get('default-src')).toBe("'none'")
    expect(directives.get('frame-ancestors')).toBe("'none'")
    expect(directives.get('base-uri')).toBe("'none'")
    expect(directives.get('form-action')).toBe("'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(headers['referrer-policy']).toBe('no-referrer')
  })
})

test.each([
  ['what is no HTTP', 'hello\r\n\r\n', 400],
  ['headers without end', `GET /rpc HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['a host that is none', 'GET /healthz HTTP/1.1\r\nhost: not a host\r\nconnection: close\r\n\r\n', 400],
  ['two lengths', 'POST /rpc HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}', 400],
  [
    'a length and pieces, as smugglers send them',
    'POST /rpc HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
] as const)('%s: the same headers', async (_what, bytes, status) => {
  const { socket, closed } = await openWire(house.operator.url)
  socket.write(bytes)
  const [head = ''] = (await closed).split('\r\n\r\n')
  expect(head).toContain(`HTTP/1.1 ${status} `)
  expect(head).toMatch(/^content-type: application\/json\r?$/m)
  expect(head).toMatch(/^cache-control: no-store\r?$/m)
  expect(head).toMatch(/^x-content-type-options: nosniff\r?$/m)
  expect(head).toMatch(/^x-request-id: [0-9a-f-]{36}\r?$/m)
})

test('a header that a caller sends is never sent back, but for a request id that is fit for a log', async () => {
  const sent = {
    'x-request-id': 'a\tb',
    'x-odd': 'reflected',
    origin: 'https://elsewhere.example',
    'x-forwarded-host': 'elsewhere.example',
  }
  for (const [, , request, withKey] of answers) {
    const { headers } = await answered({ ...request, headers: { ...request.headers, ...sent } }, withKey)
    expect(JSON.stringify(headers)).not.toMatch(/reflected|elsewhere|a\\tb/)
  }
})
