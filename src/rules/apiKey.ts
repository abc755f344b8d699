/**
 * How API keys look. A key reads `tk_<live|test>_<id>_<secret><checksum>`: the id finds the row, the whole is compared
 * as a hash, and the checksum lets a mistyped key be refused without a query.
 */
import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const pattern = /^tk_(?:live|test)_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/

/** A new key: what is shown once, and what is kept of it. */
export interface NewKey {
  readonly keyId: string
  readonly key: string
  readonly secretHash: string
}

/** Makes a key out of 55 random bytes. */
export function makeKey(random: Uint8Array, sandbox: boolean): NewKey {
  const characters = Array.from(random, (byte) => alphabet[byte % alphabet.length]).join('')
  const keyId = characters.slice(0, 12)
  const body = `tk_${sandbox ? 'test' : 'live'}_${keyId}_${characters.slice(12, 55)}`
  const key = body + checksum(body)
  return { keyId, key, secretHash: hashKey(key) }
}

/** What is kept of a key: its SHA-256, as hexadecimal text. A slow hash would add nothing to 256 random bits. */
export function hashKey(key: string): string {
  return hash('sha256', key)
}

/** The public id inside a key, or undefined for a text that no key can be: wrong form or a wrong checksum. */
export function keyIdOf(presented: string): string | undefined {
  const parts = pattern.exec(presented)
  return parts && checksum(presented.slice(0, -6)) === parts[3] ? parts[1] : undefined
}

/** How many random bytes `makeKey` takes. */
export const keyBytes = 55

function checksum(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let place = 0; place < 6; place++) {
    text = alphabet.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  }
  return text
}
