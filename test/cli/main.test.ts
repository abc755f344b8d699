/** The service as a real process: what its starts print and leave behind, and how signals and rivals end it. */

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod, readFile, rm, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../folder.ts'
import {
  dropDatabase,
  freshDatabase,
  freshFolder,
  type Running,
  run,
  start,
  startByNpm,
  until,
} from './process.ts'

interface Serving extends Running {
  url: string
}

/** Starts the service and waits until it has said where it is. */
async function serve(environment: Record<string, string>): Promise<Serving> {
  const running = start([], { script: 'src/main.ts', environment: { PORT: '0', ...environment } })
  const address = await until('the service says where it is', async () => {
    const ended = await Promise.race([running.ended, undefined])
    if (ended) throw new Error(`The service ended: ${ended.errors}`)
    return /^Tenure listens on (\S+)\/rpc$/m.exec(running.output)
  })
  return Object.assign(running, { url: address[1] as string })
}

async function status(url: string, key?: string): Promise<number> {
  const headers = { 'content-type': 'application/json', 'x-api-key': key ?? '' }
  const body = JSON.stringify({ method: 'listPartners', params: {} })
  return (await fetch(`${url}/rpc`, { method: 'POST', headers, body })).status
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('on the embedded database', () => {
  let folder: string
  let dataDirectory: string
  let environment: Record<string, string>
  let key: string

  beforeAll(async () => {
    folder = await temporaryFolder('tenure-main')
    // When root runs the tests, PostgreSQL works under an account that must be able to enter here.
    await chmod(folder, 0o755)
    dataDirectory = join(folder, 'data')
    environment = { TENURE_DATA_DIR: dataDirectory, TENURE_LOG: 'warn' }
  })
  afterAll(async () => {
    const postgres = await postgresProcess()
    if (postgres !== undefined) process.kill(postgres, 'SIGQUIT')
    await until('PostgreSQL has ended', async () => (await postgresProcess()) === undefined)
    await rm(folder, { recursive: true, force: true })
  })

  /** The number of PostgreSQL's own process in the data directory, if one lives. */
  async function postgresProcess(): Promise<number | undefined> {
    const file = join(dataDirectory, 'postgres', 'postmaster.pid')
    const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0])
    return pid > 0 && isAlive(pid) ? pid : undefined
  }

  test('the very first start shows a key and a call that works, and SIGTERM leaves nothing running', async () => {
    const service = await serve(environment)
    expect(service.output).toContain(`Data directory: ${dataDirectory} (embedded PostgreSQL)\n`)
    key = /^ {2}(tk_live_\w+)$/m.exec(service.output)?.[1] as string
    expect(await readFile(join(dataDirectory, 'initial-key'), 'utf8')).toBe(`${key}\n`)
    expect((await stat(join(dataDirectory, 'initial-key'))).mode & 0o777).toBe(0o600)
    expect((await stat(dataDirectory)).mode & 0o777).toBe(0o700)
    expect(await pasted(service.output)).toMatchObject({ remoteId: 'ABC', partner: 0 })
    expect(await postgresProcess()).toBeDefined()

    service.kill('SIGTERM')
    const ended = await service.ended
    expect(ended).toMatchObject({ code: 0, signal: null, errors: '' })
    expect(ended.output).toMatch(/Stopping: [^\n]+\nStopped\.\n$/)
    expect(await postgresProcess()).toBeUndefined()
  })

  test('SIGTERM to npm alone reaches the service', async () => {
    const running = startByNpm('start', { environment: { PORT: '0', ...environment } })
    await until('the service says where it is', async () => /^Tenure listens on/m.test(running.output))
    running.kill('SIGTERM')
    expect((await running.ended).output).toMatch(/\nStopped\.\n$/)
    expect(await postgresProcess()).toBeUndefined()
  })

  test('later starts show no key; the command line and a rival at the same port do no harm', async () => {
    const service = await serve(environment)
    expect(service.output).not.toMatch(/tk_live|curl/)
    const words = ['key', 'create', '--partner', '0', '--scopes', 'operator']
    const [made, rival] = await Promise.all([
      run(words, { environment }),
      run([], { script: 'src/main.ts', environment: { ...environment, PORT: new URL(service.url).port } }),
    ])
    expect(made).toMatchObject({ code: 0, errors: '' })
    expect(rival).toMatchObject({ code: 1, output: '' })
    expect(rival.errors).toMatch(/^Port \d+ is already in use; set PORT to another one\.\n$/)
    expect(await status(service.url, made.output.trim())).toBe(200)

    // A terminal signals the whole group, and npm passes the signal on once more.
    service.killGroup('SIGINT')
    service.killGroup('SIGINT')
    expect(await service.ended).toMatchObject({ code: 0, signal: null, errors: '' })
    expect(await postgresProcess()).toBeUndefined()
  })

  test('after kill -9 the next start takes over; so does a command when nothing runs', async () => {
    const killed = await serve(environment)
    const postgres = await postgresProcess()
    killed.kill('SIGKILL')
    expect(await killed.ended).toMatchObject({ signal: 'SIGKILL' })
    const successor = await serve({ ...environment, PORT: new URL(killed.url).port })
    expect(await postgresProcess()).toBe(postgres)
    expect(await status(successor.url, key)).toBe(200)
    successor.kill('SIGINT')
    expect(await successor.ended).toMatchObject({ code: 0, signal: null })
    expect(await postgresProcess()).toBeUndefined()

    const listed = await run(['key', 'list', '--json'], { environment })
    expect(JSON.parse(listed.output)).toHaveLength(2)
    expect(await postgresProcess()).toBeUndefined()
  })

  test('a start that finds its port taken ends the database it has started', async () => {
    const stranger = createServer().listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const { port } = stranger.address() as AddressInfo
    const loser = await run([], {
      script: 'src/main.ts',
      environment: { ...environment, PORT: String(port) },
    })
    stranger.close()
    expect(loser).toMatchObject({
      code: 1,
      output: '',
      errors: `Port ${port} is already in use; set PORT to another one.\n`,
    })
    expect(await postgresProcess()).toBeUndefined()
  })
})

