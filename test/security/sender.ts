/** Sends calls over connections that are kept, as many as it takes. */
import { Agent, request } from 'node:http'

export class Sender {
  readonly #url: string
  readonly #agent = new Agent({ keepAlive: true })

  constructor(url: string) {
    this.#url = `${url}/rpc`
  }

  /** Sends one body; resolves with the status once the answer has been read to its end. */
  send(key: string, body: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const headers = {
        'x-api-key': key,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }
      const sent = request(this.#url, { method: 'POST', headers, agent: this.#agent }, (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode as number))
        response.on('error', reject)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  /** Sends calls as one array. */
  array(key: string, calls: readonly { method: string; params: object }[]): Promise<number> {
    return this.send(key, JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))))
  }

  close(): void {
    this.#agent.destroy()
  }
}
