/**
 * Where everything of one embedded database lies.
 *
 * Normally all of it is in the data directory. When root starts Tenure, PostgreSQL runs under another account;
 * if that account cannot enter the data directory, PostgreSQL's own files lie in a folder of their own below
 * `/var/lib/tenure`, and the data directory remembers where, so that it stays the owner of its database even
 * when it is moved.
 */
import { createHash } from 'node:crypto'
import { chmod, chown, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, parse, resolve, sep } from 'node:path'
import { canWorkIn, findAccount, isRoot } from './account.ts'
import { scratchPrefix } from './lock.ts'
import type { Account } from './processes.ts'
import { findPackage, type Programs, runnablePrograms } from './programs.ts'
import { EmbeddedUnavailable, reasonOf } from './unavailable.ts'

/** Everything that must be known to create, start and reach the database of one data directory. */
export interface Place {
  dataDirectory: string
  /** PostgreSQL's own directory, the one it calls PGDATA. */
  postgresDirectory: string
  passwordFile: string
  logFile: string
  programs: Programs
  /** Whom PostgreSQL's programs run as; absent = ourselves. */
  account?: Account
}

const elsewhereRoot = '/var/lib/tenure'

/** Creates the data directory if need be, closes it to everybody else, and gives its real path. */
export async function prepareDirectory(dataDirectory: string): Promise<string> {
  const wanted = resolve(dataDirectory)
  try {
    await mkdir(dirname(wanted), { recursive: true })
    await mkdir(wanted, { mode: 0o700 }).catch((failure) => {
      if (failure.code !== 'EEXIST') throw failure
    })
    const real = await realpath(wanted)
    refuseSharedFolders(real)
    if (((await stat(real)).mode & 0o7777) !== 0o700) await chmod(real, 0o700)
    return real
  } catch (failure) {
    if (failure instanceof EmbeddedUnavailable) throw failure
    throw new EmbeddedUnavailable(`The data directory ${wanted} cannot be used: ${reasonOf(failure)}.`)
  }
}

/** Closing one of these to everybody else, and giving it to PostgreSQL's account, would do harm. */
function refuseSharedFolders(folder: string): void {
  const here = process.cwd()
  const holdsUs = here === folder || here.startsWith(folder.endsWith(sep) ? folder : folder + sep)
  if (folder !== parse(folder).root && folder !== homedir() && !holdsUs) return
  throw new EmbeddedUnavailable(
    `The data directory ${folder} must be a folder of its own, because it is closed to all other users.`,
  )
}

/** Decides where everything lies and who runs it. Must be called under the lock of the data directory. */
export async function findPlace(dataDirectory: string): Promise<Place> {
  const source = await findPackage()
  await sweep(dataDirectory)
  const common = {
    dataDirectory,
    passwordFile: join(dataDirectory, 'postgres-password'),
    logFile: join(dataDirectory, 'postgres.log'),
  }
  if (!isRoot()) {
    const postgresDirectory = (await rememberedDirectory(dataDirectory)) ?? join(dataDirectory, 'postgres')
    return {
      ...common,
      postgresDirectory,
      programs: await runnablePrograms(source, async () => dataDirectory),
    }
  }
  const { postgresDirectory, account } = await settleAsRoot(dataDirectory, common.passwordFile)
  // A database that already lies outside keeps its programs beside it, also when the data directory has moved.
  const isOutside = dirname(postgresDirectory) !== dataDirectory
  const copies = async () => (isOutside ? dirname(postgresDirectory) : await openElsewhere(dataDirectory))
  const programs = await runnablePrograms(source, copies, account)
  return { ...common, postgresDirectory, programs, account }
}

