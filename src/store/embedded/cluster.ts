/**
 * Makes a new, empty database cluster. That takes half a second in which anything may happen, so it is made
 * aside and then renamed into place: PostgreSQL's directory is either whole or not there.
 */
import { randomBytes } from 'node:crypto'
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { giveToFolderOwner } from './account.ts'
import { scratchPrefix } from './lock.ts'
import { isForgotten, isInitialised, type Place, rememberDirectory } from './place.ts'
import { stopServer } from './postmaster.ts'
import { runProgram } from './processes.ts'
import { EmbeddedUnavailable, reasonOf } from './unavailable.ts'

/**
 * Makes the cluster unless it is there, and gives the password of its role `tenure`. Must be called under the
 * lock of the data directory.
 */
export async function ensureCluster(place: Place, log: (message: string) => void): Promise<string> {
  const known = await readPassword(place)
  if (await isInitialised(place.postgresDirectory)) {
    if (known) return known
    if (await isForgotten(place)) await setAside(place.postgresDirectory, log)
    else throw passwordMissing(place)
  }
  log(`Creating a new database in ${place.postgresDirectory}.`)
  const password = known ?? (await makePassword(place))
  await makeCluster(place, password)
  await rememberDirectory(place)
  return password
}

/**
 * A data directory that has neither a password nor a memory of its database is a new one, even if one at its
 * path was used before. The database of the earlier one is not thrown away, and not used either.
 */
async function setAside(postgresDirectory: string, log: (message: string) => void): Promise<void> {
  await stopServer(postgresDirectory)
  const names = await readdir(dirname(postgresDirectory))
  let number = 1
  while (names.includes(`postgres-left-${number}`)) number++
  const aside = join(dirname(postgresDirectory), `postgres-left-${number}`)
  await rename(postgresDirectory, aside)
  log(`An earlier data directory of the same path was removed; its database was set aside as ${aside}.`)
}

function passwordMissing(place: Place): EmbeddedUnavailable {
  return new EmbeddedUnavailable(
    `The file ${place.passwordFile} with the database's password is missing: bring it back, or remove ` +
      `${place.dataDirectory} to begin anew.`,
  )
}

async function readPassword(place: Place): Promise<string | undefined> {
  const text = await readFile(place.passwordFile, 'utf8').catch((failure) => {
    if (failure.code === 'ENOENT') return ''
    throw new EmbeddedUnavailable(`The database's password cannot be read: ${reasonOf(failure)}.`)
  })
  return text.trim() || undefined
}

async function makePassword(place: Place): Promise<string> {
  const password = randomBytes(32).toString('base64url')
  const scratch = join(place.dataDirectory, `${scratchPrefix}${randomBytes(6).toString('hex')}`)
  await writeFile(scratch, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true })
  await giveToFolderOwner(scratch)
  await rename(scratch, place.passwordFile)
  await keep(place.dataDirectory)
  return password
}

async function makeCluster(place: Place, password: string): Promise<void> {
  const { postgresDirectory, account, programs } = place
  const scratch = join(dirname(postgresDirectory), `${scratchPrefix}${randomBytes(6).toString('hex')}`)
  const passwordFile = join(scratch, 'password')
  const made = join(scratch, 'made')
  try {
    await mkdir(scratch, { mode: 0o700 })
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' })
    if (account) {
      await chown(passwordFile, account.uid, account.gid)
      await chown(scratch, account.uid, account.gid)
    }
    const words = [
      '--pgdata',
      made,
      '--username',
      'tenure',
      '--pwfile',
      passwordFile,
      '--auth',
      'scram-sha-256',
    ]
    // PostgreSQL's own C.UTF-8: the same on every machine, fast, and it knows the case of letters beyond ASCII.
    const locale = [
      '--locale-provider',
      'builtin',
      '--locale',
      'C.UTF-8',
      '--lc-collate',
      'C',
      '--lc-ctype',
      'C',
    ]
    const shape = ['--encoding', 'UTF8', ...locale, '--data-checksums', '--no-instructions']
    const { code, output } = await runProgram(programs.initdb, [...words, ...shape], account)
    if (code !== 0) throw new Error(lastWords(output))
    await rename(made, postgresDirectory)
    await keep(dirname(postgresDirectory))
  } catch (failure) {
    throw new EmbeddedUnavailable(
      `PostgreSQL could not create its database in ${postgresDirectory}: ${reasonOf(failure)}`,
    )
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  }
}

/** The lines of initdb that tell what is wrong; all of them if none stands out. */
function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => /error|fatal|hint|detail/i.test(line))
  return (lines.length > 0 ? lines.join('\n') : output) || 'it ended without a word'
}

/** A new name is only sure to survive a power cut once its folder is on disk. */
async function keep(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
