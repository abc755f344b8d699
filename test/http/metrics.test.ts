/**
 * What Prometheus gets to see: every figure that the guide, the dashboard and its alerts speak of, no more names than
 * they should have, and values that follow what really happens.
 */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BacklogReader } from '../../src/http/backlog.ts'
import type { Service } from '../../src/service.ts'
import { openStore } from '../../src/store/open.ts'
import { withClient } from '../database.ts'
import { TestPartner } from '../house.ts'
import { good, makeEvents, type OutboxHouse, openOutbox, Receiver, until } from '../outbox/house.ts'

let house: OutboxHouse
let receiver: Receiver
let partner: TestPartner
beforeAll(async () => {
  house = await openOutbox({ backlogMilliseconds: 100, config: { databaseConnections: 6 } })
  receiver = await Receiver.open()
  partner = await house.partner()
  await partner.call('createWebhookEndpoint', { url: receiver.url })
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
})

type Samples = Map<string, number>

/** Every sample by its name and labels, as they are printed. */
async function scrape({ url } = house.services[0] as Service): Promise<Samples> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const [, name = '', value] = /^(.*) (\S+)$/.exec(line) as RegExpExecArray
      return [name, Number(value)]
    }),
  )
}

const nameOf = (sample: string): string => sample.replace(/\{.*/, '')
/** The name of a metric, without what a histogram adds to it. */
const familyOf = (sample: string): string => nameOf(sample).replace(/_(?:bucket|sum|count)$/, '')

const read = (path: string) => readFile(new URL(`../../docs/${path}`, import.meta.url), 'utf8')

describe('figures', () => {
  test('count calls by method and reason, requests by status, groups and events', async () => {
    const before = await scrape()
    const grown = async (name: string) => ((await scrape()).get(name) ?? 0) - (before.get(name) ?? 0)
    await partner.call('createCustomer', { id: 'M', name: 'M' })
    await partner.refusal('createCustomer', { id: 'M', name: 'N' })
    await partner.refusal('getClock', { no: 1 })
    await new TestPartner(partner.url, 'none', 0).post({ method: 'getClock' })
    expect(await grown('tenure_calls_total{method="createCustomer",reason="ok"}')).toBe(1)
    expect(await grown('tenure_calls_total{method="createCustomer",reason="customer_exists"}')).toBe(1)
    expect(await grown('tenure_call_seconds_count{method="createCustomer"}')).toBe(2)
    expect(await grown('tenure_requests_total{status="400"}')).toBe(1)
    expect(await grown('tenure_requests_refused_total{reason="unauthenticated"}')).toBe(1)
    expect(await grown('tenure_events_total{type="customer.created"}')).toBe(1)
    for (const name of ['tenure_group_calls', 'tenure_group_seconds', 'tenure_lane_wait_seconds'])
      expect(await grown(`${name}_count`)).toBeGreaterThan(0)
  })

  test('show what waits: calls behind a lock, connections, callers at the end of a feed', async () => {
    const seen = await withClient(house.url, async (client) => {
      await client.query('begin')
      await client.query('select from partner where partner_id = $1 for no key update', [partner.number])
      const calls = Array.from({ length: 30 }, (_, index) =>
        partner.call('createCustomer', { id: `W${index}`, name: 'W' }),
      )
      const samples = await until(scrape, (one) => (one.get('tenure_lane_waiting_calls') ?? 0) > 20)
      await client.query('rollback')
      await Promise.all(calls)
      return samples
    })
    expect(seen.get('tenure_lane_longest_calls')).toBe(seen.get('tenure_lane_waiting_calls'))
    expect(seen.get('tenure_lanes_busy')).toBeGreaterThanOrEqual(1)
    expect(seen.get('tenure_database_connections{state="busy"}')).toBeGreaterThanOrEqual(1)
    expect(seen.get('tenure_database_connections_limit')).toBe(6)
    const { next } = await partner.call('listEvents', { after: 0, limit: 500 })
    const waiting = partner.call('listEvents', { after: next, waitSeconds: 20 })
    await until(scrape, (one) => one.get('tenure_feed_waiting') === 1)
    await partner.call('createCustomer', { id: 'X', name: 'X' })
    await waiting
    expect((await scrape()).get('tenure_feed_waiting')).toBe(0)
  })

  test('show webhooks: what was sent, what is to be tried again, whose endpoint is failing', async () => {
    const { next } = await partner.call('listEvents', { after: 0, limit: 500 })
    await until(
      () => new Set(receiver.seqs).size,
      (size) => size === next,
    )
    const delivered = 'tenure_webhooks_total{outcome="delivered"}'
    await until(scrape, (one) => one.get(delivered) === next)
    receiver.behaviour = (_arrival, response) => void response.writeHead(500, { 'retry-after': '60' }).end()
    await makeEvents(partner, 3, 'F')
    // The two are read one after the other, so one scrape may show the first of them alone.
    const failing = await until(
      scrape,
      (one) =>
        one.get('tenure_webhooks_waiting{state="later"}') === 3 && one.get('tenure_endpoints_failing') === 1,
      15_000,
    )
    expect(failing.get('tenure_webhooks_total{outcome="pending"}')).toBe(3)
    expect(failing.get('tenure_backlog_age_seconds')).toBeLessThan(10)
    receiver.behaviour = good
    await makeEvents(partner, 2, 'G')
    const well = await until(scrape, (one) => one.get('tenure_endpoints_failing') === 0, 15_000)
    expect(well.get(delivered)).toBe(next + 2)
    expect(well.get('tenure_webhook_seconds_count')).toBe(next + 5)
  })

  test('show how far the feed is ahead of its endpoints, and what of shops waits to be looked at', async () => {
    const inbox = `with source as (
        insert into shop_source (partner_id, source_id, name, shop, secret, version, created_at, updated_at)
          values ($1, gen_random_uuid(), 'shop', 'stripe', 's', 1, now(), now())
        returning partner_id, source_id),
      receipt as (insert into inbox_receipt
        select partner_id, gen_random_uuid(), source_id, '{}', '', now() from source
        returning partner_id, source_id, receipt_id)
      insert into inbox_item (partner_id, inbox_id, source_id, event_id, type, receipt_id, state, reason, received_at, version)
        select partner_id, gen_random_uuid(), source_id, n::text, 'x', receipt_id,
          case when n < 4 then 'parked' when n < 6 then 'failed' else 'applied' end, 'a test', now(), 1
        from receipt, generate_series(1, 9) n`
    await withClient(house.url, async (client) => {
      // Held, so that no server makes jobs of what lies behind it.
      await client.query('begin')
      await client.query('select from webhook_cursor where partner_id = $1 for update', [partner.number])
      await makeEvents(partner, 1, 'H')
      await house.sql(inbox, [partner.number])
      const lags = (one: Samples) => (one.get('tenure_feed_lag_seconds') ?? 0) > 1
      const samples = await until(scrape, lags, 15_000)
      expect(samples.get('tenure_feed_lag_seconds')).toBeLessThan(15)
      expect(samples.get('tenure_inbox_waiting{state="parked"}')).toBe(3)
      expect(samples.get('tenure_inbox_waiting{state="failed"}')).toBe(2)
      await client.query('rollback')
    })
    await until(scrape, (one) => one.get('tenure_feed_lag_seconds') === 0, 15_000)
  })

  test('show what had to be tried again, and what the machine has to say', async () => {
    const lost = 'tenure_group_failures_total{cause="lost"}'
    await withClient(house.url, async (client) => {
      await client.query('begin')
      await client.query('select from partner where partner_id = $1 for no key update', [partner.number])
      const call = partner.call('createCustomer', { id: 'R', name: 'R' })
      const ended = () =>
        house.sql<{ ended: boolean }>(
          `select pg_terminate_backend(pid) as ended from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`,
        )
      await until(ended, (rows) => rows.length > 0)
      await client.query('rollback')
      expect((await call).remoteId).toBe('R')
    })
    const samples = await scrape()
    expect(samples.get(lost)).toBeGreaterThanOrEqual(1)
    expect(samples.get('tenure_database_up')).toBe(1)
    expect(samples.get('tenure_sweep_lag_seconds')).toBeLessThan(5)
    expect(samples.get('tenure_sweep_set_aside')).toBe(0)
    for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'])
      expect(samples.get(name)).toBeGreaterThan(0)
  })

  test('have units in their names, say what they mean, and carry no ids', async () => {
    const text = await (await fetch(`${house.services[0]?.url}/metrics`)).text()
    const own = [...text.matchAll(/^# HELP (tenure_\w+) (.+)$/gm)]
    expect(own.length).toBeGreaterThan(20)
    for (const [, name, help] of own) {
      expect(help, name).toMatch(/^[A-Z].+\.$/)
      expect(name).toMatch(/_(?:total|seconds|calls|info|limit|waiting|failing|up|busy|connections|aside)$/)
    }
    const labels = new Set(
      [...text.matchAll(/^tenure_\w+\{(.*)\}/gm)].flatMap(([, all = '']) => all.match(/\w+(?==")/g)),
    )
    expect([...labels].toSorted()).toEqual([
      'cause',
      'le',
      'method',
      'node',
      'outcome',
      'reason',
      'state',
      'status',
      'type',
      'version',
    ])
  })

  test('are asked of the database once in a while, however often they are asked for', async () => {
    const store = openStore(house.url)
    let asked = 0
    store.pool.on('acquire', () => {
      asked += 1
    })
    const reader = new BacklogReader(store.pool, () => {})
    const answers = await Promise.all(Array.from({ length: 50 }, () => reader.read()))
    for (const { answers: up, ageSeconds } of answers) expect([up, ageSeconds < 4]).toEqual([true, true])
    await reader.read()
    expect(asked).toBe(2)
    await store.close()
  })
})

/** The names that stand in an expression: words in front of `{`, `[`, `)` or an end that are no function and no label. */
function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left)\s*\([^)]*\)/g, '')
  return bare.match(/\b(?:tenure|nodejs|process|up)\w*\b(?!\s*[(=])/g) ?? []
}

describe('the guide and the dashboard', () => {
  let families: Set<string>
  let labels: Map<string, Set<string>>
  beforeAll(async () => {
    const text = await (await fetch(`${house.services[0]?.url}/metrics`)).text()
    families = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name as string))
    labels = new Map()
    for (const [, name = '', all = ''] of text.matchAll(/^(\w+)\{(.*)\}/gm)) {
      const known = labels.get(familyOf(name)) ?? new Set()
      for (const label of all.match(/\w+(?==")/g) ?? []) known.add(label)
      labels.set(familyOf(name), known)
    }
  })

  /** What an expression names that is not there. */
  const unknownIn = (expression: string): string[] => {
    const names = metricsIn(expression).filter((name) => !families.has(familyOf(name)) && name !== 'up')
    const selected = [...expression.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, name = '', matchers = '']) =>
      (matchers.match(/\w+(?=\s*[=!]~?)/g) ?? [])
        .filter((label) => !labels.get(familyOf(name))?.has(label) && !['job', 'instance'].includes(label))
        .map((label) => `${name}{${label}}`),
    )
    return [...names, ...selected]
  }

  test('queries of the dashboard name only what is there', async () => {
    const dashboard = JSON.parse(await read('grafana-dashboard.json'))
    const panels = dashboard.panels as { title: string; type: string; targets?: { expr: string }[] }[]
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    expect(expressions.length).toBeGreaterThan(20)
    expect(expressions.flatMap(unknownIn)).toEqual([])
    for (const { title, type, targets } of panels)
      if (type !== 'row') expect(targets?.length, title).toBeGreaterThan(0)
  })

  test('alerts of the guide name only what is there', async () => {
    const expressions = [...(await read('observability.md')).matchAll(/^\s+expr: (.+)$/gm)].map(
      ([, expr]) => expr as string,
    )
    expect(expressions.length).toBeGreaterThan(8)
    expect(expressions.flatMap(unknownIn)).toEqual([])
  })

  test('every figure of ours stands in the guide, and none that is not there', async () => {
    const guide = await read('observability.md')
    const own = [...families].filter((name) => name.startsWith('tenure_'))
    expect(own.filter((name) => !guide.includes(`\`${name}\``))).toEqual([])
    const told = [...guide.matchAll(/`(tenure_\w+)`/g)].map(([, name]) => name as string)
    expect(told.filter((name) => !families.has(name))).toEqual([])
  })

  test('would be told apart from what is not there', () => {
    expect(unknownIn('rate(tenure_call_total{method="x"}[5m])')).toContain('tenure_call_total')
    expect(unknownIn('sum by (reason) (rate(tenure_calls_total{status="x"}[5m]))')).toEqual([
      'tenure_calls_total{status}',
    ])
  })
})
