/** The two dialects of the wire, sentence by sentence: what a body means, and in which form it is answered. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { examples, type Told } from './corpus.ts'

let house: House
let partner: TestPartner
const now = Date.parse('2026-03-01T12:00:00Z') / 1000

beforeAll(async () => {
  house = await openHouse({ now })
  partner = await house.partner()
})
afterAll(() => house.close())

/** Exactly the members that a strict answer may have. */
function strict(told: Told): unknown {
  if ('result' in told) return { jsonrpc: '2.0', result: told.result, id: told.id }
  return { jsonrpc: '2.0', error: errorOf(told.code, told.reason), id: told.id }
}

function errorOf(code: number, reason: string): unknown {
  const data = expect.objectContaining({ reason, retryable: false })
  return { code, message: expect.stringMatching(/\S/), data }
}

const call = (members: object): string => JSON.stringify({ jsonrpc: '2.0', method: 'getClock', ...members })
const clock = { now, sandbox: false }

describe('section 7 of the JSON-RPC 2.0 specification', () => {
  test.each(examples(now))('$title', async ({ sends, status, answers }) => {
    const { status: got, text, json } = await partner.post(sends)
    expect(got).toBe(status)
    if (answers === 'nothing') expect(text).toBe('')
    else if (Array.isArray(answers)) expect(json).toEqual(answers.map(strict))
    else expect(json).toEqual(strict(answers))
  })
})

describe('arrays', () => {
  test('one member in, an array of one answer out', async () => {
    const { status, json } = await partner.post(`[${call({ id: 1 })}]`)
    expect(status).toBe(200)
    expect(json).toEqual([{ jsonrpc: '2.0', result: clock, id: 1 }])
  })

  test('one call among notifications still answers an array', async () => {
    const { json } = await partner.post(`[${call({})},${call({ id: 'only' })},${call({})}]`)
    expect(json).toEqual([{ jsonrpc: '2.0', result: clock, id: 'only' }])
  })

  test('members run in order: a customer can be created and buy in one body', async () => {
    const caller = await house.partner()
    const replies = await caller.batch([
      { method: 'getOrder', params: { id: 'o' } },
      { method: 'createCustomer', params: { id: 'c', name: 'In order' } },
      {
        method: 'createFirstOrder',
        params: { customer: 'c', id: 'o', product: 'oo-lite', licenses: 1, duration: 'monthly' },
      },
      { method: 'getOrder', params: { id: 'o' } },
      { method: 'suspendOrder', params: { id: 'o' } },
      { method: 'getOrder', params: { id: 'o' } },
    ])
    expect(replies).toMatchObject([
      { error: { data: { reason: 'order_unknown' } } },
      { result: { remoteId: 'c' } },
      { result: { status: 'active' } },
      { result: { status: 'active' } },
      { result: { status: 'suspended' } },
      { result: { status: 'suspended' } },
    ])
  })

  test('a bad member harms no other one, and answers stand in the order of the calls', async () => {
    const caller = await house.partner()
    const members = [
      call({ id: 1, method: 'createCustomer', params: { id: 'a', name: 'A' } }),
      '17',
      call({ id: 2, method: 'createCustomer', params: { id: 'a', name: 'Another' } }),
      call({ id: 3, method: 'createCustomer', params: { id: '', name: 'B' } }),
      call({ id: 4, method: 'nope' }),
      '[]',
      call({ id: {}, method: 'createCustomer', params: { id: 'lost', name: 'Not carried out' } }),
      call({ id: 5, method: 'createCustomer', params: { id: 'b', name: 'B' } }),
    ]
    const { json } = await caller.post(`[${members.join(',')}]`)
    const told = (json as { id: unknown; error?: { data: { reason: string } } }[]).map(({ id, error }) => [
      id,
      error?.data.reason ?? 'ok',
    ])
    expect(told).toEqual([
      [1, 'ok'],
      [null, 'invalid_request'],
      [2, 'customer_exists'],
      [3, 'params_invalid'],
      [4, 'method_unknown'],
      [null, 'invalid_request'],
      [null, 'invalid_request'],
      [5, 'ok'],
    ])
    const { items } = await caller.call('listCustomers', {})
    expect(items.map(({ remoteId }) => remoteId)).toEqual(['a', 'b'])
  })

  test('two members with the same id are both carried out and both answered', async () => {
    const { json } = await partner.post(`[${call({ id: 1 })},${call({ id: 1 })}]`)
    expect(json).toHaveLength(2)
  })

  test('a bare call has no place in an array', async () => {
    const { status, json } = await partner.post('[{"method":"getClock"}]')
    expect(status).toBe(200)
    expect(json).toEqual([strict({ code: -32600, reason: 'invalid_request', id: null })])
  })
})

