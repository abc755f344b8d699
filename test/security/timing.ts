/**
 * Measures whether time tells which key ids exist: `npm run key-timing -- --tries 20000`. Keys with a known id and a
 * wrong secret, and keys with an id that nobody has, are looked up in turns, in an order that chance decides. Ends
 * with 1 when the two can be told apart by more than their own spread allows.
 */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import { Fault } from '../../src/faults.ts'
import { Authenticator } from '../../src/rpc/auth.ts'
import { makeKey } from '../../src/rules/apiKey.ts'
import { openEmbedded } from '../../src/store/embedded.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openStore } from '../../src/store/open.ts'
import { temporaryFolder } from '../folder.ts'

const { values } = parseArgs({ options: { tries: { type: 'string', default: '20000' } } })
const tries = Number(values.tries)

/** How many keys the database has; those that are tried are other ones, or have other secrets. */
const keys = 10_000

const folder = await temporaryFolder('tenure-timing')
const database = await openEmbedded({ dataDirectory: join(folder, 'data'), settings: { fsync: 'off' } })
const store = openStore(database.url, { connections: 2 })
try {
  await migrate(store.pool)
  const kept = Array.from({ length: keys }, () => makeKey(randomBytes(55), false))
  await fill(
    store.pool,
    kept.map(({ keyId, secretHash }) => ({ keyId, secretHash })),
  )
  const authenticator = new Authenticator(store.pool)
  const known = Array.from({ length: tries }, (_, index) => otherSecret(kept[index % keys]?.keyId as string))
  const unknown = Array.from({ length: tries }, () => makeKey(randomBytes(55), false).key)
  const took = { known: [] as number[], unknown: [] as number[] }
  for (let warm = 0; warm < 500; warm++) await look(authenticator, unknown[warm % tries] as string)
  for (let index = 0; index < tries; index++) {
    const first = randomBytes(1)[0] as number
    const order = first % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
    for (const kind of order)
      took[kind].push(await look(authenticator, (kind === 'known' ? known : unknown)[index] as string))
  }
  process.exitCode = report(took.known, took.unknown)
} finally {
  await store.close()
  await database.close()
  await rm(folder, { recursive: true, force: true })
}

async function fill(pool: pg.Pool, rows: { keyId: string; secretHash: string }[]): Promise<void> {
  await pool.query(
    `insert into api_key (partner_id, key_id, name, scopes, secret_hash, created_at)
      select 0, k."keyId", 'timing', '{read}', decode(k."secretHash", 'hex'), now()
      from json_to_recordset($1::json) as k ("keyId" text, "secretHash" text)`,
    [JSON.stringify(rows)],
  )
  await pool.query('analyze api_key')
}

/** A key of good form with this id and a secret that nobody was given. */
function otherSecret(keyId: string): string {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const id = Uint8Array.from([...keyId].map((character) => alphabet.indexOf(character)))
  return makeKey(Buffer.concat([id, randomBytes(43)]), false).key
}

/** Microseconds until a key was refused. */
async function look(authenticator: Authenticator, key: string): Promise<number> {
  const began = process.hrtime.bigint()
  try {
    await authenticator.authenticate(key, 1_800_000_000)
  } catch (error) {
    if (error instanceof Fault && error.reason === 'unauthenticated')
      return Number(process.hrtime.bigint() - began) / 1_000
    throw error
  }
  throw new Error('A wrong key was taken.')
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number
}

/** How often, in so many pairs, the one took longer than the other: one half where nothing tells them apart. */
function report(known: number[], unknown: number[]): number {
  const longer = known.filter((time, index) => time > (unknown[index] as number)).length / known.length
  const [k, u] = [known.toSorted((one, other) => one - other), unknown.toSorted((one, other) => one - other)]
  const line = (name: string, times: readonly number[]): string =>
    `${name.padEnd(24)}${[0.1, 0.5, 0.9, 0.99].map((share) => quantile(times, share).toFixed(0).padStart(8)).join('')}\n`
  const error = Math.sqrt(0.25 / known.length)
  process.stdout.write(
    `${'microseconds'.padEnd(24)}${['p10', 'p50', 'p90', 'p99'].map((name) => name.padStart(8)).join('')}\n`,
  )
  process.stdout.write(line('known id, wrong secret', k) + line('unknown id', u))
  process.stdout.write(
    `A known id took longer in ${(longer * 100).toFixed(2)} % of ${known.length} pairs (standard error ${(error * 100).toFixed(2)}); ` +
      `the medians differ by ${(quantile(k, 0.5) - quantile(u, 0.5)).toFixed(1)} microseconds. Load ${loadavg()[0]?.toFixed(1)}.\n`,
  )
  // A row that is found has to be carried over, which takes a few microseconds; the way through a network takes more.
  const toldApart = Math.abs(quantile(k, 0.5) - quantile(u, 0.5)) > 0.1 * quantile(u, 0.5)
  process.stdout.write(
    toldApart ? 'They can be told apart.\n' : 'The medians lie within a tenth of one another.\n',
  )
  return toldApart ? 1 : 0
}
