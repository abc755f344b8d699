/** What can be said on the command line of the benchmark, and what is measured when nothing is said. */
import { parseArgs } from 'node:util'

/** The parts of a run, in the order in which they are measured. */
export const parts = [
  'singles',
  'arrays',
  'ceiling',
  'peers',
  'one',
  'customers',
  'renewals',
  'reads',
  'ping',
  'licenses',
  'offered',
  'webhooks',
  'feed',
  'shops',
  'growth',
  'endurance',
  'import',
  'reconcile',
] as const
export type Part = (typeof parts)[number]

export interface Options {
  /** Rows of the file that is imported, and orders that are reconciled. */
  readonly importRows: number
  /** How long one round of one part lasts. */
  readonly seconds: number
  /** How many rounds the service and the ceiling take turns for. */
  readonly rounds: number
  /** How long the endurance run lasts; undefined is the short form, two windows of twenty seconds. */
  readonly minutes: number | undefined
  readonly only: ReadonlySet<Part>
  readonly json: string | undefined
  /** A folder for drawings of what was found. */
  readonly plots: string | undefined
  /** Numbers of orders that are present while the same calls are measured, from the smallest on. */
  readonly growth: readonly number[]
  /** A server to make fresh databases on; undefined is the embedded one in a temporary folder. */
  readonly databaseUrl: string | undefined
  /** A folder for a CPU profile of each service process. */
  readonly profile: string | undefined
}

export const usage = `npm run bench -- [options]

  --seconds N      length of one round (8); in shorter ones V8 is still warming up
  --rounds N       rounds in which service, ceiling and peers take turns (3)
  --minutes N      length of the endurance run (two windows of 20 seconds); 2 or more compares whole minutes
  --rows N         customers imported and orders reconciled (100000)
  --only NAME      measure only this part (peers: with singles, arrays and ceiling); may be repeated: ${parts.join(', ')}
  --growth N       orders present at most where growth is measured (1000000); ten times as many take ten times as long to make
  --json FILE      write the report as JSON, too
  --plots DIR      draw what was found as SVG files there
  --database URL   PostgreSQL server to make fresh databases on (DATABASE_URL, else the embedded one)
  --profile DIR    write a CPU profile of each service process there; it slows the service
`

/** Reads the arguments; throws an error with one sentence for what cannot be used. */
export function readOptions(
  given: string[],
  environment: NodeJS.ProcessEnv = process.env,
): Options | undefined {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: given,
    options: {
      seconds: text,
      rounds: text,
      minutes: text,
      rows: text,
      only: { ...text, multiple: true },
      growth: text,
      json: text,
      plots: text,
      database: text,
      profile: text,
      help: { type: 'boolean' },
    },
  })
  if (values.help) return undefined
  const named = (values.only ?? []).flatMap((names) => names.split(','))
  for (const name of named)
    if (!parts.includes(name as Part))
      throw new Error(`There is no part ${name}; there are ${parts.join(', ')}.`)
  return {
    seconds: positive('seconds', values.seconds) ?? 8,
    rounds: Math.ceil(positive('rounds', values.rounds) ?? 3),
    minutes: positive('minutes', values.minutes),
    importRows: Math.ceil(positive('rows', values.rows) ?? 100_000),
    only: withCompany((named.length > 0 ? named : parts) as Part[]),
    growth: sizesUpTo(Math.ceil(positive('growth', values.growth, 100_000_000) ?? 1_000_000)),
    json: values.json,
    plots: values.plots,
    databaseUrl: values.database ?? (environment.DATABASE_URL || undefined),
    profile: values.profile,
  }
}

/** Peers are held against Tenure and the ceiling, so these are measured with them. */
function withCompany(named: readonly Part[]): ReadonlySet<Part> {
  return new Set(named.includes('peers') ? ['singles', 'arrays', 'ceiling', ...named] : named)
}

/** Ten thousand, a million, and the most where that is something else. */
function sizesUpTo(most: number): number[] {
  const whole = Math.max(10, Math.floor(most / 10) * 10)
  return [...[10_000, 1_000_000].filter((size) => size < whole), whole]
}

function positive(name: string, given: string | undefined, most = 1_000_000): number | undefined {
  if (given === undefined) return undefined
  const value = Number(given)
  if (!(value > 0 && value <= most)) throw new Error(`--${name} must be a number above 0 and up to ${most}.`)
  return value
}
