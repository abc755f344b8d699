/**
 * The lock that lets one process at a time create, start or stop the database of a data directory.
 *
 * It is a file that names its holder. A holder that was killed leaves its file behind; whoever finds it and sees
 * that the holder is dead takes it away. Two that find it together must not both do so, or the second would take
 * away the fresh lock of the first; so taking a dead lock away is itself done under a lock, named after the one
 * that is to go, which by the same rule survives its own holder's death.
 */
import { randomBytes } from 'node:crypto'
import { link, readFile, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { birthOf, type ProcessMark, stillRuns } from './processes.ts'
import { EmbeddedUnavailable } from './unavailable.ts'

interface Holder extends ProcessMark {
  /** Tells this taking of the lock from every other one. */
  token: string
}

/** Files that begin so are left over from something broken off, unless somebody is just using them. */
export const scratchPrefix = 'postgres.new-'

/**
 * Does the work while holding the lock file at `path`. Waits for a living holder at most `patience` milliseconds.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, patience = 30_000): Promise<T> {
  await take(path, performance.now() + patience, patience)
  try {
    return await work()
  } finally {
    // Nobody takes a lock away from the living, so the file at this path is still our own.
    await unlink(path).catch(() => undefined)
  }
}

async function take(path: string, deadline: number, patience: number): Promise<void> {
  const own: Holder = {
    pid: process.pid,
    born: (await birthOf(process.pid)) ?? '',
    token: randomBytes(8).toString('hex'),
  }
  // The lock is written aside and then linked into place, which fails if the place is taken: so there never is
  // a lock file that is empty or half written.
  const claim = join(dirname(path), `${scratchPrefix}lock-${own.token}`)
  try {
    while (!(await put(claim, path, own))) {
      const holder = await readHolder(path)
      if (holder === undefined) continue
      if (!(await stillRuns(holder))) {
        await takeAway(path, holder, deadline, patience)
        continue
      }
      if (performance.now() > deadline) {
        throw new EmbeddedUnavailable(
          `Process ${holder.pid} has been starting or stopping the database in ${dirname(path)} for longer than ` +
            `${Math.round(patience / 1000)} seconds: wait for it or end it, and start again.`,
        )
      }
      await pause(15)
    }
  } finally {
    await unlink(claim).catch(() => undefined)
  }
}

/** Tries once to put the lock in place. */
async function put(claim: string, path: string, own: Holder): Promise<boolean> {
  try {
    // The claim may have been swept away by a process that tidies up, so it is written as often as needed.
    await writeFile(claim, JSON.stringify(own), { mode: 0o644, flag: 'wx' }).catch(unless('EEXIST'))
    await link(claim, path)
    return true
  } catch (failure) {
    unless('EEXIST', 'ENOENT')(failure)
    return false
  }
}

async function takeAway(path: string, dead: Holder, deadline: number, patience: number): Promise<void> {
  const marker = `${path}-${dead.token}`
  await take(marker, deadline, patience)
  try {
    const holder = await readHolder(path)
    if (holder?.token === dead.token) await unlink(path)
  } finally {
    await unlink(marker).catch(() => undefined)
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(unless('ENOENT'))
  if (text === undefined) return undefined
  try {
    const { pid, born, token } = JSON.parse(text)
    if (Number.isSafeInteger(pid) && typeof born === 'string' && /^\w+$/.test(token))
      return { pid, born, token }
  } catch {
    // Falls through to the same end as a file that parses but says nothing of use.
  }
  // Locks appear whole, so one that cannot be read is never one in the making: a power cut emptied it.
  return { pid: 0, born: '', token: 'unreadable' }
}

/** Lets the named failures pass as "nothing", and no others. */
function unless(...codes: string[]): (failure: unknown) => undefined {
  return (failure) => {
    if (!codes.includes((failure as NodeJS.ErrnoException).code ?? '')) throw failure
  }
}
