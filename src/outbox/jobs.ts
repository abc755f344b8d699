/**
 * The queue of webhook jobs: pg-boss in the same database, in the schema `pgboss`. Jobs are made and completed inside
 * transactions of ours, so that a job and the mark that goes with it are there together or not at all.
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
export interface TakenJob {
  readonly id: string
  readonly retryCount: number
  readonly data: WebhookJob
}

const queue = 'webhook'

/** Jobs of one endpoint that may be under way at the same time on all servers together. */
const jobsPerEndpoint = 2

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

export class Jobs {
  readonly #boss: PgBoss

  private constructor(boss: PgBoss) {
    this.#boss = boss
  }

  /** Installs the queue where it is not there yet, and begins to look after it. */
  static async open(databaseUrl: string, onError: (error: unknown) => void): Promise<Jobs> {
    const boss = new PgBoss({
      connectionString: databaseUrl,
      schema: 'pgboss',
      application_name: 'tenure webhooks',
      max: 2,
      schedule: false,
      superviseIntervalSeconds: 5,
      monitorIntervalSeconds: 5,
      maintenanceIntervalSeconds: 300,
    })
    boss.on('error', onError)
    try {
      await boss.start()
      await boss.createQueue(queue, settings)
    } catch (error) {
      await boss.stop({ graceful: false })
      throw error
    }
    return new Jobs(boss)
  }

  /** Makes jobs, to be taken after so many seconds, in a transaction of the caller's. */
  async add(client: pg.ClientBase, jobs: readonly WebhookJob[], afterSeconds = 0): Promise<void> {
    if (jobs.length === 0) return
    const startAfter = Math.round(afterSeconds * 1_000) / 1_000
    const rows = jobs.map((data) => ({ data, startAfter, group: { id: data.endpointId } }))
    await this.#boss.insert(queue, rows, { db: within(client) })
  }

  /** Takes jobs that are due, so many at most. */
  async take(most: number): Promise<TakenJob[]> {
    const options = { batchSize: most, groupConcurrency: jobsPerEndpoint }
    return (await this.#boss.fetch<WebhookJob>(queue, options)) as TakenJob[]
  }

  /** Marks a job as done, in a transaction of the caller's; false when it is ours no longer. */
  async complete(client: pg.ClientBase, { id, retryCount }: TakenJob): Promise<boolean> {
    const response = await this.#boss.complete(queue, { id, retryCount }, null, { db: within(client) })
    return (response as { affected?: number }).affected === 1
  }

  /** Tells that jobs are still being worked at. */
  async keep(jobs: readonly TakenJob[]): Promise<void> {
    if (jobs.length === 0) return
    await this.#boss.touch(
      queue,
      jobs.map(({ id, retryCount }) => ({ id, retryCount })),
    )
  }

  /** Lets somebody else take a job at once. */
  async giveBack({ id, retryCount }: TakenJob): Promise<void> {
    await this.#boss.fail(queue, { id, retryCount })
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false })
  }
}

function within(client: pg.ClientBase) {
  return { executeSql: (text: string, values?: unknown[]) => client.query(text, values) }
}
