/**
 * Hostile and broken input. Whatever is sent, the answer is a declared one, nothing internal is told, nothing is half
 * done, and the next caller is served.
 */
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import type { WireError } from '../../src/faults.ts'
import { registry } from '../../src/methods/index.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { expectDeclared, expectDeclaredForm } from './declared.ts'

/** `FUZZ_SEED=<number>` plays the random cases of an earlier run again. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)

let house: House
/** A sandbox with all scopes, so that no method refuses for want of a scope or of a clock. */
let partner: TestPartner
const logged: unknown[] = []

beforeAll(async () => {
  const note = (...told: unknown[]): void => void logged.push(told)
  house = await openHouse({ log: { debug() {}, info() {}, warn: note, error: note } })
  partner = await house.partner({ sandbox: true })
  await partner.call('createCustomer', { id: 'c', name: 'Customer' })
  const sale = { customer: 'c', product: 'oo-lite', licenses: 1, duration: 'yearly' } as const
  await partner.call('createFirstOrder', { ...sale, id: 'o' })
  await partner.call('createLicense', { customer: 'c', edition: 'oo-std', id: 'l' })
  await partner.call('createConsumer', { customer: 'c', id: 'p' })
})
afterEach(async () => {
  // Whatever a test has sent, the same server serves the next caller. Random calls may have renamed the customer.
  expect(await partner.call('getCustomer', { id: 'c' })).toHaveProperty('customerId')
  expect(logged.splice(0), 'nothing unexpected has happened').toEqual([])
})
afterAll(() => house.close())

type Issue = { path: string; message: string }

async function issuesOf(method: string, params: unknown): Promise<Issue[]> {
  const body = typeof params === 'string' ? `{"method":"${method}","params":${params}}` : { method, params }
  const { status, json } = await partner.post(body)
  const { error } = json as { error?: WireError }
  expect({ status, reason: error?.data.reason }).toEqual({ status: 400, reason: 'params_invalid' })
  return error?.data.issues as Issue[]
}

describe('text that cannot be kept', () => {
  const places: [string, (text: string) => object, string][] = [
    ['an id', (text) => ({ id: text, name: 'x' }), 'id'],
    ['a name', (text) => ({ id: 'x', name: text }), 'name'],
    ['a tag', (text) => ({ id: 'x', name: 'x', tags: ['ok', text] }), 'tags.1'],
    [
      'a member of admin',
      (text) => ({ id: 'x', name: 'x', admin: { displayName: text } }),
      'admin.displayName',
    ],
    ['a member of the address', (text) => ({ id: 'x', name: 'x', address: { city: text } }), 'address.city'],
    ['a value in metadata', (text) => ({ id: 'x', name: 'x', metadata: { a: text } }), 'metadata.a'],
    ['a name in metadata', (text) => ({ id: 'x', name: 'x', metadata: { [text]: 'a' } }), 'metadata'],
    ['a name of a param', (text) => ({ id: 'x', name: 'x', [text]: 'a' }), ''],
    [
      'a value nobody asked for',
      (text) => ({ id: 'x', name: 'x', other: [[{ deep: text }]] }),
      'other.0.0.deep',
    ],
  ]
  test.each(
    places.flatMap(([where, make, path]) =>
      [
        ['NUL', 'a\u0000b'],
        ['half a surrogate pair', '\ud83d'],
        ['the other half', 'a\ude00b'],
        ['two halves in the wrong order', '\ude00\ud83d'],
      ].map(([what, text]) => [what, where, make(text as string), path] as const),
    ),
  )('%s in %s', async (_what, _where, params, path) => {
    expect((await issuesOf('createCustomer', params)).map((issue) => issue.path)).toContain(path)
    expect(await partner.refusal('getCustomer', { id: 'x' })).toMatchObject({ code: 1001 })
  })
})

