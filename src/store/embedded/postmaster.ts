/** The running server process: how it is found, started and stopped. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { giveToFolderOwner } from './account.ts'
import type { Place } from './place.ts'
import { birthOf, type ProcessMark, plainEnvironment, servesDirectory, stillRuns } from './processes.ts'
import { EmbeddedUnavailable } from './unavailable.ts'

/** What PostgreSQL writes of itself into its directory while it runs. */
export interface PostmasterFile {
  pid: number
  /** Zero until the server has got that far. */
  port: number
  ready: boolean
}

/** A start that failed: what the server said, in one line. */
export interface FailedStart {
  said: string
}

/** Reads PostgreSQL's own note of its process; undefined if there is none. */
export async function readPostmasterFile(postgresDirectory: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(postgresDirectory, 'postmaster.pid'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const lines = text.split('\n')
  return { pid: Number(lines[0]), port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' }
}

/**
 * Removes the note of a server that is gone, if PostgreSQL would be misled by it: its process is a zombie, or
 * its number has been given to another process since. A server that does live is still safe, as PostgreSQL
 * also looks whether anybody uses the shared memory of the directory.
 */
export async function forgetPostmaster(postgresDirectory: string): Promise<void> {
  await unlink(join(postgresDirectory, 'postmaster.pid')).catch(() => undefined)
}

/**
 * Starts a server and waits until it serves. It gets a session of its own, so that it outlives this process
 * and signals from the terminal do not reach it.
 */
export async function startServer(
  place: Place,
  port: number,
  settings: Record<string, string>,
): Promise<ProcessMark | FailedStart> {
  const logFile = await openLog(place)
  try {
    const { size } = await logFile.stat()
    const server = spawn(place.programs.postgres, wordsFor(place, port, settings), {
      cwd: '/',
      detached: true,
      env: plainEnvironment,
      stdio: ['ignore', logFile.fd, logFile.fd],
      ...(place.account && { uid: place.account.uid, gid: place.account.gid }),
    })
    let ended = false
    server.once('exit', () => {
      ended = true
    })
    server.unref()
    await once(server, 'spawn')
    if (await becameReady(place, server.pid!, () => ended)) {
      return { pid: server.pid!, born: (await birthOf(server.pid!)) ?? '' }
    }
    return { said: saidIn((await readFile(place.logFile)).subarray(size).toString()) }
  } finally {
    await logFile.close()
  }
}

/**
 * Stops the server of a directory, if one runs: its clients are sent away and everything is written to disk.
 * Only if it does not end in a minute is it ended the hard way, which loses nothing either.
 */
export async function stopServer(postgresDirectory: string): Promise<void> {
  const file = await readPostmasterFile(postgresDirectory)
  if (!file) return
  const mark = { pid: file.pid, born: (await birthOf(file.pid)) ?? '' }
  if ((await servesDirectory(file.pid, await realpath(postgresDirectory))) === 'no') return
  if ((await endBy(mark, 'SIGINT', 60_000)) || (await endBy(mark, 'SIGQUIT', 10_000))) return
  throw new EmbeddedUnavailable(`PostgreSQL (process ${mark.pid}) did not end when told to.`)
}

async function endBy(mark: ProcessMark, signal: NodeJS.Signals, patience: number): Promise<boolean> {
  const deadline = performance.now() + patience
  if (!(await stillRuns(mark))) return true
  try {
    process.kill(mark.pid, signal)
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ESRCH') return true
    throw new EmbeddedUnavailable(
      `PostgreSQL (process ${mark.pid}) could not be stopped, because it belongs to another user.`,
    )
  }
  while (performance.now() < deadline) {
    if (!(await stillRuns(mark))) return true
    await pause(10)
  }
  return false
}

/** True when the server says that it serves, false when it has ended instead. */
async function becameReady(place: Place, pid: number, ended: () => boolean): Promise<boolean> {
  // Recovery after a power cut may take its time, but not for ever.
  const deadline = performance.now() + 300_000
  while (!ended()) {
    const file = await readPostmasterFile(place.postgresDirectory)
    if (file?.pid === pid && file.ready) return true
    if (performance.now() > deadline) {
      throw new EmbeddedUnavailable(
        `PostgreSQL (process ${pid}) is still recovering its files after five minutes; ${place.logFile} tells more.`,
      )
    }
    await pause(5)
  }
  return false
}

/** The server's settings. The last word counts, so what the connection depends on comes last. */
function wordsFor(place: Place, port: number, settings: Record<string, string>): string[] {
  const all = {
    shared_buffers: '128MB',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // One line per checkpoint tells nobody anything and grows the log without end.
    log_checkpoints: 'off',
    cluster_name: 'tenure',
    ...settings,
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
  }
  const words = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', place.postgresDirectory, ...words]
}

/** The log is kept to some megabytes and its predecessor. */
async function openLog(place: Place) {
  const size = await stat(place.logFile).then(
    (found) => found.size,
    () => 0,
  )
  if (size > 10_000_000) await rename(place.logFile, `${place.logFile}.1`)
  // Root must not be led, by a link in a folder that another account owns, to write somewhere else.
  const flags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW
  const handle = await open(place.logFile, flags, 0o600)
  await giveToFolderOwner(place.logFile)
  return handle
}

/** The lines that tell why the server gave up; its last ones if none does. */
function saidIn(log: string): string {
  const lines = log
    .split('\n')
    .map((line) => line.replace(/^\S+ \S+ \S+ \[\d+\] /, '').trim())
    .filter((line) => line !== '')
  const telling = lines.filter((line) => /^(FATAL|PANIC|HINT|could not|.*error while loading)/.test(line))
  return (telling.length > 0 ? telling : lines.slice(-3)).join(' ') || 'it ended without a word'
}
