/** Where the webhooks of a round arrive, and which events have come. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export class EventReceiver {
  /** How often each event has come, by its id. */
  readonly arrivals = new Map<string, number>()
  readonly #server: Server

  private constructor() {
    this.#server = createServer(async (request, response) => {
      try {
        let body = ''
        for await (const chunk of request) body += chunk
        const { id } = (JSON.parse(body) as { data: { id: string } }).data
        // Counted before it is answered: what is answered with 2xx must never be missing here.
        this.arrivals.set(id, (this.arrivals.get(id) ?? 0) + 1)
        response.writeHead(204).end()
      } catch {
        // A sender that was killed in the middle of its webhook has not delivered it.
        response.destroy()
      }
    })
  }

  static async open(): Promise<EventReceiver> {
    const receiver = new EventReceiver()
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
