/**
 * `npm run rolling`: several services on one PostgreSQL behind haproxy, under load, are restarted one after the other. Not
 * one call may fail, and everything that was acknowledged must be there once. Exit code 1 where something was amiss.
 *
 *     npm run rolling -- --servers 3 --rounds 2 --partners 6 --callers 3
 */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openEmbedded } from '../../src/store/embedded.ts'
import { temporaryFolder } from '../folder.ts'
import { amissIn } from './check.ts'
import { startHaproxy } from './haproxy.ts'
import { Load, makePartners } from './load.ts'
import { eventually, ServiceProcess, statusOf } from './processes.ts'

const { values } = parseArgs({
  options: {
    drain: { type: 'string', default: '3' },
    servers: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '2' },
    partners: { type: 'string', default: '6' },
    callers: { type: 'string', default: '3' },
  },
})
const count = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [name, Number(value)]),
) as Record<keyof typeof values, number>
const root = new URL('../../', import.meta.url).pathname

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

async function main(): Promise<number> {
  const folder = await temporaryFolder('tenure-rolling')
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    const embedded = await openEmbedded({ dataDirectory: join(folder, 'data') })
    closing.push(() => embedded.close())
    const dataDirectory = join(folder, 'service')
    const services: ServiceProcess[] = []
    for (let server = 0; server < count.servers; server++) {
      const service = await ServiceProcess.open({
        root,
        databaseUrl: embedded.url,
        dataDirectory,
        settings: { TENURE_DRAIN_SECONDS: String(count.drain) },
      })
      services.push(service)
      closing.push(() => service.stop())
    }
    const haproxy = await startHaproxy(
      folder,
      services.map(({ port }) => port),
    )
    closing.push(() => haproxy.stop())
    await eventually(
      'haproxy to find a service',
      async () => (await statusOf(`${haproxy.url}/readyz`)) === 200,
    )
    const operator = (await readFile(join(dataDirectory, 'initial-key'), 'utf8')).trim()
    const partners = await makePartners(haproxy.url, operator, count.partners)
    const load = new Load(haproxy.url, partners, count.callers)
    let restarts = 0
    const began = performance.now()
    await pause(1_000)
    for (let round = 0; round < count.rounds; round++)
      for (const service of services) {
        await service.stop()
        await service.start()
        restarts += 1
        // Until haproxy has seen it come back, so that there is never less than all but one.
        await pause(1_500)
      }
    const tally = await load.stop()
    const seconds = (performance.now() - began) / 1_000
    const amiss = await amissIn(embedded.url, load.acknowledged)
    const acknowledged = [...load.acknowledged.values()].reduce((sum, ids) => sum + ids.length, 0)
    process.stdout.write(
      `haproxy ${haproxy.version}, ${count.servers} services, ${restarts} restarts in ${seconds.toFixed(1)} s\n` +
        `calls answered ${tally.answered}, failed ${tally.failed}, slowest ${tally.slowest.toFixed(0)} ms\n` +
        `orders acknowledged ${acknowledged}, of which amiss ${amiss.length}\n`,
    )
    for (const [way, times] of tally.ways) process.stdout.write(`  ${times} × ${way}\n`)
    for (const one of amiss.slice(0, 20)) process.stdout.write(`  ${one}\n`)
    return tally.failed === 0 && amiss.length === 0 ? 0 : 1
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

process.exitCode = await main()
