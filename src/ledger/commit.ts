/**
 * THE transaction: locks the partner, loads what a group of calls needs, decides each call in order, writes
 * everything, commits, and only then answers. It is the only place where a writing transaction begins.
 *
 * A lost connection or a deadlock repeats the whole group. Where the outcome of a COMMIT is unknown it is looked
 * up in the partner's row, which names the last groups committed; it is never guessed.
 */
import type pg from 'pg'
import { Fault } from '../faults.ts'
import { sendCopy } from '../store/copy.ts'
import { CommitRefused, failureOf, StandbyBehind } from '../store/failures.ts'
import { dropIdle } from '../store/open.ts'
import { heeding } from '../store/standby.ts'
import type { Statement } from '../store/statements.ts'
import { decideEntry, type Entry, type Outcome } from './entry.ts'
import { loadWorld } from './loading.ts'
import type { KeptCatalogue } from './loads/further.ts'
import { type Mint, World } from './world.ts'
import { writes } from './write.ts'

/** How many of its last groups a partner's row names. */
const groupsRemembered = 8

/** Milliseconds to wait before the second, third, … try of a group. */
const retryAfter = [20, 60, 150, 400, 1_000, 1_500]

/** Milliseconds after which a group is not tried again: its callers have waited long enough to hear so. */
const patience = 12_000

/** The connection broke after COMMIT was sent and before it was answered, or the standby may not have it. */
class OutcomeUnknown extends Error {
  readonly world: World
  /** Undefined where the group changed nothing and only has to know that what it saw is kept. */
  readonly groupId: string | undefined
  readonly groupsBefore: readonly string[]
  readonly outcomes: Outcome[]

  constructor(world: World, groupsBefore: readonly string[], outcomes: Outcome[], cause: unknown) {
    super('It is not known whether a COMMIT is kept.', { cause })
    this.world = world
    this.groupId = world.partners.isChanged ? world.partner.recentGroups[0] : undefined
    this.groupsBefore = groupsBefore
    this.outcomes = outcomes
  }
}

export interface CommitOptions {
  readonly pool: pg.Pool
  readonly mint: Mint
  readonly catalogue: KeptCatalogue
  /** Whether statements may carry names, under which a session keeps their plans. */
  readonly namedStatements: boolean
  /** Told after each group that was committed, with what it had staged. */
  readonly onCommitted?: (world: World, calls: number) => void
  /** Told of everything that had to be retried or could not be done, for the log. */
  readonly onTrouble?: (trouble: { partnerId: number; calls: number; error: unknown }) => void
}

export class Ledger {
  readonly #options: CommitOptions

  constructor(options: CommitOptions) {
    this.#options = options
  }

  /** Carries out a group of one partner's calls, in order, each with its own outcome. Never rejects. */
  async commit(partnerId: number, entries: readonly Entry[]): Promise<Outcome[]> {
    const began = performance.now()
    for (let tries = 0; ; tries++) {
      try {
        return await this.#attempt(partnerId, entries)
      } catch (error) {
        this.#options.onTrouble?.({ partnerId, calls: entries.length, error })
        if (error instanceof OutcomeUnknown) {
          const verdict = await this.#lookUp(partnerId, error)
          if (verdict === 'committed') {
            this.#options.onCommitted?.(error.world, entries.length)
            return error.outcomes
          }
          if (verdict === 'unknown') return allUnavailable(entries, 'unknown')
        } else if (failureOf(error) === 'defect') {
          return this.#isolate(partnerId, entries, error)
        }
        const pause = retryAfter[tries]
        if (pause === undefined || performance.now() - began > patience)
          return allUnavailable(entries, 'not_done')
        await sleep(pause * (0.75 + Math.random() / 2))
      }
    }
  }

