/** The life of the embedded database: created, shared, killed, adopted, watched over, ended. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { EmbeddedUnavailable, openEmbedded } from '../../src/store/embedded.ts'
import {
  ask,
  freshDirectory,
  isAlive,
  modeOf,
  processesNaming,
  serverOf,
  startOpener,
  until,
} from './embedded/stage.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 })

test('a new data directory holds a private, durable database in UTF-8, C and UTC', async () => {
  const dataDirectory = await freshDirectory()
  const database = await openEmbedded({ dataDirectory })
  expect(database.adopted).toBe(false)
  expect(database.postgresDirectory).toBe(join(dataDirectory, 'postgres'))
  expect(await modeOf(dataDirectory)).toBe(0o700)
  expect(await modeOf(database.postgresDirectory)).toBe(0o700)
  expect(await modeOf(join(dataDirectory, 'postgres-password'))).toBe(0o600)
  expect(await modeOf(join(dataDirectory, 'postgres.log'))).toBe(0o600)
  const password = (await readFile(join(dataDirectory, 'postgres-password'), 'utf8')).trim()
  expect(Buffer.from(password, 'base64url').length).toBeGreaterThanOrEqual(32)
  expect(database.url).toMatch(/^postgres:\/\/tenure:[\w-]+@127\.0\.0\.1:\d+\/tenure$/)
  expect(new URL(database.url).password).toBe(password)
  const [facts] = await ask(
    database.url,
    `select current_user as role, rolsuper, current_database() as name,
            pg_encoding_to_char(encoding) as encoding, datcollate, current_setting('fsync') as fsync,
            current_setting('data_checksums') as checksums, current_setting('timezone') as timezone,
            current_setting('listen_addresses') as addresses,
            current_setting('unix_socket_directories') as sockets, current_setting('server_version_num')::int as version
       from pg_roles, pg_database where rolname = current_user and datname = current_database()`,
  )
  expect(facts).toMatchObject({
    role: 'tenure',
    rolsuper: true,
    name: 'tenure',
    encoding: 'UTF8',
    datcollate: 'C',
  })
  expect(facts).toMatchObject({
    fsync: 'on',
    checksums: 'on',
    timezone: 'UTC',
    addresses: '127.0.0.1',
    sockets: '',
  })
  expect(facts!.version).toBeGreaterThanOrEqual(180_000)
  await database.close()
})

test('nobody comes in without the password', async () => {
  const database = await openEmbedded({ dataDirectory: await freshDirectory() })
  const wrong = new URL(database.url)
  wrong.password = 'wrong'
  await expect(ask(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  await database.close()
})

test('rows survive closing and opening, and a directory opened to others is closed again', async () => {
  const dataDirectory = await freshDirectory()
  const first = await openEmbedded({ dataDirectory })
  await ask(first.url, 'create table kept as select 42 as answer')
  await first.close()
  execFileSync('chmod', ['755', dataDirectory])
  const second = await openEmbedded({ dataDirectory })
  expect(second.adopted).toBe(false)
  expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(await modeOf(dataDirectory)).toBe(0o700)
  await second.close()
})

test('settings are handed to the server, except those the connection depends on', async () => {
  const settings = { work_mem: '7MB', search_path: `"it's", public`, listen_addresses: '*' }
  const database = await openEmbedded({ dataDirectory: await freshDirectory(), settings })
  expect(await ask(database.url, 'show work_mem')).toEqual([{ work_mem: '7MB' }])
  expect(await ask(database.url, 'show search_path')).toEqual([{ search_path: `"it's", public` }])
  expect(await ask(database.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  await database.close()
})

test('a path with spaces, quotes and dollar signs is only a path', async () => {
  const dataDirectory = join(await freshDirectory(), `a "b" $HOME 'c' \`d\``, 'data')
  const database = await openEmbedded({ dataDirectory })
  expect(await ask(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await database.close()
})

test('after close nothing is left: no process, no scratch file, nothing that keeps the program alive', async () => {
  const dataDirectory = await freshDirectory()
  const opener = startOpener(dataDirectory)
  const { postgresDirectory } = await opener.opened()
  expect(await serverOf(postgresDirectory)).toBeDefined()
  // That the opener ends at all proves that nothing kept it.
  expect(await opener.close()).toBe(0)
  expect(opener.said.at(-1)).toEqual({ closed: true })
  expect(processesNaming(dirname(postgresDirectory))).toEqual([])
  expect(existsSync(join(postgresDirectory, 'postmaster.pid'))).toBe(false)
  expect((await readdir(dataDirectory)).sort()).toEqual(['postgres', 'postgres-password', 'postgres.log'])
})

test('close may be called twice', async () => {
  const database = await openEmbedded({ dataDirectory: await freshDirectory() })
  await Promise.all([database.close(), database.close()])
  await database.close()
  expect(await serverOf(database.postgresDirectory)).toBeUndefined()
})

test('a server that outlives its killed service is adopted, and ended by the adopter', async () => {
  const dataDirectory = await freshDirectory()
  const service = startOpener(dataDirectory)
  const { url, postgresDirectory } = await service.opened()
  await ask(url, 'create table kept as select 42 as answer')
  const server = await serverOf(postgresDirectory)
  service.kill()
  await service.ended
  expect(await isAlive(server!)).toBe(true)

  const adopter = await openEmbedded({ dataDirectory })
  expect(adopter.adopted).toBe(true)
  expect(adopter.url).toBe(url)
  expect(await serverOf(postgresDirectory)).toBe(server)
  expect(await ask(adopter.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await adopter.close()
  expect(await isAlive(server!)).toBe(false)
})

test('signals to the process group of the service do not reach the server', async () => {
  const service = startOpener(await freshDirectory())
  const { url } = await service.opened()
  process.kill(-service.process.pid!, 'SIGINT')
  process.kill(-service.process.pid!, 'SIGKILL')
  await service.ended
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('after a kill of service and server, a busy orphan of the server is waited for', async () => {
  const dataDirectory = await freshDirectory()
  const service = startOpener(dataDirectory)
  const { url, postgresDirectory } = await service.opened()
  await ask(url, 'create table kept as select 42 as answer')
  // A session that computes does not notice that its server is gone, and goes on using the shared memory.
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  const { pid: orphan } = (await client.query('select pg_backend_pid() as pid')).rows[0]
  const computing = client.query(
    `do $$ declare start timestamptz := clock_timestamp(); begin
       while clock_timestamp() < start + interval '3 s' loop end loop; end $$`,
  )
  computing.catch(() => undefined)
  await until('the session computes', async () => {
    const [row] = await ask(url, `select state from pg_stat_activity where pid = ${orphan}`)
    return row?.state === 'active'
  })
  const server = await serverOf(postgresDirectory)
  service.kill()
  process.kill(server!, 'SIGKILL')
  await service.ended
  expect(await isAlive(orphan)).toBe(true)

  const next = await openEmbedded({ dataDirectory })
  expect(await isAlive(orphan)).toBe(false)
  expect(next.adopted).toBe(false)
  expect(await ask(next.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await next.close()
  await client.end().catch(() => undefined)
})

test("a stale note of a server whose process number now is another program's does not block the start", async () => {
  const dataDirectory = await freshDirectory()
  const first = await openEmbedded({ dataDirectory })
  const noteFile = join(first.postgresDirectory, 'postmaster.pid')
  const note = await readFile(noteFile, 'utf8')
  await first.close()
  const { uid, gid } = await stat(first.postgresDirectory)
  // PostgreSQL itself would believe this one, because it is of the same user.
  const stranger = spawn('sleep', ['600'], { ...(process.getuid?.() === 0 && { uid, gid }), stdio: 'ignore' })
  try {
    await writeFile(noteFile, note.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 })
    await chown(noteFile, uid, gid)
    const second = await openEmbedded({ dataDirectory })
    expect(second.adopted).toBe(false)
    expect(await isAlive(stranger.pid!)).toBe(true)
    await second.close()
    expect(await isAlive(stranger.pid!)).toBe(true)
  } finally {
    stranger.kill('SIGKILL')
  }
})

test('a server of another directory is never adopted, even if the note names it', async () => {
  const [one, two] = [await freshDirectory(), await freshDirectory()]
  const first = await openEmbedded({ dataDirectory: one })
  const second = await openEmbedded({ dataDirectory: two })
  const { uid, gid } = await stat(second.postgresDirectory)
  await second.close()
  const noteFile = join(second.postgresDirectory, 'postmaster.pid')
  await writeFile(noteFile, await readFile(join(first.postgresDirectory, 'postmaster.pid')), { mode: 0o600 })
  await chown(noteFile, uid, gid)
  // The same password on both makes the connection itself succeed.
  await ask(first.url, `alter role tenure password '${new URL(second.url).password}'`)
  const again = await openEmbedded({ dataDirectory: two })
  expect(again.adopted).toBe(false)
  expect(new URL(again.url).port).not.toBe(new URL(first.url).port)
  expect(await ask(again.url, 'show data_directory')).toEqual([{ data_directory: second.postgresDirectory }])
  await again.close()
  await first.close()
})

test('of several that open a new directory at once one makes and starts it, and the last to close ends it', async () => {
  const dataDirectory = await freshDirectory()
  const openers = [1, 2, 3, 4].map(() => startOpener(dataDirectory))
  const opened = await Promise.all(openers.map((opener) => opener.opened()))
  expect(opened.filter((one) => !one.adopted)).toHaveLength(1)
  expect(new Set(opened.map((one) => one.url)).size).toBe(1)
  expect(
    openers.flatMap((opener) => opener.said).filter((said) => said.log?.startsWith('Creating')),
  ).toHaveLength(1)
  await ask(opened[0]!.url, 'select 1')

  const server = await serverOf(opened[0]!.postgresDirectory)
  for (const opener of openers.slice(1)) {
    expect(await opener.close()).toBe(0)
    expect(await isAlive(server!)).toBe(true)
  }
  expect(await openers[0]!.close()).toBe(0)
  expect(await isAlive(server!)).toBe(false)
})

test('of several that open and close a stopped directory at once all get the same server and none is left', async () => {
  const dataDirectory = await freshDirectory()
  await (await openEmbedded({ dataDirectory })).close()
  const openers = [1, 2, 3].map(() => startOpener(dataDirectory))
  const opened = await Promise.all(openers.map((opener) => opener.opened()))
  expect(opened.filter((one) => !one.adopted)).toHaveLength(1)
  expect(await Promise.all(openers.map((opener) => opener.close()))).toEqual([0, 0, 0])
  expect(processesNaming(dataDirectory)).toEqual([])
})

test('two handles in one process count as two', async () => {
  const dataDirectory = await freshDirectory()
  const one = await openEmbedded({ dataDirectory })
  const two = await openEmbedded({ dataDirectory })
  await one.close()
  expect(await ask(two.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await two.close()
  expect(await serverOf(two.postgresDirectory)).toBeUndefined()
})

test('a killed user does not keep the server running', async () => {
  const dataDirectory = await freshDirectory()
  const service = startOpener(dataDirectory)
  await service.opened()
  const database = await openEmbedded({ dataDirectory })
  service.kill()
  await service.ended
  await database.close()
  expect(await serverOf(database.postgresDirectory)).toBeUndefined()
})

test('a creation that was broken off leaves nothing that is used later', async () => {
  const dataDirectory = await freshDirectory()
  const service = startOpener(dataDirectory)
  // The first file that initdb writes says that it is at work.
  const half = await until('a half-made database', async () => {
    const names = await readdir(dataDirectory).catch(() => [] as string[])
    const scratch = names.find((name) => existsSync(join(dataDirectory, name, 'made', 'PG_VERSION')))
    return scratch && join(dataDirectory, scratch)
  })
  service.kill()
  await service.ended
  expect(existsSync(join(dataDirectory, 'postgres'))).toBe(false)

  const database = await openEmbedded({ dataDirectory })
  expect(await ask(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await database.close()
  // What an orphaned initdb was still writing at that moment is gone at the latest after the next opening.
  await until('initdb has ended', () => processesNaming(half).length === 0)
  await (await openEmbedded({ dataDirectory })).close()
  expect((await readdir(dataDirectory)).sort()).toEqual(['postgres', 'postgres-password', 'postgres.log'])
})

test('a server that is killed while in use is started again at the same port, with one line in the log', async () => {
  const said: string[] = []
  const dataDirectory = await freshDirectory()
  const database = await openEmbedded({ dataDirectory, log: (message) => said.push(message) })
  const other = await openEmbedded({ dataDirectory, log: (message) => said.push(message) })
  const pool = new pg.Pool({ connectionString: database.url })
  pool.on('error', () => undefined)
  await pool.query('create table kept as select 42 as answer')
  said.length = 0
  const server = await serverOf(database.postgresDirectory)
  process.kill(server!, 'SIGKILL')
  // A session that outlives its server by a moment must not be mistaken for the new one.
  await until(
    'another server',
    async () => ![undefined, server].includes(await serverOf(database.postgresDirectory)),
  )
  const answer = await until('the pool recovers', () =>
    pool.query('select answer from kept').catch(() => undefined),
  )
  expect(answer.rows).toEqual([{ answer: 42 }])

  // Both handles must be counted as users again.
  await until('both are back', async () => {
    const rows = await ask(
      database.url,
      `select from pg_stat_activity where application_name ~ '^tenure [0-9]+$'`,
    )
    return rows.length === 2
  })
  await other.close()
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await pool.end()
  await database.close()
  const port = new URL(database.url).port
  expect(said).toEqual([
    `PostgreSQL had ended unexpectedly and was started again (port ${port}).`,
    'PostgreSQL goes on running, because another process uses it.',
  ])
  expect(processesNaming(dataDirectory)).toEqual([])
})

test('a newcomer that finds a dead server starts the next one at its port', async () => {
  const dataDirectory = await freshDirectory()
  const service = startOpener(dataDirectory)
  const { url, postgresDirectory } = await service.opened()
  service.kill()
  process.kill((await serverOf(postgresDirectory))!, 'SIGKILL')
  await service.ended
  const database = await openEmbedded({ dataDirectory })
  expect(database).toMatchObject({ adopted: false, url })
  await database.close()
})

test('what goes wrong is told in one sentence', async () => {
  const dataDirectory = await freshDirectory()
  const nonsense = openEmbedded({ dataDirectory, settings: { shared_buffers: 'lots' } })
  await expect(nonsense).rejects.toThrow(EmbeddedUnavailable)
  await expect(nonsense).rejects.toThrow(/^PostgreSQL did not start in .*: FATAL: .*shared_buffers.*$/)

  await rm(join(dataDirectory, 'postgres-password'))
  await expect(openEmbedded({ dataDirectory })).rejects.toThrow(
    /postgres-password .* is missing: bring it back/,
  )
  await writeFile(join(dataDirectory, 'postgres-password'), 'another\n')
  await expect(openEmbedded({ dataDirectory })).rejects.toThrow(/is not the one of the database in/)
  expect(processesNaming(dataDirectory)).toEqual([])

  const file = join(await freshDirectory(), 'file')
  await mkdir(dirname(file))
  await writeFile(file, '')
  await expect(openEmbedded({ dataDirectory: join(file, 'data') })).rejects.toThrow(
    /cannot be used: (EEXIST|ENOTDIR)/,
  )
  await expect(openEmbedded({ dataDirectory: process.cwd() })).rejects.toThrow(/must be a folder of its own/)
  await expect(openEmbedded({ dataDirectory: '/' })).rejects.toThrow(/must be a folder of its own/)
})
