/** What HTTP says around a call: statuses, verbs, kinds of bodies, headers, and which refusal comes first. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { type RawRequest, send } from './raw.ts'

let house: House
let partner: TestPartner
let reader: TestPartner
const logged: unknown[] = []

beforeAll(async () => {
  const note = (...told: unknown[]): void => void logged.push(told)
  house = await openHouse({ log: { debug() {}, info() {}, warn: note, error: note } })
  partner = await house.partner()
  reader = await house.withScopes(partner, ['read'])
  await partner.call('createCustomer', { id: 'c', name: 'Customer' })
  await partner.call('createCustomer', { id: 'off', name: 'Deactivated' })
  await partner.call('updateCustomer', { id: 'off', isActive: false })
  const order = { customer: 'c', product: 'oo-lite', licenses: 1, duration: 'monthly' } as const
  await partner.call('createFirstOrder', { ...order, id: 'o' })
})
afterAll(() => house.close())

const jsonType = { 'content-type': 'application/json' }
const strictly = (members: object): string => JSON.stringify({ jsonrpc: '2.0', id: 1, ...members })

interface Told {
  code: number
  message: string
  data: { reason: string; retryable: boolean; [fact: string]: unknown }
}

async function sent(request: RawRequest & { key?: string | null }) {
  const { key = partner.key, ...rest } = request
  const headers = { ...jsonType, ...(key === null ? {} : { 'x-api-key': key }), ...rest.headers }
  const answer = await send(partner.url, { ...rest, headers })
  const isJson = answer.text !== '' && answer.headers['content-type'] === 'application/json'
  const json = isJson ? JSON.parse(answer.text) : undefined
  return { ...answer, json, error: (json as { error?: Told } | undefined)?.error }
}

describe('statuses of the methods’ own refusals', () => {
  const buy = { customer: 'c', id: 'new', product: 'oo-lite', licenses: 1, duration: 'monthly' }
  test.each([
    ['getCustomer', { id: 'nobody' }, 404, 'customer_unknown'],
    ['getOrder', { id: 'nothing' }, 404, 'order_unknown'],
    ['createFirstOrder', { ...buy, product: 'nothing' }, 404, 'edition_unknown'],
    ['revokeApiKey', { keyId: 'nothing' }, 404, 'key_unknown'],
    ['createCustomer', { id: 'c', name: 'Another' }, 409, 'customer_exists'],
    ['createFirstOrder', { ...buy, id: 'o', licenses: 2 }, 409, 'order_exists'],
    ['createFirstOrder', { ...buy, customer: 'off' }, 409, 'customer_inactive'],
    ['createRenewalOrder', { parent: 'o', id: 'too early' }, 409, 'renewal_too_early'],
    ['updateCustomer', { id: 'c', name: 'New', ifVersion: 7 }, 409, 'version_conflict'],
    ['setClock', { at: '2026-04-01' }, 409, 'not_sandbox'],
  ])('%s %j', async (method, params, status, reason) => {
    const bare = await sent({ body: JSON.stringify({ method, params }) })
    expect(bare.status).toBe(status)
    expect(Object.keys(bare.json)).toEqual(['error'])
    expect(bare.error?.data.reason).toBe(reason)
    const strict = await sent({ body: strictly({ method, params }) })
    expect(strict.status).toBe(200)
    expect(strict.json).toEqual({ jsonrpc: '2.0', error: bare.error, id: 1 })
  })

  test('a missing scope is the call’s own refusal: 403 bare, 200 under the id in strict', async () => {
    const call = { method: 'createCustomer', params: { id: 'x', name: 'X' } }
    const bare = await sent({ key: reader.key, body: JSON.stringify(call) })
    expect(bare).toMatchObject({
      status: 403,
      error: { code: -32003, data: { scope: 'orders or licenses' } },
    })
    const strict = await sent({ key: reader.key, body: strictly(call) })
    expect(strict).toMatchObject({ status: 200, json: { id: 1, error: { data: { reason: 'forbidden' } } } })
  })
})

describe('keys', () => {
  test.each([
    ['no key', null, {}],
    ['a text that is no key', 'secret', {}],
    ['an empty key', '', {}],
    ['a key in the query', null, {}, '/rpc?x-api-key=KEY&api_key=KEY&key=KEY&access_token=KEY'],
    ['a key as a cookie', null, { cookie: 'x-api-key=KEY' }],
    ['a basic login', null, { authorization: 'Basic KEY' }],
    ['a bearer without the word', null, { authorization: 'KEY' }],
  ] as [string, string | null, Record<string, string>, string?][])(
    '%s: 401, once, also for an array and a notification',
    async (_what, key, headers, path = '/rpc') => {
      const withKey = (text: string): string => text.replaceAll('KEY', partner.key)
      const given = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, withKey(text)]))
      const answer = await sent({ key, headers: given, path: withKey(path), body: '{"method":"getClock"}' })
      expect(answer.status).toBe(401)
      expect(answer.headers['www-authenticate']).toBe('ApiKey')
      expect(answer.error).toMatchObject({
        code: -32001,
        data: { reason: 'unauthenticated', retryable: false },
      })
      expect(answer.text).not.toContain(partner.key)
    },
  )

  test('in strict the refusal has the id null, whatever the body holds', async () => {
    for (const body of [strictly({ method: 'getClock' }), `[${strictly({ method: 'getClock' })}]`]) {
      const answer = await sent({ key: null, body })
      expect(answer.status).toBe(401)
      expect(answer.json).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32001 } })
    }
  })

  test.each(['Bearer ', 'bearer ', 'BEARER   '])('%s and the key', async (scheme) => {
    const headers = { authorization: `${scheme}${partner.key}` }
    expect((await sent({ key: null, headers, body: '{"method":"getClock"}' })).status).toBe(200)
  })
})

describe('verbs', () => {
  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s: 405', async (method) => {
    const answer = await sent({ method, body: '{"method":"getClock"}' })
    expect(answer.status).toBe(405)
    expect(answer.headers.allow).toBe('GET, POST')
    expect(answer.error?.data.reason).toBe('invalid_request')
  })

  test('HEAD: 405, without a body as HTTP has it', async () => {
    const answer = await sent({ method: 'HEAD' })
    expect(answer).toMatchObject({ status: 405, text: '' })
  })

  test('a bare call by GET, its body in one piece or in pieces', async () => {
    for (const chunked of [false, true]) {
      const answer = await sent({
        method: 'GET',
        chunked,
        body: '{"method":"getCustomer","params":{"id":"c"}}',
      })
      expect(answer).toMatchObject({ status: 200, json: { name: 'Customer' } })
    }
  })

  test('GET without a body has no call in it', async () => {
    const answer = await sent({ method: 'GET' })
    expect(answer).toMatchObject({ status: 400, error: { data: { reason: 'parse_error' } } })
  })

  test.each([
    ['a call', strictly({ method: 'getClock' })],
    ['a notification', '{"jsonrpc":"2.0","method":"getClock"}'],
    ['an array', `[${strictly({ method: 'getClock' })}]`],
    ['no call at all', '{"jsonrpc":"2.0"}'],
  ])('strict by GET: 405 for %s', async (_what, body) => {
    const answer = await sent({ method: 'GET', body })
    expect(answer.status).toBe(405)
    expect(answer.json).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32600 } })
  })

  test.each([
    ['createCustomer', { name: 'Without an id' }],
    ['createApiKey', { name: 'key', scopes: ['read'] }],
    ['advanceClock', { days: 1 }],
  ])('%s %j by GET: 405, because sending it twice would do it twice', async (method, params) => {
    const sandbox = await house.partner({ sandbox: true })
    const before = await sandbox.call('listApiKeys', {})
    const answer = await sent({ method: 'GET', key: sandbox.key, body: JSON.stringify({ method, params }) })
    expect(answer.status).toBe(405)
    expect(answer.headers.allow).toBe('POST')
    expect(Object.keys(answer.json)).toEqual(['error'])
    expect((await sandbox.call('listCustomers', {})).items).toEqual([])
    expect(await sandbox.call('listApiKeys', {})).toEqual(before)
    expect((await sandbox.call('getClock', {})).now).toBe(house.clock.now())
    expect((await sent({ key: sandbox.key, body: JSON.stringify({ method, params }) })).status).toBe(200)
  })

  test('createPartner by GET: 405 for the operator', async () => {
    const body = '{"method":"createPartner","params":{"name":"Twice"}}'
    expect((await sent({ method: 'GET', key: house.operator.key, body })).status).toBe(405)
  })

  test('a create with an id of the caller’s, and a verb, may come by GET', async () => {
    const create = '{"method":"createCustomer","params":{"id":"got","name":"By GET"}}'
    expect((await sent({ method: 'GET', body: create })).status).toBe(200)
    const again = await sent({ method: 'GET', body: create })
    expect(again.headers['x-replayed']).toBe('1')
    const suspend = '{"method":"suspendOrder","params":{"id":"o"}}'
    expect((await sent({ method: 'GET', body: suspend })).json).toMatchObject({ changed: true })
    expect((await sent({ method: 'GET', body: suspend })).json).toMatchObject({ changed: false })
    await partner.call('resumeOrder', { id: 'o' })
  })
})

describe('kinds of bodies', () => {
  const body = '{"method":"getClock"}'
  test.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json-rpc',
    'application/jsonrequest',
    'application/vnd.api+json',
    'application/problem+json; profile="x"',
    'application/a+b+json',
    'model/gltf+json',
  ])('%s is taken', async (type) => {
    expect((await sent({ headers: { 'content-type': type }, body })).status).toBe(200)
  })

  test('no type at all is taken, as some senders name none', async () => {
    const answer = await send(partner.url, { headers: { 'x-api-key': partner.key }, body })
    expect(answer.status).toBe(200)
  })

  test.each([
    ['text/plain', /content-type: application\/json/],
    ['text/json', /content-type: application\/json/],
    ['text/html', /content-type: application\/json/],
    ['application/x-www-form-urlencoded', /send the header content-type: application\/json/],
    ['multipart/form-data; boundary=x', /content-type: application\/json/],
    ['application/jsonp', /content-type: application\/json/],
    ['application/json, text/plain', /content-type: application\/json/],
    ['application/json; charset=iso-8859-1', /UTF-8/],
    ['application/json; charset=utf-16', /UTF-8/],
  ])('%s: 415', async (type, sentence) => {
    const answer = await sent({ headers: { 'content-type': type }, body })
    expect(answer.status).toBe(415)
    expect(answer.error).toMatchObject({
      code: -32600,
      data: { reason: 'invalid_request', retryable: false },
    })
    expect(answer.error?.message).toMatch(sentence)
  })

  test.each(['gzip', 'br', 'deflate', 'gzip, identity'])('content-encoding %s: 415', async (encoding) => {
    const answer = await sent({ headers: { 'content-encoding': encoding }, body })
    expect(answer.status).toBe(415)
    expect(answer.error?.message).toMatch(/compressed/)
  })

  test('content-encoding identity is none', async () => {
    expect((await sent({ headers: { 'content-encoding': 'identity' }, body })).status).toBe(200)
  })
})

describe('sizes', () => {
  const most = 1_048_576
  const sized = (bytes: number): string =>
    '{"method":"getClock","fill":""}'.replace('""', `"${'x'.repeat(bytes - 31)}"`)

  test.each([false, true])('1 MiB is taken, one byte more is 413 (in pieces: %s)', async (chunked) => {
    expect(Buffer.byteLength(sized(most))).toBe(most)
    expect((await sent({ chunked, body: sized(most) })).status).toBe(200)
    const answer = await sent({ chunked, body: sized(most + 1) })
    expect(answer.status).toBe(413)
    expect(answer.error).toMatchObject({
      code: -32600,
      data: { reason: 'invalid_request', retryable: false },
    })
    expect(answer.headers.connection).toBe('close')
  })

  test('a caller who goes on sending gets to read the refusal', async () => {
    for (const chunked of [false, true]) {
      const answer = await sent({ chunked, body: 'x'.repeat(4 * most) })
      expect(answer.status).toBe(413)
    }
  })

  test('bytes are counted, not characters', async () => {
    expect((await sent({ body: sized(most - 100).replace(/x{200}/, 'é'.repeat(200)) })).status).toBe(413)
  })
})

describe('which refusal comes first', () => {
  const wrongKey = 'tk_live_wrong'
  const noCall = { jsonrpc: '2.0', id: 1 }
  const oversized = `{"method":"${'x'.repeat(1_048_577)}`
  const plain = { 'content-type': 'text/plain' }
  const buyNothing = { customer: 'nobody', id: '', product: 'nothing', licenses: 0, duration: 'daily' }
  test.each([
    ['the verb before the type', { method: 'PUT', headers: plain, body: '{' }, 405, 'invalid_request'],
    ['size before parsing', { key: null, body: oversized }, 413, 'invalid_request'],
    ['type before parsing', { key: null, headers: plain, body: '{' }, 415, 'invalid_request'],
    ['parsing before the key', { key: wrongKey, body: '{' }, 400, 'parse_error'],
    [
      'strict by GET before the key',
      { key: wrongKey, method: 'GET', body: '{"jsonrpc":1}' },
      405,
      'invalid_request',
    ],
    ['the key before an empty array', { key: wrongKey, body: '[]' }, 401, 'unauthenticated'],
    [
      'the key before depth',
      { key: wrongKey, body: '['.repeat(40) + ']'.repeat(40) },
      401,
      'unauthenticated',
    ],
    [
      'the key before an invalid call',
      { key: wrongKey, body: JSON.stringify(noCall) },
      401,
      'unauthenticated',
    ],
    [
      'the key before an unknown method',
      { key: wrongKey, body: '{"method":"nope"}' },
      401,
      'unauthenticated',
    ],
    [
      'an invalid call before an unknown method',
      { body: '{"method":"nope","params":7}' },
      400,
      'invalid_request',
    ],
    [
      'an invalid version before an unknown method',
      { body: '{"jsonrpc":"1.0","method":"nope","id":1}' },
      200,
      'invalid_request',
    ],
    ['an unknown method before its params', { body: '{"method":"nope","params":[]}' }, 404, 'method_unknown'],
    [
      'an unknown method before the scope',
      { key: 'reader', body: '{"method":"createcustomer"}' },
      404,
      'method_unknown',
    ],
    ['the scope before the params', { key: 'reader', body: '{"method":"createCustomer"}' }, 403, 'forbidden'],
    [
      'the scope before params by position',
      { key: 'reader', body: '{"method":"createCustomer","params":[]}' },
      403,
      'forbidden',
    ],
    [
      'the params before what the method looks up',
      { body: JSON.stringify({ method: 'createFirstOrder', params: buyNothing }) },
      400,
      'params_invalid',
    ],
    [
      'the params before the verb of a call that must not come twice',
      { method: 'GET', body: '{"method":"createApiKey","params":{"name":""}}' },
      400,
      'params_invalid',
    ],
  ] as [string, RawRequest & { key?: string | null }, number, string][])(
    '%s',
    async (_what, request, status, reason) => {
      const answer = await sent(request.key === 'reader' ? { ...request, key: reader.key } : request)
      expect({ status: answer.status, reason: answer.error?.data.reason }).toEqual({ status, reason })
    },
  )
})

describe('headers of every answer', () => {
  const everyKind: [string, RawRequest & { key?: string | null }][] = [
    ['a result', { body: '{"method":"getClock"}' }],
    ['a strict result', { body: strictly({ method: 'getClock' }) }],
    ['an array', { body: `[${strictly({ method: 'getClock' })}]` }],
    ['a notification', { body: '{"jsonrpc":"2.0","method":"getClock"}' }],
    ['a refusal', { body: '{"method":"nope"}' }],
    ['no JSON', { body: '{' }],
    ['no key', { key: null, body: '{"method":"getClock"}' }],
    ['a wrong verb', { method: 'DELETE' }],
    ['a wrong type', { headers: { 'content-type': 'text/plain' }, body: '{}' }],
    ['too large', { body: ' '.repeat(1_048_577) }],
    ['a wrong path', { path: '/rpc/', body: '{}' }],
    ['health', { method: 'GET', path: '/healthz' }],
    ['readiness', { method: 'GET', path: '/readyz' }],
    ['metrics', { method: 'GET', path: '/metrics' }],
    ['the document', { method: 'GET', path: '/openrpc.json' }],
  ]

  test.each(everyKind)('%s: not to be stored, and with a new request id', async (_what, request) => {
    const { headers } = await sent(request)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  test.each(everyKind)('%s: echoes a request id that the caller has given', async (_what, request) => {
    const headers = { ...request.headers, 'x-request-id': 'order-4711.A=b_c' }
    expect((await sent({ ...request, headers })).headers['x-request-id']).toBe('order-4711.A=b_c')
  })

  test.each(['', ' ', 'two words', 'x'.repeat(129), '<script>', 'a;b', 'ü'])(
    'the request id %j is not fit to be logged, so a new one is made',
    async (given) => {
      const { headers } = await sent({ headers: { 'x-request-id': given }, body: '{"method":"getClock"}' })
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    },
  )

  test('an answer is JSON and says so', async () => {
    for (const body of ['{"method":"getClock"}', strictly({ method: 'nope' }), '[]', '{'])
      expect((await sent({ body })).headers['content-type']).toBe('application/json')
  })
})

describe('repeats', () => {
  const replayed = async (body: string, headers = {}): Promise<string | undefined> => {
    const answer = await sent({ body, headers })
    expect(answer.status).toBe(200)
    return answer.headers['x-replayed'] as string | undefined
  }

  test('a single call that was carried out before says x-replayed, in both dialects', async () => {
    const call = { method: 'createCustomer', params: { id: 'again', name: 'Again' } }
    expect(await replayed(JSON.stringify(call))).toBeUndefined()
    expect(await replayed(JSON.stringify(call))).toBe('1')
    expect(await replayed(strictly(call))).toBe('1')
    const { id: _none, ...notification } = JSON.parse(strictly(call))
    expect(await replayed(JSON.stringify(notification))).toBe('1')
  })

  test('an array says nothing of it, because its members may differ', async () => {
    const call = { method: 'createCustomer', params: { id: 'again', name: 'Again' } }
    expect(await replayed(`[${strictly(call)}]`)).toBeUndefined()
  })

  test('reads and refusals say nothing of it', async () => {
    expect(await replayed('{"method":"getClock"}')).toBeUndefined()
    const refused = { method: 'createCustomer', params: { id: 'again', name: 'Other' } }
    for (let time = 0; time < 2; time++)
      expect((await sent({ body: JSON.stringify(refused) })).headers['x-replayed']).toBeUndefined()
  })

  test('a create without an id is repeatable under the header idempotency-key, quoted or plain', async () => {
    const body = JSON.stringify({ method: 'createCustomer', params: { name: 'No id' } })
    const first = await sent({ body, headers: { 'idempotency-key': 'once' } })
    const second = await sent({ body, headers: { 'idempotency-key': '"once"' } })
    expect(second.json).toEqual(first.json)
    expect([first, second].map(({ headers }) => headers['x-replayed'])).toEqual([undefined, '1'])
    const other = await sent({ body, headers: { 'idempotency-key': 'twice' } })
    expect(other.json.id).not.toBe(first.json.id)
    expect((await sent({ body })).json.id).not.toBe(first.json.id)
  })
})

describe('what nobody expected', () => {
  test('answers Internal error and the request id, tells the log, and harms no other member', async () => {
    await house.sql('alter table event rename to event_gone')
    try {
      const bare = await sent({ headers: { 'x-request-id': 'find-me' }, body: '{"method":"listEvents"}' })
      expect(bare.status).toBe(500)
      expect(bare.json).toEqual({
        error: {
          code: -32603,
          message: 'Internal error',
          data: { reason: 'internal', retryable: false, requestId: 'find-me' },
        },
      })
      expect(JSON.stringify(logged)).toContain('find-me')
      const array = await sent({
        body: `[${strictly({ method: 'getClock' })},${strictly({ method: 'listEvents', id: 2 })},${strictly({ method: 'getClock', id: 3 })}]`,
      })
      expect(array.status).toBe(200)
      expect(array.json).toMatchObject([{ result: {} }, { id: 2, error: { code: -32603 } }, { result: {} }])
      expect(array.text).not.toMatch(/event_gone|relation|exist|select|stack|\.ts/)
      const strict = await sent({ body: strictly({ method: 'listEvents' }) })
      expect(strict).toMatchObject({ status: 200, json: { id: 1, error: { message: 'Internal error' } } })
    } finally {
      await house.sql('alter table event_gone rename to event')
    }
    expect((await sent({ body: '{"method":"listEvents"}' })).status).toBe(200)
  })
})
