/**
 * Queues of jobs: pg-boss in the same database, in the schema `pgboss`. Jobs are made and completed inside transactions
 * of ours, so that a job and the mark that goes with it are there together or not at all.
 */
import type pg from 'pg'
import { PgBoss } from 'pg-boss'

/** Events to send to one endpoint, and how many attempts they have had before. */
export interface WebhookJob {
  readonly partnerId: number
  readonly endpointId: string
  readonly attempts: number
  readonly seqs: readonly number[]
}

/** A job that this server has taken. */
export interface TakenJob<Data = WebhookJob> {
  readonly id: string
  readonly retryCount: number
  readonly data: Data
}

/** One queue: its name, and which of its jobs share a group, of which only so many are under way on all servers. */
export interface Queue<Data> {
  readonly name: string
  readonly groupOf: (job: Data) => string
  readonly jobsPerGroup: number
}

export const webhookQueue: Queue<WebhookJob> = {
  name: 'webhook',
  groupOf: ({ endpointId }) => endpointId,
  jobsPerGroup: 2,
}

/** Where a statement can be sent to. */
type Sender = Pick<pg.ClientBase, 'query'> | pg.Pool

/** Seconds without a sign of life after which a job is taken to be abandoned; the least that pg-boss knows. */
const heartbeatSeconds = 10
const day = 86_400

const settings = {
  heartbeatSeconds,
  expireInSeconds: 3_600,
  // An abandoned job is always taken up again, and one that nobody could take up for long is never dropped.
  retryLimit: 1_000_000,
  retryDelay: 0,
  retentionSeconds: 3_650 * day,
  deleteAfterSeconds: 60,
}

export class Jobs<Data extends object = WebhookJob> {
  readonly #boss: PgBoss
  readonly #queue: Queue<Data>
  #ended: { job: TakenJob<Data>; resolve: () => void; reject: (error: unknown) => void }[] = []
  #isCompleting = false

  private constructor(boss: PgBoss, queue: Queue<Data>) {
    this.#boss = boss
    this.#queue = queue
  }

  /** Installs the queue where it is not there yet, and begins to look after it. */
  static async open<Data extends object>(
    databaseUrl: string,
    queue: Queue<Data>,
    onError: (error: unknown) => void,
  ): Promise<Jobs<Data>> {
    const boss = new PgBoss({
      connectionString: databaseUrl,
      schema: 'pgboss',
      application_name: `tenure ${queue.name} jobs`,
      max: 2,
      schedule: false,
      superviseIntervalSeconds: 5,
      monitorIntervalSeconds: 5,
      maintenanceIntervalSeconds: 300,
    })
    boss.on('error', onError)
    try {
      await boss.start()
      await boss.createQueue(queue.name, settings)
    } catch (error) {
      await boss.stop({ graceful: false })
      throw error
    }
    return new Jobs(boss, queue)
  }

  /** Makes jobs, to be taken after so many seconds, in a transaction of the caller's. */
  async add(client: Sender, jobs: readonly Data[], afterSeconds = 0): Promise<void> {
    if (jobs.length === 0) return
    const startAfter = Math.round(afterSeconds * 1_000) / 1_000
    const { name, groupOf } = this.#queue
    const rows = jobs.map((data) => ({ data, startAfter, group: { id: groupOf(data) } }))
    await this.#boss.insert(name, rows, { db: within(client) })
  }

  /** Takes jobs that are due, so many at most, and none of the groups that are passed over. */
  async take(most: number, passedOver: readonly string[] = []): Promise<TakenJob<Data>[]> {
    const { name, jobsPerGroup } = this.#queue
    const ignoreGroups = passedOver.length > 0 ? [...passedOver] : null
    const options = { batchSize: most, groupConcurrency: jobsPerGroup, ignoreGroups }
    return (await this.#boss.fetch<Data>(name, options)) as TakenJob<Data>[]
  }

  /** Marks a job as done, in a transaction of the caller's; false when it is ours no longer. */
  async complete(client: Sender, { id, retryCount }: TakenJob<Data>): Promise<boolean> {
    const response = await this.#boss.complete(this.#queue.name, { id, retryCount }, null, {
      db: within(client),
    })
    return (response as { affected?: number }).affected === 1
  }

  /**
   * Marks a job as done, together with those that end meanwhile: one commit for many. A job that is ours no longer is
   * left to whoever has it.
   */
  completeTogether(sender: Sender, job: TakenJob<Data>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ended.push({ job, resolve, reject })
      if (!this.#isCompleting) void this.#completeEnded(sender)
    })
  }

  async #completeEnded(sender: Sender): Promise<void> {
    this.#isCompleting = true
    // What ends in the same turn of the event loop belongs together.
    await new Promise(setImmediate)
    while (this.#ended.length > 0) {
      const group = this.#ended
      this.#ended = []
      const attempts = group.map(({ job: { id, retryCount } }) => ({ id, retryCount }))
      try {
        await this.#boss.complete(this.#queue.name, attempts, null, { db: within(sender) })
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#isCompleting = false
  }

  /** Tells that jobs are still being worked at. */
  async keep(jobs: readonly TakenJob<Data>[]): Promise<void> {
    if (jobs.length === 0) return
    await this.#boss.touch(
      this.#queue.name,
      jobs.map(({ id, retryCount }) => ({ id, retryCount })),
    )
  }

  /** Lets somebody else take a job at once. */
  async giveBack({ id, retryCount }: TakenJob<Data>): Promise<void> {
    await this.#boss.fail(this.#queue.name, { id, retryCount })
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false })
  }
}

function within(sender: Sender) {
  const client = sender as pg.ClientBase
  return { executeSql: (text: string, values?: unknown[]) => client.query(text, values) }
}