describe('ids', () => {
  const most = 255
  test.each([
    ['one character', 'i'],
    ['255 characters', 'i'.repeat(most)],
    ['255 characters outside the basic plane', '😀'.repeat(most)],
    ['letters of all scripts', 'Ž-用户-العميل-Ω'],
    ['spaces and signs', ' a "b" \\c /d %e; drop table customer --'],
    ['the name of a member that every object has', 'constructor'],
    ['__proto__ as a value', '__proto__'],
  ])('%s is an id, and comes back as it was sent', async (_what, id) => {
    expect(await partner.call('createCustomer', { id, name: 'Odd id' })).toMatchObject({ remoteId: id })
    expect(await partner.call('getCustomer', { id })).toMatchObject({ remoteId: id, name: 'Odd id' })
  })

  test.each([
    ['no character', ''],
    ['256 characters', 'i'.repeat(most + 1)],
    ['256 characters outside the basic plane', '😀'.repeat(most + 1)],
    ['a line break', 'a\nb'],
    ['a tab', 'a\tb'],
    ['escape', '\u001b[31m'],
    ['delete', 'a\u007f'],
    ['a C1 control', 'a\u0085'],
    ['a zero-width space', 'a\u200bb'],
    ['a zero-width joiner', 'a\u200db'],
    ['a byte order mark', '\ufeffa'],
    ['a mark that turns the direction', 'a\u202eb'],
    ['a line separator', 'a\u2028b'],
    ['a private character', 'a\ue000b'],
  ])('%s is no id', async (_what, id) => {
    for (const [method, params] of [
      ['createCustomer', { id, name: 'x' }],
      ['getCustomer', { id }],
      ['renameCustomer', { id: 'c', newId: id }],
      ['getOrder', { id }],
      ['createFirstOrder', { customer: 'c', id, product: 'oo-lite', licenses: 1, duration: 'monthly' }],
    ] as const) {
      const issues = await issuesOf(method, params)
      expect(issues, method).toHaveLength(1)
      expect(issues[0]?.path, method).toBe(method === 'renameCustomer' ? 'newId' : 'id')
    }
  })

  test('names of people may have joiners and marks, but no control characters', async () => {
    const name = 'Family \u{1f468}\u200d\u{1f469}\u200d\u{1f467}, ltd.'
    expect(await partner.call('createCustomer', { id: 'joined', name })).toMatchObject({ name })
    expect(await issuesOf('createCustomer', { id: 'x', name: 'a\u0007b' })).toHaveLength(1)
  })
})

