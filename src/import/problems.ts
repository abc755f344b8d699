/** How problems with rows are told: with line and column, and as the column that a file of rejected rows has. */
import type { Fault, ParamIssue } from '../faults.ts'
import { type Header, problemColumn } from './header.ts'
import type { Row, RowError } from './rows.ts'

/** A method's refusal of a row, by the columns of the file. */
export function errorsOf(fault: Fault, line: number, header: Header): RowError[] {
  const { reason } = fault
  if (reason === 'params_invalid') {
    const { issues } = fault.data as { issues: ParamIssue[] }
    return issues.map(({ path, message }) => {
      const column = columnAt(path, header)
      // Params that no column carries are named by their own name.
      const what = column ?? (path || null)
      return { reason, column, message: `${where(line, what)} ${message}.` }
    })
  }
  const { differs = [] } = fault.data as { differs?: string[] }
  const apart = differs.map((path) => columnAt(path, header) ?? path)
  const [column = null] = apart.length === 1 ? apart : []
  const different = apart.length === 0 ? '' : ` Different: ${apart.join(', ')}.`
  return [{ reason, column, message: `${where(line, column)}: ${fault.message}${different}` }]
}

/** Where neither of the columns that name a thing has a value. */
export function idMissing(line: number, names: readonly string[]): RowError {
  const message = `Line ${line} must have ${names.join(' or ')}: without one it would be added again each time.`
  return { reason: 'params_invalid', column: null, message }
}

function where(line: number, column: string | null): string {
  return column === null ? `Line ${line}` : `Line ${line}, column "${column}"`
}

/** The column that carries a member, or the group that the member stands in. */
function columnAt(path: string, { columns }: Header): string | null {
  const found = columns.find(({ column }) => {
    const own = column?.path.join('.')
    return own !== undefined && (own === path || path.startsWith(`${own}.`) || own.startsWith(`${path}.`))
  })
  return path === '' ? null : (found?.name ?? null)
}

const lineBreak = Buffer.from('\r\n')

/** Where a file that was mended before already has its column for problems; -1 where it has none. */
function problemPlace({ columns }: Header): number {
  return columns.findIndex(({ name }) => name.toLowerCase() === problemColumn)
}

/** The first line of a file of rejected rows: the header as it was, and the column for what is wrong. */
export function rejectedHeader(header: Header): Buffer {
  const added = problemPlace(header) === -1 ? `${header.delimiter}${problemColumn}` : ''
  return Buffer.concat([header.record.raw, Buffer.from(added), lineBreak])
}

/**
 * A rejected row as it stands in the file, and what is wrong with it. Where the file has its column for problems from
 * an earlier time, what stands there is replaced; of a row that is too long to be repeated only the problem is told.
 */
export function rejectedRow(row: Row, errors: readonly RowError[], header: Header): Buffer {
  const { delimiter, columns } = header
  const problem = errors.map(({ message }) => message).join(' ')
  const at = problemPlace(header)
  if (!row.isWhole) {
    const cells = columns.map(() => '')
    return written(at === -1 ? [...cells, problem] : cells.with(at, problem), delimiter)
  }
  if (at !== -1 && row.cells?.length === columns.length)
    return written(row.cells.with(at, problem), delimiter)
  return Buffer.concat([row.raw, Buffer.from(`${delimiter}${quoted(problem)}`), lineBreak])
}

function written(cells: readonly string[], delimiter: string): Buffer {
  const texts = cells.map((cell) => (/["\r\n]/.test(cell) || cell.includes(delimiter) ? quoted(cell) : cell))
  return Buffer.concat([Buffer.from(texts.join(delimiter)), lineBreak])
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
