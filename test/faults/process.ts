/** The service as a process of its own, on a database of its own, that a test can kill and start again. */

import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { databaseUrl, withClient } from '../database.ts'
import { temporaryFolder } from '../folder.ts'
import { DatabaseProxy } from '../proxy.ts'

export class ServiceProcess {
  readonly databaseUrl: string
  /** What stands between the process and the database, and can break their connections. */
  readonly proxy: DatabaseProxy
  readonly #near: string
  readonly #database: string
  readonly #dataDirectory: string
  #child: ChildProcess | undefined
  #up: PromiseWithResolvers<string> = Promise.withResolvers()

  private constructor(
    database: string,
    dataDirectory: string,
    proxied: { proxy: DatabaseProxy; url: string },
  ) {
    this.#database = database
    this.#dataDirectory = dataDirectory
    this.databaseUrl = databaseUrl(inject('serverUrl'), database)
    this.proxy = proxied.proxy
    this.#near = proxied.url
  }

  static async open(): Promise<ServiceProcess> {
    const database = `tenure_test_${randomUUID().replaceAll('-', '')}`
    await withClient(inject('serverUrl'), (client) =>
      client.query(`create database ${database} template ${inject('template')}`),
    )
    const proxied = await DatabaseProxy.open(databaseUrl(inject('serverUrl'), database))
    return new ServiceProcess(database, await temporaryFolder('tenure-kill'), proxied)
  }

  /** Where it listens, as soon as it does. */
  get url(): Promise<string> {
    return this.#up.promise
  }

  /** The first key of the database, which the first start leaves in the data directory. */
  async initialKey(): Promise<string> {
    return (await readFile(join(this.#dataDirectory, 'initial-key'), 'utf8')).trim()
  }

  /** Starts the process and waits until it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['src/main.ts'], {
      cwd: new URL('../..', import.meta.url).pathname,
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: this.#near,
        TENURE_DATA_DIR: this.#dataDirectory,
        TENURE_LOG: 'silent',
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    let said = ''
    child.stdout.setEncoding('utf8')
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      said += chunk
      const url = /listens on (http:\S+)\/rpc/.exec(said)?.[1]
      if (url === undefined) continue
      child.stdout.resume()
      this.#up.resolve(url)
      return
    }
    throw new Error(`The service ended instead of starting: ${said}`)
  }

  /** Ends the process as a power cut would; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    this.#up = Promise.withResolvers()
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  /** Ends every connection that the service has to the database. */
  async terminateConnections(): Promise<number> {
    return withClient(this.databaseUrl, async (client) => {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'tenure service'`,
      )
      return rowCount ?? 0
    })
  }

  async close(): Promise<void> {
    await this.kill()
    await this.proxy.close()
    await withClient(inject('serverUrl'), (client) =>
      client.query(`drop database if exists ${this.#database} with (force)`),
    )
    await rm(this.#dataDirectory, { recursive: true, force: true })
  }
}