describe('names that every object has', () => {
  test('__proto__ is refused wherever it stands, and changes nothing', async () => {
    for (const [params, path] of [
      ['{"id":"x","name":"x","__proto__":{"isAdmin":true}}', '__proto__'],
      ['{"id":"x","name":"x","metadata":{"__proto__":"a"}}', 'metadata.__proto__'],
      ['{"id":"x","name":"x","metadata":{"__proto__":{"polluted":1}}}', 'metadata.__proto__'],
      ['{"id":"x","name":"x","admin":{"__proto__":{"email":"a@b.c"}}}', 'admin.__proto__'],
    ] as const)
      expect((await issuesOf('createCustomer', params)).map((issue) => issue.path)).toContain(path)
    const patch = '{"id":"c","metadata":{"__proto__":null}}'
    expect((await issuesOf('updateCustomer', patch)).map((issue) => issue.path)).toContain(
      'metadata.__proto__',
    )
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('the others are ordinary names in metadata, and nobody’s params', async () => {
    const metadata = { constructor: 'a', toString: 'b', hasOwnProperty: 'c', valueOf: 'd', prototype: 'e' }
    await partner.call('createCustomer', { id: 'named', name: 'x', metadata } as never)
    expect((await partner.call('getCustomer', { id: 'named' })).metadata).toEqual(metadata)
    await partner.call('updateCustomer', {
      id: 'named',
      metadata: { toString: null, valueOf: 'new' },
    } as never)
    const { toString: _gone, ...rest } = metadata
    expect((await partner.call('getCustomer', { id: 'named' })).metadata).toEqual({ ...rest, valueOf: 'new' })
    const issues = await issuesOf(
      'createCustomer',
      '{"id":"x","name":"x","constructor":1,"toString":2,"hasOwnProperty":3}',
    )
    expect(issues).toEqual(
      ['constructor', 'toString', 'hasOwnProperty'].map((path) => ({ path, message: 'is not known here' })),
    )
  })
})

describe('far too much', () => {
  const many = (count: number, member: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => member(index)).join(',')

  test.each([
    [
      'an object',
      'createCustomer',
      `{"metadata":{${many(1_001, (index) => `"n${index}":{}`)}}}`,
      'metadata',
      1_000,
    ],
    ['a list', 'createCustomer', `{"tags":[${many(10_001, () => '{}')}]}`, 'tags', 10_000],
    ['params', 'getClock', `{${many(1_001, (index) => `"n${index}":1`)}}`, '', 1_000],
    [
      'what is to be played',
      'preview',
      `{"params":{"metadata":{${many(1_001, (index) => `"n${index}":1`)}}}}`,
      'params.metadata',
      1_000,
    ],
  ])('%s is not looked into', async (_what, method, params, path, most) => {
    expect(await issuesOf(method, params)).toEqual([{ path, message: `must have at most ${most} members` }])
  })

  test('of very many problems the first are told', async () => {
    const issues = await issuesOf('createCustomer', `{"tags":[${many(10_000, () => '"\\u0000"')}]}`)
    expect(issues).toHaveLength(201)
    expect(issues.at(-1)).toEqual({ path: '', message: 'and 9800 more problems' })
  })
})

describe('numbers', () => {
  const sale = '"customer":"c","id":"x","product":"oo-lite","duration":"monthly"'
  test.each([
    '0',
    '-1',
    '1.5',
    '1e-400',
    '10000001',
    '9007199254740993',
    '1e20',
    '1e400',
    '-1e400',
    '"1"',
    'true',
    '[1]',
  ])('%s is no number of licences', async (licenses) => {
    const issues = await issuesOf('createFirstOrder', `{${sale},"licenses":${licenses}}`)
    expect(issues.map(({ path }) => path)).toEqual(['licenses'])
  })

  test('a number is what it says, however it is written', async () => {
    for (const [id, licenses] of [
      ['n1', '1e1'],
      ['n2', '10.0'],
      ['n3', '10000000'],
    ]) {
      const params = `{${sale.replace('"x"', `"${id}"`)},"licenses":${licenses}}`
      const { status, json } = await partner.post(`{"method":"createFirstOrder","params":${params}}`)
      expect({ status, json }).toMatchObject({ status: 200, json: { licenses: Number(licenses) } })
    }
  })

  test('metadata keeps numbers of any size, and refuses what is beyond all of them', async () => {
    const metadata = { tiny: 5e-324, huge: 1.7976931348623157e308, large: 2 ** 53, below: -0.1, zero: -0 }
    await partner.call('createCustomer', { id: 'numbers', name: 'x', metadata })
    expect((await partner.call('getCustomer', { id: 'numbers' })).metadata).toEqual({ ...metadata, zero: 0 })
    const issues = await issuesOf('createCustomer', '{"id":"x","name":"x","metadata":{"a":1e400,"b":-1e400}}')
    expect(issues.map(({ path }) => path)).toEqual(['metadata.a', 'metadata.b'])
  })

  test.each([
    ['listEvents', 'after', ['-1', '0.5', '9007199254740992', '1e400', '"0"']],
    ['listCustomers', 'limit', ['0', '-1', '501', '1.5', '1e400']],
    ['advanceClock', 'days', ['-1', '0.5', '18301', '1e400']],
    ['updateCustomer', 'ifVersion', ['0', '-1', '1.5', '1e400', '9007199254740993']],
  ] as const)('%s: %s', async (method, param, values) => {
    for (const value of values) {
      const id = method === 'updateCustomer' ? '"id":"c",' : ''
      const issues = await issuesOf(method, `{${id}"${param}":${value}}`)
      expect(
        issues.map(({ path }) => path),
        value,
      ).toEqual([param])
    }
  })

  test('the largest numbers that are allowed are looked up like any other', async () => {
    const { next } = await partner.call('listEvents', { after: Number.MAX_SAFE_INTEGER })
    expect(next).toBe(Number.MAX_SAFE_INTEGER)
    const filtered = { after: Number.MAX_SAFE_INTEGER, types: ['order.created' as const] }
    expect((await partner.call('listEvents', filtered)).events).toEqual([])
    const error = await house.operator.refusal('updatePartner', {
      partner: Number.MAX_SAFE_INTEGER,
      name: 'x',
    })
    expect(['partner_unknown', 'params_invalid']).toContain(error.data.reason)
  })
})

describe('dates', () => {
  // The house opens at 2026-03-01T12:00:00Z, where the sandbox's clock has stayed.
  const sale = { customer: 'c', product: 'oo-lite', licenses: 1, duration: 'monthly' } as const
  test.each([
    ['2016-03-01T12:00:00Z', 'ten years back'],
    ['2028-03-01T12:00:00Z', 'two years ahead'],
    ['2024-02-29', 'a leap day'],
    ['2026-03-01T23:59:59.999+14:00', 'an offset'],
    ['2026-03-01 12:00:00z', 'small letters and a space, as RFC 3339 allows'],
  ])('%s is taken: %s', async (startsAt) => {
    expect(await partner.call('createFirstOrder', { ...sale, id: startsAt, startsAt })).toHaveProperty(
      'termEnd',
    )
  })

  test.each([
    ['2016-02-29T12:00:00Z', 'ten years and a day back'],
    ['2016-03-01T11:59:59Z', 'ten years and a second back'],
    ['2028-03-02T12:00:00Z', 'two years and a day ahead'],
    ['2028-03-01T12:00:01Z', 'two years and a second ahead'],
    ['2026-02-30', 'a day that February does not have'],
    ['2026-02-29', 'a leap day in a common year'],
    ['2026-04-31T00:00:00Z', 'the 31st of April'],
    ['2026-13-01', 'a thirteenth month'],
    ['2026-00-10', 'a month 0'],
    ['2026-01-00', 'a day 0'],
    ['9999-99-99', 'nines'],
    ['9999-12-31', 'the end of the calendar'],
    ['10000-01-01', 'the year 10000'],
    ['+010000-01-01T00:00:00Z', 'the year 10000 as JavaScript writes it'],
    ['0000-00-00', 'zeros'],
    ['-000001-01-01', 'before our era'],
    ['2026-3-1', 'single digits'],
    ['01.03.2026', 'another order'],
    ['2026-03-01T24:00:00Z', 'hour 24'],
    ['2026-03-01T12:60:00Z', 'minute 60'],
    ['2026-03-01T12:00:60Z', 'second 60'],
    ['2026-03-01T12:00:00', 'no zone'],
    ['2026-03-01T12:00Z', 'no seconds'],
    ['2026-03-01T12:00:00+24:00', 'an offset of a day'],
    ['9999-12-31T23:59:59-23:59', 'past the end of the calendar by its offset'],
    ['yesterday', 'a word'],
    ['now()', 'a function'],
    ['', 'nothing'],
    [' 2026-03-01', 'a space before'],
    ['2026-03-01\n', 'a line break behind'],
    ['٢٠٢٦-٠٣-٠١', 'other digits'],
    [-1, 'before 1970'],
    [1.5, 'half a second'],
    [2 ** 53, 'beyond 2^53'],
    [1_772_366_400_000, 'milliseconds'],
    [true, 'true'],
    [{}, 'an object'],
    [['2026-03-01'], 'an array'],
  ] as [unknown, string][])('%j is refused: %s', async (startsAt) => {
    const issues = await issuesOf('createFirstOrder', { ...sale, id: 'never', startsAt })
    expect(issues.map(({ path }) => path)).toEqual(['startsAt'])
    expect(await partner.refusal('getOrder', { id: 'never' })).toMatchObject({ code: 1002 })
  })

  test('the end of the calendar is a date like any other where nothing forbids it', async () => {
    const key = await partner.call('createApiKey', {
      name: 'for ever',
      scopes: ['read'],
      expiresAt: '9999-12-31',
    })
    expect(key.expiresAt).toBe(253_402_300_800)
    const { items } = await partner.call('listApiKeys', {})
    expect(items.find(({ keyId }) => keyId === key.keyId)?.expiresAt).toBe(253_402_300_800)
  })
})

describe('how much at once', () => {
  const call = (id: number): string =>
    `{"jsonrpc":"2.0","id":${id},"method":"createCustomer","params":{"id":"batch-${id}","name":"x"}}`

  test('1,000 members are carried out', async () => {
    const caller = await house.partner()
    const { status, json } = await caller.post(
      `[${Array.from({ length: 1_000 }, (_, id) => call(id)).join(',')}]`,
    )
    expect(status).toBe(200)
    const replies = json as { id: number; result?: { remoteId: string } }[]
    expect(replies.map(({ id }) => id)).toEqual(Array.from({ length: 1_000 }, (_, id) => id))
    expect(replies.every(({ id, result }) => result?.remoteId === `batch-${id}`)).toBe(true)
  })

  test.each([1_001, 5_000])('%i members are refused as a whole, and nothing is run', async (members) => {
    const caller = await house.partner()
    const { status, json } = await caller.post(
      `[${Array.from({ length: members }, (_, id) => call(id)).join(',')}]`,
    )
    expect(status).toBe(400)
    expect(json).toMatchObject({
      jsonrpc: '2.0',
      id: null,
      error: { code: -32600, data: { reason: 'batch_too_large', limit: 1_000, members, retryable: false } },
    })
    expect((await caller.call('listCustomers', {})).items).toEqual([])
  })

  test('lists in params have limits of their own', async () => {
    const issues = await issuesOf('createCustomer', { id: 'x', name: 'x', tags: Array(5_000).fill('tag') })
    expect(issues).toEqual([{ path: 'tags', message: 'must have at most 50 members' }])
    const metadata = Object.fromEntries(Array.from({ length: 51 }, (_, number) => [`n${number}`, number]))
    expect((await issuesOf('createCustomer', { id: 'x', name: 'x', metadata })).map(({ path }) => path)) //
      .toEqual(['metadata'])
  })

  test('50 tags and 50 members of metadata are still taken', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, number) => [`n${number}`, number]))
    const tags = Object.keys(metadata)
    await partner.call('createCustomer', { id: 'full', name: 'x', tags, metadata })
    expect(await partner.call('getCustomer', { id: 'full' })).toMatchObject({ tags, metadata })
  })
})

