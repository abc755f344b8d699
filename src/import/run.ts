/**
 * Imports a file: reads it in portions, decides each in one transaction through the partner's lane, and counts what
 * became of the rows. While the database writes one portion, the next is being read.
 */
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'
import type { Dispatcher } from '../rpc/dispatch.ts'
import type { Caller } from '../rpc/method.ts'
import type { Stage } from '../rpc/together.ts'
import type { Instant } from '../rules/time.ts'
import type { Header } from './header.ts'
import type { Kind, Verdict } from './kinds.ts'
import { errorsOf, idMissing } from './problems.ts'
import { Rehearsal, type Traces } from './rehearsal.ts'
import { type Row, type RowError, readRows } from './rows.ts'

export interface ImportOptions {
  /** Tells what the run would do, and does nothing. */
  readonly dryRun?: boolean | undefined
  /** Customers that exist and differ are updated instead of omitted. */
  readonly overwriteExisting?: boolean | undefined
  /** Goes on behind a row that is omitted. */
  readonly resumeOnError?: boolean | undefined
  /** Columns with unknown names are passed over. */
  readonly allowUnknownColumns?: boolean | undefined
}

export interface Omitted {
  readonly line: number
  readonly errors: readonly RowError[]
}

export interface ImportSummary {
  /** Rows that were decided; where the import stopped at a bad row, that row is the last. */
  total: number
  imported: number
  updated: number
  skipped: number
  /** The rows that were omitted, the first ten thousand of them. */
  readonly omitted: Omitted[]
}

export interface Progress {
  readonly rows: number
  /** Bytes of the file read so far. */
  readonly bytes: number
}

/** Who wants to hear of what while the import goes on. */
export interface Listener {
  onHeader?(header: Header): Promise<void> | void
  onOmitted?(row: Row, errors: readonly RowError[]): Promise<void> | void
  onProgress?(progress: Progress): void
}

/** Through whom, for whom, and when. */
export interface Origin {
  readonly dispatcher: Dispatcher
  readonly caller: Caller
  readonly requestId: string
  readonly now: () => Instant
  /** Told of what nobody expected. */
  readonly onError: (error: unknown, requestId: string) => void
}

/** How often a portion is tried again while the database is away, which waits by itself each time. */
const triesWhileAway = 3

/** Imports a file; throws a `Fault` for a header that cannot be used, or when the database stays away. */
export async function importFile(
  kind: Kind,
  source: AsyncIterable<Uint8Array>,
  options: ImportOptions,
  origin: Origin,
  listener: Listener = {},
): Promise<ImportSummary> {
  const run = new Run(kind, options, origin, listener)
  const reading = { allowUnknown: options.allowUnknownColumns ?? false, rows: limits.importGroupRows }
  let deciding: Promise<void> = Promise.resolve()
  try {
    for await (const { header, rows, bytes } of readRows(source, kind.vocabulary, reading)) {
      await deciding
      if (run.stopped) break
      deciding = run.take(header, rows, bytes)
      // It is awaited at the next turn; until then a failure must not count as unheard.
      deciding.catch(() => {})
    }
    await deciding
    return run.summary
  } finally {
    await Promise.allSettled([deciding])
    run.close()
  }
}

class Run {
  readonly summary: ImportSummary = { total: 0, imported: 0, updated: 0, skipped: 0, omitted: [] }
  stopped = false
  readonly #kind: Kind
  readonly #options: ImportOptions
  readonly #origin: Origin
  readonly #listener: Listener
  readonly #rehearsal: Rehearsal | undefined
  #header: Header | undefined

  constructor(kind: Kind, options: ImportOptions, origin: Origin, listener: Listener) {
    this.#kind = kind
    this.#options = options
    this.#origin = origin
    this.#listener = listener
    this.#rehearsal = options.dryRun ? new Rehearsal(kind) : undefined
  }

  close(): void {
    this.#rehearsal?.close()
  }

