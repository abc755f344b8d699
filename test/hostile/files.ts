/** The doors for files: what calls itself CSV and is not, or is, and has in its cells what nobody expects there. */
import { kinds } from '../../src/import/kinds.ts'
import { templateOf } from '../../src/import/template.ts'
import type { DoorStage } from './doorStage.ts'
import type { Door } from './doors.ts'
import { oddHeader } from './envelopes.ts'
import type { Known } from './grammar.ts'
import type { Chance } from './random.ts'
import { fragments, hostile } from './values.ts'

type KindName = keyof typeof kinds

const kindNames = Object.keys(kinds) as KindName[]

function cell(chance: Chance, name: string, known: Known): string {
  const meant = Object.hasOwn(known, name) ? (known[name] as unknown[]) : ['x', '1', '']
  if (chance.percent(75)) return String(chance.one(meant))
  return chance.one([
    () => `"${chance.one(fragments).replaceAll('"', '""')}"`,
    () => hostile(chance),
    () => 'x'.repeat(chance.one([255, 256, 10_001, 300_000])),
    () => chance.one(['"', '""', '"a"b', '\u0000', '\ufeff', '\r', '=1+1', '\u0085', '1e400', '2026-02-30']),
  ])()
}

function header(chance: Chance, kind: KindName): string[] {
  const own = templateOf(kinds[kind]).trim().split(',')
  const kept = own.filter((name) => name === 'id' || chance.percent(30))
  const odd = (): string =>
    chance.one([
      '__proto__',
      'metadata.__proto__',
      'metadata.x',
      'variables.constructor',
      'limitations.',
      'id',
      '',
      '"',
      'x'.repeat(5_000),
      chance.one(fragments),
    ])
  const many = (): string[] => Array.from({ length: 501 }, (_, index) => `metadata.n${index}`)
  return chance.percent(70) ? kept : [...kept, odd(), ...(chance.percent(3) ? many() : [])]
}

/** A file as text; the ids in it are few, so that rows meet one another and what is there. */
function text(chance: Chance, kind: KindName, known: Known): string {
  const names = header(chance, kind)
  const delimiter = chance.one([',', ',', ';', '\t'])
  const end = chance.one(['\n', '\r\n', '\r'])
  const rows = Array.from({ length: chance.one([0, 1, 3, 10, chance.percent(4) ? 1_500 : 2]) }, () =>
    names
      .slice(0, chance.percent(95) ? names.length : chance.below(names.length))
      .map((name) => cell(chance, name, known))
      .join(delimiter),
  )
  return [names.join(delimiter), ...rows].join(end)
}

/** A file as bytes, in an encoding of its own, or of none. */
export function hostileFile(chance: Chance, name: KindName, known: Known = {}): Buffer {
  const kind = chance.below(100)
  if (kind < 3) return Buffer.from(Array.from({ length: chance.below(3_000) }, () => chance.below(256)))
  if (kind < 5)
    return Buffer.from(chance.one(['', '\n\n\n', '"', `"${'\n'.repeat(50_000)}`, ',,,,', 'PK\u0003\u0004']))
  if (kind < 6) return Buffer.from(`id,name\n${'\n'.repeat(200_000)}`)
  if (kind < 7) return Buffer.from(`id,name\n${'"'.repeat(300_001)}`)
  if (kind < 8) return Buffer.from(`${',;\t'.repeat(80_000)}\n`)
  const written = text(chance, name, known)
  if (kind < 14) return Buffer.from(`\ufeff${written}`, 'utf16le')
  if (kind < 18) return Buffer.from(`\ufeff${written}`, 'utf16le').swap16()
  if (kind < 22) return Buffer.from(written, 'latin1')
  return Buffer.from(written)
}

export function fileDoors({ guest: { key, known } }: DoorStage): Door[] {
  const options = ['dryRun', 'overwriteExisting', 'resumeOnError', 'allowUnknownColumns', '__proto__', '%00']
  const query = (chance: Chance): string =>
    Array.from({ length: chance.below(5) }, () => {
      const name = chance.percent(95) ? chance.one(options.slice(0, 4)) : chance.one(options)
      return `${name}=${chance.percent(95) ? chance.one(['', 'true', 'false']) : encodeURIComponent(chance.one(fragments))}`
    }).join('&')
  const types = [
    'text/csv; charset=utf-16',
    'text/plain',
    'application/json',
    'text/csv; charset="x',
    ';',
    '',
  ]
  const pathOf = (chance: Chance, kind: KindName): string =>
    chance.percent(97) ? kind : chance.one([...kindNames, 'x', '', 'customers/template.csv', '%00'])
  return [
    {
      name: 'import',
      share: 10,
      // A file takes its time by its rows; that nobody else has to wait for it is what the next caller shows.
      most: 10_000,
      make(chance) {
        const kind = chance.one(kindNames)
        const [name, value] = oddHeader(chance)
        const accept = chance.one(['', '', 'text/csv', 'application/x-ndjson', 'text/html'])
        return {
          verb: chance.percent(97) ? 'POST' : chance.one(['GET', 'PUT', 'TRACE']),
          path: `/import/${pathOf(chance, kind)}?${query(chance)}`,
          headers: {
            'x-api-key': key,
            'content-type': chance.percent(95) ? 'text/csv' : chance.one(types),
            ...(accept === '' ? {} : { accept }),
            ...(chance.percent(5) ? { [name]: value } : {}),
          },
          body: hostileFile(chance, kind, known),
          expected: 'any',
        }
      },
    },
  ]
}