describe('depth', () => {
  const nested = (depth: number, open = '[', close = ']'): string => open.repeat(depth) + close.repeat(depth)
  /** A call whose brackets stand so many deep: two of its own, the rest in a param. */
  const deepCall = (depth: number, envelope: string): string =>
    `{${envelope}"method":"createCustomer","params":{"id":"deep","name":"x","other":${nested(depth - 2)}}}`

  test('32 deep is read, 33 deep is refused in the dialect of the body', async () => {
    expect(await issuesOf('createCustomer', `{"id":"deep","name":"x","other":${nested(30)}}`)).toEqual([
      { path: 'other', message: 'is not known here' },
    ])
    const bare = await partner.post(deepCall(33, ''))
    expect(bare).toMatchObject({ status: 400, json: { error: { data: { reason: 'invalid_request' } } } })
    expect(Object.keys(bare.json as object)).toEqual(['error'])
    const strict = await partner.post(deepCall(33, '"jsonrpc":"2.0","id":1,'))
    expect(strict).toMatchObject({ status: 400, json: { jsonrpc: '2.0', id: null } })
  })

  test('in an array the array itself counts, and one deep member has the whole body refused', async () => {
    const caller = await house.partner()
    const good = '{"jsonrpc":"2.0","id":1,"method":"createCustomer","params":{"id":"shallow","name":"x"}}'
    const { status, json } = await caller.post(`[${good},${deepCall(32, '"jsonrpc":"2.0","id":2,')}]`)
    expect(status).toBe(400)
    expect(json).toMatchObject({ jsonrpc: '2.0', id: null, error: { data: { reason: 'invalid_request' } } })
    expect((await caller.call('listCustomers', {})).items).toEqual([])
    const shallower = await caller.post(`[${good},${deepCall(31, '"jsonrpc":"2.0","id":2,')}]`)
    expect(shallower.json).toMatchObject([
      { id: 1, result: {} },
      { id: 2, error: { code: -32602 } },
    ])
  })

  test('20,000 deep is refused like 33', async () => {
    for (const body of [
      nested(20_000),
      nested(20_000, '{"a":', '}').replace('}', '0}'),
      `[${nested(500_000)}]`,
    ]) {
      const { status, json } = await partner.post(body)
      expect(status).toBe(400)
      expect(json).toMatchObject({ error: { code: -32600, data: { reason: 'invalid_request' } } })
    }
    const unclosed = await partner.post('['.repeat(20_000))
    expect(unclosed).toMatchObject({ status: 400, json: { error: { code: -32700 } } })
  })

  test('brackets inside texts are no depth', async () => {
    const name = `"${'[{'.repeat(100)}\\"`.slice(1, -2)
    expect(await partner.call('createCustomer', { id: 'brackets', name })).toMatchObject({ name })
    expect(await partner.call('createCustomer', { id: 'quotes', name: '\\"[["\\[[' })).toHaveProperty('id')
  })
})