  /** Decides one portion, and notes what became of it. */
  async take(header: Header, rows: readonly Row[], bytes: number): Promise<void> {
    if (!this.#header) {
      this.#header = header
      await this.#listener.onHeader?.(header)
    }
    await this.#decide(rows.map((row) => this.#checked(row)))
    this.#listener.onProgress?.({ rows: this.summary.total, bytes })
  }

  /** Without an id of the caller's own, a row that is sent again would be added again. */
  #checked(row: Row): Row {
    if (row.errors.length > 0) return row
    const { oneOf } = this.#kind.vocabulary
    if (oneOf.some((name) => row.params[name] !== undefined)) return row
    return { ...row, errors: [idMissing(row.line, oneOf)] }
  }

  /** Decides rows in order, up to and including the first that stops the import. */
  async #decide(rows: readonly Row[]): Promise<void> {
    const bad = this.#options.resumeOnError ? -1 : rows.findIndex(({ errors }) => errors.length > 0)
    const within = bad === -1 ? rows : rows.slice(0, bad + 1)
    const sound = within.filter(({ errors }) => errors.length === 0)
    const verdicts = await this.#verdicts(sound)
    let next = 0
    for (const row of within) {
      if (row.errors.length > 0) await this.#omit(row, row.errors)
      else {
        const verdict = verdicts[next++]
        if (verdict === undefined) return
        if (verdict instanceof Fault)
          await this.#omit(row, errorsOf(verdict, row.line, this.#header as Header))
        else {
          this.summary.total += 1
          this.summary[verdict] += 1
        }
      }
      if (this.stopped) return
    }
  }

  async #omit(row: Row, errors: readonly RowError[]): Promise<void> {
    this.summary.total += 1
    if (this.summary.omitted.length < limits.importOmitted)
      this.summary.omitted.push({ line: row.line, errors })
    if (!this.#options.resumeOnError) this.stopped = true
    await this.#listener.onOmitted?.(row, errors)
  }

  /** What becomes of these rows; fewer than there are where one of them stops the import. */
  async #verdicts(rows: readonly Row[]): Promise<Verdict[]> {
    if (rows.length === 0) return []
    for (let tries = 1; ; tries++) {
      try {
        return await this.#together(rows)
      } catch (error) {
        if (!(error instanceof Fault)) return this.#apart(rows, error)
        if (error.reason !== 'unavailable' || tries === triesWhileAway) throw error
        await new Promise((resolve) => setTimeout(resolve, 1_000))
      }
    }
  }

  async #together(rows: readonly Row[]): Promise<Verdict[]> {
    const kind = this.#kind
    const { overwriteExisting = false, resumeOnError } = this.#options
    const { dispatcher, caller, now } = this.#origin
    const asked = rows.map(({ params }) => params)
    const calls = asked.flatMap((params) => kind.calls(params))
    const rehearsal = this.#rehearsal
    const script = (stage: Stage): { verdicts: Verdict[]; traces: Traces } => {
      rehearsal?.recall(stage, asked)
      const verdicts: Verdict[] = []
      for (const [index, params] of asked.entries()) {
        const verdict = kind.decide(stage, index * kind.callsPerRow, params, overwriteExisting)
        verdicts.push(verdict)
        if (verdict instanceof Fault && !resumeOnError) break
      }
      return { verdicts, traces: rehearsal?.traces(stage, asked, verdicts) ?? [] }
    }
    const played = await dispatcher.groups.decide(
      calls,
      { caller, now: now() },
      { script, rehearsal: rehearsal !== undefined },
    )
    rehearsal?.keep(played.traces)
    return played.verdicts
  }

  /** One row makes the whole portion fail unexpectedly: it is halved until the guilty row is alone. */
  async #apart(rows: readonly Row[], error: unknown): Promise<Verdict[]> {
    const { requestId, onError } = this.#origin
    if (rows.length === 1) {
      onError(error, requestId)
      return [new Fault('internal', { requestId })]
    }
    const half = Math.ceil(rows.length / 2)
    const first = await this.#verdicts(rows.slice(0, half))
    const stops = !this.#options.resumeOnError && first.some((verdict) => verdict instanceof Fault)
    return stops ? first : [...first, ...(await this.#verdicts(rows.slice(half)))]
  }
}
