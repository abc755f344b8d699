/** What is made of the text in a form, and which text stands in a form for what is there. */
import { describe, expect, test } from 'vitest'
import type { Field, FieldKind } from '../../../src/console/actions/action.ts'
import { paramsOf, shown, typed } from '../../../src/console/actions/values.ts'

const field = (kind: FieldKind, over: Partial<Field> = {}): Field => ({
  name: 'it',
  label: 'It',
  kind,
  ...over,
})

describe('what is typed into an empty form', () => {
  const table: [why: string, field: Field, text: string, params: object][] = [
    ['text goes as it is', field('text'), 'ABC', { it: 'ABC' }],
    ['nothing is not sent', field('text'), '', {}],
    [
      'nothing is sent where something is needed, so that the method says so',
      field('text', { isRequired: true }),
      '',
      { it: '' },
    ],
    ['a whole number', field('number'), '-12', { it: -12 }],
    ['what is no number stays text', field('number'), '1.5', { it: '1.5' }],
    ['Unix seconds', field('moment'), '1772366400', { it: 1_772_366_400 }],
    ['a day', field('moment'), '2026-03-01', { it: '2026-03-01' }],
    ['yes', field('yesNo'), 'yes', { it: true }],
    ['no', field('yesNo'), 'no', { it: false }],
    ['lines, without empty ones', field('lines'), ' a \n\n b', { it: ['a', 'b'] }],
    ['boxes', field('several'), 'a\nb', { it: ['a', 'b'] }],
    ['pairs', field('pairs'), 'a = 1\nb=two = 2\n c=', { it: { a: '1', 'b=two': '2', c: '' } }],
    [
      'pairs of numbers',
      field('pairs', { areNumbers: true }),
      'files = 500\nbad = x',
      { it: { files: 500, bad: 'x' } },
    ],
    [
      'a member within another',
      field('text', { name: 'admin.email' }),
      'a@b.de',
      { admin: { email: 'a@b.de' } },
    ],
  ]
  for (const [why, one, text, params] of table)
    test(why, () => {
      expect(paramsOf([one], { [one.name]: text })).toEqual({ params, issues: [] })
    })

  test('members within another stand together', () => {
    const fields = [field('text', { name: 'admin.email' }), field('text', { name: 'admin.phone' })]
    expect(paramsOf(fields, { 'admin.email': 'a@b.de', 'admin.phone': '1' }).params).toEqual({
      admin: { email: 'a@b.de', phone: '1' },
    })
  })

  test('a pair without a name is a problem of the field', () => {
    for (const text of ['files 500', '= 500', ' = 500'])
      expect(paramsOf([field('pairs')], { it: text }).issues).toMatchObject([{ path: 'it' }])
    expect(paramsOf([field('pairs')], { it: 'a = 1\na = 2' }).issues).toEqual([
      { path: 'it', message: 'must not have a twice' },
    ])
  })

  test('no name of a pair is special', () => {
    const { params } = paramsOf([field('pairs')], { it: '__proto__ = 1\nconstructor = 2' })
    expect(Object.entries(params.it as object)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
  })
})

describe('what was changed in a form that began with something', () => {
  const table: [why: string, field: Field, before: string, text: string, params: object][] = [
    ['what is as before is not sent', field('text'), 'ABC', 'ABC', {}],
    ['what is different is sent', field('text'), 'ABC', 'ABD', { it: 'ABD' }],
    ['what was emptied is null', field('text'), 'ABC', '', { it: null }],
    ['what must not be empty is sent empty', field('text', { isRequired: true }), 'ABC', '', { it: '' }],
    ['spaces around what was there are no change', field('text'), ' ABC ', 'ABC', {}],
    ['a list is sent whole', field('lines'), 'a\nb', 'a\nc', { it: ['a', 'c'] }],
    ['pairs are sent whole', field('pairs'), 'a = 1\nb = 2', 'a = 1\nb = 3', { it: { a: '1', b: '3' } }],
    [
      'of merged pairs the changed ones',
      field('pairs', { isMerged: true }),
      'a = 1\nb = 2\nc = 3',
      'a = 1\nb = 4\nd = 5',
      { it: { b: '4', d: '5', c: null } },
    ],
  ]
  for (const [why, one, before, text, params] of table)
    test(why, () => {
      expect(paramsOf([one], { it: text }, { it: before })).toEqual({ params, issues: [] })
    })
})

describe('what stands in a form', () => {
  const table: [kind: FieldKind, value: unknown, text: string][] = [
    ['text', 'ABC', 'ABC'],
    ['text', null, ''],
    ['text', undefined, ''],
    ['number', 12, '12'],
    ['yesNo', false, 'no'],
    ['moment', 1_772_366_400, '2026-03-01T12:00:00Z'],
    ['lines', ['a', 'b'], 'a\nb'],
    ['pairs', { a: 1, b: 'two' }, 'a = 1\nb = two'],
    ['pairs', {}, ''],
  ]
  for (const [kind, value, text] of table)
    test(`${kind} ${JSON.stringify(value)}`, () => {
      expect(shown(field(kind), { it: value })).toBe(text)
    })

  test('what is there and left alone makes no params, whatever it is', () => {
    for (const [kind, value] of table) {
      const before = { it: shown(field(kind), { it: value }) }
      expect(
        paramsOf([field(kind)], typed([field(kind)], new URLSearchParams(before)), before).params,
      ).toEqual({})
    }
  })

  test('a member of what is not there is empty', () => {
    expect(shown(field('text', { name: 'admin.email' }), { admin: null })).toBe('')
  })

  test('browsers end lines in their own way', () => {
    expect(typed([field('lines')], new URLSearchParams({ it: 'a\r\nb' }))).toEqual({ it: 'a\nb' })
  })
})
