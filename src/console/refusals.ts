/** Pages that say no: what is not there, what the key has no scope for, what cannot be done at the moment. */
import { html } from 'hono/html'
import { Fault } from '../faults.ts'
import { links } from './links.ts'
import { page, pageHeaders } from './page.ts'
import type { Content } from './parts.ts'
import type { PageAnswer, PageRequest, Refusal } from './request.ts'
import type { Session } from './session.ts'

const titles: Readonly<Record<number, string>> = {
  400: 'That cannot be read',
  403: 'Not with this key',
  404: 'Not found',
  405: 'Not this way',
  409: 'Not now',
  413: 'Too large',
  429: 'Too many at once',
  500: 'Something went wrong',
  503: 'Not at the moment',
}

/** The page for a refusal that a page had no words of its own for. */
export function refusalPage(
  refused: Refusal | Fault,
  session: Session | undefined,
  request: Pick<PageRequest, 'requestId'>,
): PageAnswer {
  const { status, message } = refused
  const error = refused instanceof Fault ? refused.toWire() : refused.error
  const data = error.data as {
    id?: string
    scope?: string
    retryAfterSeconds?: number
    reason?: string
    issues?: { path: string; message: string }[]
  }
  const told: Content[] = [html`<p>${message}</p>`]
  for (const { path, message } of data.issues ?? [])
    told.push(html`<p>${path === '' ? 'It' : html`<code>${path}</code>`} ${message}.</p>`)
  if (data.id !== undefined) told.push(html`<p>It was asked for as <code>${data.id}</code>.</p>`)
  if (data.scope !== undefined)
    told.push(
      html`<p>Signed in with a key that has the scope <code>${data.scope}</code> you would see it.</p>`,
    )
  if (status >= 500) told.push(html`<p>The request is <code>${request.requestId}</code> in the log.</p>`)
  const retry = data.retryAfterSeconds === undefined ? {} : { 'retry-after': String(data.retryAfterSeconds) }
  // A form of an earlier session is no matter of scopes, though it has the same status.
  const title = status === 403 && data.reason !== 'forbidden' ? 'Not from here' : (titles[status] ?? 'No')
  return sayNo({ title, status, body: told, session, headers: retry })
}

/** A page that says no in words of its own. */
export function sayNo(options: {
  title: string
  status: number
  body: Content
  session?: Session | undefined
  headers?: Record<string, string>
}): PageAnswer {
  const { title, status, body, session, headers = {} } = options
  const back = html`<p><a href="${session ? links.overview : links.signIn()}">${session ? 'To the overview' : 'To the sign-in'}</a></p>`
  const text = page({ title, session, body: html`<div class="told bad">${body}</div>${back}` })
  return { status, headers: { ...pageHeaders, ...headers }, body: text }
}
