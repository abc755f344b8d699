/** Whether a request really comes from the shop: its signature is computed anew over the bytes as they arrived. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { limits } from '../limits.ts'
import type { Shop } from '../objects.ts'
import type { Instant } from '../rules/time.ts'

/** Headers as Node gives them: names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

export interface Signed {
  readonly headers: Headers
  readonly body: Buffer
  readonly secret: string
  readonly now: Instant
}

/** How each shop signs. */
export const isSigned: Readonly<Record<Shop, (signed: Signed) => boolean>> = { stripe, fastspring }

/** `t=…,v1=…`, of which there may be several `v1` while a secret is being rolled; other schemes prove nothing. */
function stripe({ headers, body, secret, now }: Signed): boolean {
  const parts = headerOf(headers, 'stripe-signature')
    .split(',')
    .map((part) => part.trim())
  const times = parts.filter((part) => part.startsWith('t=')).map((part) => part.slice(2))
  const [time] = times
  if (times.length !== 1 || time === undefined || !/^\d{1,12}$/.test(time)) return false
  if (Math.abs(now - Number(time)) > limits.signatureSeconds) return false
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest()
  return parts.some(
    (part) => /^v1=[0-9a-f]{64}$/.test(part) && timingSafeEqual(Buffer.from(part.slice(3), 'hex'), expected),
  )
}

/** The digest alone, without a time: what is sent again is told by the ids of its events. */
function fastspring({ headers, body, secret }: Signed): boolean {
  const given = headerOf(headers, 'x-fs-signature').trim()
  if (!/^[A-Za-z0-9+/]{43}=$/.test(given)) return false
  return timingSafeEqual(Buffer.from(given, 'base64'), createHmac('sha256', secret).update(body).digest())
}

function headerOf(headers: Headers, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}
