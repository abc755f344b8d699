/**
 * The ceiling of doing orders one by one: the rows that `createFirstOrder` writes, written with one prepared statement
 * per call and nothing else, by pgbench. Without pgbench a loop of ours stands in, and the report says so.
 */
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { migrate } from '../../src/store/migrate.ts'
import { openStore } from '../../src/store/open.ts'
import { withClient } from '../database.ts'
import type { LoopDone, LoopJob } from './ceilingLoop.ts'
import { type BenchServer, count } from './database.ts'

export const ceilingClients = 32
export const ceilingCustomers = 1_000

/**
 * With `locked` the partner's row is updated by every call, as it must be for positions without gaps; with `set` a
 * hundred calls are one statement.
 */
export type Variant = 'free' | 'locked' | 'set'

export interface CeilingRound {
  readonly rate: number
  /** Microseconds of PostgreSQL's CPU time per call. */
  readonly postgres: number | undefined
}

export interface Ceiling {
  /** What carries it out, for the report. */
  readonly tool: string
  readonly isSubstitute: boolean
  round(variant: Variant, seconds: number): Promise<CeilingRound>
}

/** The texts of a real order, so that the rows are as long as the service's. */
export interface Sample {
  readonly request: string
  readonly reply: string
  readonly data: string
}

const run = promisify(execFile)

/** Ids that rise with time, as the service's do; random ones would cost the indexes more. */
export const uuidOf = (number: string) =>
  `('019a0000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`

const numbers: Record<Variant, string> = {
  free: `select nextval('bench_order') as id`,
  locked: `update partner set last_seq = last_seq + 1, last_order_id = last_order_id + 1
    where partner_id = 0 returning last_order_id as id`,
  set: `select nextval('bench_order') as id from generate_series(1, 100)`,
}

/** Calls that one statement carries out, and connections that keep the server busy with them. */
const perStatement: Record<Variant, number> = { free: 1, locked: 1, set: 100 }
const clientsOf: Record<Variant, number> = { free: ceilingClients, locked: ceilingClients, set: 4 }

/** One call as one statement; `:name` stands for a value that is sent with it. */
export function ceilingStatement(variant: Variant): string {
  // The calls of a set are for different customers, as those of an array are.
  const customer =
    variant === 'set' ? `1 + (:customer::integer + n.id) % ${ceilingCustomers}` : ':customer::integer'
  return `with n as (${numbers[variant]}),
  l as (insert into license (partner_id, license_id, customer_id, chain_id, "references", created_at)
    select 0, ${uuidOf('n.id')}, ${uuidOf(customer)}, n.id, '{}', to_timestamp(:now::bigint) from n),
  c as (insert into chain (partner_id, chain_id, customer_id, license_id, first_start, latest_end, edition,
      renewal_due_told, expiry_told, cancellation_told, next_due_at, settled_at, version)
    select 0, n.id, ${uuidOf(customer)}, ${uuidOf('n.id')}, to_timestamp(:now::bigint),
      to_timestamp(:until::bigint), 'oo-lite', false, false, false, to_timestamp(:due::bigint),
      to_timestamp(:now::bigint), 1 from n),
  o as (insert into orders (partner_id, chain_id, position, order_id, remote_id, anchor, end_month, term_start,
      term_end, licenses, duration, edition, edition_version, "references", metadata, created_at, request, reply)
    select 0, n.id, 1, n.id, 'order' || n.id, to_timestamp(:now::bigint), 1, to_timestamp(:now::bigint),
      to_timestamp(:until::bigint), 20, 'monthly', 'oo-lite', 1, '{}', '{}', to_timestamp(:now::bigint),
      :request::text, :reply::text from n)
insert into event (partner_id, seq, event_id, type, at, object_kind, object_id, object_version, data, actor)
  select 0, n.id, ${uuidOf('n.id')}, 'order.created', to_timestamp(:now::bigint), 'order', 'order' || n.id, 1,
    :data::json, 'the benchmark' from n`
}

/** The text of the statement with `$1` for each named value, and the names in that order. */
export function numbered(statement: string): { text: string; names: string[] } {
  const names: string[] = []
  const text = statement.replace(/(?<!:):([a-z]+)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name)
    return `$${names.indexOf(name) + 1}`
  })
  return { text, names }
}

