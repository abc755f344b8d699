/**
 * The door of the console: who is signed in is found out here, forms are taken only from our own pages, and every call
 * goes through the same corridor as those of the API, with the scopes of the key.
 */
import type { z } from 'zod'
import { Fault, type WireError } from '../faults.ts'
import { limits } from '../limits.ts'
import type { methods } from '../methods/index.ts'
import type { Dispatcher } from '../rpc/dispatch.ts'
import type { Json } from '../rules/canonical.ts'
import type { Instant } from '../rules/time.ts'
import { failureOf } from '../store/failures.ts'
import { doneSentence } from './actions/done.ts'
import { type FormFile, readForm } from './form.ts'
import { links } from './links.ts'
import { type PageParts, page, pageHeaders } from './page.ts'
import { refusalPage } from './refusals.ts'
import { type PageAnswer, type PageRequest, Refusal } from './request.ts'
import { isOwnForm, type Session, type SessionHouse, type Sessions } from './session.ts'

export { type PageAnswer, type PageRequest, Refusal } from './request.ts'

/** What the console needs of the rest of the house. */
export interface ConsoleHouse extends SessionHouse {
  readonly dispatcher: Dispatcher
  readonly wrongKeys: { hold(address: string): Promise<void> }
  /** Counts requests with those of the API; throws `rate_limited`. */
  readonly rateLimiter: { take(keyId: string, calls: number): Record<string, string> }
  /** Where an ERP shows a customer, with `{id}` for its number; undefined where no link leads back. */
  readonly erpCustomerUrl: string | undefined
  /** A file to begin with: the header that an import understands. */
  readonly importTemplate: (kind: ImportUpload['kind']) => string
  /** Imports a file of customers or licences, as the door for CSV files does. */
  readonly importFile: (upload: ImportUpload) => Promise<ImportOutcome>
  readonly onError: (error: unknown, requestId: string) => void
}

export interface ImportUpload {
  readonly kind: 'customers' | 'licenses'
  readonly file: Uint8Array
  readonly options: { dryRun: boolean; overwriteExisting: boolean; resumeOnError: boolean }
  readonly caller: Session['caller']
  readonly requestId: string
}

export interface ImportOutcome {
  readonly total: number
  readonly imported: number
  readonly updated: number
  readonly skipped: number
  readonly omitted: readonly {
    line: number
    errors: readonly { column: string | null; message: string }[]
  }[]
}

type Methods = typeof methods
export type MethodName = keyof Methods
export type Params<M extends MethodName> = z.input<Methods[M]['params']>
export type Result<M extends MethodName> = z.output<Methods[M]['result']>

/** What a call came to: its result, or the refusal as it stands on the wire. */
export type Attempt<R> =
  | { readonly ok: true; readonly result: R; readonly replayed: boolean }
  | { readonly ok: false; readonly error: WireError; readonly status: number }

/** One request of somebody who is signed in. */
export interface Visit {
  readonly session: Session
  readonly request: PageRequest
  readonly query: URLSearchParams
  /** What a form sent; empty for a page that is only looked at. Its token has been found right. */
  readonly form: URLSearchParams
  /** The file of a form that has one. */
  readonly file: FormFile | undefined
  readonly house: ConsoleHouse
  /** The present moment of the partner; a sandbox has its own. */
  readonly now: Instant
  /** Calls a method as the API would; throws `Refusal` for a refusal, which becomes a page. */
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>
  /**
   * The same for those who want to tell the refusal themselves. `once` makes a call that must not be done twice
   * recognisable when the form comes again.
   */
  attempt(method: string, params: Json, once?: string): Promise<Attempt<unknown>>
  /** A page in the frame of the console. */
  page(parts: Omit<PageParts, 'session'>, status?: number): PageAnswer
}

/** One address of the console, and what is there. */
export interface Route {
  readonly verb: 'GET' | 'POST'
  readonly path: string
  /** The largest body that a form may send; a small one unless said. */
  readonly most?: number
  show(visit: Visit): Promise<PageAnswer> | PageAnswer
}

