/** Signing in with an API key, and out again. One lands where one wanted to go, within this service only. */
import { html } from 'hono/html'
import { Fault } from '../../faults.ts'
import {
  type ConsoleHouse,
  isFromElsewhere,
  type PageAnswer,
  type PageDoor,
  refuse,
  seeOther,
} from '../door.ts'
import { readForm } from '../form.ts'
import { links } from '../links.ts'
import { page, pageHeaders } from '../page.ts'
import { isOwnForm, type Sessions } from '../session.ts'

const formBytes = 16_384

/** The addresses that need no session. */
export function signInDoors(house: ConsoleHouse, sessions: Sessions): PageDoor[] {
  return [
    {
      verb: 'GET',
      path: '/console/sign-in',
      refuse,
      async answer({ url, headers }) {
        const next = ownPath(url.searchParams.get('next'))
        if (await sessions.read(headers.cookie)) return seeOther(next)
        return signInPage(next)
      },
    },
    {
      verb: 'POST',
      path: '/console/sign-in',
      refuse,
      async answer(request) {
        const { fields } = await readForm(request, formBytes)
        const next = ownPath(fields.get('next'))
        if (isFromElsewhere(request, house.publicUrl()))
          return signInPage(next, 'This form came from another site. Sign in here.', 403)
        try {
          const { cookie } = await sessions.begin(fields.get('key')?.trim())
          return seeOther(next, { 'set-cookie': cookie })
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          if (error.reason !== 'unauthenticated') return signInPage(next, error.message, error.status)
          await house.wrongKeys.hold(request.address)
          return signInPage(
            next,
            'That is no API key that counts here. It may be mistyped, revoked or expired.',
            401,
          )
        }
      },
    },
    {
      verb: 'POST',
      path: links.signOut,
      refuse,
      async answer(request) {
        const { fields } = await readForm(request, formBytes)
        const session = await sessions.read(request.headers.cookie)
        if (!session) return seeOther(links.signIn())
        if (!isOwnForm(session, fields.get('csrf'))) return seeOther(links.overview)
        return seeOther(links.signIn(), { 'set-cookie': sessions.end(session).cookie })
      },
    },
  ]
}

/** Where the console's own pages are; nothing else is led to. */
const ownPages = /^\/(?:console|customeranalytics|licenses)(?:[/?]|$)/

/** A path of the console, whatever was asked for. */
export function ownPath(asked: string | null): string {
  const here = 'http://here.invalid'
  if (!asked || !URL.canParse(asked, here)) return links.overview
  const url = new URL(asked, here)
  const path = url.pathname + url.search
  return url.origin === here && ownPages.test(path) ? path : links.overview
}

function signInPage(next: string, problem?: string, status = 200): PageAnswer {
  const body = html`${problem ? html`<div class="told bad" role="alert"><p>${problem}</p></div>` : ''}
<form method="post" action="/console/sign-in"><input type="hidden" name="next" value="${next}">
<div class="field"><label for="key">API key</label>
<input id="key" name="key" type="password" required autofocus autocomplete="current-password" maxlength="200" aria-describedby="key-hint">
<p class="hint" id="key-hint">You see and do what the key has scopes for, for 8 hours.</p></div>
<button class="main">Sign in</button></form>`
  return { status, headers: pageHeaders, body: page({ title: 'Sign in', body }) }
}