/** Makes ready to measure; each variant gets a database of its own. */
export async function openCeiling(server: BenchServer, sample: Sample): Promise<Ceiling> {
  const urls: Record<Variant, string> = {
    free: await prepare(server),
    locked: await prepare(server),
    set: await prepare(server),
  }
  const now = Math.floor(Date.now() / 1000)
  const values = { ...sample, now, until: now + 31 * 86_400, due: now + 16 * 86_400 }
  const version = await pgbenchVersion()
  const act = version ? pgbench(server.folder) : ownLoop
  // Rows of two seconds before the tables are analyzed, so that plans are made for tables that are not empty.
  for (const [variant, url] of Object.entries(urls) as [Variant, string][]) {
    await act(url, variant, 2, values)
    await withClient(url, (client) => client.query('vacuum analyze'))
  }
  return {
    tool: version ?? 'a loop of node-postgres, because pgbench is not installed',
    isSubstitute: version === undefined,
    async round(variant, seconds) {
      const url = urls[variant]
      const before = { orders: await orders(url), cpu: server.cpu() }
      const done = await act(url, variant, seconds, values)
      const [rate, promised] = [done.rate * perStatement[variant], done.statements * perStatement[variant]]
      const after = { orders: await orders(url), cpu: server.cpu() }
      const written = after.orders - before.orders
      if (written !== promised) throw new Error(`The ceiling says ${promised} orders but wrote ${written}.`)
      const cpu = after.cpu === undefined || before.cpu === undefined ? undefined : after.cpu - before.cpu
      return { rate, postgres: cpu === undefined ? undefined : (cpu / written) * 1e6 }
    },
  }
}

/** A database with the service's own schema, empty but for customers. */
async function prepare(server: BenchServer): Promise<string> {
  const url = await server.freshDatabase()
  const store = openStore(url, { connections: 1 })
  await migrate(store.pool)
  await store.close()
  await withClient(url, async (client) => {
    await client.query('create sequence bench_order')
    await client.query(`insert into customer (partner_id, customer_id, id, remote_id, kind, name, is_active, tags,
        metadata, version, created_at, updated_at)
      select 0, ${uuidOf('i')}, i, 'customer' || i, 'organization', 'ABC Company', true, '{}', '{}', 1, now(), now()
      from generate_series(1, ${ceilingCustomers}) i`)
  })
  return url
}

function orders(url: string): Promise<number> {
  return count(url, 'select count(*) from orders')
}

async function pgbenchVersion(): Promise<string | undefined> {
  try {
    return (await run('pgbench', ['--version'])).stdout.trim()
  } catch {
    // Not installed; the loop stands in.
    return undefined
  }
}

type Act = (
  url: string,
  variant: Variant,
  seconds: number,
  values: Record<string, string | number>,
) => Promise<LoopDone>

function pgbench(folder: string): Act {
  return async (url, variant, seconds, values) => {
    const script = join(folder, `ceiling-${variant}.sql`)
    await writeFile(
      script,
      `\\set customer random(1, ${ceilingCustomers})\n${ceilingStatement(variant).replace(/\s+/g, ' ')};\n`,
    )
    const defined = Object.entries(values).flatMap(([name, value]) => ['-D', `${name}=${value}`])
    const clients = ['-c', String(clientsOf[variant]), '-j', '1']
    const options = ['-n', '-M', 'prepared', ...clients, '-T', String(Math.ceil(seconds)), '-f', script]
    const { stdout } = await run('pgbench', [...options, ...defined, url]).catch(({ stderr }) => {
      throw new Error(`pgbench failed: ${String(stderr).slice(0, 400)}`)
    })
    const rate = /tps = ([\d.]+)/.exec(stdout)?.[1]
    const statements = /transactions actually processed: (\d+)/.exec(stdout)?.[1]
    if (!rate || !statements) throw new Error(`pgbench told no rate: ${stdout}`)
    return { rate: Number(rate), statements: Number(statements) }
  }
}

const ownLoop: Act = async (url, variant, seconds, values) => {
  const child = fork(new URL('./ceilingLoop.ts', import.meta.url), { stdio: 'inherit' })
  const ended = once(child, 'exit')
  const job: LoopJob = {
    url,
    clients: clientsOf[variant],
    seconds,
    values,
    ...numbered(ceilingStatement(variant)),
  }
  child.send(job)
  const [{ done, error }] = (await once(child, 'message')) as [{ done?: LoopDone; error?: string }]
  child.disconnect()
  await ended
  if (!done) throw new Error(`The loop for the ceiling failed: ${error}`)
  return done
}
