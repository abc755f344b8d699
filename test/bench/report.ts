/** What a run found out: the form that is written as JSON, and how medians and ratios are taken. */
import type { CeilingRound, Variant } from './ceiling.ts'
import type { ServerFacts } from './database.ts'
import type { Measured } from './driver.ts'
import type { EventsOut, FeedLag } from './events.ts'
import type { Grown } from './growth.ts'
import type { ImportMeasured } from './import.ts'
import type { Offered } from './offered.ts'
import type { ReconcileMeasured } from './reconcile.ts'
import type { ShopsIn } from './shops.ts'

/** One line of the main table. */
export interface Row {
  readonly name: string
  /** Who was measured: `tenure`, or the name of a peer. */
  readonly by: string
  /** What it took turns with, where that is not the ceiling and the peers. */
  readonly beside?: string
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
  /** Versions, the machine, when it was and by which command. */
  readonly machine: Record<string, string>
  readonly database: ServerFacts
  readonly rows: Row[]
  ceiling?: { tool: string; isSubstitute: boolean; clients: number }
  readonly ceilingRounds: Record<Variant, CeilingRound[]>
  /** Megabytes of the service at the end of the singles, and the most until then. */
  memory?: { now: number; most: number | undefined } | undefined
  endurance?: { windowSeconds: number; first: number; last: number; perSecond: number[] }
  offered?: Offered[]
  events?: EventsOut
  feed?: FeedLag
  shops?: ShopsIn
  growth?: Grown[]
  imported?: ImportMeasured
  reconciled?: ReconcileMeasured
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

interface Rated {
  readonly rate: number
}

export function rateOf(rounds: readonly Rated[] | undefined): number | undefined {
  return rounds && medianOf(rounds, ({ rate }) => rate)
}

/** The median of the ratios of rounds that took turns, so that what disturbs the machine disturbs both. */
export function ratio(
  rounds: readonly Rated[] | undefined,
  others: readonly Rated[] | undefined,
): number | undefined {
  if (!rounds || !others) return undefined
  const pairs = rounds.slice(0, others.length).map((round, turn) => [round, others[turn] as Rated] as const)
  return medianOf(pairs, ([one, other]) => one.rate / other.rate)
}

/** A row by what was called, by whom, and whether in arrays. */
export function find(
  { rows }: Report,
  name: string,
  { by = 'tenure', arrays = false, beside }: { by?: string; arrays?: boolean; beside?: string } = {},
): Row | undefined {
  return rows.find(
    (row) =>
      row.name === name &&
      row.by === by &&
      row.perBody > 1 === arrays &&
      row.connections > 1 &&
      row.beside === beside,
  )
}

/** What a row took turns with, and how it did beside that: the ceiling of its kind, and Tenure for a peer. */
export function besidesOf(
  report: Report,
  row: Row,
): { ceiling?: number | undefined; tenure?: number | undefined; ping?: number | undefined } {
  const arrays = row.perBody > 1
  if (row.name === 'createFirstOrder' && row.connections > 1 && row.beside === undefined) {
    const ceiling = ratio(row.rounds, report.ceilingRounds[arrays ? 'set' : 'free'])
    if (row.by === 'tenure') return { ceiling }
    return { ceiling, tenure: ratio(row.rounds, find(report, 'createFirstOrder', { arrays })?.rounds) }
  }
  const reads = ['getOrder', 'getCustomer', 'listOrders', 'checkEntitlement']
  if (reads.includes(row.name)) return { ping: ratio(row.rounds, find(report, 'refusedParams')?.rounds) }
  return {}
}
