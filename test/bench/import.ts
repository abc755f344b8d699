/**
 * How fast a file of customers is imported, beside PostgreSQL's own COPY of the same rows into the same tables. Can be
 * run alone: `node test/bench/import.ts [ROWS]`.
 */
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { migrate } from '../../src/store/migrate.ts'
import { openStore } from '../../src/store/open.ts'
import { withClient } from '../database.ts'
import { copyIn, copyOut } from './copy.ts'
import { type BenchServer, count, openServer } from './database.ts'
import { type BenchService, startService } from './service.ts'

export interface ImportMeasured {
  readonly rows: number
  /** Rows per second. */
  readonly import: number
  readonly copy: number
  /** How much of COPY's rate the import reaches. */
  readonly ratio: number
  /** Megabytes of the service: when a tenth was in, and the most until the end. */
  readonly memory: { early: number; most: number }
  readonly importAgain: number
  readonly dryRun: number
}

/** Beyond so many rows COPY is measured on the first of them, since its data are held in memory. */
const mostCopied = 200_000

/** Measures on a fresh database and a fresh service. */
export async function measureImport(server: BenchServer, rows: number): Promise<ImportMeasured> {
  const databaseUrl = await server.freshDatabase()
  const dataDirectory = `${server.folder}/import`
  const service = await startService({ databaseUrl, dataDirectory, profile: process.env.BENCH_PROFILE })
  try {
    const dryRun = rows / (await importRows(service, Math.min(rows, mostCopied), 'dryRun')).seconds
    const first = await importRows(service, rows, '')
    const written = await count(databaseUrl, 'select count(*) from event')
    if (written !== rows) throw new Error(`${rows} rows were imported and ${written} events written.`)
    const again = await importRows(service, Math.min(rows, mostCopied), '')
    const copied = Math.min(rows, mostCopied)
    const copySeconds = await copySame(server, databaseUrl, copied)
    const [rate, copy] = [rows / first.seconds, copied / copySeconds]
    return {
      rows,
      import: rate,
      copy,
      ratio: rate / copy,
      memory: first.memory,
      importAgain: copied / again.seconds,
      dryRun: (dryRun * copied) / rows,
    }
  } finally {
    await service.close()
  }
}

function line(n: number): string {
  return `C${n},"Customer ${n}, Ltd",office${n}@example.com,${n} Main Street,0${n},Springfield,US,admin${n}@example.com,Isa Aswath\n`
}

const header = 'number,company,email,street,zip,city,country,admin email,admin name\n'

async function importRows(service: BenchService, rows: number, option: string) {
  const memory = { early: 0, most: 0 }
  let sent = 0
  const file = Readable.from(
    (function* () {
      yield header
      for (let n = 0; n < rows; n += 500) {
        sent = n
        yield Array.from({ length: Math.min(500, rows - n) }, (_, index) => line(n + index)).join('')
      }
    })(),
  )
  const watch = setInterval(() => {
    const now = service.memory()?.now ?? 0
    if (memory.early === 0 && sent > rows / 10) memory.early = now
    memory.most = Math.max(memory.most, now)
  }, 100)
  const began = performance.now()
  const summary = await post(service, `/import/customers?${option}`, file)
  clearInterval(watch)
  if (!summary.includes(`{"total":${rows},`)) throw new Error(`The import answered ${summary.slice(0, 300)}`)
  return { seconds: (performance.now() - began) / 1_000, memory }
}

function post({ port, key }: BenchService, path: string, body: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-api-key': key, 'content-type': 'text/csv' }
    const sent = request({ port, path, method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    })
    sent.on('error', reject)
    body.pipe(sent)
  })
}

const tables = ['customer', 'customer_remote_id', 'event'] as const

/** Seconds in which COPY brings the first rows of the import into an empty copy of the database, events and all. */
async function copySame(server: BenchServer, from: string, rows: number): Promise<number> {
  const chosen = {
    customer: `select * from customer where id <= ${rows} order by id`,
    customer_remote_id: `select r.* from customer_remote_id r join customer c using (partner_id, customer_id)
      where c.id <= ${rows} order by c.id`,
    event: `select * from event where seq <= ${rows} order by seq`,
  }
  const data = await withClient(from, async (client) => {
    const found: Buffer[][] = []
    for (const table of tables) found.push(await copyOut(client, `copy (${chosen[table]}) to stdout`))
    return found
  })
  const to = await server.freshDatabase()
  const store = openStore(to, { connections: 1 })
  await migrate(store.pool)
  await store.close()
  return withClient(to, async (client) => {
    const began = performance.now()
    await client.query('begin')
    for (const [index, table] of tables.entries())
      await copyIn(client, `copy ${table} from stdin`, data[index] as Buffer[])
    await client.query('commit')
    const seconds = (performance.now() - began) / 1_000
    const { rows: counted } = await client.query<{ n: number }>('select count(*)::int as n from customer')
    if (counted[0]?.n !== rows) throw new Error(`COPY brought ${counted[0]?.n} of ${rows} rows.`)
    return seconds
  })
}

if (import.meta.main) {
  const server = await openServer(process.env.DATABASE_URL || undefined)
  try {
    const found = await measureImport(server, Number(process.argv[2] ?? 100_000))
    process.stdout.write(`${JSON.stringify({ ...server.facts, ...found }, null, 2)}\n`)
  } finally {
    await server.close()
  }
}
