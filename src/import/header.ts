/** Reads the header of a file: which delimiter it has, and what each of its columns is. */
import { isUtf8 } from 'node:buffer'
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'
import { readCells } from './cells.ts'
import type { Column, Columns } from './columns.ts'
import type { RawRecord } from './records.ts'
import type { Synonyms } from './synonyms.ts'

/** What a kind of file can have for columns. */
export interface Vocabulary {
  readonly columns: Columns
  readonly synonyms: Synonyms
  /** Columns of which a file must have at least one. */
  readonly oneOf: readonly string[]
}

export interface HeaderColumn {
  /** The name as the file has it. */
  readonly name: string
  /** Undefined: a column that is passed over. */
  readonly column: Column | undefined
}

export interface Header {
  readonly record: RawRecord
  readonly delimiter: string
  readonly columns: readonly HeaderColumn[]
}

/** The column that a file with rejected rows has besides its own. */
export const problemColumn = 'problem'

/** The delimiter that stands most often outside quotes; a comma where none does. */
export function delimiterOf(raw: Buffer): string {
  const bare = raw.toString('utf8').replace(/"(?:[^"]|"")*"/g, '')
  const counted = [',', ';', '\t'].map((mark) => ({ mark, count: bare.split(mark).length }))
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).mark
}

/** Reads the first record of a file. Throws `params_invalid` where it is no header that can be used. */
export function readHeader(record: RawRecord, vocabulary: Vocabulary, allowUnknown: boolean): Header {
  refuseJunk(record)
  const delimiter = delimiterOf(record.raw)
  const [read] = readCells([record], delimiter)
  if (!read || 'unreadable' in read)
    throw headerFault(`Line ${record.line}: the header ${read?.unreadable}.`, '')
  const { cells } = read
  if (cells.length > limits.importColumns)
    throw headerFault(`Line ${record.line}: the header has more than ${limits.importColumns} columns.`, '')
  const known = namesOf(vocabulary)
  const columns = cells.map(
    (name): HeaderColumn => ({ name: name.trim(), column: columnFor(name, known, vocabulary) }),
  )
  const issues = [
    ...(allowUnknown ? [] : unknown(columns, record.line, vocabulary)),
    ...duplicates(columns, record.line),
    ...missing(columns, record.line, vocabulary),
  ]
  if (issues.length > 0) {
    const message = issues
      .slice(0, 3)
      .map((issue) => issue.message)
      .join(' ')
    throw new Fault('params_invalid', { issues: issues.slice(0, limits.importColumns) }, { message })
  }
  return { record, delimiter, columns }
}

function refuseJunk({ line, raw, problem }: RawRecord): void {
  const say = (what: string) => headerFault(`Line ${line}: ${what}`, '')
  if (problem === 'too long') throw say(`the header has more than ${limits.importRowBytes} bytes.`)
  if (problem === 'unclosed quote') throw say('the header opens a quote that is not closed.')
  if (!isUtf8(raw)) throw say('the header is not UTF-8 text; save the file as UTF-8 or UTF-16 CSV.')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u0008\u000e-\u001f\u007f]/.test(raw.toString('utf8')))
    throw say('the header is not text: this is not a CSV file.')
  if (raw.toString('utf8').trim() === '')
    throw say('there is no header; the first line must name the columns.')
}

function headerFault(message: string, path: string): Fault {
  return new Fault('params_invalid', { issues: [{ path, message }] }, { message })
}

/** A name without what writers of headers differ in. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_.\-/()[\]"']/g, '')
}

function namesOf({ columns, synonyms }: Vocabulary): Map<string, Column> {
  const names = new Map<string, Column>()
  for (const column of columns.fixed) names.set(plain(column.path.join('.')), column)
  for (const column of columns.fixed)
    for (const synonym of synonyms[column.path.join('.')] ?? [])
      if (!names.has(plain(synonym))) names.set(plain(synonym), column)
  return names
}

function columnFor(name: string, known: Map<string, Column>, { columns }: Vocabulary): Column | undefined {
  const fixed = known.get(plain(name))
  if (fixed) return fixed
  // What comes behind the group is taken as it is: a pattern that were to look into a long name would take for ever.
  const [, group = '', rest = ''] = /^(\w+)\s*[._: ](.*)$/s.exec(name.trim()) ?? []
  const member = rest.trim()
  const open = columns.open.find(({ path }) => plain(path.join('.')) === plain(group))
  return open && /^.+$/.test(member) && member !== '__proto__'
    ? { ...open, path: [...open.path, member] }
    : undefined
}

function unknown(columns: readonly HeaderColumn[], line: number, vocabulary: Vocabulary) {
  const names = vocabulary.columns.fixed.map(({ path }) => path.join('.'))
  return columns
    .filter(({ name, column }) => !column && plain(name) !== problemColumn)
    .map(({ name }) => {
      const shown = [...name].slice(0, 100).join('')
      const message = `Line ${line}, column "${shown}" is not known here. Known are ${names.join(', ')}.`
      return { path: shown, message }
    })
}

function duplicates(columns: readonly HeaderColumn[], line: number) {
  const first = new Map<string, string>()
  return columns.flatMap(({ name, column }) => {
    if (!column) return []
    const path = column.path.join('.')
    const earlier = first.get(path)
    first.set(path, earlier ?? name)
    if (earlier === undefined) return []
    return [
      {
        path: name,
        message: `Line ${line}, columns "${earlier}" and "${name}" are the same column, ${path}.`,
      },
    ]
  })
}

function missing(columns: readonly HeaderColumn[], line: number, { oneOf }: Vocabulary) {
  if (columns.some(({ column }) => column && oneOf.includes(column.path.join('.')))) return []
  return [{ path: oneOf[0] ?? '', message: `Line ${line}: there must be a column ${oneOf.join(' or ')}.` }]
}
