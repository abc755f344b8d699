/**
 * Under whose name PostgreSQL's programs run. They refuse to run as root, so when root starts Tenure they run
 * under another account; whether that account reaches a folder is found out by really sending it there.
 */
import { lchown, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Account, runProgram } from './processes.ts'
import { EmbeddedUnavailable } from './unavailable.ts'

/** True when this process is root, and PostgreSQL therefore needs another account. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** The accounts tried in this order; the last one is created if need be. */
const customaryNames = ['postgres', '_postgres', 'tenure']

/**
 * An account for PostgreSQL to run as when root starts it: an existing one, or else a system user made for it.
 * `names` and `create` are there so that a machine without such a user can be played.
 */
export async function findAccount(names = customaryNames, create = createAccount): Promise<Account> {
  for (const name of names) {
    const account = await accountNamed(name)
    if (account) return account
  }
  const wanted = names.at(-1)!
  await create(wanted)
  const created = await accountNamed(wanted)
  if (created) return created
  throw new EmbeddedUnavailable(
    `PostgreSQL refuses to run as root, and there is no user ${names.join(' or ')} and none could be created: ` +
      'start Tenure as an ordinary user, create a system user postgres, or set DATABASE_URL.',
  )
}

/** Whether the account can enter the folder and write there: it goes and tries. */
export async function canWorkIn(account: Account, folder: string): Promise<boolean> {
  const attempt = 'cd "$0" && mkdir "$1" && rmdir "$1"'
  const name = `postgres.new-probe-${process.pid}`
  const result = await asAccount(account, '/bin/sh', ['-c', attempt, folder, name])
  return result.code === 0
}

/** Whether the account can run the program. */
export async function canRun(account: Account, program: string): Promise<boolean> {
  // A program inside a folder that is closed to the account cannot even be started, which is an answer too.
  const result = await runProgram(program, ['--version'], account).catch(() => undefined)
  return result?.code === 0
}

/** Gives a file that root made to whoever owns the folder it is in, so that the owner can use it too. */
export async function giveToFolderOwner(path: string): Promise<void> {
  if (!isRoot()) return
  const { uid, gid } = await stat(dirname(path))
  await lchown(path, uid, gid)
}

async function asAccount(account: Account, program: string, words: string[]) {
  return await runProgram(program, words, account).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'EPERM') throw failure
    throw new EmbeddedUnavailable(
      `PostgreSQL refuses to run as root, and this system does not let root start it as ${account.name}: ` +
        'start Tenure as an ordinary user, or set DATABASE_URL.',
    )
  })
}

async function accountNamed(name: string): Promise<Account | undefined> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => runProgram('id', [flag, name])))
  if (uid?.code !== 0 || gid?.code !== 0) return undefined
  return { uid: Number(uid.output), gid: Number(gid.output), name }
}

async function createAccount(name: string): Promise<void> {
  const words = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', name]
  // Where there is no useradd, or it fails, the account still does not exist afterwards, and that is told.
  await runProgram('useradd', ['--shell', '/usr/sbin/nologin', ...words]).catch(() => undefined)
}
