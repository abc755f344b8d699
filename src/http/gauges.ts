/** What is looked at when Prometheus asks: queues and connections of this server, and the backlog in the database. */
import type pg from 'pg'
import { Gauge, type Registry } from 'prom-client'
import type { BacklogReader } from './backlog.ts'

/** Where the figures are. */
export interface Sources {
  readonly pool: pg.Pool
  readonly lanes: { readonly waiting: { all: number; longest: number }; readonly busy: number }
  readonly tail: { readonly waiting: number }
  readonly sweep: { readonly lag: number; readonly setAside: number }
  readonly backlog: BacklogReader
  /** The machine's clock, in milliseconds. */
  readonly milliseconds: () => number
}

/** What each figure means, by its name; those with a label tell its values. */
const meanings = {
  tenure_lane_waiting_calls: 'Calls that wait for their partner’s transaction, of all partners together.',
  tenure_lane_longest_calls: 'Calls that wait for one partner: the one with the most.',
  tenure_lanes_busy: 'Partners with calls waiting or under way.',
  tenure_database_connections: 'Connections of the pool, by state: idle, busy.',
  tenure_database_connections_limit: 'Connections that the pool may open.',
  tenure_database_waiting: 'Queries and transactions that wait for a connection of the pool.',
  tenure_database_up: 'Whether the database answered when this was asked.',
  tenure_feed_waiting: 'Callers of listEvents that wait at the end of a feed.',
  tenure_feed_lag_seconds:
    'Age of the oldest event that an endpoint is to be sent and that has not been made into a job.',
  tenure_webhooks_waiting:
    'Webhooks in the queue of all servers, by state: due, later (another attempt), under_way. Counted up to some 10,000 jobs each.',
  tenure_inbox_waiting:
    'Events of shops that somebody has to look at, by state: parked, failed. Counted up to 10,000 each.',
  tenure_endpoints_failing: 'Endpoints in use whose last attempts have all failed.',
  tenure_backlog_age_seconds: 'How long ago the figures about feed, webhooks and endpoints were read.',
  tenure_sweep_lag_seconds: 'Time since the moment up to which all that is due has been told.',
  tenure_sweep_set_aside:
    'Chains and licences that the sweep could not tell of and tries again at growing pauses.',
} as const

type Name = keyof typeof meanings

const labels: Partial<Record<Name, string>> = {
  tenure_database_connections: 'state',
  tenure_webhooks_waiting: 'state',
  tenure_inbox_waiting: 'state',
}

export class Gauges {
  readonly #sources: Sources
  readonly #gauges: Record<Name, Gauge<string>>

  constructor(registry: Registry, sources: Sources) {
    this.#sources = sources
    const made = Object.entries(meanings).map(([name, help]) => {
      const label = labels[name as Name]
      return [name, new Gauge({ name, help, labelNames: label ? [label] : [], registers: [registry] })]
    })
    this.#gauges = Object.fromEntries(made)
  }

  /** Brings every figure up to date. */
  async look(): Promise<void> {
    const { pool, lanes, tail, sweep } = this.#sources
    const { all, longest } = lanes.waiting
    this.#set('tenure_lane_waiting_calls', all)
    this.#set('tenure_lane_longest_calls', longest)
    this.#set('tenure_lanes_busy', lanes.busy)
    this.#set('tenure_feed_waiting', tail.waiting)
    this.#set('tenure_sweep_lag_seconds', sweep.lag)
    this.#set('tenure_sweep_set_aside', sweep.setAside)
    this.#set('tenure_database_connections', pool.idleCount, 'idle')
    this.#set('tenure_database_connections', pool.totalCount - pool.idleCount, 'busy')
    this.#set('tenure_database_connections_limit', pool.options.max)
    this.#set('tenure_database_waiting', pool.waitingCount)
    await this.#lookAtBacklog()
  }

  async #lookAtBacklog(): Promise<void> {
    const { backlog: reader, milliseconds } = this.#sources
    const { backlog, ageSeconds, answers } = await reader.read()
    this.#set('tenure_database_up', answers ? 1 : 0)
    // Nothing is told of what was never read: an absent figure is better than a wrong one.
    if (!backlog) return
    const { oldestEventAt, webhooks, endpointsFailing, inbox } = backlog
    const lag = oldestEventAt === null ? 0 : Math.max(0, milliseconds() / 1_000 - oldestEventAt)
    this.#set('tenure_feed_lag_seconds', lag)
    this.#set('tenure_webhooks_waiting', webhooks.due, 'due')
    this.#set('tenure_webhooks_waiting', webhooks.later, 'later')
    this.#set('tenure_webhooks_waiting', webhooks.underWay, 'under_way')
    this.#set('tenure_endpoints_failing', endpointsFailing)
    this.#set('tenure_inbox_waiting', inbox.parked, 'parked')
    this.#set('tenure_inbox_waiting', inbox.failed, 'failed')
    this.#set('tenure_backlog_age_seconds', ageSeconds)
  }

  #set(name: Name, value: number, of?: string): void {
    const label = labels[name]
    this.#gauges[name].set(label && of ? { [label]: of } : {}, value)
  }
}
