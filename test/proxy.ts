/**
 * A TCP proxy between the service and PostgreSQL that a test can tell to break connections at a chosen moment: before
 * a COMMIT reaches the server, or after the server has received it and before its answer comes back.
 */

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

export type Cut = 'before commit arrives' | 'after commit arrived'

export class DatabaseProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #cut: Cut | undefined
  /** How many connections were cut on purpose. */
  cuts = 0

  private constructor(target: { host: string; port: number }) {
    this.#server = createServer((near) => this.#join(near, connect(target.port, target.host)))
  }

  static async open(databaseUrl: string): Promise<{ proxy: DatabaseProxy; url: string }> {
    const target = new URL(databaseUrl)
    const proxy = new DatabaseProxy({ host: target.hostname, port: Number(target.port || 5432) })
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    const url = new URL(databaseUrl)
    url.hostname = '127.0.0.1'
    url.port = String((proxy.#server.address() as AddressInfo).port)
    return { proxy, url: url.href }
  }

  /** Breaks the next connection that sends a COMMIT, once. */
  cutNext(cut: Cut): void {
    this.#cut = cut
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
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        if (!deaf) for (const other of [near, far]) other.destroy()
      })
      // A broken connection is what this proxy is for; the close that follows does the work.
      socket.on('error', () => {})
    }
    near.on('data', (chunk) => {
      if (this.#cut && chunk.includes('commit\0')) {
        const cut = this.#cut
        this.#cut = undefined
        this.cuts += 1
        deaf = cut === 'after commit arrived'
        near.destroy()
        // Half-closing lets the server read the COMMIT to its end and answer nobody.
        if (deaf) far.end(chunk)
        else far.destroy()
        return
      }
      far.write(chunk)
    })
    far.on('data', (chunk) => {
      if (!deaf) near.write(chunk)
    })
  }
}
