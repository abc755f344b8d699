/** A file as rows, a portion at a time: what each says, or what is wrong with it, with its line in the file. */
import { limits } from '../limits.ts'
import { type ReadRecord, readCells } from './cells.ts'
import { place, understood } from './columns.ts'
import { utf8 } from './encoding.ts'
import { type Header, readHeader, type Vocabulary } from './header.ts'
import { Framer, type RawRecord } from './records.ts'

/** One thing that is wrong with a row. */
export interface RowError {
  /** A refusal's `reason`, as methods have it. */
  readonly reason: string
  /** The column as the header names it; null where it is the row as a whole. */
  readonly column: string | null
  /** A sentence that names line and column. */
  readonly message: string
}

export interface Row {
  readonly line: number
  readonly raw: Buffer
  /** Whether `raw` is all of it. */
  readonly isWhole: boolean
  readonly cells?: readonly string[]
  readonly params: Record<string, unknown>
  /** Not empty: the row cannot be read, and `params` mean nothing. */
  readonly errors: readonly RowError[]
}

/** Some rows of a file, and how many bytes of it have been read so far. */
export interface Portion {
  readonly header: Header
  readonly rows: readonly Row[]
  readonly bytes: number
}

/**
 * Reads a file in portions of so many rows, or fewer where they are long. The first portion comes as soon as the
 * header is read, without rows. Throws `params_invalid` for a header that cannot be used.
 */
export async function* readRows(
  source: AsyncIterable<Uint8Array>,
  vocabulary: Vocabulary,
  { allowUnknown, rows: most }: { allowUnknown: boolean; rows: number },
): AsyncGenerator<Portion> {
  const framer = new Framer()
  let header: Header | undefined
  let waiting: RawRecord[] = []
  let size = 0
  let bytes = 0
  const take = (record: RawRecord): Portion | undefined => {
    if (!header) {
      header = readHeader(record, vocabulary, allowUnknown)
      framer.delimiters = [header.delimiter.charCodeAt(0)]
      return { header, rows: [], bytes }
    }
    if (record.raw.length === 0 && !record.problem) return undefined
    waiting.push(record)
    size += record.raw.length
    return waiting.length >= most || size >= limits.importGroupBytes ? portion() : undefined
  }
  const portion = (): Portion => {
    const rows = rowsOf(waiting, header as Header)
    waiting = []
    size = 0
    return { header: header as Header, rows, bytes }
  }
  for await (const chunk of utf8(counted(source, (length) => (bytes += length)))) {
    for (const record of framer.push(chunk)) {
      const full = take(record)
      if (full) yield full
    }
  }
  for (const record of framer.end()) {
    const full = take(record)
    if (full) yield full
  }
  if (!header) take({ line: 1, raw: Buffer.alloc(0) })
  if (waiting.length > 0) yield portion()
}

async function* counted(source: AsyncIterable<Uint8Array>, count: (length: number) => void) {
  for await (const chunk of source) {
    count(chunk.byteLength)
    yield chunk
  }
}

/** Rows without a word in them, which spreadsheets leave behind, are no rows. */
function rowsOf(records: readonly RawRecord[], header: Header): Row[] {
  return readCells(records, header.delimiter)
    .filter((record) => 'unreadable' in record || record.cells.some((cell) => cell !== ''))
    .map((record) => rowOf(record, header))
}

function rowOf(record: ReadRecord, { columns }: Header): Row {
  const { line, problem } = record
  const isWhole = problem !== 'too long' && record.raw.length <= limits.importRowBytes
  const row = { line, raw: record.raw, isWhole, ...('cells' in record ? { cells: record.cells } : {}) }
  const refuse = (message: string, column: string | null = null): Row => {
    const place = column === null ? `Line ${line}` : `Line ${line}, column "${column}"`
    const error = { reason: 'row_unreadable', column, message: `${place} ${message}.` }
    return { ...row, params: {}, errors: [error] }
  }
  if ('unreadable' in record) return refuse(record.unreadable)
  const { cells } = record
  if (cells.length !== columns.length)
    return refuse(
      `has ${counting(cells.length, 'cell')}, and the header has ${counting(columns.length, 'column')}`,
    )
  const params: Record<string, unknown> = {}
  for (const [index, { name, column }] of columns.entries()) {
    const cell = cells[index] as string
    if (!column || cell === '') continue
    if (cell.length > limits.importCellCharacters)
      return refuse(`has a cell of more than ${limits.importCellCharacters} characters`, name)
    place(params, column.path, understood(cell, column.kind))
  }
  return { ...row, params, errors: [] }
}

function counting(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}
