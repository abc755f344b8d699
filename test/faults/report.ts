/** What a run found out, as a table to read and as JSON. */
import type { Complaint } from './history.ts'
import type { Round } from './round.ts'

export interface Row {
  readonly name: string
  readonly rounds: number
  readonly strikes: number
  readonly acknowledged: number
  readonly refused: number
  readonly unknown: number
  readonly lost: number
  readonly doubled: number
  readonly wrong: number
  readonly seed: number
  readonly seconds: number
  /** Why it could not be played to its end. */
  readonly broken?: string
  /** Why this machine does not permit it at all. */
  readonly notPossible?: string
  readonly complaints: readonly Complaint[]
  /** The last words of the services of rounds in which something was wrong; for the JSON. */
  readonly said: readonly string[]
}

export interface Report {
  readonly machine: Record<string, string>
  readonly date: string
  readonly command: string
  readonly seed: number
  readonly controls: boolean
  readonly rows: Row[]
}

/** The rounds of one fault as a row. */
export function rowOf(
  name: string,
  seed: number,
  rounds: readonly Round[],
  ended: { broken?: string; notPossible?: string } = {},
): Row {
  const complaints = rounds.flatMap((round) => round.complaints)
  const sum = (of: (round: Round) => number) => rounds.reduce((total, round) => total + of(round), 0)
  const count = (kind: Complaint['kind']) => complaints.filter((complaint) => complaint.kind === kind).length
  return {
    name,
    rounds: rounds.length,
    strikes: sum(({ strikes }) => strikes),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    refused: sum(({ refused }) => refused),
    unknown: sum(({ unknown }) => unknown),
    lost: count('lost'),
    doubled: count('doubled'),
    wrong: count('wrong'),
    seed,
    seconds: Math.round(sum(({ seconds }) => seconds)),
    ...ended,
    complaints,
    said: rounds.flatMap((round) => round.said),
  }
}

const heads = [
  'rounds',
  'strikes',
  'acknowledged',
  'refused',
  'unknown',
  'lost',
  'doubled',
  'wrong',
  'seed',
  'seconds',
] as const

/** Complaints of one row that are printed; all of them are in the JSON. */
const printedAtMost = 5

export function textOf(report: Report): string {
  const table = [
    [report.controls ? 'without' : 'fault', ...heads],
    ...report.rows.map((row) => [row.name, ...heads.map((head) => String(row[head]))]),
  ]
  const widths = (table[0] as string[]).map((_, column) =>
    Math.max(...table.map((row) => (row[column] as string).length)),
  )
  const lines = table.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
      )
      .join('  '),
  )
  const facts = Object.entries(report.machine).map(([name, value]) => `${name} ${value}`)
  const parts = [
    `${report.date}, ${facts.join(', ')}\n${report.command}`,
    lines.map((line) => `  ${line}`).join('\n'),
    ...report.rows.flatMap(notesOf),
    verdictOf(report),
  ]
  return `${parts.join('\n\n')}\n`
}

function notesOf(row: Row): string[] {
  const notes: string[] = []
  if (row.notPossible !== undefined) notes.push(`!! ${row.name} WAS NOT PLAYED: ${row.notPossible} !!`)
  if (row.broken !== undefined) notes.push(`!! ${row.name} COULD NOT BE PLAYED TO ITS END: ${row.broken}`)
  if (row.complaints.length === 0) return notes
  const told = row.complaints
    .slice(0, printedAtMost)
    .map(({ kind, what }) => `    ${kind}: ${what.slice(0, 500)}`)
  const more = row.complaints.length - told.length
  return [...notes, `  ${row.name}:\n${told.join('\n')}${more > 0 ? `\n    and ${more} more` : ''}`]
}

function verdictOf({ rows, controls }: Report): string {
  if (controls) {
    const green = rows.filter((row) => !isRed(row) || row.broken !== undefined)
    return green.length === 0
      ? `Each of ${rows.length} guards was missed when it was taken out.`
      : `The checker did not find what it must without: ${green.map(({ name }) => name).join(', ')}.`
  }
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0)
  const rounds = sum((row) => row.rounds)
  const count = (number: number) => (number === 0 ? 'none' : String(number))
  return (
    `Of ${sum((row) => row.acknowledged)} acknowledged calls ${count(sum((row) => row.lost))} lost and ` +
    `${count(sum((row) => row.doubled))} doubled in ${rounds} rounds; ${count(sum((row) => row.wrong))} wrong.`
  )
}

/** Whether the checker complained of anything in a row. */
export function isRed({ complaints }: Row): boolean {
  return complaints.length > 0
}

/** 0 when faults found nothing to complain of and every control did. */
export function exitCodeOf({ rows, controls }: Report): number {
  const isBroken = rows.some(({ broken }) => broken !== undefined)
  return isBroken || rows.some((row) => (controls ? !isRed(row) : isRed(row))) ? 1 : 0
}
