/** The types of the client. They rest on `wire.ts` alone, and name nothing that only a browser or only Node knows. */
import type { Methods, RefusalData } from './wire.ts'

export type { Methods, RefusalData } from './wire.ts'

export type MethodName = keyof Methods
export type Params<Name extends MethodName> = Methods[Name]['params']
export type Result<Name extends MethodName> = Methods[Name]['result']
export type Reason = keyof RefusalData

/** Refusals that any method may meet, besides its own. */
export type CommonReason =
  | 'params_invalid'
  | 'forbidden'
  | 'unauthenticated'
  | 'rate_limited'
  | 'unavailable'
  | 'invalid_request'
  | 'internal'

/** The platform's own signal, where the platform has one. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer S } } ? S : undefined

/** As much of `fetch` as the client uses; every platform's own fits. */
export type Fetch = (
  address: string,
  request: {
    method: 'POST'
    headers: Record<string, string>
    body: string
    redirect: 'manual'
    signal: Signal
  },
) => Promise<{
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}>

/** How the service is reached. */
export interface Connection {
  /** The address of the service, with or without `/rpc`. */
  url: string
  /** The API key, `tk_…`. */
  key: string
  /** Stands in for the platform's own `fetch`. */
  fetch?: Fetch | undefined
  /** How long one attempt may take; 30,000 unless said otherwise. */
  timeoutMs?: number | undefined
  /** How many more times a call is sent when sending it again is safe; 4 unless said otherwise. */
  retries?: number | undefined
}

/** What a single call may want to be different. */
export interface CallOptions {
  timeoutMs?: number | undefined
  retries?: number | undefined
  /** Ends the call; it rejects with the signal's reason. */
  signal?: Signal | undefined
  /**
   * Makes a create without an id of yours safe to send again, also by another process: the same key with the same
   * params gives the first answer. Without one the client makes a key of its own for each such call.
   */
  idempotencyKey?: string | undefined
}

/** Why a call was refused. Its `reason` tells which facts are in `data`. */
export interface Refused<R extends Reason> extends Error {
  readonly reason: R
  readonly code: number
  readonly data: RefusalData[R] & { readonly reason: R; readonly retryable: boolean }
  /** The HTTP status of the answer that carried it. */
  readonly status: number
  /** The method that was called; null for an array that was refused as a whole. */
  readonly method: MethodName | null
  /** What the log of the service knows the request by. */
  readonly requestId: string | null
}

/** One type per reason, so that looking at the reason narrows the data. */
export type RefusalOf<R extends Reason> = R extends Reason ? Refused<R> : never

export type Refusal = RefusalOf<Reason>

/** The class of all refusals: `error instanceof Refusal` narrows to them. */
export interface RefusalClass {
  new (from: RefusalFacts): Refusal
  readonly prototype: Refusal
  [Symbol.hasInstance](value: unknown): value is Refusal
}

export interface RefusalFacts {
  readonly error: { code: number; message: string; data: { reason: Reason; retryable: boolean } }
  readonly status: number
  readonly method: MethodName | null
  readonly requestId: string | null
}

/** Its params may be left out where none is required. */
type Arguments<P> =
  Record<never, never> extends P ? [params?: P, options?: CallOptions] : [params: P, options?: CallOptions]

/** Every method as a function. */
export type Calls = { [Name in keyof Methods]: (...call: Arguments<Params<Name>>) => Promise<Result<Name>> }

/** One member of an array, not yet sent. */
export interface Call<Name extends MethodName> {
  readonly method: Name
  readonly params: Params<Name>
}

/** Every method as a function that only writes the call down. */
export type Drafts = {
  [Name in keyof Methods]: (
    ...call: Record<never, never> extends Params<Name> ? [params?: Params<Name>] : [params: Params<Name>]
  ) => Call<Name>
}

/** What a member of an array is answered with: its result, or a refusal that is an answer and not thrown. */
export type Answer<Name extends MethodName> = Name extends MethodName
  ? Result<Name> | RefusalOf<Methods[Name]['reason'] | CommonReason>
  : never

export type Answers<Members extends readonly Call<MethodName>[]> = {
  -readonly [Place in keyof Members]: Members[Place] extends Call<infer Name> ? Answer<Name> : never
}

/** The methods that answer page by page. */
export type ListName = {
  [Name in MethodName]: Result<Name> extends { items: unknown[]; next: string | null } ? Name : never
}[MethodName]
export type Item<Name extends ListName> = Result<Name> extends { items: (infer I)[] } ? I : never

/** Something that happened. */
export type Event = Result<'listEvents'>['events'][number]

/** From where the feed is read, and which of it. */
export interface EventOptions {
  /** The `seq` of the last event that you have dealt with; unsaid, the feed is read from its beginning. */
  after?: number | undefined
  types?: Params<'listEvents'>['types']
  /** Whether to wait for what has yet to happen, which is the case unless you say false. */
  follow?: boolean | undefined
  /** Ends the iteration, without an error. */
  signal?: Signal | undefined
}

/** The service, from the partner's side. */
export type Tenure = Calls & {
  /**
   * Sends several calls as one array. They are carried out in order, and one that is refused does not harm the others:
   * its place in the answer holds the refusal. Throws when the array as a whole was refused or got no answer.
   */
  batch<Members extends readonly Call<MethodName>[]>(
    write: (drafts: Drafts) => readonly [...Members],
    options?: Omit<CallOptions, 'idempotencyKey'>,
  ): Promise<Answers<Members>>
  /** The pages of a list, each an array of items. */
  pages<Name extends ListName>(
    method: Name,
    params?: Params<Name>,
    options?: CallOptions,
  ): AsyncGenerator<Item<Name>[], void, undefined>
  /** Everything a list holds, item by item, however many pages that takes. */
  items<Name extends ListName>(
    method: Name,
    params?: Params<Name>,
    options?: CallOptions,
  ): AsyncGenerator<Item<Name>, void, undefined>
  /**
   * The feed, event by event, as they happen. Outlives restarts of the service and broken connections. Keep the `seq`
   * of what you have dealt with, and pass it as `after` next time.
   */
  events(options?: EventOptions): AsyncGenerator<Event, void, undefined>
}
