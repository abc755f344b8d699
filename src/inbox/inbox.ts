/**
 * The inbox of one server: the doors that shops send to, and the work that follows. The queue is opened when the first
 * source is seen, so that an installation without shops carries none of its weight.
 */
import { Jobs, type TakenJob } from '../outbox/jobs.ts'
import { Rounds } from '../outbox/rounds.ts'
import { type ShopDoor, shopDoors } from './door.ts'
import { SourceFinder } from './sources.ts'
import { type InboxJob, InboxStore, inboxQueue } from './store.ts'
import { type BegunJob, beginJobs, relayReplays, type WorkOptions } from './work.ts'

export interface InboxOptions extends WorkOptions {
  readonly databaseUrl: string
  readonly uuid: () => string
  readonly onTrouble: (error: unknown) => void
}

const everyMilliseconds = 1_000

/** How long what has been stored is let gather before it is applied: many events together take little more than one. */
const gatherMilliseconds = 20

/**
 * Jobs that one server does at the same time. Their items are decided in one piece, during which nobody is answered, so
 * there are few of them.
 */
const jobsAtOnce = 16

const aliveMilliseconds = 3_000

/** How long a job that could not be done is left alone. */
const againMilliseconds = 500

export class Inbox {
  readonly doors: readonly ShopDoor[]
  readonly #options: InboxOptions
  readonly #store: InboxStore
  readonly #stop = new AbortController()
  readonly #underWay = new Map<string, { job: TakenJob<InboxJob>; done: Promise<void> }>()
  readonly #rounds: Rounds
  /** When partners' wishes are looked for next: those made on other servers are not told here. */
  #relayAt = 0
  #opening: Promise<Jobs<InboxJob>> | undefined
  #alive: ReturnType<typeof setInterval> | undefined
  #gathering: ReturnType<typeof setTimeout> | undefined

  constructor(options: InboxOptions) {
    this.#options = options
    this.#store = new InboxStore({
      pool: options.pool,
      uuid: options.uuid,
      jobs: () => this.#open(),
      onStored: () => this.#callSoon(),
    })
    this.doors = shopDoors({ sources: new SourceFinder(options.pool), store: this.#store, now: options.now })
    this.#rounds = new Rounds({
      every: everyMilliseconds,
      onTrouble: options.onTrouble,
      round: () => this.#round(),
    })
  }

  /** Tells that a partner has made a source here, or has asked for something to be applied once more. */
  news(): void {
    this.#relayAt = 0
    this.#rounds.call()
  }

  /** Ends after what is being applied; what is not is taken up by the next server. */
  async close(): Promise<void> {
    this.#stop.abort()
    clearTimeout(this.#gathering)
    await this.#store.drained()
    await this.#rounds.close()
    await Promise.all([...this.#underWay.values()].map(({ done }) => done))
    clearInterval(this.#alive)
    const jobs = await this.#opening?.catch(() => undefined)
    await jobs?.close()
  }

  #callSoon(): void {
    if (this.#stop.signal.aborted) return
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      this.#rounds.call()
    }, gatherMilliseconds)
  }

  #open(): Promise<Jobs<InboxJob>> {
    if (this.#opening) return this.#opening
    const { databaseUrl, onTrouble } = this.#options
    const opening = Jobs.open(databaseUrl, inboxQueue, onTrouble)
    this.#opening = opening
    opening.then(
      (jobs) => {
        const keep = (): void => {
          jobs.keep([...this.#underWay.values()].map(({ job }) => job)).catch(onTrouble)
        }
        this.#alive = setInterval(keep, aliveMilliseconds)
      },
      () => {
        // Whoever waited for it is told; the next one tries again.
        this.#opening = undefined
      },
    )
    return opening
  }

  async #round(): Promise<boolean> {
    if (!this.#opening && !(await this.#isWanted())) return false
    const jobs = await this.#open()
    await this.#relay(jobs)
    const { taken, more } = await this.#take(jobs)
    if (taken.length === 0) return false
    const begun = beginJobs(this.#options, jobs, taken)
    for (const job of taken) this.#underWay.set(job.id, { job, done: this.#finish(jobs, job, begun) })
    // What is taken next is submitted after this, so that what came first is decided first.
    await begun.catch(() => undefined)
    return more
  }

  /** Where several partners have much to catch up, those of whom nothing is under way here go first. */
  async #take(jobs: Jobs<InboxJob>): Promise<{ taken: TakenJob<InboxJob>[]; more: boolean }> {
    const free = jobsAtOnce - this.#underWay.size
    if (free === 0) return { taken: [], more: false }
    const busy = new Set([...this.#underWay.values()].map(({ job }) => inboxQueue.groupOf(job.data)))
    const first = busy.size > 1 ? await jobs.take(free, [...busy]) : []
    if (first.length > 0) return { taken: first, more: true }
    return { taken: await jobs.take(free), more: false }
  }

  async #relay(jobs: Jobs<InboxJob>): Promise<void> {
    if (performance.now() < this.#relayAt) return
    this.#relayAt = performance.now() + everyMilliseconds
    if (await relayReplays(this.#options.pool, jobs)) this.#relayAt = 0
  }

  /** What a source has sent that is deleted by now may still be waiting. */
  async #isWanted(): Promise<boolean> {
    const { rows } = await this.#options.pool.query<{ found: boolean }>(
      'select exists (select from shop_source) as found',
    )
    return rows[0]?.found ?? false
  }

  /** Never rejects: a job that could not be done is given back, or found abandoned by its missing signs of life. */
  async #finish(jobs: Jobs<InboxJob>, job: TakenJob<InboxJob>, begun: Promise<BegunJob[]>): Promise<void> {
    const { onTrouble } = this.#options
    try {
      await (await begun).find((one) => one.job === job)?.done
    } catch (error) {
      onTrouble(error)
      await pause(againMilliseconds, this.#stop.signal)
      await jobs.giveBack(job).catch(onTrouble)
    } finally {
      this.#underWay.delete(job.id)
      this.#callSoon()
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
