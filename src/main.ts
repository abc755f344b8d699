/** Starts the service and says where it is; stops it cleanly on a signal. */
import { pino } from 'pino'
import { readConfig, SettingUnusable } from './config.ts'
import { openService, type Service } from './service.ts'
import { EmbeddedUnavailable } from './store/embedded.ts'
import { SchemaUnusable } from './store/migrate.ts'
import type { Clock } from './tenure.ts'

/** The machine's own clock: the one place that reads it. */
export const machineClock: Clock = {
  now: () => Math.floor(Date.now() / 1000),
  milliseconds: () => Date.now(),
}

/** Runs the service until a signal ends it; resolves with the exit code. */
export async function main(): Promise<number> {
  let service: Service
  try {
    const config = readConfig()
    const log = pino({ level: config.logLevel, base: null }, pino.destination({ fd: 2, sync: false }))
    const stopped = stopSignal()
    service = await openService({ config, clock: machineClock, log })
    process.stdout.write(greeting(service))
    await stopped
    process.stdout.write('\nStopping: calls under way are finished first.\n')
    await service.close()
    process.stdout.write('Stopped.\n')
    return 0
  } catch (error) {
    process.stderr.write(`${sentenceFor(error)}\n`)
    return 1
  }
}

/** Resolves on the first signal. More of them are ignored: npm and a terminal may both send one. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
}

function greeting({ url, initialKey, tenure }: Service): string {
  const { dataDirectory, databaseUrl } = tenure.config
  const database = databaseUrl === undefined ? 'embedded PostgreSQL' : 'PostgreSQL of DATABASE_URL'
  const lines = ['', `Tenure listens on ${url}/rpc`, `Data directory: ${dataDirectory} (${database})`]
  if (initialKey !== undefined) lines.push(...firstSteps(url, initialKey, dataDirectory))
  return `${[...lines, ''].join('\n')}\n`
}

function firstSteps(url: string, key: string, dataDirectory: string): string[] {
  return [
    '',
    'The first API key, of partner 0 with every scope. It is shown this once; it is also in',
    `${dataDirectory}/initial-key, readable by you alone:`,
    '',
    `  ${key}`,
    '',
    'Try it:',
    '',
    `  curl -X GET ${url}/rpc \\`,
    `    --header 'x-api-key: ${key}' \\`,
    "    --header 'Content-Type: application/json' \\",
    `    --data '{"method":"createCustomer","params":{"id":"ABC","name":"ABC Company"}}'`,
  ]
}

/** One sentence for whoever sits at the terminal; `failed` begins it where the error does not speak for itself. */
export function sentenceFor(error: unknown, failed = 'Tenure could not start'): string {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  if (
    error instanceof SettingUnusable ||
    error instanceof SchemaUnusable ||
    error instanceof EmbeddedUnavailable
  )
    return error.message
  if (code === 'EADDRINUSE') return `Port ${port} is already in use; set PORT to another one.`
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} may not be used by this user; set PORT to another one.`
  if (code === 'EADDRNOTAVAIL') return 'The address in HOST is not one of this machine.'
  return `${failed}: ${messageOf(error)}`
}

/** Where every address of a host was tried in vain, only the single attempts say why. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

if (import.meta.main) process.exitCode = await main()