describe('all problems at once', () => {
  test('each with its path, in the caller’s words', async () => {
    const issues = await issuesOf('createCustomer', {
      id: '',
      name: 5,
      kind: 'company',
      admin: { email: 'nobody', role: 'owner' },
      address: { country: 'de', planet: 'earth' },
      tags: ['ok', 7, null],
      metadata: { list: [], object: {}, long: 'x'.repeat(1_001), fine: true },
      timeZone: 'Mars/Olympus',
      customerId: '1234',
      colour: 'red',
    })
    const paths = issues.map(({ path }) => path)
    expect([...paths].sort()).toEqual([
      'address.country',
      'address.planet',
      'admin.email',
      'admin.role',
      'colour',
      'customerId',
      'id',
      'kind',
      'metadata.list',
      'metadata.long',
      'metadata.object',
      'name',
      'tags.1',
      'tags.2',
      'timeZone',
    ])
    expect(Object.fromEntries(issues.map(({ path, message }) => [path, message]))).toMatchObject({
      name: 'must be a text',
      kind: 'must be "organization" or "person"',
      colour: 'is not known here',
      'metadata.list': 'must be a text or a number or true or false',
      'metadata.long': 'must have at most 1000 characters',
      'tags.1': 'must be a text',
    })
  })

  test('null means absent, at any depth, except where it clears', async () => {
    const made = await partner.call('createCustomer', {
      id: 'nulls',
      name: 'x',
      admin: { email: 'a@b.example', phone: null },
      address: null,
      metadata: { gone: null, kept: 1 },
    } as never)
    const again = await partner.call('createCustomer', {
      id: 'nulls',
      name: 'x',
      admin: { email: 'a@b.example' },
      metadata: { kept: 1 },
    })
    expect(again).toEqual(made)
    expect(await partner.call('getCustomer', { id: 'nulls' })).toMatchObject({
      metadata: { kept: 1 },
      address: null,
    })
    await partner.call('updateCustomer', { id: 'nulls', metadata: null, admin: { email: null } })
    expect(await partner.call('getCustomer', { id: 'nulls' })).toMatchObject({ metadata: {}, admin: {} })
    expect((await issuesOf('createCustomer', { id: null, name: null })).map(({ path }) => path)).toEqual([
      'name',
    ])
  })
})

