/** The door `/rpc`: bytes in, calls through the dispatcher, text and status out. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Fault } from '../faults.ts'
import type { Authenticator } from '../rpc/auth.ts'
import { type Dialect, type Reading, readBody, refusalBody } from '../rpc/dialect.ts'
import type { Dispatcher, Reply } from '../rpc/dispatch.ts'
import type { Caller } from '../rpc/method.ts'
import type { Instant } from '../rules/time.ts'
import { CallerGone, readWhole, refuseOtherTypes } from './body.ts'
import type { RequestRecord } from './requests.ts'
import type { RateLimiter, WrongKeys } from './throttle.ts'

export interface RpcDoor {
  readonly dispatcher: Dispatcher
  readonly authenticator: Authenticator
  readonly rateLimiter: RateLimiter
  readonly wrongKeys: WrongKeys
  readonly now: () => Instant
  /** Told of each request that comes in; what it answers is told how the request went on. */
  readonly begin?: (incoming: IncomingMessage, requestId: string) => RequestRecord
  /** Told of whole-request refusals and of errors that nobody expected. */
  readonly onRefusal: (fault: Fault, requestId: string) => void
  readonly onError: (error: unknown, requestId: string) => void
}

/** What goes back over HTTP. */
export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Record<string, string>
}

/** The caller's own id of the request where it is fit to be logged, else a new one. */
export function requestIdOf(incoming: IncomingMessage): string {
  const sent = incoming.headers['x-request-id']
  return typeof sent === 'string' && /^[\w.=-]{1,128}$/.test(sent) ? sent : randomUUID()
}

/** The headers that every answer carries. */
export function standing(incoming: IncomingMessage): Record<string, string> {
  return {
    'x-request-id': requestIdOf(incoming),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  }
}

/** The API key of a request: `x-api-key`, or a bearer token. */
function keyOf(incoming: IncomingMessage): string | undefined {
  const { 'x-api-key': key, authorization } = incoming.headers
  if (typeof key === 'string') return key
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
}

/** Carries out one request; resolves to null when the caller has gone away. */
export async function answerRpc(door: RpcDoor, incoming: IncomingMessage): Promise<Answer | null> {
  const headers = standing(incoming)
  const requestId = headers['x-request-id'] as string
  const record = door.begin?.(incoming, requestId)
  let dialect: Dialect = 'strict'
  let caller: Caller | undefined
  try {
    const verb = verbOf(incoming)
    refuseOtherTypes(incoming)
    const reading = readBody(await readWhole(incoming))
    dialect = reading.dialect
    refuseBeforeKey(reading, verb)
    caller = await authenticate(door, incoming)
    const members = reading.kind === 'body' ? reading.members : []
    Object.assign(headers, door.rateLimiter.take(caller.keyId, Math.max(1, members.length)))
    if (reading.kind === 'unreadable') throw reading.fault
    const idempotencyKey = idempotencyKeyOf(incoming)
    const isArray = reading.kind === 'body' && reading.isArray
    const request = { caller, requestId, now: door.now(), verb, idempotencyKey, isArray, mark: record }
    const replies = await door.dispatcher.dispatch(members, request)
    const answer = reading.isArray ? arrayAnswer(replies, headers) : singleAnswer(dialect, replies, headers)
    record?.ended({ status: answer.status, caller })
    return answer
  } catch (error) {
    if (error instanceof CallerGone) {
      record?.ended({ status: null, caller })
      return null
    }
    if (!(error instanceof Fault)) door.onError(error, requestId)
    const fault = error instanceof Fault ? error : new Fault('internal', { requestId })
    door.onRefusal(fault, requestId)
    if (fault.reason === 'rate_limited' && caller)
      Object.assign(headers, door.rateLimiter.headers(caller.keyId))
    record?.ended({ status: fault.status, caller, refusal: fault.reason })
    return refusal(dialect, fault, headers)
  }
}

