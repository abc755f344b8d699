/** Forms of the console: each member as a page would have it sent, or as nobody would. */
import { deflateRawSync } from 'node:zlib'
import { actions } from '../../src/console/actions/index.ts'
import { registry } from '../../src/methods/index.ts'
import { openRpcDocument } from '../../src/rpc/openrpc.ts'
import { asked, escaped, pathOf, query, typed } from './consolePaths.ts'
import { type Described, methodsOf } from './envelopes.ts'
import { hostileFile } from './files.ts'
import { type Known, objectText } from './grammar.ts'
import type { Chance } from './random.ts'
import { hostile } from './values.ts'

type Field = readonly [name: string, value: string]

const described = new Map(
  methodsOf(openRpcDocument(registry, '0')).map((method): [string, Described] => [method.name, method]),
)

/** What a form of an action sends, each member as it should be or not. */
function fieldsOf(chance: Chance, known: Known, method: string): Field[] {
  const action = actions.get(method)
  const params = described.get(method)
  const walk = { chance, known, spoiled: chance.one([0, 3, 25]) }
  const json = (): string =>
    params && chance.percent(70)
      ? objectText(params.params, walk, params.either)
      : chance.one([hostile(chance), `{"id":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, '{', ''])
  const was = (): string =>
    chance.one([
      '{}',
      hostile(chance),
      '{"name":{"toString":1}}',
      '{"__proto__":{"x":1}}',
      '[]',
      '{"name":null}',
    ])
  return [
    ['step', chance.one(['preview', 'confirm', 'confirm', 'change', '', 'x'])],
    ...(action?.fields ?? []).flatMap(({ name }): Field[] =>
      chance.percent(70) ? [[name, typed(chance, known, name.split('.').at(-1))]] : [],
    ),
    ['params', json()],
    ['was', was()],
    ['version', chance.one(['1', '', '-1', '1e400', 'x', '9007199254740993'])],
    ['once', chance.one(['a', '', '\u0000', 'x'.repeat(256), String(chance.below(2 ** 31)), '\u{1f600}'])],
  ]
}

interface Sent {
  readonly type: string
  readonly body: string | Buffer
}

function encoded(fields: readonly Field[], chance: Chance): Sent {
  const kept = fields.filter(() => !chance.percent(3))
  const body = kept.map(([name, value]) => `${encodeURIComponent(name)}=${escaped(value, chance)}`).join('&')
  const odd = ['text/plain', 'application/json', 'multipart/form-data', 'multipart/form-data; boundary=x', '']
  return { type: chance.percent(4) ? chance.one(odd) : 'application/x-www-form-urlencoded', body }
}

/** A form with a file, as browsers send it; now and then one whose parts do not fit together. */
function withFile(fields: readonly Field[], chance: Chance): Sent {
  const file = hostileFile(chance, chance.one(['customers', 'licenses']))
  const named = chance.one(['a.csv', '', '"; x="', '../../etc/passwd', 'x'.repeat(3_000), '\u0000'])
  const parts = fields.map(
    ([name, value]) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const head = `--b\r\ncontent-disposition: form-data; name="file"; filename="${named}"\r\ncontent-type: text/csv\r\n\r\n`
  const tail = chance.percent(95) ? '\r\n--b--\r\n' : chance.one(['', '\r\n--c--', '--b'])
  return {
    type: `multipart/form-data; boundary=${chance.percent(97) ? 'b' : chance.one(['', '"', 'x'.repeat(5_000)])}`,
    body: Buffer.concat([Buffer.from(parts.join('') + head), Buffer.from(file), Buffer.from(tail)]),
  }
}

function importForm(chance: Chance, token: string): Sent {
  const fields: Field[] = [
    ['csrf', token],
    ['kind', chance.one(['customers', 'licenses', '__proto__', ''])],
    ['run', chance.one(['try', 'import', 'x'])],
    ...chance.one<Field[]>([[], [['resumeOnError', 'yes']], [['overwriteExisting', '\u0000']]]),
  ]
  if (chance.percent(60)) return withFile(fields, chance)
  const kept = chance
    .one([
      () => deflateRawSync(Buffer.alloc(5_000_000, 'a')),
      () => deflateRawSync(hostileFile(chance, 'customers')),
      () => Buffer.from(hostile(chance)),
    ])()
    .toString('base64url')
  const rows = hostileFile(chance, 'customers').toString('utf8').slice(0, 100_000)
  return encoded([...fields, chance.percent(50) ? ['kept', kept] : ['rows', rows]], chance)
}

/** What the forms of one visitor are sent with, and where they go. */
export function formOf(chance: Chance, known: Known, token: string): Sent & { path: string } {
  const kind = chance.below(100)
  if (kind < 15) return { path: '/console/import', ...importForm(chance, token) }
  const any = pathOf(chance, known)
  // Wrong keys are held up, and there is one of the guest's own for the sign-in.
  const path = any.startsWith('/console/sign-in') ? '/console/find' : any
  const method = kind < 90 ? chance.one([...actions.keys()]) : 'getClock'
  const identity = actions.get(method)?.identity.flatMap(({ names }) => [...names]) ?? []
  const to =
    kind < 90 ? `/console/do/${method}${query(chance, known, identity.length > 0 ? identity : asked)}` : path
  const [one, two] = [
    encoded(fieldsOf(chance, known, method), chance),
    chance.percent(2) ? 'x=y&'.repeat(270_000) : '',
  ]
  return {
    path: to,
    type: one.type,
    body: `csrf=${encodeURIComponent(token)}&${one.body}${two && `&${two}`}`,
  }
}
