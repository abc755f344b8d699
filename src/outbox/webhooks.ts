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
  readonly onTrouble: (error: unknown) => void
}

const everyMilliseconds = 1_000

/** How long news is let gather before it is made into jobs. */
const gatherMilliseconds = 100

/** Jobs that one server does at the same time. */
const jobsAtOnce = 200

/** Jobs that are asked for at once. */
const jobsTakenAtOnce = 20

const aliveMilliseconds = 3_000

export class Webhooks {
  readonly #options: WebhooksOptions
  readonly #stop = new AbortController()
  readonly #underWay = new Map<string, { job: TakenJob; done: Promise<void> }>()
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
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      this.#relaying.call()
    }, gatherMilliseconds)
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
    const free = jobsAtOnce - this.#underWay.size
    if (free === 0) return false
    const taken = await jobs.take(Math.min(free, jobsTakenAtOnce))
    for (const job of taken) this.#underWay.set(job.id, { job, done: this.#do(jobs, job) })
    return taken.length > 0
  }

  /** Never rejects: a job that could not be done is given back, or found abandoned by its missing signs of life. */
  async #do(jobs: Jobs, job: TakenJob): Promise<void> {
    const { schedule = retrySchedule, onTrouble, ...options } = this.#options
    const { signal } = this.#stop
    try {
      await deliver({ ...options, jobs, schedule, pace: this.#pace }, job, signal)
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
