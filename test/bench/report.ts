/** What a run found out, as a text to read. */
import type { CeilingRound, Variant } from './ceiling.ts'
import type { ServerFacts } from './database.ts'
import type { Measured } from './driver.ts'
import type { ImportMeasured } from './import.ts'
import type { ReconcileMeasured } from './reconcile.ts'

/** One line of the main table. */
export interface Row {
  readonly name: string
  readonly connections: number
  /** Calls per request. */
  readonly perBody: number
  readonly rounds: readonly Measured[]
}

export interface Goal {
  readonly what: string
  readonly wanted: string
  readonly found: string
  readonly met: boolean
}

export interface Report {
  readonly machine: Record<string, string>
  readonly database: ServerFacts
  readonly rows: Row[]
  ceiling: { tool: string; isSubstitute: boolean; clients: number } | undefined
  readonly ceilingRounds: Record<Variant, CeilingRound[]>
  /** Megabytes of the service at the end of the singles, and the most until then. */
  memory: { now: number; most: number | undefined } | undefined
  endurance: { windowSeconds: number; first: number; last: number; perSecond: number[] } | undefined
  imported: ImportMeasured | undefined
  reconciled: ReconcileMeasured | undefined
  readonly goals: Goal[]
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  if (sorted.length === 0) return Number.NaN
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] as number
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** The median of what each round gives; undefined where a round does not know it. */
export function medianOf<Round>(
  rounds: readonly Round[],
  of: (round: Round) => number | undefined,
): number | undefined {
  const known = rounds.map(of).filter((value) => value !== undefined)
  return known.length === 0 ? undefined : median(known)
}

const whole = (value: number | undefined) =>
  value === undefined ? '-' : Math.round(value).toLocaleString('en-US')
const precise = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(1))

/** Lines up the cells of a table: the first column to the left, all others to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
      )
      .join('  ')
  return rows.map((row) => `  ${line(row).trimEnd()}`).join('\n')
}

function callsTable({ rows, ceiling, ceilingRounds }: Report): string {
  const head = [
    'what',
    'connections',
    'calls/s',
    'rounds',
    'p50 ms',
    'p99 ms',
    'service us',
    'postgres us',
    'driver us',
  ]
  const measured = rows.map(({ name, connections, perBody, rounds }) => [
    perBody > 1 ? `${name}, arrays of ${perBody}` : name,
    String(connections),
    whole(medianOf(rounds, ({ rate }) => rate)),
    rounds.map(({ rate }) => whole(rate)).join(' '),
    precise(medianOf(rounds, ({ p50 }) => p50)),
    precise(medianOf(rounds, ({ p99 }) => p99)),
    whole(medianOf(rounds, ({ cost }) => cost.service)),
    whole(medianOf(rounds, ({ cost }) => cost.postgres)),
    whole(medianOf(rounds, ({ cost }) => cost.driver)),
  ])
  const ceilings = (['free', 'locked'] as const)
    .filter((variant) => ceilingRounds[variant].length > 0)
    .map((variant) => {
      const rounds = ceilingRounds[variant]
      return [
        `ceiling, one statement a call, ${variant === 'free' ? 'no lock' : 'partner row locked'}`,
        String(ceiling?.clients),
        whole(medianOf(rounds, ({ rate }) => rate)),
        rounds.map(({ rate }) => whole(rate)).join(' '),
        '-',
        '-',
        '-',
        whole(medianOf(rounds, ({ postgres }) => postgres)),
        '-',
      ]
    })
  return aligned([head, ...measured, ...ceilings])
}

/** The whole report as text. */
export function textOf(report: Report): string {
  const { machine, database, ceiling, memory, endurance, goals } = report
  const facts = Object.entries({
    ...machine,
    postgres: `${database.version} (${database.kind})`,
    ...database.settings,
  })
  const parts = [
    aligned(facts.map(([name, value]) => [name, value])),
    `${callsTable(report)}\n\n  Rates are medians of the rounds; us is CPU time per call in microseconds.`,
  ]
  if (ceiling) parts.push(`  Ceiling by ${ceiling.tool}.`)
  if (ceiling?.isSubstitute)
    parts.push('  !! pgbench IS NOT INSTALLED: the ceiling is that of our own loop, which is lower. !!')
  if (memory)
    parts.push(
      `  Service memory: ${whole(memory.now)} MB after the singles, ${whole(memory.most)} MB at most.`,
    )
  if (endurance) {
    const { windowSeconds, first, last } = endurance
    parts.push(
      `  Endurance: ${whole(first)} calls/s in the first ${windowSeconds} s, ${whole(last)} in the last ${windowSeconds} s.`,
    )
  }
  parts.push(...filesText(report))
  if (goals.length > 0) {
    const rows = goals.map(({ what, wanted, found, met }) => [what, wanted, found, met ? 'met' : 'NOT MET'])
    parts.push(aligned([['goal', 'wanted', 'found', ''], ...rows]))
  }
  return `${parts.join('\n\n')}\n`
}

