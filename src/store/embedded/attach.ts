/** Gets hold of the server of a data directory: the one that runs, or else a new one. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { realpath } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Place } from './place.ts'
import {
  forgetPostmaster,
  type PostmasterFile,
  readPostmasterFile,
  startServer,
  stopServer,
} from './postmaster.ts'
import { birthOf, type ProcessMark, servesDirectory } from './processes.ts'
import { removeOtherCopies } from './programs.ts'
import { codeOf, directoryServed, endSession, openSession, type Session } from './session.ts'
import { EmbeddedUnavailable, reasonOf } from './unavailable.ts'

/** A server that serves, and our connection to it. */
export interface Attached {
  server: ProcessMark
  port: number
  session: Session
  adopted: boolean
}

/**
 * Adopts the server of the place, or starts one. With `port`, a new one starts on that port and no other. Must
 * be called under the lock of the data directory.
 */
export async function attach(
  place: Place,
  password: string,
  settings: Record<string, string>,
  port?: number,
): Promise<Attached> {
  const deadline = performance.now() + 15_000
  // Others may still be calling at the port of a server that died, so its successor takes that one if it can.
  const before = port ?? (await readPostmasterFile(place.postgresDirectory))?.port
  let chosen = before || (await freePort())
  let otherPorts = port === undefined ? 10 : 0
  while (true) {
    const running = await findRunning(place, password)
    if (running) return running
    await removeOtherCopies(place.programs)
    const started = await start(place, chosen, settings)
    if ('pid' in started) return await join(place, started, chosen, password)
    if (/could not bind|could not create any TCP/.test(started.said) && otherPorts-- > 0) {
      chosen = await freePort()
      continue
    }
    // After a kill of the server its sessions may live on until they notice, and hold the shared memory.
    const passing = /pre-existing shared memory block|lock file .* already exists/.test(started.said)
    if (!passing || performance.now() > deadline) throw didNotStart(place, started.said)
    await pause(100)
  }
}

/** The running server of this very directory; undefined if there is none and one may be started. */
async function findRunning(place: Place, password: string): Promise<Attached | undefined> {
  const deadline = performance.now() + 30_000
  while (true) {
    const file = await readPostmasterFile(place.postgresDirectory)
    if (!file) return undefined
    const born = await birthOf(file.pid)
    const directory = await realpath(place.postgresDirectory)
    const serves = born === undefined ? 'no' : await servesDirectory(file.pid, directory)
    const session = await tryToJoin(place, file, password, serves)
    if (session && (serves === 'yes' || (await saysItServes(session, directory)))) {
      return { server: { pid: file.pid, born: born ?? '' }, port: file.port, session, adopted: true }
    }
    if (session) await endSession(session)
    if (serves === 'no') {
      await forgetPostmaster(place.postgresDirectory)
      return undefined
    }
    if (performance.now() > deadline) {
      throw new EmbeddedUnavailable(
        `PostgreSQL (process ${file.pid}) runs in ${place.postgresDirectory} but does not answer: end that ` +
          `process and start again; ${place.logFile} may tell more.`,
      )
    }
    await pause(25)
  }
}

/** Connects, if that is possible by now. */
async function tryToJoin(
  place: Place,
  file: PostmasterFile,
  password: string,
  serves: 'yes' | 'no' | 'unknown',
): Promise<Session | undefined> {
  if (!(file.port > 0)) return undefined
  try {
    return await openSession(file.port, password)
  } catch (failure) {
    // A stranger who now has the port may say so too; only our own server's word counts.
    if (codeOf(failure) === '28P01' && serves !== 'no') throw wrongPassword(place)
    return undefined
  }
}

async function saysItServes(session: Session, directory: string): Promise<boolean> {
  const served = await directoryServed(session).catch(() => '')
  return (await realpath(served).catch(() => '')) === directory
}

async function start(place: Place, port: number, settings: Record<string, string>) {
  try {
    return await startServer(place, port, settings)
  } catch (failure) {
    if (failure instanceof EmbeddedUnavailable) throw failure
    throw didNotStart(place, reasonOf(failure))
  }
}

async function join(place: Place, server: ProcessMark, port: number, password: string): Promise<Attached> {
  try {
    return { server, port, session: await openSession(port, password), adopted: false }
  } catch (failure) {
    await stopServer(place.postgresDirectory)
    if (codeOf(failure) === '28P01') throw wrongPassword(place)
    throw didNotStart(place, reasonOf(failure))
  }
}

function wrongPassword(place: Place): EmbeddedUnavailable {
  return new EmbeddedUnavailable(
    `The password in ${place.passwordFile} is not the one of the database in ${place.postgresDirectory}: ` +
      'bring the right file back.',
  )
}

function didNotStart(place: Place, said: string): EmbeddedUnavailable {
  return new EmbeddedUnavailable(`PostgreSQL did not start in ${place.postgresDirectory}: ${said}`)
}

/**
 * A port nobody listens on. It lies below the ports that systems hand out for outgoing connections: otherwise,
 * while the server is being restarted, a client that keeps calling could by chance be given the very port it
 * calls, be connected to itself, and so keep the server from its place.
 */
export async function freePort(): Promise<number> {
  while (true) {
    const port = randomInt(20_000, 32_000)
    const probe = createServer()
    try {
      probe.listen({ port, host: '127.0.0.1', exclusive: true })
      await once(probe, 'listening')
      return port
    } catch {
      // Taken: the next one.
    } finally {
      probe.close()
    }
  }
}
