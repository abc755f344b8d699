/** The customer's dashboard, where links of ERP systems lead: what it has, why something works or not, what happened. */
import { html } from 'hono/html'
import { type Result, type Route, seeOther, type Visit } from '../door.ts'
import { chainTimeline } from '../draw/chainTimeline.ts'
import { links } from '../links.ts'
import { actionLink, type Content, count, counted, facts, type Markup, state, table, time } from '../parts.ts'
import { eventsLooked, latestEvents } from '../reading/history.ts'
import { chainPasts, latestChains, numbersOf } from '../reading/past.ts'
import { firstOrderIds } from '../reading/waiting.ts'
import type { PageAnswer } from '../request.ts'
import { verdict, whyNot } from '../story.ts'
import { type ConsumerShown, eventTable, id, type LicenseShown, licenseTable } from '../things.ts'
import { chainDoings, thingsOf } from './order.ts'

type Customer = Result<'getCustomer'>

/** How many chains are drawn, and how many licences and consumers are named, before a page of their own has the rest. */
const chainsDrawn = 5
const licensesNamed = 10
const consumersNamed = 10
const editionsTold = 5
const eventsNamed = 15

export const customerRoutes: readonly Route[] = [
  {
    verb: 'GET',
    path: '/customeranalytics',
    async show(visit) {
      const number = visit.query.get('customernumber')
      if (!number) return seeOther(links.customers())
      return dashboard(visit, await visit.call('getCustomer', { id: number }), number)
    },
  },
  {
    verb: 'GET',
    path: '/console/customers/:customerId',
    async show(visit) {
      const customerId = visit.request.part('customerId')
      return dashboard(visit, await visit.call('getCustomer', { customerId }))
    },
  },
]

async function dashboard(visit: Visit, customer: Customer, asked?: string): Promise<PageAnswer> {
  const { session, house } = visit
  const customerId = customer.customerId as string
  const number = customer.remoteId as string
  const { partnerId } = session
  const [chainIds, licenses, consumers, numbers] = await Promise.all([
    latestChains(house.reader, partnerId, customerId, chainsDrawn + 1),
    visit.call('listLicenses', { customerId, limit: licensesNamed }),
    visit.call('listConsumers', { customerId, limit: consumersNamed }),
    numbersOf(house.reader, partnerId, customerId),
  ])
  const orderIds = await firstOrderIds(house.reader, partnerId, chainIds.slice(0, chainsDrawn))
  const chains = await Promise.all([...orderIds.values()].map((id) => visit.call('getOrder', { id })))
  chains.sort((one, other) => (other.id as number) - (one.id as number))
  const things = [
    ...numbers.map((one) => `customer ${one}`),
    ...chains.flatMap(thingsOf),
    ...licenses.items.map(({ licenseId }) => `license ${licenseId}`),
    ...consumers.items.map(({ remoteId }) => `consumer ${remoteId}`),
  ]
  const [drawn, told, why, history] = await Promise.all([
    drawnChains(visit, chains),
    entitlements(visit, customerId, licenses.items),
    whyNot(visit, { customerId }, visit.request.url.pathname, ['customernumber']),
    latestEvents(house.reader, { partnerId, things, limit: eventsNamed }),
  ])
  const body = html`${asked !== undefined && asked !== number ? html`<p class="told">${id(asked)} is an earlier number of this customer. It is ${id(number)} now.</p>` : ''}
${customer.isActive ? '' : html`<div class="told watch"><p>This customer is deactivated: nothing new can be sold to it, and it is entitled to nothing.</p></div>`}
${customerFacts(
  customer,
  numbers.filter((one) => one !== number),
)}<section><h2>Orders</h2>${drawn}
${chainIds.length > chainsDrawn ? html`<p><a href="${links.orders({ customer: number })}">All orders</a></p>` : ''}</section>${told}
${licensesSection(visit, customer, licenses)}${why}${consumersSection(visit, customer, consumers)}
<section><h2>What happened <small>of the latest ${count(eventsLooked)} events</small></h2>
${eventTable({ caption: 'Events about this customer and what it has', rows: history.events, none: 'Nothing of late.' })}</section>`
  return visit.page({
    title: customer.name,
    here: 'customers',
    above: html`Customer ${id(number)}`,
    beside: doings(visit, customer),
    body,
  })
}

function doings({ session, house }: Visit, { remoteId, isActive }: Customer): Content {
  const number = remoteId as string
  const inErp = house.erpCustomerUrl?.replaceAll('{id}', encodeURIComponent(number))
  return html`${inErp ? html`<a class="button" href="${inErp}" rel="noreferrer">Open in the ERP</a>` : ''}
${actionLink(session, 'updateCustomer', { id: number }, 'Edit')}
${actionLink(session, 'renameCustomer', { id: number }, 'Renumber')}
${
  isActive
    ? html`${actionLink(session, 'createFirstOrder', { customer: number }, 'New order')}
${actionLink(session, 'createLicense', { customer: number }, 'New licence')}
${actionLink(session, 'createConsumer', { customer: number }, 'New consumer')}`
    : ''
}`
}

