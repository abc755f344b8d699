/** Whether somebody is entitled and why, told with the sentences of `checkEntitlement`, and the form that asks it. */
import { html } from 'hono/html'
import type { Result, Visit } from './door.ts'
import { type Content, choice, count, counted, facts, field, type Markup, state, time } from './parts.ts'

type Verdict = Result<'checkEntitlement'>

const reasons: Readonly<Record<Verdict['reason'], string>> = {
  entitled: 'entitled',
  grace: 'entitled, in grace',
  no_license: 'no licence for it',
  feature_missing: 'a licence, but not this feature',
  customer_inactive: 'the customer is deactivated',
  suspended: 'suspended',
  expired: 'expired',
  scheduled: 'not begun yet',
  revoked: 'revoked',
}

const instantText = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)/

/** A sentence whose instants stand as everywhere else on a page. */
export function sentence(text: string): Markup {
  const parts = text.split(instantText)
  return html`${parts.map((part) => (instantText.test(part) ? time(Date.parse(part) / 1000) : part))}`
}

/** One verdict with its story. */
export function verdict(title: Content, told: Verdict): Markup {
  const { entitled, reason, because, quantity, validUntil, features, limitations, variables } = told
  const word = entitled ? 'entitled' : 'not entitled'
  const groups: [string, Content][] = [
    ['Features', features.join(', ')],
    ['Limitations', pairs(limitations)],
    ['Variables', pairs(variables)],
  ]
  return html`<div class="card"><div class="title"><h3>${title}</h3>${state(word)}
<span>${reasons[reason]}${entitled ? html`, ${counted(quantity, 'licence')}, ${validUntil === null ? 'without an end' : html`until ${time(validUntil)}`}` : ''}</span></div>
<ul class="story">${because.map((told) => html`<li>${sentence(told)}</li>`)}</ul>${entitled ? facts(groups) : ''}</div>`
}

function pairs(group: Readonly<Record<string, string | number>>): string {
  return Object.entries(group)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? count(value) : `= ${value}`}`)
    .join(', ')
}

/** Who is asked about: a customer or a consumer. */
export type Holder = { readonly customerId: string } | { readonly consumerId: string }

/** What the form asked, if it asked anything, and the form to ask again. */
export async function whyNot(visit: Visit, holder: Holder, path: string, keep: string[]): Promise<Markup> {
  const { query } = visit
  const { items: editions } = await visit.call('listEditions', {})
  const asked = query.get('why')
  let answer: Content = null
  if (asked !== null && asked !== '') {
    const at = query.get('at')?.trim()
    const feature = query.get('feature')?.trim()
    const outcome = await visit.attempt('checkEntitlement', {
      ...holder,
      edition: asked,
      ...(feature ? { feature } : {}),
      ...(at ? { at } : {}),
    })
    answer = outcome.ok
      ? verdict(html`${asked}${at ? html` at ${at}` : ' now'}`, outcome.result as Verdict)
      : html`<div class="told bad" role="alert"><p>${outcome.error.message}</p>${issuesOf(outcome.error.data)}</div>`
  }
  const kept = keep.map((name) => html`<input type="hidden" name="${name}" value="${query.get(name) ?? ''}">`)
  return html`<section id="why"><h2>Why, or why not?</h2>
<form class="sift" action="${path}#why">${kept}
${choice({ name: 'why', label: 'Edition', value: asked, choices: editions.map(({ code, name }) => [code, `${code} – ${name}`] as const) })}
${field({ name: 'feature', label: 'Feature, if any', value: query.get('feature') })}
${field({ name: 'at', label: 'At, now if empty', value: query.get('at'), placeholder: '2026-03-01T12:00:00Z' })}
<button>Tell me</button></form>${answer}</section>`
}

function issuesOf(data: object): Content {
  const { issues = [] } = data as { issues?: { path: string; message: string }[] }
  return issues.map(({ path, message }) => html`<p><code>${path}</code> ${message}</p>`)
}