/** Whether PostgreSQL's own files are there; they appear all at once, so one of them speaks for all. */
export async function isInitialised(postgresDirectory: string): Promise<boolean> {
  return await stat(join(postgresDirectory, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
}

/** Keeps in the data directory where PostgreSQL's own files are, if they are not inside it. */
export async function rememberDirectory(place: Place): Promise<void> {
  if (dirname(place.postgresDirectory) === place.dataDirectory) return
  await writeFile(pointerFile(place.dataDirectory), `${place.postgresDirectory}\n`, { mode: 0o600 })
}

/** True for a directory outside the data directory which the data directory knows nothing of. */
export async function isForgotten(place: Place): Promise<boolean> {
  if (dirname(place.postgresDirectory) === place.dataDirectory) return false
  return !(await isThere(pointerFile(place.dataDirectory)))
}

/** Removes what a process that was killed half way left lying about in a folder. */
export async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(scratchPrefix)) continue
    // An orphaned initdb may still be writing there; what cannot be removed now is removed next time.
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  }
}

async function settleAsRoot(
  dataDirectory: string,
  passwordFile: string,
): Promise<{ postgresDirectory: string; account: Account }> {
  const remembered = await rememberedDirectory(dataDirectory)
  if (remembered) return { postgresDirectory: remembered, account: await ownerOf(remembered) }
  const inside = join(dataDirectory, 'postgres')
  if (await isInitialised(inside)) {
    const account = await ownerOf(inside)
    if (await canWorkIn(account, inside)) return { postgresDirectory: inside, account }
    throw new EmbeddedUnavailable(
      `PostgreSQL runs as the user ${account.name}, who cannot enter its files in ${inside} any more: ` +
        'open the folders above to that user.',
    )
  }
  const { uid, gid } = await stat(dataDirectory)
  const account = uid === 0 ? await findAccount() : { uid, gid, name: `number ${uid}` }
  if (await moveIn(account, dataDirectory, passwordFile)) return { postgresDirectory: inside, account }
  return { postgresDirectory: join(await openElsewhere(dataDirectory), 'postgres'), account }
}

/** Tries to make the data directory one in which the account can work, and leaves it as it was if that fails. */
async function moveIn(account: Account, dataDirectory: string, passwordFile: string): Promise<boolean> {
  const { uid, gid } = await stat(dataDirectory)
  if (uid === account.uid) return await canWorkIn(account, dataDirectory)
  // A folder of root's that already holds other things is not given away.
  const content = (await readdir(dataDirectory)).filter((name) => !name.startsWith('postgres.'))
  const ours = content.length === 0 || (await isThere(passwordFile))
  if (!ours) return false
  await chown(dataDirectory, account.uid, account.gid)
  if (await canWorkIn(account, dataDirectory)) return true
  await chown(dataDirectory, uid, gid)
  return false
}

/** The folder outside the data directory, made on first use: root's own, and open for PostgreSQL to pass. */
async function openElsewhere(dataDirectory: string): Promise<string> {
  const hash = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 24)
  const folder = join(elsewhereRoot, hash)
  try {
    for (const path of [elsewhereRoot, folder]) {
      await mkdir(path, { recursive: true })
      await chmod(path, 0o755)
    }
    await sweep(folder)
    return folder
  } catch (failure) {
    throw new EmbeddedUnavailable(
      `PostgreSQL refuses to run as root, and its files could not be placed in ${folder}: ${reasonOf(failure)}.`,
    )
  }
}

async function rememberedDirectory(dataDirectory: string): Promise<string | undefined> {
  const text = await readFile(pointerFile(dataDirectory), 'utf8').catch(() => '')
  const remembered = text.trim()
  if (remembered === '' || (await isInitialised(remembered))) return remembered || undefined
  throw new EmbeddedUnavailable(
    `PostgreSQL's files of ${dataDirectory} should be in ${remembered} and are not: bring them back, or remove ` +
      `${dataDirectory} to begin anew.`,
  )
}

function pointerFile(dataDirectory: string): string {
  return join(dataDirectory, 'postgres-directory')
}

async function ownerOf(postgresDirectory: string): Promise<Account> {
  const { uid, gid } = await stat(postgresDirectory)
  if (uid !== 0) return { uid, gid, name: `number ${uid}` }
  throw new EmbeddedUnavailable(
    `PostgreSQL's files in ${postgresDirectory} belong to root, as whom PostgreSQL refuses to run: ` +
      'give them back to the user they belonged to.',
  )
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
