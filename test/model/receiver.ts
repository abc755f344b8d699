/** Where the webhooks of a play arrive. One of its addresses turns away whatever it has not seen before, once. */
import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { textOf } from './things.ts'

export interface Arrival {
  readonly headers: Record<string, string>
  readonly body: string
  readonly event: { seq: number; id: string; type: string }
}

const names = ['first', 'second', 'fastidious']

/** What the model calls the addresses of a partner. */
export const urlNames = names.map((name) => textOf(`url of the ${name} receiver`))

export class Receiver {
  readonly #server: Server
  readonly #arrivals = new Map<string, Arrival[]>()
  readonly #turnedAway = new Set<string>()

  private constructor() {
    this.#server = createServer(async (request, response) => {
      try {
        let body = ''
        for await (const chunk of request) body += chunk
        const [, partner = '', name] = request.url?.split('/') ?? []
        const { data } = JSON.parse(body) as { data: Arrival['event'] }
        const headers = request.headers as Record<string, string>
        if (name === 'fastidious' && !this.#turnedAway.has(partner)) {
          this.#turnedAway.add(partner)
          response.writeHead(500).end()
          return
        }
        // Kept before it is answered: what is answered well must never be missing here.
        this.at(Number(partner)).push({ headers, body, event: data })
        response.writeHead(204).end()
      } catch {
        // A sender that was killed in the middle of its webhook has not delivered it.
        response.destroy()
      }
    })
  }

  static async open(): Promise<Receiver> {
    const receiver = new Receiver()
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  /** The addresses of a partner, under the model's names for them. */
  urlsOf(partner: number): Map<string, string> {
    const { port } = this.#server.address() as AddressInfo
    return new Map(urlNames.map((url, index) => [url, `http://127.0.0.1:${port}/${partner}/${names[index]}`]))
  }

  /** What has arrived for a partner so far. */
  at(partner: number): Arrival[] {
    const arrivals = this.#arrivals.get(String(partner)) ?? []
    this.#arrivals.set(String(partner), arrivals)
    return arrivals
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Whether a webhook is signed with a secret, as Standard Webhooks says. */
export function isSignedWith({ headers, body }: Arrival, secret: string): boolean {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(signed).digest('base64')
  return (headers['webhook-signature'] ?? '').split(' ').includes(`v1,${signature}`)
}