test('with DATABASE_URL the start that finds no keys writes one into its own data directory', async () => {
  const database = await freshDatabase()
  try {
    const [first, second] = [await freshFolder(), await freshFolder()].map((folder) => join(folder, 'data'))
    const on = (folder = '') => ({ DATABASE_URL: database, TENURE_DATA_DIR: folder, TENURE_LOG: 'warn' })
    const finder = await serve(on(first))
    const other = await serve(on(second))
    const kept = (await readFile(join(first as string, 'initial-key'), 'utf8')).trim()
    expect(finder.output).toContain(kept)
    expect(await status(finder.url, kept)).toBe(200)
    expect(other.output).not.toContain('tk_live')
    await expect(access(second as string)).rejects.toThrow('ENOENT')
    for (const service of [finder, other]) service.kill('SIGTERM')
    expect((await Promise.all([finder.ended, other.ended])).map(({ code }) => code)).toEqual([0, 0])
  } finally {
    await dropDatabase(database)
  }
})

test('settings that cannot be used stop the start before anything is made', async () => {
  const folder = join(await freshFolder(), 'data')
  const wrong = [
    { TENURE_RATE_LIMITS: '5' },
    { PORT: 'eighty' },
    { DATABASE_URL: 'postgres://127.0.0.1:1/x' },
  ]
  const start = (environment: Record<string, string>) =>
    run([], { script: 'src/main.ts', environment: { TENURE_DATA_DIR: folder, ...environment } })
  const [unknown, unusable, unreachable] = await Promise.all(wrong.map((one) => start(one as never)))
  expect(unknown).toMatchObject({ code: 1, output: '' })
  expect(unknown?.errors).toMatch(/^TENURE_RATE_LIMITS is not a setting of Tenure[^\n]+\n$/)
  expect(unusable).toMatchObject({
    code: 1,
    errors: 'The setting PORT cannot be used: it must be a whole number from 0 to 65535.\n',
  })
  expect(unreachable).toMatchObject({ code: 1, output: '' })
  expect(unreachable?.errors).toMatch(/^Tenure could not start: [^\n]*ECONNREFUSED[^\n]*\n$/)
  await expect(access(folder)).rejects.toThrow('ENOENT')
})

/** Makes the call that the first start prints, as `curl` would where there is none. */
async function pasted(output: string): Promise<unknown> {
  const command = /^ {2}(curl -X GET (\S+) \\\n(?: {4}.*\n)+)/m.exec(output)
  if (!command) throw new Error('There is no call to paste.')
  try {
    return JSON.parse(execFileSync('sh', ['-c', command[1] as string], { encoding: 'utf8', stdio: 'pipe' }))
  } catch (error) {
    if (!(error as { stderr?: string }).stderr?.includes('not found')) throw error
  }
  const headers = [...output.matchAll(/--header '([^:]+): (.+)'/g)].map(([, name, value]) => [name, value])
  const sent = request(command[2] as string, { method: 'GET', headers: Object.fromEntries(headers) })
  sent.end(/--data '(.+)'/.exec(output)?.[1])
  const [response] = await once(sent, 'response')
  return JSON.parse((await response.setEncoding('utf8').toArray()).join(''))
}
