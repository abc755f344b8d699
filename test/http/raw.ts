/** Callers that fetch cannot play: GET with a body, bodies that stop half-way, bytes that are not quite HTTP. */
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

export interface RawRequest {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string | Buffer
  /** Sends the body in pieces of unknown total length. */
  chunked?: boolean
}

/** Sends one request on a connection of its own, whatever its verb, with a body if one is given. */
export function send(url: string, { method, path, headers, body, chunked }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? 0 : Buffer.byteLength(body)
    const framing = chunked
      ? { 'transfer-encoding': 'chunked' }
      : body === undefined
        ? {}
        : { 'content-length': String(length) }
    const sent = request(
      `${url}${path ?? '/rpc'}`,
      { method: method ?? 'POST', headers: { ...framing, ...headers }, agent: false },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece: string) => {
          text += piece
        })
        response.on('end', () =>
          resolve({ status: response.statusCode as number, headers: response.headers, text }),
        )
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** A bare connection, and all that comes back on it until the other side closes it. */
export interface Wire {
  readonly socket: Socket
  /** Resolves with everything that was answered once the connection is closed. */
  readonly closed: Promise<string>
  /** Resolves as soon as what was answered so far holds this text. */
  until(text: string): Promise<string>
}

export function openWire(url: string): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let answered = ''
    const listeners = new Set<() => void>()
    socket.setEncoding('utf8')
    socket.on('data', (piece: string) => {
      answered += piece
      for (const listener of listeners) listener()
    })
    const closed = new Promise<string>((settle) => socket.once('close', () => settle(answered)))
    socket.once('error', reject)
    socket.once('connect', () => {
      // From here on a broken connection is a way of closing it.
      socket.off('error', reject).on('error', () => {})
      resolve({
        socket,
        closed,
        until: (text) =>
          new Promise((found) => {
            const look = (): void => {
              if (!answered.includes(text)) return
              listeners.delete(look)
              found(answered)
            }
            listeners.add(look)
            look()
          }),
      })
    })
  })
}
