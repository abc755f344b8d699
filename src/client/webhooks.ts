/**
 * The receiver's kit: checks that a webhook comes from Tenure and is no replay, and forges valid ones for the tests of
 * a receiver. It follows Standard Webhooks 1.0.0 and needs nothing but the web's own cryptography, so that it runs in
 * Node, Deno, Bun, browsers and at the edge alike.
 */
import type { EventType } from '../events.ts'

/** What a webhook carries: an event, as `listEvents` tells it. */
export interface WebhookBody {
  type: EventType
  /** When it happened, as RFC 3339 text. */
  timestamp: string
  data: WebhookEvent
}

export interface WebhookEvent {
  /** Position in the feed: tells the order in which things happened. */
  seq: number
  /** The same on every attempt: what a receiver knows a repeat by. */
  id: string
  type: EventType
  /** Unix seconds. */
  at: number
  object: { kind: string; id: string; version: number }
  data: Record<string, unknown>
}

/** A webhook that is not to be trusted; the message says what is wrong with it. */
export class WebhookInvalid extends Error {
  override readonly name = 'WebhookInvalid'
}

/** Headers as `fetch` has them, or as Node has them. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Record<string, string | string[] | undefined>

/** How far, in seconds, a webhook's time may lie from the receiver's own. */
const toleranceSeconds = 300

/**
 * Answers the body of a webhook that was signed with the secret; throws `WebhookInvalid` for any other. `body` must be
 * the text exactly as it arrived, before anything has parsed it. Several secrets may be given, as during a rotation.
 */
export async function verifyWebhook(
  headers: WebhookHeaders,
  body: string,
  secret: string | readonly string[],
  nowSeconds: number = Math.floor(Date.now() / 1_000),
): Promise<WebhookBody> {
  const id = header(headers, 'webhook-id')
  const timestamp = header(headers, 'webhook-timestamp')
  const signatures = header(headers, 'webhook-signature').split(' ')
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookInvalid('webhook-timestamp is not a time')
  if (Math.abs(nowSeconds - Number(timestamp)) > toleranceSeconds)
    throw new WebhookInvalid('webhook-timestamp is too far from the present')
  const signed = bytesOf(`${id}.${timestamp}.${body}`)
  for (const each of typeof secret === 'string' ? [secret] : secret) {
    const key = await keyOf(each, 'verify')
    for (const signature of signatures) {
      const given = signature.startsWith('v1,') ? decoded(signature.slice(3)) : undefined
      if (given && (await crypto.subtle.verify('HMAC', key, given, signed)))
        return JSON.parse(body) as WebhookBody
    }
  }
  throw new WebhookInvalid('webhook-signature was not made with this secret')
}

/** Forges a webhook that `verifyWebhook` accepts, for the tests of a receiver: what to send, headers and body. */
export async function forgeWebhook(
  event: Partial<WebhookEvent>,
  secret: string,
  nowSeconds: number = Math.floor(Date.now() / 1_000),
): Promise<{ headers: Record<string, string>; body: string }> {
  const data: WebhookEvent = {
    seq: 1,
    id: crypto.randomUUID(),
    type: 'order.created',
    at: nowSeconds,
    object: { kind: 'order', id: 'an order', version: 1 },
    data: {},
    ...event,
  }
  const timestamp = new Date(data.at * 1_000).toISOString()
  const body = JSON.stringify({ type: data.type, timestamp, data } satisfies WebhookBody)
  const key = await keyOf(secret, 'sign')
  const signature = await crypto.subtle.sign('HMAC', key, bytesOf(`${data.id}.${nowSeconds}.${body}`))
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': data.id,
      'webhook-timestamp': String(nowSeconds),
      'webhook-signature': `v1,${btoa(String.fromCharCode(...new Uint8Array(signature)))}`,
    },
  }
}

function header(headers: WebhookHeaders, name: string): string {
  const value =
    typeof headers.get === 'function' ? headers.get(name) : (headers as Record<string, unknown>)[name]
  if (typeof value !== 'string' || value === '') throw new WebhookInvalid(`the header ${name} is missing`)
  return value
}

function keyOf(secret: string, use: 'sign' | 'verify'): ReturnType<typeof crypto.subtle.importKey> {
  const bytes = decoded(secret.replace(/^whsec_/, ''))
  if (!bytes || bytes.length === 0) throw new WebhookInvalid('the secret is not one of Tenure')
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [use])
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  } catch {
    // What is not base64 was not made by us.
    return undefined
  }
}