describe('cursors that no list has answered', () => {
  const forged = (text: string): string => Buffer.from(text).toString('base64url')
  const cursors = [
    ['no base64', '!!!'],
    ['empty', forged('')],
    ['no JSON', forged('x')],
    ['no array', forged('{}')],
    ['too few', forged('[]')],
    ['too many', forged('[1,2,3,4,5,6]')],
    ['half a number', forged('[1.5]')],
    ['a huge number', forged('[1e300]')],
    ['beyond all numbers', forged('[1e400]')],
    ['beyond 2^53', forged('[12345678901234567890]')],
    ['below zero', forged('[-1]')],
    ['a text', forged('["x"]')],
    ['NUL', forged('["\\u0000"]')],
    ['half a surrogate pair', forged('["\\ud800"]')],
    ['null', forged('[null]')],
    ['two numbers', forged('[1e300,1.5]')],
    ['a number and a text', forged('[1.5,"\\u0000"]')],
    ['a text and a number', forged('["\\u0000",1e300]')],
  ] as const
  const lists = Object.entries(registry).filter(([, { params }]) => Object.hasOwn(shapeOf(params), 'cursor'))

  test('there are lists to try them on', () => expect(lists.length).toBeGreaterThan(3))

  test.each(cursors)('%s', async (_what, cursor) => {
    for (const caller of [partner, house.operator]) {
      const replies = await caller.batch(lists.map(([method]) => ({ method, params: { cursor } })))
      for (const [index, [method]] of lists.entries())
        expectDeclared(method, replies[index] as { error?: WireError }, { cursor })
    }
  })
})