describe('notifications', () => {
  test('are carried out and answered with nothing at all', async () => {
    const caller = await house.partner()
    const { status, text, headers } = await caller.post(
      '{"jsonrpc":"2.0","method":"createCustomer","params":{"id":"n","name":"Notified"}}',
    )
    expect({ status, text }).toEqual({ status: 200, text: '' })
    expect(headers.get('content-type')).toBeNull()
    expect(await caller.call('getCustomer', { id: 'n' })).toMatchObject({ name: 'Notified' })
  })

  test.each([
    ['a refusal of the method', { method: 'getCustomer', params: { id: 'nobody' } }],
    ['params that are not valid', { method: 'getCustomer', params: { id: 7 } }],
    ['an unknown method', { method: 'nope' }],
  ])('%s is not told either', async (_what, members) => {
    const { status, text } = await partner.post({ jsonrpc: '2.0', ...members })
    expect({ status, text }).toEqual({ status: 200, text: '' })
  })

  test('in an array are carried out in their place', async () => {
    const caller = await house.partner()
    const { json } = await caller.post(
      `[${call({ method: 'createCustomer', params: { id: 'x', name: 'First' } })},` +
        `${call({ id: 1, method: 'getCustomer', params: { id: 'x' } })}]`,
    )
    expect(json).toMatchObject([{ id: 1, result: { name: 'First' } }])
  })
})

describe('ids', () => {
  const longest = 'i'.repeat(255)
  const astral = '😀'.repeat(255)

  test.each([
    '"abc"',
    '""',
    '"1"',
    '"ключ 鍵 😀"',
    '"\\u0000"',
    '0',
    '-1',
    '1.5',
    '1e2',
    '9007199254740991',
    '-9007199254740991',
    JSON.stringify(longest),
    JSON.stringify(astral),
  ])('%s comes back as it was sent', async (id) => {
    const { status, json } = await partner.post(`{"jsonrpc":"2.0","method":"getClock","id":${id}}`)
    expect(status).toBe(200)
    expect(json).toEqual({ jsonrpc: '2.0', result: clock, id: JSON.parse(id) })
  })

  test('null is an id, and its call is no notification', async () => {
    const { status, json } = await partner.post('{"jsonrpc":"2.0","method":"getClock","id":null}')
    expect(status).toBe(200)
    expect(json).toEqual({ jsonrpc: '2.0', result: clock, id: null })
  })

  test('an error under the id null is answered with HTTP 400, so that callers who match ids do not wait', async () => {
    const { status, json } = await partner.post('{"jsonrpc":"2.0","method":"nope","id":null}')
    expect(status).toBe(400)
    expect(json).toEqual(strict({ code: -32601, reason: 'method_unknown', id: null }))
  })

  test.each([
    ['an object', '{}'],
    ['an array', '["a"]'],
    ['true', 'true'],
    ['false', 'false'],
    ['a number that JSON readers round', '9007199254740993'],
    ['a much larger number', '12345678901234567890'],
    ['a number beyond all numbers', '1e400'],
    ['the same below zero', '-1e400'],
    ['256 characters', JSON.stringify(`${longest}i`)],
    ['256 characters outside the basic plane', JSON.stringify(`${astral}😀`)],
    ['half a surrogate pair', '"\\ud800"'],
  ])('%s is no id: the call is refused under the id null and not carried out', async (_what, id) => {
    const body = `{"jsonrpc":"2.0","method":"createCustomer","params":{"id":"not carried out","name":"x"},"id":${id}}`
    const { status, json } = await partner.post(body)
    expect(status).toBe(400)
    expect(json).toEqual(strict({ code: -32600, reason: 'invalid_request', id: null }))
    expect(await partner.refusal('getCustomer', { id: 'not carried out' })).toMatchObject({ code: 1001 })
  })
})

