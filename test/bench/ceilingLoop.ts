/** Stands in for pgbench: a process that runs one prepared statement per call on as many connections, in a loop. */
import pg from 'pg'
import { ceilingCustomers } from './ceiling.ts'

export interface LoopJob {
  readonly url: string
  readonly clients: number
  readonly text: string
  readonly names: readonly string[]
  readonly values: Record<string, string | number>
  readonly seconds: number
}

export interface LoopDone {
  /** Statements per second. */
  readonly rate: number
  readonly statements: number
}

async function loop({ url, clients: count, text, names, values, seconds }: LoopJob): Promise<LoopDone> {
  const clients = Array.from({ length: count }, () => new pg.Client({ connectionString: url }))
  await Promise.all(clients.map((client) => client.connect()))
  const began = performance.now()
  let calls = 0
  const busy = clients.map(async (client) => {
    while (performance.now() - began < seconds * 1_000) {
      const customer = 1 + Math.floor(Math.random() * ceilingCustomers)
      const sent = names.map((name) => (name === 'customer' ? customer : values[name]))
      await client.query({ name: 'order', text, values: sent })
      calls += 1
    }
  })
  await Promise.all(busy)
  const rate = calls / ((performance.now() - began) / 1_000)
  await Promise.all(clients.map((client) => client.end()))
  return { rate, statements: calls }
}

process.on('message', (job: LoopJob) => {
  loop(job).then(
    (done) => process.send?.({ done }),
    (error: Error) => process.send?.({ error: error.message }),
  )
})
