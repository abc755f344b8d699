/** One chain of orders, found by any order id of it: drawn, told, with what can be done about it. */
import { html } from 'hono/html'
import type { Result, Route } from '../door.ts'
import { chainTimeline } from '../draw/chainTimeline.ts'
import { links } from '../links.ts'
import { actionLink, type Content, count, counted, facts, state, table, time } from '../parts.ts'
import { eventsLooked, latestEvents } from '../reading/history.ts'
import { chainPasts } from '../reading/past.ts'
import type { Session } from '../session.ts'
import { eventTable, id } from '../things.ts'

type Chain = Result<'getOrder'>

const eventsNamed = 15
/** Terms that a page tells; a chain may have hundreds. */
const termsTold = 60

export const order: Route = {
  verb: 'GET',
  path: '/console/order',
  async show(visit) {
    const { session, house, now, query } = visit
    const asked = query.get('id') ?? ''
    const chain = await visit.call('getOrder', { id: asked })
    const { partnerId } = session
    const things = thingsOf(chain)
    const [pasts, customer, history] = await Promise.all([
      chainPasts(house.reader, partnerId, [chain.id as number]),
      visit.call('getCustomer', { id: chain.customer }),
      latestEvents(house.reader, { partnerId, things, limit: eventsNamed }),
    ])
    const past = pasts.get(chain.id as number)
    const body = html`${asked === chain.remoteId ? '' : html`<p class="told">${id(asked)} is a renewal of this chain.</p>`}
${facts([
  ['Customer', html`<a href="${links.customer(chain.customer)}">${customer.name}</a>`],
  ['Status', state(chain.status)],
  ['In force', `${counted(chain.licenses, 'licence')} of ${chain.product}, ${chain.duration}`],
  ['Term', html`${time(chain.termStart)} to ${time(chain.termEnd)}`],
  ['Renewable from', chain.cancelAt === null ? time(chain.renewableFrom) : null],
  ['Suspended since', chain.suspendedAt === null ? null : time(chain.suspendedAt)],
  ['Ends', chain.cancelAt === null ? null : time(chain.cancelAt)],
  ['Licence', html`<a href="${links.license(chain.licenseId ?? '')}">${id(chain.licenseId ?? '')}</a>`],
])}${past ? chainTimeline('chain', chain, past, now) : ''}
<section><h2>Orders of the chain <small>${count(chain.orders.length)}</small></h2>${termsTable(chain)}</section>
<section><h2>What happened <small>of the latest ${count(eventsLooked)} events</small></h2>
${eventTable({ caption: 'Events of this chain', rows: history.events, none: 'Nothing of late.' })}</section>`
    return visit.page({
      title: `Order ${chain.remoteId}`,
      here: 'orders',
      above: html`<a href="${links.customer(chain.customer)}">${customer.name}</a>`,
      beside: chainDoings(session, chain),
      body,
    })
  },
}

/** What events may be about that belong to a chain: its orders, each by its own id, and its licence. */
export function thingsOf({ orders, licenseId }: Chain): string[] {
  return [`license ${licenseId}`, ...orders.map(({ remoteId }) => `order ${remoteId}`)]
}

/** What can be done about a chain as it stands, for those who may. */
export function chainDoings(session: Session, chain: Chain): Content {
  const { remoteId, status, cancelAt } = chain
  if (status === 'cancelled')
    return html`<span class="none">Nothing can be done: the chain is cancelled.</span>`
  return html`${
    cancelAt === null && status !== 'suspended'
      ? actionLink(session, 'createRenewalOrder', { parent: remoteId }, 'Renew')
      : ''
  }
${actionLink(session, 'changeOrder', { id: remoteId }, 'Change')}
${
  status === 'suspended'
    ? actionLink(session, 'resumeOrder', { id: remoteId }, 'Resume')
    : actionLink(session, 'suspendOrder', { id: remoteId }, 'Suspend')
}
${cancelAt === null ? '' : actionLink(session, 'uncancelOrder', { id: remoteId }, 'Keep after all')}
${actionLink(session, 'cancelOrder', { id: remoteId }, 'Cancel')}`
}

function termsTable({ orders }: Chain): Content {
  const shown = orders.slice(-termsTold).toReversed()
  const left = orders.length - shown.length
  return html`${table<Chain['orders'][number]>({
    caption: 'Orders of the chain, the latest first',
    rows: shown,
    none: '',
    columns: [
      { title: 'Order', isName: true, cell: ({ remoteId }) => id(remoteId) },
      { title: 'Kind', cell: ({ parent }) => (parent === null ? 'first order' : 'renewal') },
      { title: 'Edition', cell: ({ product }) => product },
      { title: 'Licences', isNumber: true, cell: ({ licenses }) => count(licenses) },
      { title: 'Duration', cell: ({ duration }) => duration },
      { title: 'Term starts', cell: ({ termStart }) => time(termStart) },
      { title: 'Term ends', cell: ({ termEnd }) => time(termEnd) },
      { title: 'References', cell: ({ references, metadata }) => numbers({ ...references, ...metadata }) },
      { title: 'Ordered', cell: ({ createdAt }) => time(createdAt) },
    ],
  })}${left > 0 ? html`<p class="hint">${counted(left, 'earlier order')} of the chain not shown.</p>` : ''}`
}

/** Document numbers, each with its kind. */
export function numbers(references: Readonly<Record<string, unknown>>): Content {
  return Object.entries(references).map(([kind, number]) => html`<div>${kind} ${id(String(number))}</div>`)
}
