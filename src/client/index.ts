/**
 * The typed client for partners. It imports types only, so what is compiled of it stands alone and runs wherever there
 * is `fetch`. It promises never to hang, and to send a call again only where that cannot do anything twice.
 */
import type {
  Call,
  CallOptions,
  Connection,
  Drafts,
  EventOptions,
  Fetch,
  MethodName,
  Params,
  RefusalClass,
  RefusalFacts,
  Result,
  Signal,
  Tenure,
} from './types.ts'

export type * from './types.ts'

/**
 * Every method, with the members one of which makes it safe to send again; null where it always is. Printed from the
 * registry by `npm run print`.
 */
// <methods>
const methods: Record<MethodName, readonly string[] | null> = {
  createCustomer: ['id', 'customerId'],
  updateCustomer: null,
  renameCustomer: null,
  getCustomer: null,
  findCustomers: null,
  listCustomers: null,
  createFirstOrder: null,
  createRenewalOrder: null,
  cancelOrder: null,
  uncancelOrder: null,
  suspendOrder: null,
  resumeOrder: null,
  changeOrder: null,
  getOrder: null,
  listOrders: null,
  listRenewalsDue: null,
  createLicense: ['licenseId', 'id'],
  updateLicense: null,
  revokeLicenses: null,
  getLicense: null,
  listLicenses: null,
  checkEntitlement: null,
  createConsumer: ['consumerId', 'id', 'email'],
  updateConsumer: null,
  getConsumer: null,
  listConsumers: null,
  grantAccess: null,
  revokeAccess: null,
  createSource: [],
  updateSource: null,
  listSources: null,
  deleteSource: null,
  mapSku: null,
  listSkus: null,
  unmapSku: null,
  listInbox: null,
  replayInbox: [],
  preview: null,
  reconcile: null,
  createProduct: null,
  createEdition: null,
  updateEdition: null,
  listProducts: null,
  listEditions: null,
  listEvents: null,
  createWebhookEndpoint: [],
  updateWebhookEndpoint: null,
  listWebhookEndpoints: null,
  deleteWebhookEndpoint: null,
  rotateWebhookSecret: [],
  listDeliveries: null,
  redeliver: [],
  createApiKey: [],
  listApiKeys: null,
  revokeApiKey: null,
  createPartner: [],
  updatePartner: null,
  listPartners: null,
  getClock: null,
  setClock: null,
  advanceClock: [],
}
// </methods>

const longestTimer = 2 ** 31 - 1
/** A wait that the service asks for is heeded up to here; a longer one is the caller's to decide about. */
const longestWait = 60_000
const longPollSeconds = 25

class Refused extends Error {
  override readonly name = 'Refusal'
  readonly reason: string
  readonly code: number
  readonly data: object
  readonly status: number
  readonly method: string | null
  readonly requestId: string | null

  constructor({ error, status, method, requestId }: RefusalFacts) {
    const { issues } = error.data as { issues?: { path: string; message: string }[] }
    const details = issues?.map(({ path, message }) => `${path} ${message}`).join('; ')
    super(`${method ?? 'batch'}: ${error.message} (${error.data.reason}${details ? `: ${details}` : ''})`)
    this.reason = error.data.reason
    this.code = error.code
    this.data = error.data
    this.status = status
    this.method = method
    this.requestId = requestId
  }
}

/** A refusal: the service understood the call and said no. */
export const Refusal = Refused as unknown as RefusalClass
export type Refusal = import('./types.ts').Refusal

/** The service gave no answer that can be understood, so whether the call was carried out is not known. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  /** Whether it may well be different in a moment. */
  readonly isPassing: boolean

  constructor(message: string, isPassing: boolean, cause?: unknown) {
    super(message, { cause })
    this.isPassing = isPassing
  }
}

interface Attempt {
  readonly method: MethodName | null
  readonly body: string
  readonly headers: Record<string, string>
}

interface Reply {
  readonly id?: unknown
  readonly result?: unknown
  readonly error?: RefusalFacts['error']
}

/** Connects to a service. Nothing is sent before the first call. */
export function connect(connection: Connection): Tenure {
  const line = new Line(connection)
  const calls = names.map((method) => [
    method,
    (params?: never, options?: CallOptions) => line.call(method, params, options),
  ])
  return Object.assign(Object.fromEntries(calls), {
    batch: line.batch.bind(line),
    pages: line.pages.bind(line),
    items: line.items.bind(line),
    events: line.events.bind(line),
  })
}