function verbOf({ method }: IncomingMessage): 'GET' | 'POST' {
  if (method === 'GET' || method === 'POST') return method
  throw new Fault(
    'invalid_request',
    {},
    { status: 405, message: 'Calls are sent by POST, or bare ones by GET.' },
  )
}

function refuseBeforeKey(reading: Reading, verb: 'GET' | 'POST'): void {
  if (reading.kind === 'unreadable' && reading.stage === 'parse') throw reading.fault
  if (reading.kind === 'body' && reading.dialect === 'strict' && verb === 'GET')
    throw new Fault('invalid_request', {}, { status: 405, message: 'JSON-RPC 2.0 is spoken by POST only.' })
}

/** Who sends this request; a wrong key waits the longer the more of them came from its address. */
export async function authenticate(door: RpcDoor, incoming: IncomingMessage): Promise<Caller> {
  try {
    return await door.authenticator.authenticate(keyOf(incoming), door.now())
  } catch (error) {
    if (error instanceof Fault && error.reason === 'unauthenticated')
      await door.wrongKeys.hold(incoming.socket.remoteAddress ?? '')
    throw error
  }
}

function idempotencyKeyOf(incoming: IncomingMessage): string | undefined {
  const sent = incoming.headers['idempotency-key']
  return typeof sent === 'string' ? sent : undefined
}

/** The answer to a request that is refused as a whole. */
export function refusal(dialect: Dialect, fault: Fault, headers: Record<string, string>): Answer {
  const data = fault.data as { retryAfterSeconds?: number }
  const extra: Record<string, string> = { 'content-type': 'application/json' }
  if (data.retryAfterSeconds !== undefined) extra['retry-after'] = String(data.retryAfterSeconds)
  if (fault.status === 401) extra['www-authenticate'] = 'ApiKey'
  if (fault.status === 405) extra.allow = 'GET, POST'
  if (fault.status === 408 || fault.status === 413) extra.connection = 'close'
  return { status: fault.status, body: refusalBody(dialect, fault), headers: { ...headers, ...extra } }
}

/** The database was away for at least one call: the request is refused once, and sending it again settles it. */
function unavailable(
  dialect: Dialect,
  replies: Reply[],
  headers: Record<string, string>,
): Answer | undefined {
  const away = replies.filter(({ error }) => error?.data.reason === 'unavailable')
  if (away.length === 0) return undefined
  const certain =
    away.length === replies.length && away.every(({ error }) => error?.data.outcome === 'not_done')
  const outcome = certain ? 'not_done' : 'unknown'
  return refusal(dialect, new Fault('unavailable', { outcome, retryAfterSeconds: 1 }), headers)
}

function arrayAnswer(replies: Reply[], headers: Record<string, string>): Answer {
  const away = unavailable('strict', replies, headers)
  if (away) return away
  const told = replies.filter(({ id }) => id !== undefined)
  if (told.length === 0) return { status: 200, body: '', headers }
  return json(200, `[${told.map(strictText).join(',')}]`, headers)
}

function singleAnswer(dialect: Dialect, replies: Reply[], headers: Record<string, string>): Answer {
  const away = unavailable(dialect, replies, headers)
  if (away) return away
  const reply = replies[0] as Reply
  const replayed: Record<string, string> = reply.replayed ? { ...headers, 'x-replayed': '1' } : headers
  if (dialect === 'bare') {
    const { error, status } = reply
    if (error)
      return json(status, JSON.stringify({ error }), status === 405 ? { ...headers, allow: 'POST' } : headers)
    return json(200, JSON.stringify(reply.result), replayed)
  }
  if (reply.id === undefined) return { status: 200, body: '', headers: replayed }
  return json(reply.error && reply.id === null ? 400 : 200, strictText(reply), replayed)
}

function strictText({ id, result, error }: Reply): string {
  return JSON.stringify(error ? { jsonrpc: '2.0', error, id } : { jsonrpc: '2.0', result, id })
}

function json(status: number, body: string, headers: Record<string, string>): Answer {
  return { status, body, headers: { ...headers, 'content-type': 'application/json' } }
}
