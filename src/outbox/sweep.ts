/**
 * The sweep: has what time has brought told on live partners within seconds, whether or not anybody calls. It only
 * finds what is due; what is told, and that it is told once, is decided under the partner's lock like any call, so
 * that several servers may sweep at once. Sandboxes are left to their own clocks.
 *
 * One thing that cannot be told of must not hold up the rest of its partner: where a group fails as a whole it is halved
 * until the guilty thing is alone, and that is set aside.
 */
import type pg from 'pg'
import { limits } from '../limits.ts'
import type { Instant } from '../rules/time.ts'
import { forget } from './forget.ts'
import { Rounds } from './rounds.ts'
import { type DueThing, SetAside, type Stuck } from './setAside.ts'

/** What became of a group of due things. */
export type Settled =
  | { readonly kind: 'done'; readonly stuck: readonly Stuck[] }
  /** Nothing of the group was told. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The database is away, or the partner is. */
  | { readonly kind: 'refused' }

/** A thing that was set aside, for the log. */
export interface SetAsideNotice extends Stuck {
  readonly partnerId: number
  readonly tries: number
  readonly pauseSeconds: number
}

export interface SweepOptions {
  readonly pool: pg.Pool
  readonly now: () => Instant
  /** Has a partner tell what is due on these things. */
  readonly settle: (partnerId: number, things: readonly DueThing[]) => Promise<Settled>
  readonly eventRetentionDays?: number | undefined
  readonly onTrouble: (error: unknown) => void
  /** Told of each thing that could not be told of, each time it was tried. */
  readonly onSetAside: (notice: SetAsideNotice) => void
}

const everyMilliseconds = 1_000

/** How many partners are brought up to date at the same time: each holds a connection. */
const partnersAtOnce = 2

/** Rounds between two looks for what is past its retention. */
const roundsPerForgetting = 600

/** Things that one round isolates by halving on one partner, and tries again on all: each takes transactions. */
const isolatedPerRound = 20

export class Sweep {
  readonly #options: SweepOptions
  readonly #rounds: Rounds
  readonly #setAside = new SetAside()
  #toldThrough: Instant
  #untilForgetting = 0

