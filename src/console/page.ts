/**
 * The frame of every page: a whole HTML document with its landmarks, the way around, one stylesheet and one script,
 * both from the service itself. The security policy allows nothing else, inline styles included.
 */
import { html } from 'hono/html'
import { assetAddresses } from './assets.ts'
import { links } from './links.ts'
import { type Content, csrfField, may, time } from './parts.ts'
import type { Session } from './session.ts'

/** The places in the console, as its navigation names them. */
export type Place =
  | 'overview'
  | 'customers'
  | 'orders'
  | 'licenses'
  | 'events'
  | 'webhooks'
  | 'inbox'
  | 'import'
  | 'catalogue'
  | 'keys'

export interface PageParts {
  readonly title: string
  readonly body: Content
  /** Undefined on pages for those who are not signed in. */
  readonly session?: Session | undefined
  readonly here?: Place | undefined
  /** What stands in the field that finds things, after a search. */
  readonly search?: string | undefined
  /** Facts or ways to forms beside the heading. */
  readonly beside?: Content
  /** What was just done, where a form has led here. */
  readonly done?: string | undefined
  /** One line above the heading: where this thing belongs. */
  readonly above?: Content
}

/** A whole document. */
export function page(parts: PageParts): string {
  const { title, body, session, here, search, beside, above, done } = parts
  return String(html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Tenure</title>
<link rel="icon" href="${assetAddresses.icon}" type="image/svg+xml"><link rel="stylesheet" href="${assetAddresses.style}">
<script src="${assetAddresses.script}" defer></script></head>
<body class="${session ? 'within' : 'outside'}"><a class="skip" href="#main">To the content</a>
${session ? top(session, search) : html`<header class="top"><p class="brand">Tenure</p></header>`}
${session ? around(session, here) : ''}
<main id="main" tabindex="-1"><div class="heading"><div>${above ? html`<p class="above">${above}</p>` : ''}<h1>${title}</h1></div>
${beside ? html`<div class="beside">${beside}</div>` : ''}</div>
${done ? html`<div class="told good" role="status"><p>${done}</p></div>` : ''}${body}</main>
${session ? foot(session) : ''}</body></html>`)
}

function top(session: Session, search: string | undefined): Content {
  const { partner, keyName } = session
  return html`<header class="top"><p class="brand"><a href="${links.overview}">Tenure</a></p>
<p class="whose">${partner.name}${partner.isSandbox ? html` <span class="state watch">sandbox</span>` : ''}</p>
<form class="find" action="${links.find}" role="search"><label class="heard" for="find">Find a customer, order or licence</label>
<input id="find" type="search" name="q" value="${search ?? ''}" placeholder="Customer, order, licence" required maxlength="255"><button>Find</button></form>
<form class="leave" method="post" action="${links.signOut}">${csrfField(session)}<span class="key">${keyName}</span>
<button class="plain">Sign out</button></form></header>`
}

const places: readonly (readonly [Place, string, string, string])[] = [
  ['overview', 'Overview', links.overview, 'listOrders'],
  ['customers', 'Customers', links.customers(), 'listCustomers'],
  ['orders', 'Orders', links.orders(), 'listOrders'],
  ['licenses', 'Licences', links.licenses(), 'listLicenses'],
  ['events', 'Events', links.events(), 'listEvents'],
  ['inbox', 'Shop inbox', links.inbox(), 'listInbox'],
  ['webhooks', 'Webhooks', links.webhooks, 'listWebhookEndpoints'],
  ['import', 'Import', links.import, 'createCustomer'],
  ['catalogue', 'Catalogue', links.catalogue, 'listEditions'],
  ['keys', 'API keys', links.keys, 'listApiKeys'],
]

/** The way around; places that the key has no scope for are not there. */
function around(session: Session, here: Place | undefined): Content {
  const shown = places.filter(([, , , method]) => may(session, method))
  return html`<nav class="around" aria-label="Console"><ul>${shown.map(
    ([place, words, to]) =>
      html`<li><a href="${to}"${place === here ? html` aria-current="page"` : ''}>${words}</a></li>`,
  )}</ul></nav>`
}

function foot({ partner, endsAt }: Session): Content {
  return html`<footer><p>${partner.clockAt === null ? '' : html`The sandbox clock stands at ${time(partner.clockAt)}. `}<span
 data-zone>Times are UTC.</span> You are signed in until ${time(endsAt)}. <a href="/docs">API reference</a></p></footer>`
}

/** What every page of the console is sent with. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  // Not `no-referrer`: forms of our own would then not say where they come from.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}