/** The line to a service: calls go out on it, and whatever becomes of them, something comes back. */
class Line {
  readonly #fetch: Fetch
  readonly #address: string
  readonly #key: string
  readonly #timeoutMs: number
  readonly #retries: number

  constructor({ url, key, fetch, timeoutMs = 30_000, retries = 4 }: Connection) {
    this.#fetch = fetch ?? ((address, request) => globalThis.fetch(address, request))
    this.#address = addressOf(url)
    this.#key = key
    this.#timeoutMs = timeoutMs
    this.#retries = retries
  }

  async call<Name extends MethodName>(
    method: Name,
    params: Params<Name> = {} as Params<Name>,
    options: CallOptions = {},
  ): Promise<Result<Name>> {
    const idempotencyKey = options.idempotencyKey ?? (isRepeatable({ method, params }) ? undefined : newKey())
    const message = { jsonrpc: '2.0', id: 1, method, params }
    const reply = (await this.#send(method, message, true, { ...options, idempotencyKey })) as Reply
    if (Array.isArray(reply) || reply.result === undefined)
      throw new NoAnswer(`${this.#address} answered something that is not JSON-RPC`, false)
    return reply.result as Result<Name>
  }

  async batch(write: (drafts: Drafts) => readonly Call<MethodName>[], options: CallOptions = {}) {
    const members = write(drafts)
    if (members.length === 0) return []
    const message = members.map((member, id) => ({ jsonrpc: '2.0', id, ...member }))
    // One key cannot stand for several calls.
    const limits = { ...options, idempotencyKey: undefined }
    const replies = await this.#send(null, message, members.every(isRepeatable), limits)
    const byId = new Map(Array.isArray(replies) ? replies.map((reply) => [reply.id, reply]) : [])
    return members.map(({ method }, id) => {
      const { result, error } = byId.get(id) ?? {}
      if (error) return new Refusal({ error, status: 200, method, requestId: null })
      if (result === undefined)
        throw new NoAnswer(`${this.#address} left a member of the array unanswered`, false)
      return result
    })
  }

  async *pages(method: MethodName, params: object = {}, options?: CallOptions) {
    let cursor: string | null = null
    do {
      const wanted = cursor === null ? params : { ...params, cursor }
      const answer = await this.call(method, wanted as never, options)
      const page = answer as unknown as { items: unknown[]; next: string | null }
      yield page.items
      cursor = page.next
    } while (cursor !== null)
  }

  async *items(method: MethodName, params?: object, options?: CallOptions) {
    for await (const page of this.pages(method, params, options)) yield* page
  }

  async *events({ after, types, follow = true, signal }: EventOptions = {}) {
    const waitSeconds = follow ? longPollSeconds : 0
    const timeoutMs = this.#timeoutMs + waitSeconds * 1_000
    // A follower waits out whatever is passing by itself, however long that takes.
    const options = { signal, timeoutMs, ...(follow ? { retries: 0 } : {}) }
    let position = after
    for (let failures = 0; !signal?.aborted; )
      try {
        const asked = performance.now()
        const place = position === undefined ? {} : { after: position }
        const { events, next } = await this.call('listEvents', { ...place, types, waitSeconds }, options)
        failures = 0
        const isAtEnd = events.length === 0 && next === (position ?? 0)
        for (const event of events) {
          yield event
          position = event.seq
        }
        position = next
        if (isAtEnd && !follow) return
        // A service that cannot wait just now must not be asked without a pause.
        if (isAtEnd && performance.now() - asked < 1_000) await within(1_000, signal)
      } catch (error) {
        if (signal?.aborted) return
        const wait = follow ? waitAfter(error, failures++, true) : null
        if (wait === null) throw error
        await within(wait, signal).catch(() => {})
      }
  }

  /** Attempts until there is an answer, as long as sending the same again is safe and may help. */
  async #send(
    method: MethodName | null,
    message: object,
    isRepeatable: boolean,
    options: CallOptions,
  ): Promise<Reply | Reply[]> {
    const { idempotencyKey, retries = this.#retries } = options
    const headers: Record<string, string> = idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}
    const request = { method, body: JSON.stringify(message), headers }
    for (let failures = 0; ; failures++)
      try {
        return await within(options.timeoutMs ?? this.#timeoutMs, options.signal, (signal) =>
          this.#attempt(request, signal),
        )
      } catch (error) {
        const wait = waitAfter(error, failures, isRepeatable)
        if (wait === null || failures >= retries) throw error
        await within(wait, options.signal)
      }
  }

