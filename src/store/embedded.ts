/**
 * The database for those who bring none: a real PostgreSQL that lives in the data directory.
 *
 * The server is a process of its own. It survives when we are killed, and is then adopted by whoever opens the
 * directory next; several processes may use it at once (the service and its command line), and the last to
 * close ends it. There is never a second server in one directory. If the server dies while it is in use, it is
 * started again at the same port, so that connection pools recover by themselves.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Attached, attach } from './embedded/attach.ts'
import { ensureCluster } from './embedded/cluster.ts'
import { withLock } from './embedded/lock.ts'
import { findPlace, type Place, prepareDirectory } from './embedded/place.ts'
import { stopServer } from './embedded/postmaster.ts'
import { stillRuns } from './embedded/processes.ts'
import { endSession, isShared, openSession, type Session } from './embedded/session.ts'
import { EmbeddedUnavailable, reasonOf } from './embedded/unavailable.ts'

export { EmbeddedUnavailable }

/** An open embedded database. */
export interface EmbeddedDatabase {
  /** `postgres://tenure:<password>@127.0.0.1:<port>/tenure` */
  readonly url: string
  /** True when a running server of this data directory was adopted instead of started. */
  readonly adopted: boolean
  /** Where PostgreSQL's own files really are. */
  readonly postgresDirectory: string
  /** Lets go of the server: ends it (fast shutdown) unless another process still uses it. Idempotent. */
  close(): Promise<void>
}

/** What `openEmbedded` needs to know. */
export interface EmbeddedOptions {
  /** Created if it is not there; closed to all other users. */
  dataDirectory: string
  /** PostgreSQL settings for a server started here; one that is adopted keeps those it has. */
  settings?: Record<string, string>
  /** Told, in plain sentences, what a person who watches should know. */
  log?: (message: string) => void
}

/** How often a handle looks whether its server is still there. */
const watchEvery = 500

/**
 * Opens the database of a data directory, creating and starting it if need be.
 *
 * @throws {EmbeddedUnavailable} with one sentence for the user, when it cannot be had.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { settings = {}, log = () => undefined } = options
  try {
    const dataDirectory = await prepareDirectory(options.dataDirectory)
    return await withLock(lockOf(dataDirectory), async () => {
      const place = await findPlace(dataDirectory)
      const password = await ensureCluster(place, log)
      const attached = await attach(place, password, settings)
      return new OpenDatabase({ place, password, settings, log, attached })
    })
  } catch (failure) {
    if (failure instanceof EmbeddedUnavailable) throw failure
    throw new EmbeddedUnavailable(`The embedded database could not be opened: ${reasonOf(failure)}.`, {
      cause: failure,
    })
  }
}

interface Opened {
  place: Place
  password: string
  settings: Record<string, string>
  log: (message: string) => void
  attached: Attached
}

class OpenDatabase implements EmbeddedDatabase {
  readonly url: string
  readonly adopted: boolean
  readonly postgresDirectory: string
  readonly #opened: Opened
  readonly #timer: NodeJS.Timeout
  #session: Session
  #server: Attached['server']
  #look: Promise<void> | undefined
  #closing: Promise<void> | undefined
  #lastTrouble = ''

  constructor(opened: Opened) {
    const { port, session, server, adopted } = opened.attached
    this.#opened = opened
    this.#session = session
    this.#server = server
    this.url = `postgres://tenure:${opened.password}@127.0.0.1:${port}/tenure`
    this.adopted = adopted
    this.postgresDirectory = opened.place.postgresDirectory
    this.#timer = setInterval(() => this.#watch(), watchEvery).unref()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Looks after the server, one look at a time. */
  #watch(): void {
    this.#look ??= this.#lookAfter()
      .then(() => {
        this.#lastTrouble = ''
      })
      .catch((failure) => {
        // The next look tries again; the same trouble is told once.
        const trouble = reasonOf(failure)
        if (trouble !== this.#lastTrouble) this.#opened.log(trouble)
        this.#lastTrouble = trouble
      })
      .finally(() => {
        this.#look = undefined
      })
  }

  async #lookAfter(): Promise<void> {
    const { place, password, settings, log, attached } = this.#opened
    if (!(await stillRuns(this.#server))) {
      await withLock(lockOf(place.dataDirectory), async () => {
        if (this.#closing) return
        await endSession(this.#session)
        const again = await attach(place, password, settings, attached.port)
        this.#session = again.session
        this.#server = again.server
        // Of several processes that share a server only the one that restarts it tells.
        if (!again.adopted)
          log(`PostgreSQL had ended unexpectedly and was started again (port ${again.port}).`)
        else if (again.port !== attached.port) {
          log(
            `PostgreSQL was started again by another process at port ${again.port}: this one must be restarted.`,
          )
        }
      })
    } else if (this.#session.lost) {
      // One crashed session makes the server end them all; without ours we would not count as a user.
      this.#session = await openSession(attached.port, password)
    }
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#look
    const { place, log } = this.#opened
    try {
      await withLock(lockOf(place.dataDirectory), async () => {
        const others = await this.#othersUseIt()
        // Still under the lock: the next to close must not count us, or of several that close together nobody
        // would be the last.
        await endSession(this.#session)
        if (others) log('PostgreSQL goes on running, because another process uses it.')
        else await stopServer(place.postgresDirectory)
      })
    } finally {
      await endSession(this.#session)
    }
  }

  async #othersUseIt(): Promise<boolean> {
    const { password, attached } = this.#opened
    // A server that does not answer for two seconds is of no use to anybody else either.
    const patience = performance.now() + 2000
    while (await stillRuns(this.#server)) {
      try {
        if (this.#session.lost) this.#session = await openSession(attached.port, password)
        return await isShared(this.#session)
      } catch {
        if (performance.now() > patience) return false
        await pause(50)
      }
    }
    return false
  }
}

function lockOf(dataDirectory: string): string {
  return join(dataDirectory, 'postgres.lock')
}