function shapeOf(params: z.ZodType): Record<string, unknown> {
  return (params as z.ZodObject).shape ?? {}
}

/** Params that each method takes, so that one of them at a time can be spoiled. */
const fitting: Record<string, Record<string, unknown>> = {
  createCustomer: { id: 'f-1', name: 'x' },
  updateCustomer: { id: 'c', name: 'Customer' },
  renameCustomer: { id: 'c', newId: 'c' },
  getCustomer: { id: 'c' },
  findCustomers: { email: 'a@b.example' },
  createFirstOrder: { customer: 'c', id: 'f-2', product: 'oo-lite', licenses: 1, duration: 'monthly' },
  createRenewalOrder: { parent: 'o', id: 'f-3' },
  cancelOrder: { id: 'n1' },
  uncancelOrder: { id: 'o' },
  suspendOrder: { id: 'o' },
  resumeOrder: { id: 'o' },
  changeOrder: { id: 'o', licenses: 2 },
  getOrder: { id: 'o' },
  preview: { method: 'createCustomer', params: { id: 'f-4', name: 'x' } },
  createLicense: { customer: 'c', edition: 'oo-std', id: 'f-5' },
  updateLicense: { id: 'l', product: 'oo', name: 'x' },
  revokeLicenses: { customer: 'c', contract: 'none' },
  getLicense: { id: 'l', product: 'oo' },
  checkEntitlement: { customer: 'c', edition: 'oo-std' },
  createConsumer: { customer: 'c', id: 'f-6' },
  updateConsumer: { id: 'p', displayName: 'x' },
  getConsumer: { id: 'p' },
  grantAccess: { customer: 'c', consumer: 'p' },
  revokeAccess: { customer: 'c', consumer: 'p' },
  createApiKey: { name: 'x', scopes: ['read'] },
  revokeApiKey: { keyId: 'none' },
  createPartner: { name: 'x' },
  updatePartner: { partner: 0, name: 'x' },
  createProduct: { code: 'f-7', name: 'x' },
  createEdition: { code: 'f-8', product: 'oo', name: 'x' },
  updateEdition: { code: 'oo-ent', name: 'x' },
  setClock: { at: '2026-03-02' },
  advanceClock: { seconds: 1 },
}

const junk: unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 53,
  '',
  'x',
  '0',
  'null',
  "'; drop table partner; --",
  '%s%n{{7*7}}',
  '../../etc/passwd',
  'x'.repeat(10_000),
  '00000000-0000-0000-0000-000000000000',
  '9999-12-31',
  '\u0000',
  '\ud800',
  [],
  [null],
  ['x'],
  [[]],
  {},
  { x: 1 },
  { constructor: 1 },
  { id: {} },
]

/** Who may call a method: the operator where it belongs to the installation, else a sandbox with everything. */
function callerOf(method: string): TestPartner {
  return registry[method]?.scopes.some((scope) => scope === 'operator') ? house.operator : partner
}

describe('every method, each param replaced by what does not belong there', () => {
  test.each(Object.keys(registry))('%s', async (method) => {
    const names = [...Object.keys(shapeOf(registry[method]?.params as z.ZodType)), 'unheardOf', '__proto__']
    const spoiled = names.flatMap((name) =>
      junk.flatMap((value) => [{ [name]: value }, { ...fitting[method], [name]: value }]),
    )
    const whole = [undefined, {}, [], [fitting[method] ?? {}], ...(fitting[method] ? [fitting[method]] : [])]
    const calls = [...spoiled, ...whole].map((params) => ({
      method,
      ...(params === undefined ? {} : { params }),
    }))
    for (let from = 0; from < calls.length; from += 500) {
      const part = calls.slice(from, from + 500)
      const replies = await callerOf(method).batch(part)
      expect(replies).toHaveLength(part.length)
      for (const [index, reply] of replies.entries()) expectDeclared(method, reply, part[index])
    }
  })

  test('preview, with each method’s junk inside', async () => {
    const inner = Object.keys(fitting)
    const calls = inner.flatMap((method) =>
      junk.flatMap((value) => [
        { method: 'preview', params: { method, params: value } },
        { method: 'preview', params: { method, params: { ...fitting[method], id: value } } },
        { method: 'preview', params: { method, params: fitting[method], at: value } },
      ]),
    )
    for (let from = 0; from < calls.length; from += 500) {
      const part = calls.slice(from, from + 500)
      const replies = await partner.batch(part)
      for (const [index, reply] of replies.entries()) {
        expectDeclared('preview', reply, part[index])
        const { ok, error } = (reply.result ?? {}) as { ok?: boolean; error?: WireError }
        if (ok === false) expectDeclared(part[index]?.params.method as string, { error }, part[index])
      }
    }
  })
})

