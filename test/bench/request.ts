/** A whole HTTP request as bytes, prepared once: each time that it is sent, only digits are written into it. */
import { type CallName, digits, marks, requestOf, type Subject, type Wire } from './calls.ts'

export interface RequestOptions {
  readonly port: number
  readonly key: string
  readonly call: CallName
  readonly subject: Subject
  readonly perBody: number
  readonly wire: Wire
}

interface Slot {
  /** Where its last digit stands. */
  readonly end: number
  readonly kind: keyof typeof marks
  /** Which call of the body it belongs to. */
  readonly member: number
}

const zero = 48
/** Steps so far that two reads in a row hardly ever share a page, and meets everything before it meets a thing twice. */
const stride = 7_919

export class PreparedRequest {
  readonly #bytes: Buffer
  readonly #slots: readonly Slot[]
  readonly #existing: number

  constructor(options: RequestOptions) {
    const { port, key, call, subject, perBody, wire } = options
    const { path, body } = requestOf(call, subject, perBody, wire)
    // Every body is plain ASCII, so its length in characters is its length in bytes.
    const head =
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx-api-key: ${key}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
    this.#bytes = Buffer.from(head + body, 'latin1')
    this.#slots = slotsOf(head, body, perBody)
    this.#existing = subject.existing
  }

  /** The bytes of the request whose first call has this number; they are the same memory each time. */
  numbered(first: number): Buffer {
    for (const { end, kind, member } of this.#slots) {
      const number = first + member
      if (kind === 'own') this.#write(end, number)
      else this.#write(end, (kind === 'each' ? number : number * stride) % this.#existing)
    }
    return this.#bytes
  }

  #write(end: number, number: number): void {
    let rest = number
    for (let at = end; at > end - digits; at--) {
      const shorter = Math.floor(rest / 10)
      this.#bytes[at] = zero + rest - shorter * 10
      rest = shorter
    }
  }
}

/** All calls of a body are equally long, so their place tells which call a mark belongs to. */
function slotsOf(head: string, body: string, perBody: number): Slot[] {
  const slots: Slot[] = []
  const perMember = new Map<string, number>()
  const total = new Map<string, number>()
  for (const kind of Object.keys(marks) as (keyof typeof marks)[]) {
    const mark = marks[kind].repeat(digits)
    total.set(kind, body.split(mark).length - 1)
    for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at + digits)) {
      const before = perMember.get(kind) ?? 0
      perMember.set(kind, before + 1)
      const member = Math.floor((before * perBody) / (total.get(kind) as number))
      slots.push({ end: head.length + at + digits - 1, kind, member })
    }
  }
  return slots
}
