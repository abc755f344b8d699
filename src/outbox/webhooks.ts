/**
 * The webhooks of one server: makes jobs of what is new in the feeds, takes jobs that are due and does them. The queue
 * is opened when the first endpoint is seen, so that an installation without webhooks carries none of its weight.
 */

import { type DeliverOptions, deliver } from './deliver.ts'
import { Jobs, type TakenJob, webhookQueue } from './jobs.ts'
import { Pace } from './pace.ts'
import { relay } from './relay.ts'
import { Rounds } from './rounds.ts'
import { delayAfter, retrySchedule } from './schedule.ts'

export interface WebhooksOptions extends Omit<DeliverOptions, 'jobs' | 'schedule' | 'pace'> {
  readonly databaseUrl: string
  readonly schedule?: readonly number[]
  /** Jobs that are done at the same time; 200 unless said otherwise. */
  readonly jobsAtOnce?: number
  readonly onTrouble: (error: unknown) => void
}

const everyMilliseconds = 1_000

/** How long news is let gather before it is made into jobs, and how long while callers come first. */
const gatherMilliseconds = 100
const gatherModestly = 500

/** Jobs that one server does at the same time, unless said otherwise. */
const usualJobsAtOnce = 200

/** The share of them that may be for receivers that let their time run out: so slow ones never take every hand. */
const slowShare = 0.5

/** Slow receivers that are remembered at most. */
const slowRemembered = 10_000

/** Jobs that are asked for at once. */
const jobsTakenAtOnce = 20

const aliveMilliseconds = 3_000

export class Webhooks {
  readonly #options: WebhooksOptions
  readonly #stop = new AbortController()
  readonly #underWay = new Map<string, { job: TakenJob; done: Promise<void> }>()
  /** Endpoints that mostly let their time run out when they were sent something last. */
  readonly #slow = new Set<string>()
  readonly #relaying: Rounds
  readonly #pace = new Pace(() => performance.now() - this.#newsAt < gatherMilliseconds * 3)
  #newsAt = 0
  #jobs: Jobs | undefined
  #taking: Rounds | undefined
  #alive: ReturnType<typeof setInterval> | undefined
  #gathering: ReturnType<typeof setTimeout> | undefined

  constructor(options: WebhooksOptions) {
    this.#options = options
    this.#relaying = new Rounds({
      every: everyMilliseconds,
      onTrouble: options.onTrouble,
      round: () => this.#relay(),
    })
  }

  /** Tells that something new is in a feed. */
  news(): void {
    this.#newsAt = performance.now()
    if (!this.#jobs || this.#stop.signal.aborted) return
    this.#gathering ??= setTimeout(
      () => {
        this.#gathering = undefined
        this.#relaying.call()
      },
      this.#pace.isModest ? gatherModestly : gatherMilliseconds,
    )
  }

  /** Breaks off what is under way, which is taken up again by the next server, and ends. */
  async close(): Promise<void> {
    this.#stop.abort()
    clearTimeout(this.#gathering)
    await this.#relaying.close()
    await this.#taking?.close()
    await Promise.all([...this.#underWay.values()].map(({ done }) => done))
    clearInterval(this.#alive)
    await this.#jobs?.close()
  }

  async #relay(): Promise<boolean> {
    if (!this.#jobs && !(await this.#isWanted())) return false
    const jobs = await this.#open()
    const { made, more } = await relay(this.#options.pool, jobs)
    if (made) this.#taking?.call()
    return more
  }

  async #isWanted(): Promise<boolean> {
    const { rows } = await this.#options.pool.query<{ found: boolean }>(
      'select exists (select from webhook_endpoint where deleted_at is null) as found',
    )
    return rows[0]?.found ?? false
  }

  async #open(): Promise<Jobs> {
    if (this.#jobs) return this.#jobs
    const { databaseUrl, onTrouble } = this.#options
    const jobs = await Jobs.open(databaseUrl, webhookQueue, onTrouble)
    this.#jobs = jobs
    this.#taking = new Rounds({ every: everyMilliseconds, onTrouble, round: () => this.#take(jobs) })
    this.#alive = setInterval(() => {
      jobs.keep([...this.#underWay.values()].map(({ job }) => job)).catch(onTrouble)
    }, aliveMilliseconds)
    return jobs
  }

  async #take(jobs: Jobs): Promise<boolean> {
    const free = this.#free
    if (free === 0) return false
    const taken = await jobs.take(Math.min(free, jobsTakenAtOnce), [...this.#slow])
    this.#begin(jobs, taken)
    const slow = await this.#takeSlow(jobs)
    return taken.length + slow > 0
  }

  get #free(): number {
    return (this.#options.jobsAtOnce ?? usualJobsAtOnce) - this.#underWay.size
  }

  async #takeSlow(jobs: Jobs): Promise<number> {
    if (this.#slow.size === 0) return 0
    const underWay = [...this.#underWay.values()].filter(({ job }) => this.#slow.has(job.data.endpointId))
    const { jobsAtOnce = usualJobsAtOnce } = this.#options
    const free = Math.min(this.#free, Math.floor(jobsAtOnce * slowShare) - underWay.length)
    if (free <= 0) return 0
    const taken = await jobs.take(Math.min(free, jobsTakenAtOnce))
    this.#begin(jobs, taken)
    return taken.length
  }

  #begin(jobs: Jobs, taken: readonly TakenJob[]): void {
    for (const job of taken) this.#underWay.set(job.id, { job, done: this.#do(jobs, job) })
  }

  #note(endpointId: string, isSlow: boolean): void {
    if (!isSlow) this.#slow.delete(endpointId)
    else if (this.#slow.size < slowRemembered) this.#slow.add(endpointId)
  }

  /** Never rejects: a job that could not be done is given back, or found abandoned by its missing signs of life. */
  async #do(jobs: Jobs, job: TakenJob): Promise<void> {
    const { schedule = retrySchedule, onTrouble, ...options } = this.#options
    const { signal } = this.#stop
    try {
      const isSlow = await deliver({ ...options, jobs, schedule, pace: this.#pace }, job, signal)
      this.#note(job.data.endpointId, isSlow)
    } catch (error) {
      if (!signal.aborted) onTrouble(error)
      // Not at once, lest a job that cannot be done is tried without end.
      if (!signal.aborted) await pause(delayAfter(1, undefined) ?? 0, signal)
      await jobs.giveBack(job).catch(onTrouble)
    } finally {
      this.#underWay.delete(job.id)
      this.#taking?.call()
    }
  }
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1_000)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
