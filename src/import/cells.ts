/** What records say: their cells, by csv-parse, with a reason of its own for each record that cannot be read. */
import { isUtf8 } from 'node:buffer'
import { CsvError, parse } from 'csv-parse/sync'
import { limits } from '../limits.ts'
import type { RawRecord } from './records.ts'

/** A record with its cells, or with what is wrong with it. */
export type ReadRecord = RawRecord & ({ cells: string[] } | { unreadable: string })

/** Reads records, in order. Those that are fine are read together, since each reading has its cost. */
export function readCells(records: readonly RawRecord[], delimiter: string): ReadRecord[] {
  const fit = records.filter((record) => !unfit(record))
  const together = parsed(
    fit.map(({ raw }) => raw),
    delimiter,
  )
  const cells = new Map<RawRecord, string[] | string>()
  fit.forEach((record, index) => {
    cells.set(record, together?.[index] ?? alone(record, delimiter))
  })
  return records.map((record): ReadRecord => {
    const found = cells.get(record) ?? (unfit(record) as string)
    return typeof found === 'string' ? { ...record, unreadable: found } : { ...record, cells: found }
  })
}

function unfit({ raw, problem }: RawRecord): string | undefined {
  if (problem === 'unclosed quote')
    return 'opens a quote that is not closed anywhere behind it; nothing from here on could be read'
  if (problem === 'too long') return `has more than ${limits.importRowBytes} bytes`
  if (!isUtf8(raw)) return 'has bytes that are not UTF-8; save the file as UTF-8 or UTF-16'
  return undefined
}

/** The cells of all records, or undefined where any of them is not in order. */
function parsed(raws: readonly Buffer[], delimiter: string): string[][] | undefined {
  const line = Buffer.from('\n')
  try {
    const found = parse(Buffer.concat(raws.flatMap((raw) => [raw, line])), options(delimiter))
    return found.length === raws.length ? found : undefined
  } catch {
    // Each record is read alone then, which tells whose fault it is.
    return undefined
  }
}

function alone({ raw }: RawRecord, delimiter: string): string[] | string {
  try {
    return (parse(Buffer.concat([raw, Buffer.from('\n')]), options(delimiter))[0] ?? []) as string[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return error.code === 'CSV_INVALID_CLOSING_QUOTE'
      ? 'has something between the closing quote of a cell and the delimiter behind it'
      : 'has a quote inside a cell that does not begin with one; such a cell must be quoted, and the quote doubled'
  }
}

function options(delimiter: string) {
  return { delimiter, record_delimiter: '\n', relax_column_count: true }
}