describe('what makes a call invalid', () => {
  test.each([
    ['jsonrpc 1.0', '{"jsonrpc":"1.0","method":"getClock","id":7}'],
    ['jsonrpc as a number', '{"jsonrpc":2.0,"method":"getClock","id":7}'],
    ['jsonrpc null', '{"jsonrpc":null,"method":"getClock","id":7}'],
    ['jsonrpc with a space', '{"jsonrpc":"2.0 ","method":"getClock","id":7}'],
    ['no method', '{"jsonrpc":"2.0","id":7}'],
    ['method null', '{"jsonrpc":"2.0","method":null,"id":7}'],
    ['method a number', '{"jsonrpc":"2.0","method":1,"id":7}'],
    ['method an array that holds a name', '{"jsonrpc":"2.0","method":["getClock"],"id":7}'],
    ['method an object', '{"jsonrpc":"2.0","method":{"toString":"getClock"},"id":7}'],
    ['params a text', '{"jsonrpc":"2.0","method":"getClock","params":"bar","id":7}'],
    ['params a number', '{"jsonrpc":"2.0","method":"getClock","params":0,"id":7}'],
    ['params false', '{"jsonrpc":"2.0","method":"getClock","params":false,"id":7}'],
    ['params null', '{"jsonrpc":"2.0","method":"getClock","params":null,"id":7}'],
    ['Method instead of method', '{"jsonrpc":"2.0","Method":"getClock","id":7}'],
    ['a method in the prototype only', '{"jsonrpc":"2.0","__proto__":{"method":"getClock"},"id":7}'],
  ])('%s: refused under its id', async (_what, body) => {
    const { status, json } = await partner.post(body)
    expect(status).toBe(200)
    expect(json).toEqual(strict({ code: -32600, reason: 'invalid_request', id: 7 }))
  })

  test('an invalid call without an id is answered, because it is no notification', async () => {
    const { status, json } = await partner.post('{"jsonrpc":"2.0","params":{}}')
    expect(status).toBe(400)
    expect(json).toEqual(strict({ code: -32600, reason: 'invalid_request', id: null }))
  })

  test('ID instead of id makes a notification', async () => {
    const { status, text } = await partner.post('{"jsonrpc":"2.0","method":"getClock","ID":7}')
    expect({ status, text }).toEqual({ status: 200, text: '' })
  })

  test('members that the specification does not know are passed over', async () => {
    const { json } = await partner.post(call({ id: 1, trace: 'abc', auth: null }))
    expect(json).toEqual({ jsonrpc: '2.0', result: clock, id: 1 })
  })

  test('of a member that stands twice the last one counts', async () => {
    const body =
      '{"jsonrpc":"1.0","jsonrpc":"2.0","method":"nope","method":"getClock","id":1,"id":2,"params":7,"params":{}}'
    const { json } = await partner.post(body)
    expect(json).toEqual({ jsonrpc: '2.0', result: clock, id: 2 })
  })
})

describe('names of methods', () => {
  test.each([
    'constructor',
    'toString',
    '__proto__',
    'hasOwnProperty',
    'valueOf',
    'prototype',
    'getclock',
    'GETCLOCK',
    'GetClock',
    ' getClock',
    'getClock ',
    'getClock\u0000',
    '',
    '.',
    'rpc',
    'rpc.',
    'rpc.discover.',
    'rpc.Discover',
    'rpc.describe',
    'rpc.getClock',
    'customers.getClock',
    '😀',
    '\ud800',
    'm'.repeat(100_000),
  ])('%j is no method, in either dialect', async (method) => {
    const strictly = await partner.post(JSON.stringify({ jsonrpc: '2.0', method, id: 1 }))
    expect(strictly.status).toBe(200)
    expect(strictly.json).toEqual(strict({ code: -32601, reason: 'method_unknown', id: 1 }))
    const barely = await partner.post(JSON.stringify({ method }))
    expect(barely.status).toBe(404)
    expect(barely.json).toEqual({ error: errorOf(-32601, 'method_unknown') })
    expect(barely.text.length, 'a long name is not sent back whole').toBeLessThan(1_000)
  })

  test('rpc.discover answers the document, the same that /openrpc.json has', async () => {
    const printed = await (await fetch(`${partner.url}/openrpc.json`)).json()
    const { json } = await partner.post('{"jsonrpc":"2.0","method":"rpc.discover","id":1}')
    expect(json).toEqual({ jsonrpc: '2.0', result: printed, id: 1 })
    expect(printed).toMatchObject({ openrpc: '1.3.2' })
    expect((await partner.post('{"method":"rpc.discover"}')).json).toEqual(printed)
  })
})

