/** The reference at `/docs`, made from the registry. The page is whole in itself: no other host, file or font is asked. */
import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import { eventTypes } from '../events.ts'
import { type AnyReason, allFaults } from '../faults.ts'
import type { Method, Registry } from '../rpc/method.ts'
import { namedSchemas } from '../rpc/schema.ts'
import { eventRow, type Markup, methodEntry, refusalEntry, shapeEntry } from './docs/entries.ts'
import { address } from './docs/examples.ts'
import { grouped } from './docs/groups.ts'
import { script, style } from './docs/look.ts'

export interface Page {
  readonly body: string
  readonly headers: Record<string, string>
}

/** The page for a registry. `version` is the version of the service. */
export function referencePage(registry: Registry, version: string): Page {
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    body: String(page(registry, version)),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  }
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

function page(registry: Registry, version: string): Markup {
  const groups = grouped(Object.keys(registry))
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tenure ${version}: reference</title><style>${raw(style)}</style></head>
<body>${contents(groups)}<main>
<h1>Tenure ${version}</h1>${introduction()}
<p id="nothing" hidden>Nothing of that kind is here.</p>
${methodSections(registry, groups)}${otherSections(registry)}
</main><script>${raw(script)}</script></body></html>`
}

function contents(groups: [string, string[]][]): Markup {
  const others: [string, string][] = [
    ['shapes', 'Shapes'],
    ['refusals', 'Refusals'],
    ['events', 'Events'],
  ]
  return html`<nav aria-label="Contents"><input type="search" placeholder="Search ( / )" aria-label="Search the reference">
<details open><summary>Contents</summary>
${groups.map(
  ([title, names]) =>
    html`<div><h2>${title}</h2><ul>${names.map(
      (name) => html`<li><a href="#${name}">${name}</a></li>`,
    )}</ul></div>`,
)}
<h2>Words</h2><ul>${others.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></details></nav>`
}

function introduction(): Markup {
  return html`<p>One endpoint, <code>/rpc</code>, and one header, <code>x-api-key</code>. A body with
<code>jsonrpc</code>, or an array, is JSON-RPC 2.0 by POST. Anything else is the bare
<code>{"method", "params"}</code>, by POST or by GET with a body, answered by the bare result. The same document for
machines: <a href="/openrpc.json">openrpc.json</a>.</p>
<p>Your own id makes a create safe to send again, for ever. Every refusal has a stable <code>reason</code>, says whether
trying again can help, and carries the facts that are needed to act.</p>
<div class="code"><pre>import { connect, Refusal } from 'tenure/client'

const tenure = connect({ url: '${address}', key: process.env.KEY })</pre></div>`
}

function methodSections(registry: Registry, groups: [string, string[]][]): Markup {
  const names = new Set(namedSchemas(registry).keys())
  return html`${groups.map(
    ([title, members]) =>
      html`<section><h2>${title}</h2>${members.map((name) =>
        methodEntry(name, registry[name] as Method, names),
      )}</section>`,
  )}`
}

function otherSections(registry: Registry): Markup {
  const shapes = namedSchemas(registry)
  const names = new Set(shapes.keys())
  return html`
<section id="shapes"><h2>Shapes</h2>${[...shapes].map(([name, schema]) => shapeEntry(name, schema, names))}</section>
<section id="refusals"><h2>Refusals</h2>${Object.keys(allFaults).map((reason) => refusalEntry(reason as AnyReason))}</section>
<section id="events"><h2>Events</h2><article data-words="events ${eventTypes.join(' ')}">
<p>What <code>listEvents</code> tells and webhooks carry. The data of an event is the object after the change.</p>
<div class="wide"><table><tr><th>type</th><th>about</th></tr>${eventTypes.map((type) => eventRow(type))}</table></div>
</article></section>`
}
