/** Why something was refused and what to do about it, for whoever sits in front of a form. */
import { html } from 'hono/html'
import type { AnyReason, WireError } from '../../faults.ts'
import { links } from '../links.ts'
import { type Content, counted, type Markup, time } from '../parts.ts'

interface Words {
  readonly why: Content
  readonly todo: Content
}

type Data = Readonly<Record<string, unknown>>
type Telling = (data: Data) => Words

const text = (value: unknown): string => String(value ?? '')
const instant = (value: unknown): Content => time(Number(value))

function unknown(thing: string, todo: Content): Telling {
  return ({ id }) => ({ why: html`There is no ${thing} <code>${text(id)}</code>.`, todo })
}

function taken(thing: string): Telling {
  return ({ id, differs }) => ({
    why: html`${thing} <code>${text(id)}</code> is there already, and not the same${differingIn(differs)}.`,
    todo: 'Take another id: ids are never given out twice.',
  })
}

function differingIn(differs: unknown): string {
  const paths = Array.isArray(differs) ? differs.filter((path) => path !== 'id') : []
  return paths.length === 0 ? '' : `; it differs in ${paths.join(', ')}`
}

/** By reason. */
export const refusalWords: { readonly [reason in AnyReason]?: Telling } = {
  customer_unknown: unknown(
    'customer',
    html`Look for it among the <a href="${links.customers()}">customers</a>.`,
  ),
  order_unknown: unknown('order', html`Look for it among the <a href="${links.orders()}">orders</a>.`),
  license_unknown: unknown(
    'licence',
    html`Look for it among the <a href="${links.licenses()}">licences</a>.`,
  ),
  consumer_unknown: unknown('consumer', 'Look for it on the page of its customer.'),
  edition_unknown: unknown('edition', html`Take one from the <a href="${links.catalogue}">catalogue</a>.`),
  product_unknown: unknown('product', html`Take one from the <a href="${links.catalogue}">catalogue</a>.`),
  endpoint_unknown: unknown(
    'webhook endpoint',
    html`Somebody may have deleted it: <a href="${links.webhooks}">webhooks</a>.`,
  ),
  delivery_unknown: unknown(
    'delivery',
    'Deliveries are remembered for a limited time. Open the list of the endpoint again.',
  ),
  source_unknown: unknown(
    'shop',
    html`Somebody may have disconnected it: <a href="${links.inbox()}">shops</a>.`,
  ),
  sku_unknown: unknown(
    'name of the shop',
    html`Open the list of <a href="${links.inbox()}">shops</a> again.`,
  ),
  inbox_unknown: unknown('event of a shop', html`Open the <a href="${links.inbox()}">inbox</a> again.`),
  key_unknown: unknown('API key', html`Open the list of <a href="${links.keys}">API keys</a> again.`),
  customer_exists: taken('A customer'),
  order_exists: taken('An order'),
  license_exists: taken('A licence'),
  consumer_exists: ({ id, differs }) => ({
    why: html`A consumer with <code>${text(id)}</code> is there already, and not the same${differingIn(differs)}.`,
    todo: 'Ids and e-mail addresses of consumers belong to one consumer each. Take others, or use the one that is there.',
  }),
  edition_exists: taken('An edition'),
  product_exists: taken('A product'),
  customer_inactive: ({ customer }) => ({
    why: html`The customer <code>${text(customer)}</code> is deactivated. What it has stays, but nothing new can be sold to it.`,
    todo: html`<a href="${links.action('updateCustomer', { id: text(customer), isActive: 'yes' })}">Activate the customer</a> first.`,
  }),
  order_not_first: ({ parent }) => ({
    why: 'This is the id of a renewal.',
    todo: html`Open the <a href="${links.order(text(parent))}">order that began the chain</a>.`,
  }),
  order_cancelled: ({ since }) => ({
    why: html`The order is cancelled since ${instant(since)}. A cancelled order never comes back.`,
    todo: 'Sell a new first order.',
  }),
  order_suspended: ({ since }) => ({
    why: html`The order is suspended since ${instant(since)}, and a suspended order is not renewed.`,
    todo: 'Resume it first, then renew it.',
  }),
  order_ending: ({ endsAt }) => ({
    why: html`The order was cancelled and ends at ${instant(endsAt)}, so there is nothing to renew.`,
    todo: 'If the customer stays, withdraw the cancellation first.',
  }),
  renewal_too_early: ({ renewableFrom, termEnd, windowDays }) => ({
    why: html`More than ${counted(Number(windowDays), 'day')} are left until the term ends at ${instant(termEnd)}.`,
    todo: html`Renew it from ${instant(renewableFrom)} on.`,
  }),
  not_renewable: ({ edition }) => ({
    why: html`Orders of the edition <code>${text(edition)}</code> are sold for one term only.`,
    todo: 'Change the order to another edition, or sell a new first order.',
  }),
  license_governed_by_order: ({ order }) => ({
    why: 'What this licence carries and how long it is valid follows from its order.',
    todo: html`Change the <a href="${links.order(text(order))}">order <code>${text(order)}</code></a> instead.`,
  }),
  license_revoked: ({ since }) => ({
    why: html`The licence was revoked at ${instant(since)}. That is final.`,
    todo: 'Create a new licence.',
  }),
  edition_incompatible: ({ edition, from }) => ({
    why: html`The licence is of edition <code>${text(from)}</code>, and <code>${text(edition)}</code> is of another product, provisioning mode or client type.`,
    todo: 'Revoke the licence and create one of the other edition.',
  }),
  version_conflict: () => ({
    why: 'Somebody has changed this since you opened the form, so nothing was done.',
    todo: 'The form below now begins with what is there; what you had typed still stands in it. Look again before you go on.',
  }),
  not_sandbox: () => ({
    why: 'The clock of a live partner is the real one.',
    todo: 'Only the clock of a sandbox can be moved.',
  }),
  forbidden: ({ scope }) => ({
    why: html`The key you are signed in with lacks the scope <code>${text(scope)}</code>.`,
    todo: 'Sign in with a key that has it.',
  }),
  unavailable: ({ outcome }) => ({
    why:
      outcome === 'not_done'
        ? 'The service could not do this at the moment.'
        : 'The service could not tell whether this was done.',
    todo: 'Send the form again: it is not done twice.',
  }),
  internal: ({ requestId }) => ({
    why: 'Something went wrong that nobody expected.',
    todo: html`Send the form again. If it stays so, give the operator this number: <code>${text(requestId)}</code>.`,
  }),
}

/** What a refusal says on a page. */
export function refusedBox({ message, data }: WireError): Markup {
  const words = refusalWords[data.reason]?.(data) ?? { why: message, todo: '' }
  return html`<div class="told bad" role="alert" tabindex="-1" autofocus><p>${words.why}</p><p>${words.todo}</p></div>`
}
