/** When two requests are the same request, where they differ, and what no text may contain. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical, differingPaths, type Json, unstorable, withoutNulls } from '../../src/rules/canonical.ts'

describe('two requests and where they differ', () => {
  const table: [what: string, one: Json, other: Json, differs: string[]][] = [
    ['the same', { id: 'A', name: 'B' }, { id: 'A', name: 'B' }, []],
    ['other order of members', { id: 'A', name: 'B' }, { name: 'B', id: 'A' }, []],
    [
      'other order, deep down',
      { a: { b: 1, c: [{ d: 1, e: 2 }] } },
      { a: { c: [{ e: 2, d: 1 }], b: 1 } },
      [],
    ],
    ['null is absent', { id: 'A', email: null }, { id: 'A' }, []],
    ['null is absent, deep down', { admin: { email: 'x', phone: null } }, { admin: { email: 'x' } }, []],
    ['an empty object is not absent', { admin: {} }, {}, ['admin']],
    ['an object of nulls is an empty one', { admin: { phone: null } }, { admin: {} }, []],
    ['another value', { id: 'A', name: 'B' }, { id: 'A', name: 'C' }, ['name']],
    ['a member more', { id: 'A' }, { id: 'A', name: 'B' }, ['name']],
    ['several, sorted', { z: 1, a: 1, m: 1 }, { z: 2, a: 2, m: 1 }, ['a', 'z']],
    [
      'the deepest member is named',
      { admin: { email: 'x', phone: '1' } },
      { admin: { email: 'y', phone: '1' } },
      ['admin.email'],
    ],
    ['lists are compared whole', { tags: ['a', 'b'] }, { tags: ['b', 'a'] }, ['tags']],
    ['a list and an object', { tags: [] }, { tags: {} }, ['tags']],
    ['an object that became a text', { a: { b: 1 } }, { a: 'b' }, ['a']],
    ['a number and a text', { licenses: 20 }, { licenses: '20' }, ['licenses']],
    ['the case of letters counts', { id: 'a' }, { id: 'A' }, ['id']],
    ['no white space is smoothed over', { name: 'A ' }, { name: 'A' }, ['name']],
    ['composed and decomposed letters differ', { name: '\u00e9' }, { name: 'e\u0301' }, ['name']],
    [
      'names that objects inherit are ordinary names',
      { constructor: 1 },
      { toString: 1 },
      ['constructor', 'toString'],
    ],
    ['one number, spelt in two ways', JSON.parse('{"n":1e2}') as Json, { n: 100 }, []],
    ['null in a list counts', { a: [null] }, { a: [] }, ['a']],
  ]
  test.each(table)('%s', (_what, one, other, differs) => {
    expect(differingPaths(one, other)).toEqual(differs)
    expect(differingPaths(other, one)).toEqual(differs)
    expect(canonical(one) === canonical(other)).toBe(differs.length === 0)
  })

  test('the spelling itself, which stands in the database for ever', () => {
    const value: Json = { b: [1, { d: 'é"', c: true }], a: null, B: -0.5, aa: {} }
    expect(canonical(value)).toBe('{"B":-0.5,"aa":{},"b":[1,{"c":true,"d":"é\\""}]}')
  })

  test('whatever is said: shuffled and with nulls strewn in it is the same, and reading it back changes nothing', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean())
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    }))
    fc.assert(
      fc.property(value, (said) => {
        const text = canonical(said)
        expect(canonical(reversedWithNulls(said))).toBe(text)
        expect(canonical(JSON.parse(text) as Json)).toBe(text)
        expect(differingPaths(said, reversedWithNulls(said))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

function reversedWithNulls(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(reversedWithNulls)
  const entries = Object.entries(value).map(([name, member]) => [name, reversedWithNulls(member)] as const)
  return Object.fromEntries([['not in the other', null], ...entries.reverse()])
}

describe('null means absent', () => {
  const table: [sent: Json, left: Json][] = [
    [{ a: null, b: 1 }, { b: 1 }],
    [{ a: { b: null, c: { d: null } } }, { a: { c: {} } }],
    [{ a: [null, { b: null }] }, { a: [null, {}] }],
    [null, null],
    ['text', 'text'],
  ]
  test.each(table)('%j becomes %j', (sent, left) => {
    expect(withoutNulls(sent)).toEqual(left)
  })
})

describe('what cannot be stored, wherever it stands', () => {
  const nul = 'must not contain the character NUL'
  const lone = 'must be valid Unicode text, without lone surrogates'
  const name = 'has a member whose name is not storable text'
  const table: [sent: string, issues: { path: string; message: string }[]][] = [
    ['{"name":"fine 😀"}', []],
    ['{"name":"a\\u0000b"}', [{ path: 'name', message: nul }]],
    ['{"name":"\\ud83d"}', [{ path: 'name', message: lone }]],
    ['{"name":"\\ude00\\ud83d"}', [{ path: 'name', message: lone }]],
    ['{"tags":["a","\\u0000"]}', [{ path: 'tags.1', message: nul }]],
    ['{"metadata":{"deep":{"er":"\\u0000"}}}', [{ path: 'metadata.deep.er', message: nul }]],
    ['{"metadata":{"a\\u0000":1}}', [{ path: 'metadata', message: name }]],
    ['{"metadata":{"\\udc00":1}}', [{ path: 'metadata', message: name }]],
    ['{"__proto__":1}', [{ path: '__proto__', message: 'is not a name that can be used' }]],
    [
      '{"metadata":{"__proto__":{"x":1}}}',
      [{ path: 'metadata.__proto__', message: 'is not a name that can be used' }],
    ],
    [
      '{"a":"\\u0000","b":["\\ud800"]}',
      [
        { path: 'a', message: nul },
        { path: 'b.0', message: lone },
      ],
    ],
    ['"\\u0000"', [{ path: '', message: nul }]],
    ['[1,true,null]', []],
  ]
  test.each(table)('%s', (sent, issues) => {
    expect(unstorable(JSON.parse(sent) as Json)).toEqual(issues)
  })
})