  constructor(options: SweepOptions) {
    this.#options = options
    this.#toldThrough = options.now()
    this.#rounds = new Rounds({
      every: everyMilliseconds,
      onTrouble: options.onTrouble,
      round: async (signal) => {
        await this.#tell(signal)
        await this.#tryAgain(signal)
        this.#untilForgetting -= 1
        if (this.#untilForgetting < 0) {
          this.#untilForgetting = roundsPerForgetting
          await forget(options, signal)
        }
        return false
      },
    })
  }

  /** Seconds since the moment up to which everything has been told, but for what is set aside. */
  get lag(): number {
    return Math.max(0, this.#options.now() - this.#toldThrough)
  }

  /** How many things are set aside. */
  get setAside(): number {
    return this.#setAside.size
  }

  close(): Promise<void> {
    return this.#rounds.close()
  }

  async #tell(signal: AbortSignal): Promise<void> {
    const now = this.#options.now()
    const [chains, licenses] = [this.#setAside.lists('chain'), this.#setAside.lists('license')]
    const { rows } = await this.#options.pool.query<{ id: number; oldest: Instant | null }>(partnersWithDue, [
      now,
      chains.partnerIds,
      chains.ids,
      licenses.partnerIds,
      licenses.ids,
    ])
    this.#toldThrough = Math.min(now, ...rows.map(({ oldest }) => oldest ?? now))
    const waiting = rows.map(({ id }) => id)
    let complete = true
    const one = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined && !signal.aborted; id = waiting.shift())
        if (!(await this.#tellPartner(id, signal))) complete = false
    }
    await Promise.all(Array.from({ length: partnersAtOnce }, one))
    if (complete && !signal.aborted) this.#toldThrough = now
  }

  /** Answers whether everything that is due on a partner was told or set aside. */
  async #tellPartner(partnerId: number, signal: AbortSignal): Promise<boolean> {
    const isolating = { left: isolatedPerRound }
    for (let first = true; !signal.aborted; first = false) {
      const things = await this.#dueOn(partnerId)
      // Also where nothing is due yet: the rules of the catalogue have changed then, and every moment is noted anew.
      if (things.length === 0 && !first) return true
      if (!(await this.#settle(partnerId, things, isolating))) return false
      if (things.length < limits.dueAtOnce) return true
    }
    return false
  }

  async #dueOn(partnerId: number): Promise<DueThing[]> {
    const ids = (['chain', 'license'] as const).map((kind) => {
      const { partnerIds, ids } = this.#setAside.lists(kind)
      return ids.filter((_, index) => partnerIds[index] === partnerId)
    })
    const now = this.#options.now()
    const { rows } = await this.#options.pool.query<DueThing>(dueOn, [
      partnerId,
      now,
      ...ids,
      limits.dueAtOnce,
    ])
    return rows
  }

  /** Answers false when the rest has to wait for the next round. */
  async #settle(
    partnerId: number,
    things: readonly DueThing[],
    isolating: { left: number },
  ): Promise<boolean> {
    const settled = await this.#options.settle(partnerId, things)
    if (settled.kind === 'refused') return false
    if (settled.kind === 'done') {
      for (const stuck of settled.stuck) this.#put(partnerId, stuck)
      return true
    }
    const [thing] = things
    if (things.length > 1) {
      const half = Math.ceil(things.length / 2)
      for (const part of [things.slice(0, half), things.slice(half)])
        if (isolating.left <= 0 || !(await this.#settle(partnerId, part, isolating))) return false
      return true
    }
    if (!thing) throw settled.error
    isolating.left -= 1
    this.#put(partnerId, { thing, error: settled.error })
    return true
  }

  #put(partnerId: number, { thing, error }: Stuck): void {
    const { tries, pauseSeconds } = this.#setAside.add(partnerId, thing, this.#options.now())
    this.#options.onSetAside({ partnerId, thing, error, tries, pauseSeconds })
  }

  async #tryAgain(signal: AbortSignal): Promise<void> {
    for (const { partnerId, thing } of this.#setAside.toTry(this.#options.now(), isolatedPerRound)) {
      if (signal.aborted) return
      const settled = await this.#options.settle(partnerId, [thing])
      if (settled.kind === 'refused') return
      if (settled.kind === 'failed') this.#put(partnerId, { thing, error: settled.error })
      else if (settled.stuck.length > 0) this.#put(partnerId, settled.stuck[0] as Stuck)
      else this.#setAside.remove(partnerId, thing)
    }
  }
}

const oldestDue = (table: string, id: string, type: string, partners: string, ids: string): string =>
  `(select d.next_due_at from ${table} d where d.partner_id = p.partner_id and d.next_due_at <= to_timestamp($1)
      and (d.partner_id, d.${id}) not in (select * from unnest(${partners}::integer[], ${ids}::${type}[]))
    order by d.next_due_at limit 1)`

/**
 * Live partners on which something is due that is not set aside, and since when; or whose chains have not been looked
 * at since the rules changed.
 */
const partnersWithDue = `select p.partner_id as id, due.oldest from partner p,
    lateral (select least(${oldestDue('chain', 'chain_id', 'bigint', '$2', '$3')},
      ${oldestDue('license', 'license_id', 'uuid', '$4', '$5')}) as oldest) due
  where not p.is_sandbox
    and (due.oldest is not null or p.rules_version <> (select g.rules_version from catalogue g))
  order by p.partner_id`

const dueOfKind = (kind: string, table: string, id: string, type: string, except: string): string =>
  `(select '${kind}' as kind, d.${id}::text as id from ${table} d
    where d.partner_id = $1 and d.next_due_at <= to_timestamp($2) and d.${id} <> all (${except}::${type}[])
    order by d.next_due_at, d.${id} limit $5)`

/** What has fallen due on a partner, the longest waiting first, and no more of it than one group should tell. */
const dueOn = `${dueOfKind('chain', 'chain', 'chain_id', 'bigint', '$3')}
  union all ${dueOfKind('license', 'license', 'license_id', 'uuid', '$4')}`
