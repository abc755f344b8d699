/** `tenure doctor`: looks at everything that has to be right and changes nothing. Ends with 1 when something is wrong. */
import { stat, statfs } from 'node:fs/promises'
import type { Command } from 'commander'
import { type Config, readConfig } from '../config.ts'
import { openEmbedded } from '../store/embedded.ts'
import { migrationNames } from '../store/migrate.ts'
import { openStore, type Store, sessionSettings } from '../store/open.ts'
import { finishing, quietLog } from './house.ts'
import { examples } from './options.ts'
import { print, printJson, table } from './print.ts'
import { sentenceFor } from './sentence.ts'

/** What was found about one thing: all is well, it deserves a look, or the service cannot do its work like this. */
interface Finding {
  readonly about: string
  readonly state: 'well' | 'look' | 'wrong'
  readonly found: string
}

type Look = (store: Store) => Promise<Finding>

/** Adds the command. */
export function addDoctor(tenure: Command): void {
  tenure
    .command('doctor')
    .description('look at database, migrations, clock, keys, endpoints and disk; changes nothing')
    .option('--json', 'as a JSON array')
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action((options) => finishing(() => doctor(options)))
}

async function doctor({ json }: { json?: true }): Promise<void> {
  const config = readConfig()
  const findings = [await disk(config), ...(await database(config))]
  if (json) printJson(findings)
  else
    print(
      table(
        findings.map(({ about, state, found }) => ({ about, state, found })),
        '',
      ),
    )
  if (findings.some(({ state }) => state === 'wrong')) process.exitCode = 1
}

async function database(config: Config): Promise<Finding[]> {
  const { databaseUrl, dataDirectory } = config
  const wrong = (error: unknown): Finding[] => [
    { about: 'database', state: 'wrong', found: sentenceFor(error, 'It cannot be reached') },
  ]
  if (databaseUrl === undefined && !(await stat(dataDirectory).catch(() => undefined)))
    return wrong(new Error(`there is no data directory ${dataDirectory} yet; the first start makes it`))
  const embedded =
    databaseUrl === undefined
      ? await openEmbedded({ dataDirectory }).catch((error: unknown) => ({ error }))
      : undefined
  if (embedded && 'error' in embedded) return wrong(embedded.error)
  const log = quietLog(config)
  const store = openStore(embedded?.url ?? (databaseUrl as string), {
    connections: 1,
    onError: (error) => log.warn({ error: error.message }, 'the database connection broke'),
  })
  try {
    const server = await reached(store)
    const findings = [server]
    for (const [about, look] of Object.entries(looks))
      findings.push(
        await look(store).catch((error: unknown): Finding => {
          return { about, state: 'wrong', found: sentenceFor(error, 'It cannot be read') }
        }),
      )
    return findings
  } catch (error) {
    return wrong(error)
  } finally {
    await store.close()
    await embedded?.close()
  }
}

async function reached({ pool }: Store): Promise<Finding> {
  const started = performance.now()
  const { rows } = await pool.query<{ version: string; number: number; bytes: number }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::integer as number,
            pg_database_size(current_database()) as bytes`,
  )
  const { version, number, bytes } = rows[0] as { version: string; number: number; bytes: number }
  const milliseconds = Math.round(performance.now() - started)
  const found = `PostgreSQL ${version}, ${size(bytes)}, answered in ${milliseconds} ms`
  return { about: 'database', state: number < 150_000 ? 'wrong' : 'well', found }
}

/** In the order in which they are told. */
const looks: Record<string, Look> = {
  async migrations({ pool }) {
    const known = await migrationNames()
    const { rows } = await pool.query<{ name: string }>('select name from migration order by name')
    const done = rows.map(({ name }) => name)
    const missing = known.filter((name) => !done.includes(name))
    const newer = done.filter((name) => !known.includes(name))
    const about = 'migrations'
    if (newer.length > 0)
      return { about, state: 'wrong', found: `${newer.join(', ')} came from a newer Tenure; run that one` }
    if (missing.length > 0)
      return { about, state: 'look', found: `${missing.join(', ')} will be carried out by the next start` }
    return { about, state: 'well', found: `all ${known.length} carried out` }
  },

  async sessions({ pool }) {
    const { rows } = await pool.query<{ name: string; setting: string }>(
      'select name, setting from pg_settings where name = any ($1) order by name',
      [Object.keys(sessionSettings)],
    )
    const lost = rows.filter(({ name, setting }) => !isAsAsked(setting, sessionSettings[name]))
    const about = 'sessions'
    if (lost.length === 0) return { about, state: 'well', found: 'are set as the service asks' }
    const told = lost.map(({ name, setting }) => `${name} is ${setting}, not ${sessionSettings[name]}`)
    return { about, state: 'look', found: `${told.join('; ')}: let the role have it, as behind a pooler` }
  },

  async clock({ pool }) {
    const { machineClock } = await import('../main.ts')
    const before = machineClock.milliseconds()
    const { rows } = await pool.query<{ now: number }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
    )
    const half = (before + machineClock.milliseconds()) / 2
    const apart = Math.abs((rows[0]?.now as number) - half) / 1_000
    const found = `machine and database are ${apart.toFixed(1)} s apart`
    return { about: 'clock', state: apart < 2 ? 'well' : 'look', found }
  },

  async keys({ pool }) {
    const { rows } = await pool.query<{ working: number; operators: number; soon: number }>(
      `select count(*) as working, count(*) filter (where 'operator' = any (scopes)) as operators,
              count(*) filter (where expires_at < now() + interval '14 days') as soon
       from api_key where revoked_at is null and (expires_at is null or expires_at > now())`,
    )
    const { working, operators, soon } = rows[0] as { working: number; operators: number; soon: number }
    const about = 'keys'
    if (working === 0) return { about, state: 'look', found: 'none works; `tenure key create` makes one' }
    const found = `${working} working, ${operators} of them for operators, ${soon} to expire within 14 days`
    return { about, state: operators === 0 || soon > 0 ? 'look' : 'well', found }
  },

  async endpoints({ pool }) {
    const { rows } = await pool.query<{ all: number; off: number; failing: number }>(
      `select count(*) as all, count(*) filter (where disabled_at is not null) as off,
              count(*) filter (where disabled_at is null and failing_since is not null) as failing
       from webhook_endpoint left join webhook_cursor using (partner_id, endpoint_id) where deleted_at is null`,
    )
    const { all, off, failing } = rows[0] as { all: number; off: number; failing: number }
    const found = `${all} for webhooks, ${failing} of them failing, ${off} switched off`
    return { about: 'endpoints', state: failing > 0 ? 'look' : 'well', found }
  },
}

/** PostgreSQL tells a style of dates together with an order of day and month, which nothing here depends on. */
function isAsAsked(setting: string, asked: string | number | undefined): boolean {
  return setting.replace(/, .*/, '') === String(asked)
}

/** Where the data directory is, or will be. */
async function disk({ dataDirectory }: Config): Promise<Finding> {
  const about = 'disk'
  const space = await statfs(dataDirectory).catch(() => statfs('.'))
  const free = space.bavail * space.bsize
  const share = space.bavail / space.blocks
  const found = `${size(free)} free for ${dataDirectory}`
  if (free < 200 * mebibyte) return { about, state: 'wrong', found }
  return { about, state: free < 2_048 * mebibyte || share < 0.05 ? 'look' : 'well', found }
}

const mebibyte = 1_048_576

function size(bytes: number): string {
  const all = bytes / mebibyte
  return all < 1_024 ? `${all.toFixed(0)} MiB` : `${(all / 1_024).toFixed(1)} GiB`
}
