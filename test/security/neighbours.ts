/**
 * Measures what a greedy or stuck partner does to another: `npm run neighbours -- --seconds 5`. One partner calls at a
 * steady pace, alone and then beside each way of being a bad neighbour; its waiting times stand side by side. Runs a
 * PostgreSQL of its own in a temporary folder. Ends with 1 when a call of the steady partner fails.
 */
import { rm } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeKey } from '../../src/rules/apiKey.ts'
import { openEmbedded } from '../../src/store/embedded.ts'
import { withClient } from '../database.ts'
import { temporaryFolder } from '../folder.ts'
import { openServed } from '../hostile/service.ts'
import { callOn } from '../hostile/stage.ts'
import { beGreedy, type Eaten, type Greed } from './greedy.ts'
import { Sender } from './sender.ts'
import { type Pace, steady } from './steady.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    /** Calls of the steady partner in a second. */
    pace: { type: 'string', default: '50' },
    only: { type: 'string' },
  },
})
const seconds = Number(values.seconds)

const folder = await temporaryFolder('tenure-neighbours')
const database = await openEmbedded({ dataDirectory: join(folder, 'data') })
const served = await openServed({
  databaseUrl: database.url,
  dataDirectory: join(folder, 'data'),
  databaseConnections: 10,
})
const sender = new Sender(served.url)

/** A partner with a customer and some things to list. */
async function partner(): Promise<{ partner: number; key: string }> {
  const call = callOn(served.url)
  const made = await call(served.initialKey, 'createPartner', { name: 'a partner' })
  const { partner, apiKey: key } = made as { partner: number; apiKey: string }
  const calls = Array.from({ length: 500 }, (_, id) => ({
    method: 'createCustomer',
    params: { id: `c${id}`, name: 'C' },
  }))
  await sender.array(key, calls)
  await call(key, 'createFirstOrder', {
    customer: 'c0',
    id: 'o',
    product: 'oo-lite',
    licenses: 1,
    duration: 'yearly',
  })
  return { partner, key }
}

const many = (count: number, method: string, params: object = {}) =>
  Array.from({ length: count }, () => ({ method, params }))

interface Neighbour {
  readonly name: string
  /** Becomes a bad neighbour; what it answers ends that, and tells what it did. */
  begin(greedy: { partner: number; key: string }): Promise<() => Promise<string>>
}

/** What the other did, in words. */
function words({ answered, unavailable, refused }: Eaten): string {
  const told = [
    [answered, 'calls answered'],
    [unavailable, 'refused as unavailable'],
    [refused, 'refused'],
  ] as const
  return (
    told.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(', ') || 'nothing answered'
  )
}

function flooding(name: string, connections: number, calls: Greed['calls']): Neighbour {
  return {
    name,
    async begin({ key }) {
      const flood = beGreedy({ url: served.url, keys: [key], connections, calls })
      return async () => {
        const eaten = await flood.sofar()
        await flood.stop()
        return words(eaten)
      }
    },
  }
}

/** Locks the partner's row from outside for as long as the neighbour lasts, while it goes on writing. */
async function lockRow({ partner, key }: { partner: number; key: string }, connections: number) {
  const released = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const session = withClient(database.url, async (client) => {
    await client.query('begin')
    await client.query('select from partner where partner_id = $1 for update', [partner])
    locked.resolve()
    await released.promise
    await client.query('rollback')
  })
  await locked.promise
  const calls = many(1_000, 'resumeOrder', { id: 'none' })
  const flood = beGreedy({ url: served.url, keys: [key], connections, calls })
  return async () => {
    const eaten = await flood.sofar()
    released.resolve()
    await session
    await flood.stop()
    return words(eaten)
  }
}

const neighbours: Neighbour[] = [
  { name: 'alone', begin: async () => async () => '' },
  flooding('single writes', 50, many(1, 'updateCustomer', { id: 'c1', name: 'x' })),
  flooding('arrays of 1,000 writes', 8, many(1_000, 'updateCustomer', { id: 'c1', name: 'x' })),
  flooding('arrays of 1,000 lookups', 8, many(1_000, 'getCustomer', { id: 'c1' })),
  flooding('arrays of 1,000 lists', 8, many(1_000, 'listCustomers', { limit: 20 })),
  flooding('lists of 500 things', 20, many(1, 'listCustomers', { limit: 500 })),
  flooding('500 calls that wait', 500, many(1, 'listEvents', { after: 1_000_000_000 })),
  { name: 'a locked row, 10 writers', begin: (greedy) => lockRow(greedy, 10) },
  { name: 'a locked row, a full queue', begin: (greedy) => lockRow(greedy, 30) },
  {
    name: 'strangers with wrong keys',
    async begin() {
      const keys = Array.from(
        { length: 100 },
        (_, index) => makeKey(new Uint8Array(55).fill(index), false).key,
      )
      const flood = beGreedy({ url: served.url, keys, connections: 100, calls: many(1, 'getClock') })
      return async () => {
        const eaten = await flood.sofar()
        await flood.stop()
        return words(eaten)
      }
    },
  },
]

/** Calls of each kind, so that no way through the house is left out. */
const pace: Pace = {
  perSecond: Number(values.pace),
  seconds,
  calls: [
    { method: 'updateCustomer', params: { id: 'c7', name: 'Steady' } },
    { method: 'getOrder', params: { id: 'o' } },
    { method: 'listOrders', params: {} },
    { method: 'checkEntitlement', params: { customer: 'c0', edition: 'oo-lite' } },
    { method: 'listEvents', params: { limit: 10 } },
  ],
}

try {
  const calm = await partner()
  const greedy = await partner()
  await steady(sender, calm.key, { ...pace, seconds: 2 })
  const columns = ['p50', 'p90', 'p99', 'most', 'failed']
  const width = Math.max(...neighbours.map(({ name }) => name.length)) + 2
  process.stdout.write(
    `${'beside'.padEnd(width)}${columns.map((name) => name.padStart(8)).join('')}  what the other did\n`,
  )
  for (const { name, begin } of neighbours) {
    if (values.only !== undefined && name !== 'alone' && !name.includes(values.only)) continue
    const end = await begin(greedy)
    const { times, failed } = await steady(sender, calm.key, pace)
    const told = await end()
    const at = (share: number): string =>
      (times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0).toFixed(1)
    const cells = [at(0.5), at(0.9), at(0.99), at(1), String(failed)].map((cell) => cell.padStart(8))
    process.stdout.write(`${name.padEnd(width)}${cells.join('')}  ${told}\n`)
    if (failed > 0) process.exitCode = 1
  }
  process.stdout.write(
    `Milliseconds; ${pace.perSecond} calls a second for ${seconds} s each. Load of the ${cpus().length} cores: ${loadavg()[0]?.toFixed(1)}.\n`,
  )
} finally {
  sender.close()
  await served.close()
  await database.close()
  await rm(folder, { recursive: true, force: true })
}
