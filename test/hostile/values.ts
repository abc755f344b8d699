/**
 * Values that do not belong where they are put, as JSON text: text and not values, because a number beyond all numbers,
 * a minus zero, half a surrogate pair and a name that stands twice are lost once they are values.
 */
import type { Chance } from './random.ts'

const quoted = (text: string): string => JSON.stringify(text)

const numbers = [
  '0',
  '-0',
  '-1',
  '1.5',
  '1e-400',
  '1e400',
  '-1e400',
  '2147483647',
  '2147483648',
  '-2147483649',
  '4294967296',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551616',
  '1e20',
  '1E+2',
  '0.1e1',
  '5e-324',
  '1.7976931348623157e308',
  `1${'0'.repeat(400)}`,
  `0.${'0'.repeat(400)}1`,
]

/** Fragments that mean something to an interpreter which must never get to see them as such. */
export const fragments = [
  "'",
  '"',
  "' or 1=1 --",
  "'; drop table partner; --",
  "'); select pg_sleep(30); --",
  '$1',
  '$$; commit; $$',
  '\\',
  '%',
  '%%',
  '_',
  '%s%n%x',
  '{{7*7}}',
  '#{7*7}',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '=cmd|calc!A1',
  '../../../etc/passwd',
  'file:///etc/passwd',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-Infinity',
  'true',
  '[object Object]',
  '0x10',
  '1e3',
  ' ',
  '\t',
  '\r\nx-injected: 1',
  'a\nb',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  'length',
]

/** Text that is one thing to the eye, to the length, to the comparison, and another to the next. */
const unicode = [
  '\u00e9',
  'e\u0301',
  '\ufb01',
  '\u00df',
  '\u0130',
  '\u0131',
  '\u01c6',
  '\u212b',
  '\u0663',
  '\u2460',
  '\u200b',
  '\u202etxt',
  '\ufeffx',
  '\u2028',
  '\ue000',
  '\uffff',
  '\u{1d7d9}',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\u{1f600}'.repeat(255),
  `a${'\u0301'.repeat(254)}`,
  '\ufdfd'.repeat(85),
  'x'.repeat(255),
  'x'.repeat(256),
]

/** What cannot be kept as text; written with escapes, as it must be in JSON. */
const unstorable = ['"a\\u0000b"', '"\\u0000"', '"\\ud83d"', '"\\ude00"', '"a\\ud83db"', '"\\ude00\\ud83d"']

const dates = [
  '2026-02-30',
  '2026-02-29',
  '2026-13-01',
  '2026-00-00',
  '0000-00-00',
  '9999-12-31',
  '9999-12-31T23:59:60Z',
  '10000-01-01',
  '+010000-01-01T00:00:00Z',
  '-000001-01-01',
  '1969-12-31',
  '2026-03-01T24:00:00Z',
  '2026-03-01T12:00:00+24:00',
  '2026-03-01T12:00:00',
  '2026-03-01T12:00:00.123456789123Z',
  '2026-03-01t12:00:00z',
  'yesterday',
  'now()',
  'infinity',
  '-infinity',
  '٢٠٢٦-٠٣-٠١',
]

/** Nothing that leads out of this machine: names that cannot exist, and addresses that may not be called. */
const addresses = [
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://10.0.0.1:8443/',
  'https://user:secret@hooks.invalid/',
  'https://hooks.invalid:22/',
  'https://hooks.invalid/\r\nx: y',
  'http://hooks.invalid/',
  'gopher://hooks.invalid/',
  'javascript:alert(1)',
  'https://',
]

const cursors = [
  '',
  '!!!',
  '[]',
  '{}',
  '[1.5]',
  '[1e300]',
  '[-1]',
  '["x"]',
  '[null]',
  '["\\u0000",1]',
  '[[1]]',
]

/** Arrays and objects so deep, which may be deeper than is allowed. */
function nest(chance: Chance): string {
  // Too deep anywhere has the whole request refused, so it comes seldom.
  const depth = chance.percent(15) ? chance.one([29, 30, 31, 40, 2_000]) : chance.one([2, 5, 20])
  const [open, close] = chance.one([
    ['[', ']'],
    ['{"a":', '}'],
  ])
  return `${open.repeat(depth)}1${close.repeat(depth)}`
}

function huge(chance: Chance): string {
  const item = chance.one(['0', '"x"', 'null', '{}', '[]', '{"id":"x"}'])
  return `[${Array.from({ length: chance.one([51, 101, 501, 1_001, 10_001]) }, () => item).join(',')}]`
}

/** An object with names that mean something to JavaScript, or with one name twice. */
export function oddObject(chance: Chance, inside = '1'): string {
  const name = quoted(
    chance.one(['__proto__', 'constructor', 'prototype', 'toString', 'toJSON', 'id', '', 'a.b', '0']),
  )
  return chance.one([
    `{${name}:${inside}}`,
    `{${name}:{"constructor":{"prototype":{"polluted":1}}}}`,
    `{${name}:${inside},${name}:null}`,
    `{"then":${inside}}`,
    `{"length":1e9}`,
  ])
}

/** One hostile value as JSON text. */
export function hostile(chance: Chance): string {
  const kind = chance.below(100)
  if (kind < 18) return chance.one(numbers)
  if (kind < 40) return quoted(chance.one(fragments))
  if (kind < 50) return quoted(chance.one(unicode))
  if (kind < 57) return chance.one(unstorable)
  if (kind < 65) return quoted(chance.one(dates))
  if (kind < 69) return quoted(chance.one(addresses))
  if (kind < 74) return quoted(Buffer.from(chance.one(cursors)).toString('base64url'))
  if (kind < 84) return chance.one(['null', 'true', 'false', '""', '[]', '{}', '[null]', '[[]]', '[{}]'])
  if (kind < 90) return oddObject(chance)
  if (kind < 93) return nest(chance)
  if (kind < 94) return huge(chance)
  if (kind < 95) return quoted('x'.repeat(chance.one([1_001, 2_001, 10_001, 100_000])))
  return quoted(Array.from({ length: chance.below(12) }, () => chance.one(fragments)).join(''))
}
