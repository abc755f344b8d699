/**
 * From the bytes of a request to the events in it, each with the id by which it is known again. Whatever a shop sends is
 * stored, so this never fails: what cannot be read is one event of no known type, known by the digest of its bytes.
 */
import { createHash } from 'node:crypto'
import { limits } from '../limits.ts'
import type { Shop } from '../objects.ts'

/** One event, before anybody asks what it says. */
export interface Envelope {
  readonly eventId: string
  readonly type: string
  /** Its place in a body that carries several; null where the body is the event. */
  readonly position: number | null
}

export const unknownType = 'unknown'

/** What stands in a body; undefined where that is no JSON. */
export function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    // Not JSON, or not even text: there is nothing to be known about it but its bytes.
    return undefined
  }
}

/** The event at a place of a body. */
export function eventAt(content: unknown, position: number | null): unknown {
  return position === null ? content : membersOf(content)?.[position]
}

/** The events of a request. */
export function envelopesOf(shop: Shop, body: Buffer): Envelope[] {
  const content = parsed(body)
  const members = shop === 'fastspring' ? membersOf(content) : undefined
  if (!members || members.length > limits.hookEvents) return [envelopeOf(content, null, body)]
  return members.map((event, position) => envelopeOf(event, position, body))
}

function membersOf(content: unknown): unknown[] | undefined {
  const { events } = (content ?? {}) as { events?: unknown }
  return Array.isArray(events) ? events : undefined
}

function envelopeOf(event: unknown, position: number | null, body: Buffer): Envelope {
  const { id, type } = (event ?? {}) as { id?: unknown; type?: unknown }
  return {
    eventId: isKey(id, limits.remoteIdCharacters)
      ? id
      : digest(typeof id === 'string' ? [id] : [body, String(position)]),
    type: isKey(type, limits.inboxTypeCharacters) ? type : unknownType,
    position,
  }
}

const digestPrefix = 'sha256:'

function digest(parts: readonly (Buffer | string)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return `${digestPrefix}${hash.digest('hex')}`
}

/** Whether a text can be kept as a key: printable, not too long, and not what a digest of ours looks like. */
function isKey(value: unknown, most: number): value is string {
  if (typeof value !== 'string' || value === '' || value.length > most) return false
  return !/[\p{C}\p{Zl}\p{Zp}]/u.test(value) && !value.startsWith(digestPrefix)
}