function filesText({ imported, reconciled }: Report): string[] {
  const parts: string[] = []
  if (imported)
    parts.push(
      `  Import of ${whole(imported.rows)} customers: ${whole(imported.import)} rows/s (COPY of the same: ${whole(imported.copy)}); ` +
        `again ${whole(imported.importAgain)}, dry run ${whole(imported.dryRun)}; service memory ` +
        `${whole(imported.memory.early)} MB early, ${whole(imported.memory.most)} MB at most.`,
    )
  if (reconciled)
    parts.push(
      `  Reconcile of ${whole(reconciled.orders)} orders: ${reconciled.seconds.toFixed(1)} s, ${whole(reconciled.rate)} orders/s.`,
    )
  return parts
}

/** Holds what was measured against what was promised. */
export function goalsOf(report: Report): Goal[] {
  const { rows, ceilingRounds, memory, endurance } = report
  const goals: Goal[] = []
  const add = (
    what: string,
    wanted: string,
    found: number | undefined,
    met: (value: number) => boolean,
    digits = 2,
  ) => {
    if (found !== undefined) goals.push({ what, wanted, found: found.toFixed(digits), met: met(found) })
  }
  const singles = rows.find(
    ({ name, connections, perBody }) => isOrders(name) && connections === 64 && perBody === 1,
  )
  const arrays = rows.filter(({ name, perBody }) => isOrders(name) && perBody > 1)
  const best = Math.max(...arrays.map(({ rounds }) => ratio(rounds, ceilingRounds.free) ?? 0))
  add(
    'createFirstOrder, singles to the ceiling',
    '>= 1.2',
    ratio(singles?.rounds, ceilingRounds.free),
    (value) => value >= 1.2,
  )
  add(
    'createFirstOrder, arrays to the ceiling',
    '>= 2.5',
    best > 0 ? best : undefined,
    (value) => value >= 2.5,
  )
  add(
    'p99 at 64 connections, ms',
    '< 30',
    singles && medianOf(singles.rounds, ({ p99 }) => p99),
    (value) => value < 30,
    1,
  )
  add('service memory, MB', '< 250', memory?.now, (value) => value < 250, 0)
  add(
    'last window to the first',
    '>= 0.85',
    endurance && endurance.last / endurance.first,
    (value) => value >= 0.85,
  )
  add('import to COPY', '>= 0.2', report.imported?.ratio, (value) => value >= 0.2)
  add('reconcile, seconds', '< 30', report.reconciled?.seconds, (value) => value < 30, 1)
  return goals
}

function isOrders(name: string): boolean {
  return name === 'createFirstOrder'
}

/** The median of the ratios of rounds that took turns, so that what disturbs the machine disturbs both. */
function ratio(
  rounds: readonly Measured[] | undefined,
  ceiling: readonly CeilingRound[],
): number | undefined {
  if (!rounds) return undefined
  return medianOf(
    rounds.slice(0, ceiling.length).map((round, turn) => [round, ceiling[turn] as CeilingRound] as const),
    ([one, other]) => one.rate / other.rate,
  )
}
