/** The PostgreSQL that is measured: the embedded one exactly as the service opens it, or a given server. */

import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openEmbedded } from '../../src/store/embedded.ts'
import { databaseUrl, withClient } from '../database.ts'
import { temporaryFolder } from '../folder.ts'
import { cpuOfServer, postmasterOf } from './processes.ts'

export interface BenchServer {
  /** A folder for everything that the run leaves on disk; it is removed at the end. */
  readonly folder: string
  readonly facts: ServerFacts
  /** Makes an empty database and answers its URL. */
  freshDatabase(): Promise<string>
  /** Seconds of CPU time of the whole server so far; undefined where it runs elsewhere. */
  cpu(): number | undefined
  close(): Promise<void>
}

export interface ServerFacts {
  readonly kind: 'embedded' | 'given'
  readonly version: string
  readonly settings: Record<string, string>
}

/** The settings that decide how fast a database writes. */
const telling = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_sync_method',
  'shared_buffers',
  'max_wal_size',
  'checkpoint_timeout',
  'max_connections',
  'jit',
]

export async function openServer(given: string | undefined): Promise<BenchServer> {
  const folder = await temporaryFolder('tenure-bench')
  const embedded = given ? undefined : await openEmbedded({ dataDirectory: join(folder, 'data') })
  const url = given ?? (embedded?.url as string)
  const made: string[] = []
  const close = async (): Promise<void> => {
    await embedded?.close()
    await rm(folder, { recursive: true, force: true })
  }
  const { facts, postmaster } = await look(url, given ? 'given' : 'embedded').catch(async (error) => {
    await close()
    throw error
  })
  return {
    folder,
    facts,
    async freshDatabase() {
      const name = `tenure_bench_${randomUUID().replaceAll('-', '')}`
      await withClient(url, (client) => client.query(`create database ${name}`))
      made.push(name)
      return databaseUrl(url, name)
    },
    cpu: () => (postmaster === undefined ? undefined : cpuOfServer(postmaster)),
    async close() {
      await withClient(url, async (client) => {
        for (const name of made) await client.query(`drop database if exists ${name} with (force)`)
      })
      await close()
    },
  }
}

async function look(url: string, kind: ServerFacts['kind']) {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; value: string }>(
      `select name, current_setting(name) as value from pg_settings where name = any ($1)`,
      [telling],
    )
    const shown = await client.query<{ version: string; pid: number }>(
      `select current_setting('server_version') as version, pg_backend_pid() as pid`,
    )
    const { version, pid } = shown.rows[0] as { version: string; pid: number }
    const settings = Object.fromEntries(rows.map(({ name, value }) => [name, value]))
    const facts: ServerFacts = { kind, version, settings }
    return { facts, postmaster: postmasterOf(pid) }
  })
}

/** One number that a query answers. */
export async function count(url: string, query: string): Promise<number> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ count: string }>(query)
    return Number(rows[0]?.count)
  })
}