  /** One request and its answer as JSON; throws a refusal of the whole request, and `NoAnswer`. */
  async #attempt({ method, body, headers }: Attempt, signal: Signal): Promise<Reply | Reply[]> {
    const [response, text] = await this.#fetched(body, headers, signal)
    const { status } = response
    const json = parsed(text) as Reply | Reply[] | undefined
    if (json === undefined)
      throw new NoAnswer(
        `${this.#address} answered HTTP ${status} without JSON`,
        status >= 500 || status === 408 || status === 429,
      )
    const { error } = json as Reply
    if (Array.isArray(json) || !error) return json
    if (!error.data?.reason)
      throw new NoAnswer(`${this.#address} answered an error that is not Tenure's: ${error.message}`, false)
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    const facts = { error, status, method, requestId: response.headers.get('x-request-id') }
    throw Object.assign(new Refusal(facts), Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {})
  }

  async #fetched(body: string, extra: Record<string, string>, signal: Signal) {
    const headers = { 'content-type': 'application/json', 'x-api-key': this.#key, ...extra }
    try {
      // A redirect could carry the key to another host, so none is followed.
      const request = { method: 'POST' as const, headers, body, redirect: 'manual' as const, signal }
      const response = await this.#fetch(this.#address, request)
      return [response, await response.text()] as const
    } catch (error) {
      throw new NoAnswer(`${this.#address} could not be reached`, true, error)
    }
  }
}

const names = Object.keys(methods) as MethodName[]
const drafts = Object.fromEntries(
  names.map((method) => [method, (params: object = {}) => ({ method, params })]),
) as unknown as Drafts

/** Where calls go: `/rpc` under the given address, unless that is where it leads already. */
function addressOf(url: string): string {
  const address = new URL(url)
  address.pathname = `${address.pathname.replace(/(?:\/rpc)?\/*$/, '')}/rpc`
  return address.href
}

function isRepeatable({ method, params }: { method: MethodName; params: object }): boolean {
  const members = methods[method] as readonly string[] | null
  return members === null || members.some((member) => (params as Record<string, unknown>)[member] != null)
}

/** How long to wait before the same is sent again; null where that is not safe, or of no use. Milliseconds. */
function waitAfter(error: unknown, failures: number, isRepeatable: boolean): number | null {
  const pause = Math.min(250 * 2 ** failures, 10_000) * (0.5 + Math.random() / 2)
  if (error instanceof NoAnswer) return error.isPassing && isRepeatable ? pause : null
  if (!(error instanceof Refusal)) return null
  const { reason, data, status } = error
  const isUndone = reason === 'rate_limited' || status === 408
  if (!isUndone && !(reason === 'unavailable' && (isRepeatable || data.outcome === 'not_done'))) return null
  const { retryAfterSeconds } = { ...data, ...error } as { retryAfterSeconds?: number }
  const asked = (retryAfterSeconds ?? 0) * 1_000
  return asked > longestWait ? null : Math.max(asked, pause)
}

/** Does the work in a given time or rejects; without work it is the time itself that is waited for. */
function within(milliseconds: number, signal: Signal | undefined): Promise<undefined>
function within<T>(
  milliseconds: number,
  signal: Signal | undefined,
  work: (signal: Signal) => Promise<T>,
): Promise<T>
async function within<T>(
  milliseconds: number,
  outer: Signal | undefined,
  work?: (signal: Signal) => Promise<T>,
): Promise<T | undefined> {
  outer?.throwIfAborted()
  const controller = new AbortController()
  let end = (): void => {}
  let timer: ReturnType<typeof setTimeout> | undefined
  // The work is raced and not just told to stop: a `fetch` that ignores its signal must not make the call hang.
  const over = new Promise<undefined>((resolve, reject) => {
    end = () => reject(outer?.reason)
    const late = () => reject(new NoAnswer(`No answer came within ${milliseconds} ms`, true))
    timer = setTimeout(work ? late : () => resolve(undefined), Math.min(milliseconds, longestTimer))
    outer?.addEventListener('abort', end)
  })
  try {
    return await (work ? Promise.race([work(controller.signal), over]) : over)
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', end)
    controller.abort()
  }
}

function parsed(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null ? json : undefined
  } catch {
    return undefined
  }
}

/** Unlike any other; where there is no cryptography, chance and time are enough for that. */
function newKey(): string {
  const random = globalThis.crypto?.randomUUID?.()
  return random ?? `${performance.timeOrigin}.${performance.now()}.${Math.random()}.${Math.random()}`
}