describe('bare calls', () => {
  test('answer the bare result', async () => {
    const { status, json } = await partner.post('{"method":"getClock"}')
    expect({ status, json }).toEqual({ status: 200, json: clock })
  })

  test.each([
    ['without params', '{"method":"getClock"}'],
    ['with empty params', '{"method":"getClock","params":{}}'],
    ['with an id, which is passed over', '{"method":"getClock","id":{"any":"thing"}}'],
    ['with other members', '{"partner":7,"JSONRPC":"1.0","token":"x","method":"getClock","version":[1]}'],
    ['with jsonrpc in the prototype only', '{"__proto__":{"jsonrpc":"2.0"},"method":"getClock"}'],
  ])('%s', async (_how, body) => {
    const { status, json } = await partner.post(body)
    expect({ status, json }).toEqual({ status: 200, json: clock })
  })

  test.each([
    ['nothing in it', '{}', -32600, 'invalid_request', 400],
    ['no method', '{"params":{}}', -32600, 'invalid_request', 400],
    ['a method of another type', '{"method":1}', -32600, 'invalid_request', 400],
    ['params that are a text', '{"method":"getClock","params":"x"}', -32600, 'invalid_request', 400],
    ['params that are null', '{"method":"getClock","params":null}', -32600, 'invalid_request', 400],
    ['params by position', '{"method":"getClock","params":[]}', -32602, 'params_invalid', 400],
    ['a param nobody knows', '{"method":"getClock","params":{"zone":"UTC"}}', -32602, 'params_invalid', 400],
    ['a method nobody knows', '{"method":"nope"}', -32601, 'method_unknown', 404],
  ])('with %s are refused with {error}', async (_what, body, code, reason, status) => {
    const answer = await partner.post(body)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ error: errorOf(code, reason) })
  })

  test('a misspelt param is named, because a number of licences must not get lost', async () => {
    const error = await partner.refusal('createFirstOrder', {
      customer: 'c',
      id: 'o',
      product: 'oo-lite',
      duration: 'monthly',
      licences: 3,
    })
    expect(error.data.issues).toEqual([
      { path: 'licenses', message: 'is required' },
      { path: 'licences', message: 'is not known here' },
    ])
  })
})

describe('bodies that hold no call', () => {
  test.each([
    ['null', 'null'],
    ['a number', '0'],
    ['a text', '"text"'],
    ['true', 'true'],
  ])('%s is no request', async (_what, body) => {
    const { status, json } = await partner.post(body)
    expect(status).toBe(400)
    expect(json).toEqual(strict({ code: -32600, reason: 'invalid_request', id: null }))
  })

  test.each([
    ['nothing', ''],
    ['white space', ' \r\n\t '],
    ['half an object', '{"method":"getClock"'],
    ['two objects', '{"method":"getClock"}{"method":"getClock"}'],
    ['a comma too many', '{"method":"getClock",}'],
    ['single quotes', "{'method':'getClock'}"],
    ['NaN', '{"method":"getClock","params":{"at":NaN}}'],
    ['a comment', '{"method":"getClock"} // now'],
    ['a form', 'method=getClock'],
    ['a real NUL', '{"method":"get\u0000Clock"}'],
  ])('%s cannot be parsed', async (_what, body) => {
    const { status, json } = await partner.post(body)
    expect(status).toBe(400)
    expect(json).toEqual(strict({ code: -32700, reason: 'parse_error', id: null }))
  })

  test.each([
    ['a byte that UTF-8 does not have', Buffer.from('{"method":"getClock","x":"\xff"}', 'latin1')],
    ['an overlong form', Buffer.from('{"method":"getClock","x":"\xc0\xaf"}', 'latin1')],
    ['half a surrogate pair in bytes', Buffer.from('{"method":"getClock","x":"\xed\xa0\x80"}', 'latin1')],
    ['a character that was cut off', Buffer.from('{"method":"getClock","x":"😀"}').subarray(0, -4)],
    ['UTF-16', Buffer.from('\ufeff{"method":"getClock"}', 'utf16le')],
  ])('%s is not UTF-8', async (_what, body) => {
    const headers = { 'x-api-key': partner.key, 'content-type': 'application/json' }
    const answer = await fetch(`${partner.url}/rpc`, { method: 'POST', headers, body: new Uint8Array(body) })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual(strict({ code: -32700, reason: 'parse_error', id: null }))
  })

  test('a byte order mark is passed over, as editors on some systems write one', async () => {
    const { status, json } = await partner.post('\ufeff{"method":"getClock"}')
    expect({ status, json }).toEqual({ status: 200, json: clock })
  })
})
