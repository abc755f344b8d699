/**
 * `npm run upgrade`: a service of earlier sources is under load while the present migrations are carried out on its
 * database, goes on with them, and is then joined and relieved by a service of the present sources. Not one call may
 * fail, and everything that was acknowledged must be there once. Exit code 1 where something was amiss.
 *
 *     npm run upgrade -- --from 6161ba2 --seconds 4 --orders 100000
 *
 * The earlier sources are taken out of the repository's history into a temporary folder and run with the dependencies at
 * hand. `--orders` fills the tables first, so that the time that migrations hold them can be seen.
 */
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { openEmbedded } from '../../src/store/embedded.ts'
import { fill } from '../console/crowd.ts'
import { withClient } from '../database.ts'
import { temporaryFolder } from '../folder.ts'
import type { House } from '../house.ts'
import { amissIn } from './check.ts'
import { Load, makePartners, type Tally } from './load.ts'
import { ServiceProcess } from './processes.ts'

const run = promisify(execFile)
const root = new URL('../../', import.meta.url).pathname
const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '6161ba2' },
    seconds: { type: 'string', default: '4' },
    orders: { type: 'string', default: '0' },
  },
})
const seconds = Number(values.seconds)

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
const tell = (line: string): void => void process.stdout.write(`${line}\n`)

/** Takes sources of an earlier commit out of the history. */
async function takeOut(commit: string, folder: string): Promise<string> {
  const sources = join(folder, 'earlier')
  await mkdir(sources)
  const archive = join(folder, 'earlier.tar')
  await run('git', ['-C', root, 'archive', '--output', archive, commit])
  await run('tar', ['-xf', archive, '-C', sources])
  await symlink(join(root, 'node_modules'), join(sources, 'node_modules'))
  return sources
}

/** Fills the tables behind the service's back, with rows of a sandbox, which nothing becomes due on by itself. */
async function fillUp(databaseUrl: string, orders: number): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    const sql: House['sql'] = async (text, values) => (await client.query(text, values)).rows as never
    const [made] = await sql<{ id: number }>(
      `insert into partner (partner_id, name, is_sandbox, window_days, grace_days, time_zone, clock_at, version, created_at)
        select max(partner_id) + 1, 'Filled', true, 15, 0, 'UTC', now(), 1, now() from partner returning partner_id as id`,
    )
    await fill({ sql } as House, made?.id as number, orders)
  })
}

const migrationsOf = async (sources: string): Promise<string[]> =>
  (await readdir(join(sources, 'schema'))).filter((name) => /^\d{4}_/.test(name)).sort()

function say(who: string, { answered, failed, slowest, ways }: Tally): void {
  tell(`${who}: answered ${answered}, failed ${failed}, slowest ${slowest.toFixed(0)} ms`)
  for (const [way, times] of ways) tell(`  ${times} × ${way}`)
}

async function main(): Promise<number> {
  const folder = await temporaryFolder('tenure-upgrade')
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    const earlier = await takeOut(values.from, folder)
    const embedded = await openEmbedded({ dataDirectory: join(folder, 'data') })
    closing.push(() => embedded.close())
    const { url: databaseUrl } = embedded
    const dataDirectory = join(folder, 'service')
    const old = await ServiceProcess.open({
      root: earlier,
      databaseUrl,
      dataDirectory,
      words: ['src/main.ts'],
    })
    closing.push(() => old.stop())
    const operator = (await readFile(join(dataDirectory, 'initial-key'), 'utf8')).trim()
    const partners = await makePartners(old.url, operator, 4)
    if (values.orders !== '0') await fillUp(databaseUrl, Number(values.orders))

    const before = new Load(old.url, partners, 2, 'old')
    await pause()
    const began = performance.now()
    const { stdout } = await run(process.execPath, ['src/cli/index.ts', 'migrate'], {
      cwd: root,
      env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl, TENURE_DATA_DIR: dataDirectory },
    })
    const took = performance.now() - began
    await pause()
    const next = await ServiceProcess.open({ root, databaseUrl, dataDirectory })
    closing.push(() => next.stop())
    const after = new Load(next.url, partners, 2, 'new')
    await pause()
    const ofOld = await before.stop()
    await old.stop()
    await pause()
    const ofNext = await after.stop()

    const [from, to] = [await migrationsOf(earlier), await migrationsOf(root)]
    tell(
      `from ${values.from} (${from.at(-1)}) to the present (${to.at(-1)}), ${values.orders} orders filled in`,
    )
    tell(`migrations carried out under load in ${took.toFixed(0)} ms, start of the command included:`)
    for (const line of stdout.trim().split('\n')) tell(`  ${line}`)
    say(`the earlier service, before, during and after them`, ofOld)
    say(`the present service, beside it and after it`, ofNext)
    const amiss = [
      ...(await amissIn(databaseUrl, before.acknowledged)),
      ...(await amissIn(databaseUrl, after.acknowledged)),
    ]
    const acknowledged = [...before.acknowledged.values(), ...after.acknowledged.values()].flat().length
    tell(`orders acknowledged ${acknowledged}, of which amiss ${amiss.length}`)
    for (const one of amiss.slice(0, 20)) tell(`  ${one}`)
    return ofOld.failed + ofNext.failed + amiss.length === 0 ? 0 : 1
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

process.exitCode = await main()