/** An address as the HTTP server mounts it. */
export interface PageDoor {
  readonly verb: 'GET' | 'POST'
  readonly path: string
  answer(request: PageRequest): Promise<PageAnswer>
  /** The page that says no where `answer` failed. */
  refuse(fault: Fault, requestId: string): PageAnswer
}

/** How every door of the console says no when it could not answer. */
export function refuse(fault: Fault, requestId: string): PageAnswer {
  return refusalPage(fault, undefined, { requestId })
}

/** The way to another page after a form, or to the sign-in. */
export function seeOther(location: string, headers: Record<string, string> = {}): PageAnswer {
  return { status: 303, headers: { ...pageHeaders, location, ...headers }, body: '' }
}

/** Makes a route into a door: nobody passes without a session, and no form without its token. */
export function guarded(route: Route, house: ConsoleHouse, sessions: Sessions): PageDoor {
  return {
    verb: route.verb,
    path: route.path,
    refuse,
    async answer(request) {
      let session: Session | undefined
      try {
        session = await sessions.read(request.headers.cookie)
        if (!session) return seeOther(links.signIn(request.url.pathname + request.url.search))
        const { caller, keyId } = session
        const allowance = house.rateLimiter.take(keyId, 1)
        const visit = await visitOf(route, request, session, house)
        const answer = await route.show(visit)
        return { ...answer, caller, headers: { ...answer.headers, ...allowance } }
      } catch (error) {
        const known = session && { caller: session.caller }
        const refused = error instanceof Refusal || error instanceof Fault
        if (refused) return { ...refusalPage(error, session, request), ...known }
        if (failureOf(error) === 'defect') throw error
        house.onError(error, request.requestId)
        const away = new Fault('unavailable', { outcome: 'not_done', retryAfterSeconds: 1 })
        return { ...refusalPage(away, session, request), ...known }
      }
    },
  }
}

async function visitOf(
  route: Route,
  request: PageRequest,
  session: Session,
  house: ConsoleHouse,
): Promise<Visit> {
  const sent = route.verb === 'POST' ? await readForm(request, route.most ?? limits.bodyBytes) : undefined
  if (sent) refuseForeign(request, session, sent.fields, house)
  const now = house.now()
  const attempt: Visit['attempt'] = async (method, params, once) => {
    const member = { kind: 'call' as const, id: 1, method, params }
    const { caller } = session
    const { requestId } = request
    const sending = { caller, requestId, now, verb: 'POST' as const, idempotencyKey: once }
    const [reply] = await house.dispatcher.dispatch([member], sending)
    const { error, result, status = 500, replayed = false } = reply ?? {}
    return error ? { ok: false, error, status } : { ok: true, result, replayed }
  }
  return {
    session,
    request,
    query: request.url.searchParams,
    form: sent?.fields ?? new URLSearchParams(),
    file: sent?.file,
    house,
    now: session.partner.clockAt ?? now,
    attempt,
    async call(method, params) {
      const outcome = await attempt(method, params as Json)
      if (!outcome.ok) throw new Refusal(outcome.error, outcome.status)
      return outcome.result as never
    },
    page: (parts, status = 200) => ({
      status,
      headers: pageHeaders,
      body: page({ ...parts, session, done: doneSentence(session, request.url.searchParams) }),
    }),
  }
}

/** A form has to come from one of our own pages: it carries the token of the session, and the browser agrees. */
function refuseForeign(
  request: PageRequest,
  session: Session,
  fields: URLSearchParams,
  { publicUrl }: ConsoleHouse,
): void {
  if (isFromElsewhere(request, publicUrl()) || !isOwnForm(session, fields.get('csrf')))
    throw new Fault(
      'invalid_request',
      {},
      {
        status: 403,
        message: 'This form is not from your present session. Open the page again and send it from there.',
      },
    )
}

/** Whether a browser says that another site has sent this form. */
export function isFromElsewhere({ headers }: PageRequest, publicUrl: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin, host } = headers
  if (origin === undefined) return false
  return !URL.canParse(origin) || (new URL(origin).host !== host && origin !== new URL(publicUrl).origin)
}
