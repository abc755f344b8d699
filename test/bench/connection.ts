/**
 * One HTTP connection of the driver. It reads into memory that all connections share and looks at bytes, not at texts:
 * the status, the length, and where the body lies. The rest of the machine is for what is measured.
 */
import { connect, type Socket } from 'node:net'

/** Takes in one whole answer; the body lies in `bytes` from `start` up to `end`, and only until this returns. */
export type Take = (connection: Connection, status: number, bytes: Buffer, start: number, end: number) => void

const shared = Buffer.allocUnsafeSlow(256 * 1024)
const carriageReturn = 13
const lineFeed = 10
const zero = 48

export class Connection {
  readonly #socket: Socket
  readonly #take: Take
  /** Where the length stood in the first answer; a server writes its head the same way each time. */
  #lengthAt = 0
  /** What has come of an answer that is not whole yet. */
  #partial = Buffer.alloc(0)
  #filled = 0

  private constructor(
    port: number,
    take: Take,
    resolve: (it: Connection) => void,
    reject: (error: Error) => void,
  ) {
    this.#take = take
    const onread = { buffer: shared, callback: (count: number) => this.#read(count, reject) }
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread })
    this.#socket.on('connect', () => resolve(this))
    this.#socket.on('error', reject)
    this.#socket.on('end', () =>
      reject(new Error('The service closed a connection in the middle of a round.')),
    )
  }

  /** Connects; `fail` is told when the connection breaks later on. */
  static open(port: number, take: Take, fail: (error: Error) => void): Promise<Connection> {
    return new Promise((resolve, reject) => {
      new Connection(port, take, resolve, (error) => {
        reject(error)
        fail(error)
      })
    })
  }

  /** Sends a whole request; its bytes must stay as they are until the answer is there. */
  send(request: Buffer): void {
    this.#socket.write(request)
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(count: number, fail: (error: Error) => void): boolean {
    try {
      if (this.#filled === 0) {
        if (!this.#taken(shared, count)) this.#keep(count)
      } else {
        this.#keep(count)
        const filled = this.#filled
        this.#filled = 0
        if (!this.#taken(this.#partial, filled)) this.#filled = filled
      }
    } catch (error) {
      fail(error as Error)
    }
    return true
  }

  #keep(count: number): void {
    if (this.#filled + count > this.#partial.length) {
      const larger = Buffer.allocUnsafe(2 * (this.#filled + count))
      this.#partial.copy(larger, 0, 0, this.#filled)
      this.#partial = larger
    }
    shared.copy(this.#partial, this.#filled, 0, count)
    this.#filled += count
  }

  /** Hands on the answer that lies in the first `count` bytes; false when it is not whole yet. */
  #taken(bytes: Buffer, count: number): boolean {
    if (!isLength(bytes, this.#lengthAt) && !this.#findLength(bytes, count)) return false
    let length = 0
    let at = this.#lengthAt
    for (; at < count && bytes[at] !== carriageReturn; at++)
      length = length * 10 + (bytes[at] as number) - zero
    // The head ends with an empty line.
    while (at < count && !(bytes[at] === lineFeed && bytes[at - 2] === lineFeed)) at++
    const start = at + 1
    if (at >= count || count < start + length) return false
    const status =
      ((bytes[9] as number) - zero) * 100 + ((bytes[10] as number) - zero) * 10 + (bytes[11] as number) - zero
    this.#take(this, status, bytes, start, start + length)
    return true
  }

  #findLength(bytes: Buffer, count: number): boolean {
    const text = bytes.toString('latin1', 0, count).toLowerCase()
    const head = text.slice(0, text.indexOf('\r\n\r\n') + 1)
    if (head === '') return false
    const at = head.indexOf(lengthName)
    if (at === -1) throw new Error(`An answer came without its length: ${head}`)
    this.#lengthAt = at + lengthName.length
    return true
  }
}

const lengthName = '\r\ncontent-length: '

/** Whether the value that begins there is that of the header `content-length`. */
function isLength(bytes: Buffer, at: number): boolean {
  if (at < lengthName.length) return false
  for (let index = 1; index <= lengthName.length; index++) {
    const expected = lengthName.charCodeAt(lengthName.length - index)
    const found = bytes[at - index] as number
    // Letters may be written large or small.
    if (found !== expected && (found | 32) !== expected) return false
  }
  return true
}
