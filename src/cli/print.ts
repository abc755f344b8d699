/** What the commands put on standard output. */
import { stripVTControlCharacters } from 'node:util'
import type { Instant } from '../rules/time.ts'

/** Prints one line, or several. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Prints a value as JSON for the eye and for programs alike. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

/** An instant as text, or a dash where there is none. */
export function moment(instant: Instant | null): string {
  return instant === null ? '-' : new Date(instant * 1000).toISOString().replace('.000', '')
}

/** Rows under the names of their members, each column as wide as it must be. */
export function table(rows: Record<string, string | number | null>[], none: string): string {
  const [first] = rows
  if (!first) return none
  const names = Object.keys(first)
  // Names are other people's words: nothing in them may steer the terminal.
  const cells = [names, ...rows.map((row) => names.map((name) => plain(String(row[name] ?? '-'))))]
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{C}/gu, ' ')
}
