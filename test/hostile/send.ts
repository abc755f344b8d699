/** Sends one request as it is, whatever it is, and answers what came back. */
import { type Agent, request as httpRequest } from 'node:http'

/** A request as an attacker makes it. */
export interface HostileRequest {
  readonly verb: string
  readonly path: string
  readonly headers: Record<string, string | string[]>
  readonly body: string | Buffer
}

export interface HostileAnswer {
  /** 0 where the connection broke, or nothing came, before there was an answer. */
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** Longer than anything may wait, so what takes that long hangs. */
const patience = 40_000

export function send(
  url: string,
  { verb, path, headers, body }: HostileRequest,
  agent: Agent,
): Promise<HostileAnswer> {
  return new Promise((resolve) => {
    const broken = (error: Error): void =>
      resolve({ status: 0, headers: {}, text: JSON.stringify(error.message) })
    const length = String(Buffer.byteLength(body))
    const { hostname, port } = new URL(url)
    const whole = { ...headers, 'content-length': length }
    const sent = httpRequest(
      { hostname, port, path, method: verb, headers: whole, agent, timeout: patience },
      (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('end', () => {
          const text = Buffer.concat(pieces).toString('utf8')
          resolve({ status: response.statusCode as number, headers: response.headers, text })
        })
        response.on('error', broken)
      },
    )
    sent.on('error', broken)
    sent.on('timeout', () => sent.destroy(new Error(`Nothing was answered within ${patience} ms.`)))
    sent.end(body)
  })
}