  /** One call makes the statement fail for all: the group is halved until the guilty call is alone. */
  async #isolate(partnerId: number, entries: readonly Entry[], error: unknown): Promise<Outcome[]> {
    if (entries.length === 1) return [{ kind: 'failed', error }]
    const half = Math.ceil(entries.length / 2)
    const first = await this.commit(partnerId, entries.slice(0, half))
    return [...first, ...(await this.commit(partnerId, entries.slice(half)))]
  }

  async #attempt(partnerId: number, entries: readonly Entry[]): Promise<Outcome[]> {
    const client = await this.#options.pool.connect()
    let broken: Error | boolean = true
    try {
      const world = new World(partnerId, this.#options.mint)
      const needs = entries.flatMap((entry) => entry.needs)
      await loadWorld(client, world, needs, { begin: 'begin', lock: true, kept: this.#options.catalogue })
      followCatalogue(world)
      const outcomes = world.partner
        ? entries.map((entry) => decideEntry(world, entry))
        : entries.map(
            (): Outcome => ({
              kind: 'refused',
              fault: new Fault('partner_unknown', { id: String(partnerId) }),
            }),
          )
      await this.#finish(client, world, outcomes)
      broken = false
      this.#options.onCommitted?.(world, entries.length)
      return outcomes
    } catch (error) {
      broken = failureOf(error) === 'lost' || !(await rollBack(client))
      if (broken) void dropIdle(this.#options.pool)
      throw error
    } finally {
      client.release(broken)
    }
  }

  async #finish(client: pg.PoolClient, world: World, outcomes: Outcome[]): Promise<void> {
    if (!world.shelves.some((shelf) => shelf.isChanged)) {
      const { warned } = await heeding(client, () => client.query('commit'))
      if (warned) throw new OutcomeUnknown(world, world.partner.recentGroups, outcomes, new StandbyBehind())
      return
    }
    const groupId = world.mint.uuid()
    const groupsBefore = world.partner.recentGroups
    const recentGroups = [groupId, ...groupsBefore].slice(0, groupsRemembered)
    world.partners.replace({ ...world.partner, recentGroups })
    // Each statement is sent as soon as it is made, and carried out while the next one is being made.
    const sent: Promise<unknown>[] = []
    for (const statement of writes(world))
      sent.push('rows' in statement ? sendCopy(client, statement) : client.query(this.#named(statement)))
    const committed = client.query('commit')
    const { result: results, warned } = await heeding(client, () => Promise.allSettled([...sent, committed]))
    const failed = results.find((result) => result.status === 'rejected')
    const commit = results.at(-1) as PromiseSettledResult<pg.QueryResult>
    if (commit.status === 'fulfilled' && commit.value.command === 'COMMIT' && !failed) {
      if (warned) throw new OutcomeUnknown(world, groupsBefore, outcomes, new StandbyBehind())
      return
    }
    const reason: unknown = failed?.reason ?? new CommitRefused('PostgreSQL answered COMMIT with ROLLBACK.')
    // A statement that the database itself refused makes the outcome certain; a silent connection does not.
    if (failureOf(reason) !== 'lost') throw reason
    throw new OutcomeUnknown(world, groupsBefore, outcomes, reason)
  }

  #named(statement: Statement): Statement {
    return this.#options.namedStatements ? statement : { text: statement.text, values: statement.values }
  }

  /**
   * Whether a group whose COMMIT was not answered is in the database. The partner's lock makes certain that the
   * lost transaction is over. The row names the last groups only: where so many others have come since that ours
   * would have been forgotten, the outcome stays unknown.
   */
  async #lookUp(partnerId: number, lost: OutcomeUnknown): Promise<'committed' | 'absent' | 'unknown'> {
    for (const pause of retryAfter) {
      await sleep(pause)
      try {
        const groups = await this.#recentGroups(partnerId)
        if (!groups) continue
        if (lost.groupId === undefined || groups.includes(lost.groupId)) return 'committed'
        const before = lost.groupsBefore[0]
        const complete = groups.length < groupsRemembered || (before !== undefined && groups.includes(before))
        return complete ? 'absent' : 'unknown'
      } catch (error) {
        this.#options.onTrouble?.({ partnerId, calls: 0, error })
      }
    }
    return 'unknown'
  }

  /** The last groups of a partner; undefined where the standby may not have them yet. */
  async #recentGroups(partnerId: number): Promise<string[] | undefined> {
    const client = await this.#options.pool.connect()
    let broken = true
    try {
      const { result, warned } = await heeding(client, () =>
        client.query<{ groups: string[] }>(
          'select recent_groups as groups from partner where partner_id = $1 for no key update',
          [partnerId],
        ),
      )
      broken = false
      return warned ? undefined : (result.rows[0]?.groups ?? [])
    } finally {
      client.release(broken)
    }
  }
}

/** Rules of editions that have changed since are applied to the partner's chains before anything else is decided. */
function followCatalogue(world: World): void {
  if (!world.partner || world.partner.rulesVersion === world.catalogueRules) return
  world.reschedule = true
  world.partners.replace({ ...world.partner, rulesVersion: world.catalogueRules })
}

async function rollBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback')
    return true
  } catch {
    // The connection is of no use any more; the caller closes it.
    return false
  }
}

function allUnavailable(entries: readonly Entry[], outcome: 'not_done' | 'unknown'): Outcome[] {
  return entries.map(() => ({
    kind: 'refused',
    fault: new Fault('unavailable', { outcome, retryAfterSeconds: 1 }),
  }))
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
