/**
 * TCP proxies that a test can tell to break connections at a chosen moment: between a caller and the service, before a
 * request has arrived or after it; between the service and PostgreSQL, before a COMMIT has arrived or after it.
 */

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Whether what is looked for may still pass before the connection breaks. */
export type Moment = 'before' | 'after'

export interface Target {
  readonly host: string
  readonly port: number
}

export class CuttingProxy {
  /** Where new connections lead; undefined turns them away. */
  target: Target | undefined
  /** How many connections were cut on purpose. */
  cuts = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #pairs = new Set<{ isSilent: boolean }>()
  /** The bytes by which the moment of a cut is recognised. */
  readonly #mark: string
  #cut: { readonly moment: Moment; readonly done: () => void } | undefined

  constructor(mark: string, target?: Target) {
    this.#mark = mark
    this.target = target
    this.#server = createServer((near) => {
      if (this.target) this.#join(near, connect(this.target.port, this.target.host))
      else near.destroy()
    })
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Breaks the next connection that sends the mark, once; resolves when that has happened. */
  cutAt(moment: Moment): Promise<void> {
    return new Promise((done) => {
      this.#cut = { moment, done }
    })
  }

  /** Lets nothing pass on the connections there are, and tells neither side: a cable is out, a machine is gone. */
  silence(): void {
    for (const pair of this.#pairs) pair.isSilent = true
  }

  /** Breaks every connection there is. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cutAll()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(near: Socket, far: Socket): void {
    let deaf = false
    const pair = { isSilent: false }
    this.#pairs.add(pair)
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        if (pair.isSilent && socket === far) return
        this.#pairs.delete(pair)
        if (!deaf) for (const other of [near, far]) other.destroy()
      })
      // A broken connection is what this proxy is for; the close that follows does the work.
      socket.on('error', () => {})
    }
    near.on('data', (chunk) => {
      if (pair.isSilent) return
      if (this.#cut && chunk.includes(this.#mark)) {
        const { moment, done } = this.#cut
        this.#cut = undefined
        this.cuts += 1
        deaf = moment === 'after'
        near.destroy()
        // Half-closing lets the other side read all that was sent and answer nobody.
        if (deaf) far.end(chunk)
        else far.destroy()
        done()
        return
      }
      far.write(chunk)
    })
    far.on('data', (chunk) => {
      if (!deaf && !pair.isSilent) near.write(chunk)
    })
  }
}

export type Cut = 'before commit arrives' | 'after commit arrived'

/** The one between the service and PostgreSQL. */
export class DatabaseProxy extends CuttingProxy {
  static async open(databaseUrl: string): Promise<{ proxy: DatabaseProxy; url: string }> {
    const proxy = new DatabaseProxy('commit\0', targetOf(databaseUrl))
    await proxy.listen()
    const url = new URL(databaseUrl)
    url.hostname = '127.0.0.1'
    url.port = String(proxy.port)
    return { proxy, url: url.href }
  }

  /** Breaks the next connection that sends a COMMIT, once. */
  cutNext(cut: Cut): void {
    void this.cutAt(cut === 'before commit arrives' ? 'before' : 'after')
  }
}

/** The one between callers and the service. */
export class RequestProxy extends CuttingProxy {
  static async open(): Promise<RequestProxy> {
    const proxy = new RequestProxy('POST /rpc')
    await proxy.listen()
    return proxy
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }
}

/** Where a URL leads. */
export function targetOf(url: string): Target {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port || 5432) }
}
