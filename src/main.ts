/** Starts the service and says where it is; stops it cleanly on a signal. */
import { sentenceFor } from './cli/sentence.ts'
import { readConfig } from './config.ts'
import { openLog } from './http/log.ts'
import { openService, type Service } from './service.ts'
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
    const log = openLog(config.logLevel)
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

if (import.meta.main) process.exitCode = await main()
