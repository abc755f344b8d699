/**
 * Cuts a file into records: where each begins and ends, in which line, and which cannot be read. What a record says
 * is for csv-parse; this only knows quotes and line breaks, so that a broken record costs no other, and no record,
 * however long, costs more memory than the limit.
 */
import { limits } from '../limits.ts'

/** One record as it stands in the file, without the line break behind it. */
export interface RawRecord {
  /** The line of the file in which it begins, counted from 1. */
  readonly line: number
  /** Its bytes; the beginning only where it is too long. */
  readonly raw: Buffer
  readonly problem?: 'unclosed quote' | 'too long'
}

const quote = 0x22
const feed = 0x0a
const carriage = 0x0d
const anyDelimiter = [0x2c, 0x3b, 0x09]

type Place = 'start' | 'plain' | 'quoted' | 'closing'

export class Framer {
  /** Which bytes end a cell: every known delimiter until the header has told which it is. */
  delimiters: readonly number[] = anyDelimiter
  /** Which byte ends a line; 0 until the first line has told. */
  #lineEnd = 0
  #held: Buffer = Buffer.alloc(0)
  /** How much of `#held` has been looked at. */
  #seen = 0
  #place: Place = 'start'
  #line = 1
  #recordLine = 1
  #tooLong = false;

  /** The records that are complete with this chunk. The delimiter may be set between one and the next. */
  *push(chunk: Buffer): Generator<RawRecord> {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    yield* this.#scan(false)
    this.#forget()
  }

  /** The record that the end of the file ends. */
  *end(): Generator<RawRecord> {
    yield* this.#scan(true)
    if (this.#held.length === 0 && !this.#tooLong) return
    const problem = this.#place === 'quoted' ? 'unclosed quote' : this.#tooLong ? 'too long' : undefined
    yield this.#record(this.#held.length, problem)
  }

  *#scan(atEnd: boolean): Generator<RawRecord> {
    let start = 0
    let at = this.#seen
    for (; at < this.#held.length; at++) {
      const byte = this.#held[at] as number
      if (this.#place === 'quoted') {
        if (byte === quote) this.#place = 'closing'
        else if (byte === (this.#lineEnd || feed)) this.#line += 1
        continue
      }
      if (byte === quote && this.#place !== 'plain') {
        this.#place = 'quoted'
        continue
      }
      if (byte === feed || byte === carriage) {
        if (this.#lineEnd === 0) {
          if (byte === carriage && at + 1 === this.#held.length && !atEnd) break
          this.#lineEnd = byte === carriage && this.#held[at + 1] !== feed ? carriage : feed
        }
        if (byte === this.#lineEnd) {
          yield this.#record(at, this.#tooLong ? 'too long' : undefined, start)
          start = at + 1
          this.#line += 1
          this.#recordLine = this.#line
          this.#place = 'start'
          this.#tooLong = false
          continue
        }
      }
      this.#place = this.delimiters.includes(byte) ? 'start' : 'plain'
    }
    this.#held = this.#held.subarray(start)
    this.#seen = at - start
  }

  #record(end: number, problem: RawRecord['problem'], start = 0): RawRecord {
    const last = this.#lineEnd === feed && this.#held[end - 1] === carriage && end > start ? end - 1 : end
    const raw = this.#held.subarray(start, Math.min(last, start + limits.importRowBytes))
    const found = problem ?? (last - start > limits.importRowBytes ? 'too long' : undefined)
    return { line: this.#recordLine, raw, ...(found ? { problem: found } : {}) }
  }

  /** Of a record that is too long only the beginning is kept, and of the rest only where it ends. */
  #forget(): void {
    if (this.#held.length <= limits.importRowBytes) {
      this.#held = Buffer.from(this.#held)
      return
    }
    this.#tooLong = true
    const lastByte = this.#seen < this.#held.length ? this.#held.subarray(this.#seen) : Buffer.alloc(0)
    this.#held = Buffer.concat([this.#held.subarray(0, limits.importRowBytes), lastByte])
    this.#seen = limits.importRowBytes
  }
}
