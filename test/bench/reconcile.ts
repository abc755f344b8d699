/**
 * How fast `tenure reconcile` holds a list of orders against what is here. Can be run alone:
 * `node test/bench/reconcile.ts [ORDERS]`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BenchServer, openServer } from './database.ts'
import { type BenchService, startService } from './service.ts'

export interface ReconcileMeasured {
  readonly orders: number
  /** The whole command, from its start to its end. */
  readonly seconds: number
  /** Orders per second. */
  readonly rate: number
}

const callsPerBody = 500
const customers = 1_000
const program = new URL('../../src/cli/index.ts', import.meta.url)

/** Measures on a fresh database: every tenth order of the list says another quantity, and one is not in it. */
export async function measureReconcile(server: BenchServer, orders: number): Promise<ReconcileMeasured> {
  const databaseUrl = await server.freshDatabase()
  const dataDirectory = join(server.folder, 'reconcile')
  const service = await startService({ databaseUrl, dataDirectory, profile: undefined })
  try {
    await fill(service, customers, (n) => ['createCustomer', { id: `C${n}`, name: `Customer ${n}` }])
    await fill(service, orders, (n) => {
      const order = {
        customer: `C${n % customers}`,
        id: `O${n}`,
        product: 'oo-lite',
        licenses: 20,
        duration: 'monthly',
      }
      return ['createFirstOrder', order]
    })
  } finally {
    await service.close()
  }
  const lines = Array.from(
    { length: orders },
    (_, n) => `O${n},C${n % customers},${n % 10 === 0 ? 21 : 20}\n`,
  )
  const file = join(server.folder, 'orders.csv')
  await writeFile(file, `id,customer,licenses\n${lines.slice(1).join('')}`)
  const began = performance.now()
  const told = await tenure(databaseUrl, ['reconcile', 'orders', file, '--complete', '--json'])
  const seconds = (performance.now() - began) / 1_000
  const found = JSON.parse(told.trimEnd().split('\n').at(-1) as string) as Record<string, number>
  const differing = Math.ceil(orders / 10) - 1
  if (found.rows !== orders - 1 || found.differing !== differing || found.missingThere !== 1)
    throw new Error(`The list was reconciled wrongly: ${JSON.stringify(found)}.`)
  return { orders, seconds, rate: orders / seconds }
}

async function fill(
  service: BenchService,
  most: number,
  call: (n: number) => [string, object],
): Promise<void> {
  for (let start = 0; start < most; start += callsPerBody) {
    const body = Array.from({ length: Math.min(callsPerBody, most - start) }, (_, index) => {
      const [method, params] = call(start + index)
      return { jsonrpc: '2.0', id: start + index, method, params }
    })
    const response = await fetch(`http://127.0.0.1:${service.port}/rpc`, {
      method: 'POST',
      headers: { 'x-api-key': service.key, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (text.includes('"error"'))
      throw new Error(`A call that fills the database failed: ${text.slice(0, 300)}`)
  }
}

async function tenure(databaseUrl: string, words: string[]): Promise<string> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [program.pathname, ...words], {
    env: { PATH, HOME, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    told += chunk
  })
  await once(child, 'close')
  return told
}

if (import.meta.main) {
  const server = await openServer(process.env.DATABASE_URL || undefined)
  try {
    const found = await measureReconcile(server, Number(process.argv[2] ?? 100_000))
    process.stdout.write(`${JSON.stringify(found, null, 2)}\n`)
  } finally {
    await server.close()
  }
}
