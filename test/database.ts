/**
 * The PostgreSQL of a test run: the embedded one in a temporary folder, or the server that TEST_DATABASE_URL names (its
 * user must be allowed to create databases). A template is migrated once; every test file gets a copy of its own.
 */

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore } from '../src/store/open.ts'
import { temporaryFolder } from './folder.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    serverUrl: string
    template: string
  }
}

export default async function provideDatabase({ provide }: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  const folder = given ? undefined : await temporaryFolder('tenure-test')
  const settings = { max_connections: '300', fsync: 'off' }
  const embedded = folder ? await openEmbedded({ dataDirectory: join(folder, 'data'), settings }) : undefined
  const serverUrl = given ?? (embedded?.url as string)
  const template = `tenure_template_${process.pid}`
  await withClient(serverUrl, async (client) => {
    await client.query(`drop database if exists ${template}`)
    await client.query(`create database ${template}`)
  })
  const store = openStore(databaseUrl(serverUrl, template), { connections: 2 })
  await migrate(store.pool)
  await store.close()
  provide('serverUrl', serverUrl)
  provide('template', template)
  return async () => {
    await withClient(serverUrl, async (client) => {
      await client.query(`drop database if exists ${template}`)
    })
    await embedded?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  }
}

/** The URL of another database on the same server. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

export async function withClient<Result>(
  url: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
