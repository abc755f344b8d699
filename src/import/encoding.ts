/** Tells the encodings of a file apart, and makes UTF-8 of all of them, chunk by chunk. */

/** A byte that UTF-8 never has: what could not be decoded is marked with it, so that its row is refused by name. */
const undecodable = Buffer.from([0xff])

interface Encoding {
  readonly decode: (chunk: Buffer) => Buffer
  /** Bytes of the mark at the beginning. */
  readonly mark: number
}

/** The bytes of a file as UTF-8 without a byte order mark. */
export async function* utf8(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let encoding: Encoding | undefined
  let held = Buffer.alloc(0)
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (encoding) {
      yield encoding.decode(bytes)
      continue
    }
    held = Buffer.concat([held, bytes])
    if (held.length < 4) continue
    encoding = encodingOf(held)
    yield encoding.decode(held.subarray(encoding.mark))
  }
  if (encoding) return
  encoding = encodingOf(held)
  yield encoding.decode(held.subarray(encoding.mark))
}

/** By its mark; without one, a NUL in one half of the first character tells UTF-16 as well. */
function encodingOf(start: Buffer): Encoding {
  const [first, second, third] = start
  if (first === 0xef && second === 0xbb && third === 0xbf) return { decode: (chunk) => chunk, mark: 3 }
  if (first === 0xff && second === 0xfe) return { decode: utf16('le'), mark: 2 }
  if (first === 0xfe && second === 0xff) return { decode: utf16('be'), mark: 2 }
  if (first !== 0 && second === 0 && third !== 0) return { decode: utf16('le'), mark: 0 }
  if (first === 0 && second !== 0 && third === 0) return { decode: utf16('be'), mark: 0 }
  return { decode: (chunk) => chunk, mark: 0 }
}

/** Decodes UTF-16 across chunks, which may end within a unit or within a pair of them. */
function utf16(order: 'le' | 'be'): (chunk: Buffer) => Buffer {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    const bytes = Buffer.concat([rest, chunk])
    let whole = bytes.length - (bytes.length % 2)
    const lastUnit =
      whole < 2 ? 0 : order === 'le' ? bytes.readUInt16LE(whole - 2) : bytes.readUInt16BE(whole - 2)
    if (lastUnit >= 0xd800 && lastUnit < 0xdc00) whole -= 2
    const units = Buffer.from(bytes.subarray(0, whole))
    if (order === 'be') units.swap16()
    rest = Buffer.from(bytes.subarray(whole))
    const text = units.toString('utf16le')
    return text.isWellFormed() ? Buffer.from(text) : markedBytes(text)
  }
}

function markedBytes(text: string): Buffer {
  const parts = text.split(/\p{Cs}/u).map((part) => Buffer.from(part))
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [undecodable, part])))
}
