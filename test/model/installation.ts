/**
 * An installation of the play: two servers, processes of their own, on one database, under one clock. Courses of several
 * partners go on beside each other on it, so a server that ends breaks off calls of all of them.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Ending, Server } from './server.ts'
import { isBrokenOff, type Posted, type Servers, unanswered } from './stage.ts'

const count = 2

export class Installation {
  readonly #servers: readonly Server[]
  readonly #operator: string
  #now: number
  /** Restarts are one after the other: there is always a server that answers. */
  #restarting: Promise<unknown> = Promise.resolve()

  private constructor(servers: readonly Server[], operator: string, now: number) {
    this.#servers = servers
    this.#operator = operator
    this.#now = now
  }

  static async open(databaseUrl: string, dataDirectory: string, now: number): Promise<Installation> {
    const environment = {
      DATABASE_URL: databaseUrl,
      TENURE_DATA_DIR: dataDirectory,
      TENURE_LOG: 'error',
      TENURE_WEBHOOK_ALLOW: '127.0.0.0/8',
      TENURE_DATABASE_CONNECTIONS: '5',
    }
    const servers = Array.from({ length: count }, () => new Server(environment, now))
    for (const server of servers) await server.start()
    const operator = await readFile(join(dataDirectory, 'initial-key'), 'utf8')
    return new Installation(servers, operator.trim(), now)
  }

  /** A new partner, and the way to the servers with its key. */
  async partner(rules: Record<string, unknown>) {
    const made = await this.#answered({ method: 'createPartner', params: { name: 'model', ...rules } })
    if (made.status !== 200) throw new Error(`A partner could not be made: ${JSON.stringify(made)}`)
    const { partner, apiKey } = made.json as { partner: number; apiKey: string }
    const servers: Servers = {
      count,
      post: (server, body, how) =>
        this.#post(server, how?.as === 'operator' ? this.#operator : (how?.as ?? apiKey), body, how?.key),
      send: (server, path, body, headers) => this.#send(server, path, body, headers),
      restart: (server, ending) => this.#restart(server, ending),
      setClock: async (to) => {
        this.#now = to
        for (const server of this.#servers) await server.setClock(to)
      },
    }
    return { partner, servers, now: this.#now }
  }

  /** The names of all methods that it has, as it tells them itself. */
  async methods(): Promise<string[]> {
    const { json } = await this.#answered({ method: 'rpc.discover' })
    return (json as { methods: { name: string }[] }).methods.map(({ name }) => name)
  }

  async close(): Promise<void> {
    await this.#restarting
    for (const server of this.#servers) await server.end('closed')
  }

  #restart(server: number, ending: Ending): Promise<void> {
    const one = this.#servers[server] as Server
    const restarted = this.#restarting.then(async () => {
      await one.end(ending)
      await one.start()
      await one.setClock(this.#now)
    })
    this.#restarting = restarted.catch(() => undefined)
    return restarted
  }

  /** What the operator asks for; a partner that was made without our knowing does no harm. */
  async #answered(body: unknown): Promise<Posted> {
    for (let turn = 0; ; turn++) {
      const posted = await this.#post(turn % count, this.#operator, body)
      if (posted && posted.status !== 503) return posted
      await unanswered()
    }
  }

  async #send(
    server: number,
    path: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<number | undefined> {
    try {
      const url = `${this.#servers[server]?.url}${path}`
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      })
      await response.arrayBuffer()
      return response.status
    } catch (error) {
      if (isBrokenOff(error)) return undefined
      throw error
    }
  }

  /** Undefined where no answer came, whatever has become of the call. */
  async #post(
    server: number,
    key: string,
    body: unknown,
    idempotencyKey?: string,
  ): Promise<Posted | undefined> {
    try {
      const response = await fetch(`${this.#servers[server]?.url}/rpc`, {
        method: 'POST',
        headers: {
          'x-api-key': key,
          'content-type': 'application/json',
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        body: JSON.stringify(body),
      })
      const { status, headers } = response
      return { status, replayed: headers.get('x-replayed') === '1', json: await response.json() }
    } catch (error) {
      if (isBrokenOff(error)) return undefined
      throw error
    }
  }
}
