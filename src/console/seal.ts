/**
 * The value of a session's cookie: the API key that was shown, sealed with what the database keeps of it. So the cookie
 * alone tells nothing of the key, and the database alone is not enough to make a cookie: each needs the other.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { hashKey } from '../rules/apiKey.ts'
import type { Instant } from '../rules/time.ts'

/** What a cookie says openly. */
export interface Ticket {
  readonly keyId: string
  readonly endsAt: Instant
  /** What makes a session differ from every other. */
  readonly nonce: string
}

export interface SealedTicket extends Ticket {
  readonly sealed: string
}

const form = /^([0-9A-Za-z]{12})\.(\d{1,12})\.([\w-]{22})\.([\w-]{24,200})$/
/** A sealing key is used for one message only, so its initial value may be always the same. */
const initial = Buffer.alloc(12)
const tagBytes = 16

/** The value of the cookie for a key that was shown and found right. */
export function seal(presented: string, secretHash: Uint8Array, keyId: string, endsAt: Instant): string {
  const nonce = randomBytes(16).toString('base64url')
  const cipher = createCipheriv('aes-256-gcm', sealingKey(secretHash, { keyId, endsAt, nonce }), initial)
  const sealed = Buffer.concat([cipher.update(presented, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${keyId}.${endsAt}.${nonce}.${sealed.toString('base64url')}`
}

/** What a cookie says, or undefined for a value that is none of ours. */
export function readTicket(value: string): SealedTicket | undefined {
  const [, keyId, ends, nonce, sealed] = form.exec(value) ?? []
  if (keyId === undefined || nonce === undefined || sealed === undefined) return undefined
  // The last character may be written in several ways; only ours counts.
  if (Buffer.from(sealed, 'base64url').toString('base64url') !== sealed) return undefined
  return { keyId, endsAt: Number(ends), nonce, sealed }
}

/** The API key in a cookie, or undefined where it was not sealed with this key, or nothing of it is true. */
export function unseal(ticket: SealedTicket, secretHash: Uint8Array): string | undefined {
  const bytes = Buffer.from(ticket.sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(secretHash, ticket), initial)
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  try {
    const opened = Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()])
    const presented = opened.toString('utf8')
    return hashKey(presented) === Buffer.from(secretHash).toString('hex') ? presented : undefined
  } catch {
    // Whatever this is, it was not sealed here with what is kept of this key.
    return undefined
  }
}

function sealingKey(secretHash: Uint8Array, { keyId, endsAt, nonce }: Ticket): Buffer {
  return createHmac('sha256', secretHash).update(`tenure console ${keyId}.${endsAt}.${nonce}`).digest()
}
