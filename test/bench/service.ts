/** The service under measurement: a real process of its own, started as `npm start` starts it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startCommand } from '../startCommand.ts'
import { cpuOf, memoryOf } from './processes.ts'

export interface BenchService {
  readonly pid: number
  readonly port: number
  /** The first key of partner 0, which has every scope. */
  readonly key: string
  readonly databaseUrl: string
  cpu(): number | undefined
  memory(): ReturnType<typeof memoryOf>
  close(): Promise<void>
}

export interface ServiceOptions {
  readonly databaseUrl: string
  readonly dataDirectory: string
  readonly profile: string | undefined
  /** Settings beside those that every measured service has. */
  readonly settings?: NodeJS.ProcessEnv | undefined
}

const root = new URL('../../', import.meta.url)
const patience = 20_000

/** Starts the service; resolves when it listens. */
export async function startService(options: ServiceOptions): Promise<BenchService> {
  const { databaseUrl, dataDirectory, profile, settings: more } = options
  const flags = profile ? ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`] : []
  const child = spawn(process.execPath, [...flags, ...startCommand.words], {
    cwd: fileURLToPath(root),
    env: {
      ...neutral(process.env),
      ...startCommand.environment,
      ...settings(databaseUrl, dataDirectory),
      ...more,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  let told = ''
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error('The service did not start within 20 seconds.'))
    }, patience)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      told += chunk
      const found = /listens on http:\/\/[^\s]+:(\d+)\/rpc/.exec(told)
      if (!found) return
      clearTimeout(timer)
      resolve(Number(found[1]))
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`The service ended with exit code ${code} instead of listening.`))
    })
  })
  const pid = child.pid as number
  return {
    pid,
    port,
    key: (await readFile(join(dataDirectory, 'initial-key'), 'utf8')).trim(),
    databaseUrl,
    cpu: () => cpuOf(pid),
    memory: () => memoryOf(pid),
    async close() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function settings(databaseUrl: string, dataDirectory: string): NodeJS.ProcessEnv {
  return {
    PORT: '0',
    HOST: '127.0.0.1',
    TENURE_LOG: 'warn',
    DATABASE_URL: databaseUrl,
    TENURE_DATA_DIR: dataDirectory,
  }
}

/** The environment without settings of a service that may be running beside us. */
function neutral(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('TENURE_')))
}
