/**
 * Brings a database up to the schema in `schema/`: numbered SQL files, each carried out once, in order. The row that
 * marks a migration is written first, in its own transaction with it, so that of two servers starting at once one
 * waits for the other and then has nothing left to do.
 *
 * Servers of an earlier version may be at work meanwhile. All of their groups begin at a partner's row; so the table of
 * partners is locked first, and no group can be in the middle of other tables when these are changed. Whatever lock
 * cannot be had soon is given up together with all others, so that nobody queues behind a migration for long.
 */
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'

const folder = new URL('../../schema/', import.meta.url)

/** A database that cannot be used as it is; the message is one sentence for the person who starts the service. */
export class SchemaUnusable extends Error {}

/** The oldest server that has everything the schema uses, as `server_version_num` tells it. */
const oldestServer = 150_000

/** The names of all migrations, in order. */
export async function migrationNames(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^\d{4}_.*\.sql$/.test(name)).sort()
}

/** Carries out what is missing; answers the names of the migrations that it carried out. */
export async function migrate(pool: pg.Pool): Promise<string[]> {
  const client = await pool.connect()
  try {
    await refuseOldServer(client)
    await client
      .query(`create table if not exists migration (
      name text primary key, carried_out_at timestamptz not null default now())`)
      .catch(ignoreRace)
    const names = await migrationNames()
    await refuseNewerSchema(client, names)
    const carriedOut: string[] = []
    for (const name of names) if (await carryOut(client, name)) carriedOut.push(name)
    return carriedOut
  } finally {
    client.release()
  }
}

/** Whether every migration this version knows has been carried out. */
export async function isMigrated(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ name: string }>('select name from migration')
  const done = new Set(rows.map(({ name }) => name))
  return (await migrationNames()).every((name) => done.has(name))
}

async function refuseOldServer(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::integer as number`,
  )
  const server = rows[0]
  if (!server || server.number < oldestServer)
    throw new SchemaUnusable(`Tenure needs PostgreSQL 15 or later; this server is ${server?.version}.`)
}

async function refuseNewerSchema(client: pg.PoolClient, known: string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select name from migration order by name')
  const unknown = rows.map(({ name }) => name).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new SchemaUnusable(
      `The database was migrated by a newer Tenure (${unknown}); start that version or a later one.`,
    )
}

/** A migration of large tables, or of another server that is waited for, may take its time: here the most a timer takes. */
const unhurried = { query_timeout: 2 ** 31 - 1 }

/** How often a migration is tried while others hold what it has to lock, and how long it lets them work in between. */
const mostTries = 60
const betweenTries = 1_000

async function carryOut(client: pg.PoolClient, name: string): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(client, name)
    } catch (error) {
      if (tries === mostTries || !isInTheWay(error as { code?: string })) throw error
      await pause(betweenTries)
    }
  }
}

/** Somebody held a lock for too long, or waited for one of ours while we waited for his. */
function isInTheWay({ code }: { code?: string }): boolean {
  return code === '55P03' || code === '40P01'
}

async function attempt(client: pg.PoolClient, name: string): Promise<boolean> {
  const text = await readFile(new URL(name, folder), 'utf8')
  await client.query('begin')
  try {
    await client.query('set local lock_timeout = 0')
    await client.query('set local statement_timeout = 0')
    const marked = await client.query({
      text: 'insert into migration (name) values ($1) on conflict do nothing',
      values: [name],
      ...unhurried,
    } as pg.QueryConfig)
    if (marked.rowCount === 1) {
      await client.query(`set local lock_timeout = '2s'`)
      if (await hasPartners(client)) await client.query('lock table partner in exclusive mode')
      // Whoever only reads may still wait for us while we wait for him. PostgreSQL would end one of both after a second;
      // it shall be us, who can try again, and so before that.
      await client.query(`set local lock_timeout = '500ms'`)
      await client.query({ text, ...unhurried } as pg.QueryConfig)
    }
    await client.query('commit')
    return marked.rowCount === 1
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/** Whether this is more than the very first migration, on a database that nobody can be using yet. */
async function hasPartners(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `select to_regclass('partner') is not null as found`,
  )
  return rows[0]?.found ?? false
}

/** `create table if not exists` can still lose a race against itself; the table is there then. */
function ignoreRace(error: { code?: string }): void {
  if (error.code !== '23505' && error.code !== '42P07') throw error
}