describe(`random input (FUZZ_SEED=${seed})`, () => {
  const text = fc.oneof(
    fc.constantFrom(
      'c',
      'o',
      'l',
      'p',
      'oo',
      'oo-lite',
      'monthly',
      'now',
      '2026-03-01',
      '2026-03-01T12:00:00Z',
      'W10',
      'read',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.uuid(),
    fc.emailAddress(),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify([value])).toString('base64url')),
  )
  const value = fc.oneof(
    text,
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(text, { maxLength: 5 }),
    fc.dictionary(text, text, { maxKeys: 4 }),
    fc.jsonValue({ maxDepth: 4 }),
  )
  const methodNames = Object.keys(registry)
  const someCall = fc.constantFrom(...methodNames).chain((method) => {
    const names = Object.keys(shapeOf(registry[method]?.params as z.ZodType))
    const spoilt = fc.dictionary(
      fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...names, 'id') }, { weight: 1, arbitrary: text }),
      value,
      { maxKeys: 4 },
    )
    const based = fc.boolean().map((isBased) => (isBased ? fitting[method] : {}))
    return fc.tuple(based, spoilt).map(([base, params]) => ({ method, params: { ...base, ...params } }))
  })

  test('random params of random methods are answered in declared shapes, and nothing breaks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someCall, { minLength: 60, maxLength: 60 }), async (calls) => {
        for (const caller of [partner, house.operator]) {
          const own = calls.filter(({ method }) => callerOf(method) === caller)
          const replies = own.length === 0 ? [] : await caller.batch(own)
          for (const [index, reply] of replies.entries()) {
            const sent = own[index] as (typeof own)[number]
            expectDeclared(sent.method, reply, sent)
          }
        }
        expect((await partner.post('{"method":"getClock"}')).status).toBe(200)
      }),
      { seed, numRuns: 40, endOnFailure: true },
    )
  })

  test('random bodies are answered in declared forms, and the next good call is served', async () => {
    const envelope = fc.record(
      {
        jsonrpc: fc.oneof({ weight: 4, arbitrary: fc.constant('2.0') }, { weight: 1, arbitrary: value }),
        method: fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom(...methodNames) },
          { weight: 1, arbitrary: value },
        ),
        params: value,
        id: value,
      },
      { requiredKeys: [] },
    )
    const someBody = fc.oneof(
      envelope.map((members) => JSON.stringify(members)),
      fc.array(fc.oneof(envelope, value), { maxLength: 6 }).map((members) => JSON.stringify(members)),
      fc.json({ maxDepth: 40 }),
      fc.string({ unit: 'binary', maxLength: 200 }),
      // A good body with one piece cut out or doubled.
      fc.tuple(envelope, fc.nat(200), fc.nat(20), fc.boolean()).map(([members, from, length, doubled]) => {
        const body = JSON.stringify(members)
        const cut = body.slice(from, from + length)
        return doubled
          ? body.slice(0, from) + cut + cut + body.slice(from + length)
          : body.slice(0, from) + body.slice(from + length)
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(someBody, { minLength: 20, maxLength: 20 }), async (bodies) => {
        await Promise.all(
          bodies.map(async (body) => {
            const { status, text: answered } = await partner.post(body)
            expectDeclaredForm(status, answered, body)
          }),
        )
        expect((await partner.post('{"method":"getClock"}')).status).toBe(200)
      }),
      { seed, numRuns: 60, endOnFailure: true },
    )
  })
})