function customerFacts(customer: Customer, earlier: readonly string[]): Markup {
  const { remoteId, customerId, kind, isActive, email, phone, admin, address, tags, metadata } = customer
  const { timeZone, createdAt, updatedAt, counts } = customer
  const lines = [
    address?.line1,
    address?.line2,
    [address?.postalCode, address?.city].filter(Boolean).join(' '),
  ]
  return facts([
    ['Number', id(remoteId ?? '')],
    ['Earlier numbers', earlier.join(', ')],
    ['State', state(isActive ? 'active' : 'deactivated')],
    ['Has', `${counted(counts.orders, 'order')}, ${counted(counts.licenses, 'licence')}`],
    ['Kind', kind],
    ['E-mail', email],
    ['Phone', phone],
    ['Administrator', [admin?.displayName, admin?.email, admin?.phone].filter(Boolean).join(', ')],
    ['Address', [...lines, address?.region, address?.country].filter(Boolean).join(', ')],
    ['Tags', tags.join(', ')],
    ['Time zone', timeZone],
    ...Object.entries(metadata).map(([name, value]) => [name, String(value)] as const),
    ['Customer since', time(createdAt)],
    ['Changed', updatedAt === createdAt ? null : time(updatedAt)],
    ['UUID', id(customerId ?? '')],
  ])
}

/** Each edition that the customer has a licence for, with whether it may be used now and why. */
async function entitlements(
  visit: Visit,
  customerId: string,
  licenses: readonly LicenseShown[],
): Promise<Content> {
  const editions = [...new Set(licenses.map(({ edition }) => edition))].slice(0, editionsTold)
  if (editions.length === 0) return null
  const verdicts = await Promise.all(
    editions.map((edition) => visit.call('checkEntitlement', { customerId, edition })),
  )
  return html`<section><h2>May use now</h2>${editions.map((edition, place) =>
    verdict(edition, verdicts[place] as Result<'checkEntitlement'>),
  )}</section>`
}

async function drawnChains(
  { session, house, now }: Visit,
  chains: readonly Result<'getOrder'>[],
): Promise<Content> {
  if (chains.length === 0) return html`<p class="none">No orders.</p>`
  const chainIds = chains.map((chain) => chain.id as number)
  const pasts = await chainPasts(house.reader, session.partnerId, chainIds)
  return chains.map((chain) => {
    const past = pasts.get(chain.id as number)
    return html`<div class="card"><div class="title"><h3><a href="${links.order(chain.remoteId)}">${chain.remoteId}</a></h3>
${state(chain.status)}<span>${counted(chain.licenses, 'licence')} of ${chain.product}, ${chain.duration}, until ${time(chain.termEnd)}</span></div>
${past ? chainTimeline(`chain-${chain.id}`, chain, past, now) : ''}<p class="doing">${chainDoings(session, chain)}</p></div>`
  })
}

function licensesSection(
  { session }: Visit,
  { remoteId }: Customer,
  { items, next }: Result<'listLicenses'>,
): Markup {
  const number = remoteId as string
  return html`<section><h2>Licences</h2>
${licenseTable({
  caption: 'Licences of this customer',
  rows: items,
  none: 'No licences.',
  withCustomer: false,
})}
<p class="doing">${next ? html`<a href="${links.licenses({ customernumber: number })}">All licences</a>` : ''}
${items.length > 0 ? actionLink(session, 'revokeLicenses', { customer: number }, 'Revoke by reference') : ''}</p></section>`
}

function consumersSection(
  { session }: Visit,
  { remoteId }: Customer,
  { items, next }: Result<'listConsumers'>,
): Markup {
  const customer = remoteId as string
  return html`<section><h2>Consumers</h2>${table<ConsumerShown>({
    caption: 'Consumers of this customer',
    rows: items,
    none: 'No consumers.',
    columns: [
      {
        title: 'Consumer',
        isName: true,
        cell: (one) => html`<a href="${links.consumer(one.consumerId ?? '')}">${id(one.remoteId ?? '')}</a>`,
      },
      { title: 'Name', cell: ({ displayName }) => displayName },
      { title: 'E-mail', cell: ({ email }) => email },
      { title: 'Kind', cell: ({ kind }) => kind },
    ],
  })}<p class="doing">${next ? html`<a href="${links.consumers({ customer })}">All consumers</a>` : ''}
${actionLink(session, 'grantAccess', { customer }, 'Grant access')}</p></section>`
}
