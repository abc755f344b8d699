/** Licences: those of a customer, where links of ERP systems lead, those of a document number, and single ones. */
import { html } from 'hono/html'
import type { Result, Route, Visit } from '../door.ts'
import { links } from '../links.ts'
import { actionLink, choice, count, facts, field, type Markup, pager, state, time } from '../parts.ts'
import { eventsLooked, latestEvents } from '../reading/history.ts'
import { verdict, whyNot } from '../story.ts'
import { eventTable, id, type LicenseShown, licenseName, licenseTable } from '../things.ts'
import { numbers, thingsOf } from './order.ts'

const perPage = 50
const eventsNamed = 15

/** The document numbers that a licence can be found by. */
export const references = ['contract', 'order', 'subscription', 'productReference', 'purchaseOrder'] as const
const referenceWords: readonly (readonly [string, string])[] = [
  ['contract', 'Contract'],
  ['order', 'Order'],
  ['subscription', 'Subscription'],
  ['productReference', 'Product'],
  ['purchaseOrder', 'Purchase order'],
]

const all: Route = {
  verb: 'GET',
  path: '/licenses',
  async show(visit) {
    const { session, query } = visit
    const number = query.get('customernumber')?.trim() ?? ''
    const by = references.find((kind) => kind === query.get('by'))
    const document = query.get('number')?.trim() ?? ''
    const cursor = query.get('cursor')
    // An earlier number of a customer leads to the same licences; one that is none is told.
    const customer = number === '' ? undefined : await visit.call('getCustomer', { id: number })
    const { items, next } = await visit.call('listLicenses', {
      limit: perPage,
      ...(customer?.customerId ? { customerId: customer.customerId } : {}),
      ...(by && document ? { [by]: document } : {}),
      ...(cursor ? { cursor } : {}),
    })
    const asked = { customernumber: number, ...(by && document ? { by, number: document } : {}) }
    const body = html`<form class="sift" action="${links.licenses()}">
${field({ name: 'customernumber', label: 'Customer number', value: number, type: 'search' })}
${choice({ name: 'by', label: 'Document', value: by, choices: referenceWords })}
${field({ name: 'number', label: 'Its number', value: document, type: 'search' })}<button>Show</button></form>
${licenseTable({ caption: 'Licences', rows: items, none: 'No licences here.', withCustomer: !customer })}
${pager({ next: next && links.licenses({ ...asked, cursor: next }), first: cursor && links.licenses(asked) })}`
    return visit.page({
      title: customer ? `Licences of ${customer.name}` : 'Licences',
      here: 'licenses',
      above: customer
        ? html`<a href="${links.customer(customer.remoteId ?? '')}">Customer ${customer.remoteId}</a>`
        : null,
      beside: actionLink(session, 'createLicense', { customer: customer?.remoteId }, 'New licence'),
      body,
    })
  },
}

const one: Route = {
  verb: 'GET',
  path: '/console/licenses/:licenseId',
  async show(visit) {
    const license = await visit.call('getLicense', { licenseId: visit.request.part('licenseId') })
    const { customerId, edition } = license
    const { session, house, request } = visit
    const chain = license.order === null ? undefined : await visit.call('getOrder', { id: license.order })
    const things = chain ? thingsOf(chain) : [`license ${license.licenseId}`]
    const [customer, told, why, history] = await Promise.all([
      visit.call('getCustomer', { customerId }),
      visit.call('checkEntitlement', { customerId, edition }),
      whyNot(visit, { customerId }, request.url.pathname, []),
      latestEvents(house.reader, { partnerId: session.partnerId, things, limit: eventsNamed }),
    ])
    const body = html`${licenseFacts(license, customer)}
<section><h2>May ${customer.name} use ${edition} now?</h2>${verdict(edition, told)}</section>${why}
<section><h2>What happened <small>of the latest ${count(eventsLooked)} events</small></h2>
${eventTable({ caption: 'Events of this licence', rows: history.events, none: 'Nothing of late.' })}</section>`
    return visit.page({
      title: `Licence ${license.name ?? licenseName(license)}`,
      here: 'licenses',
      above: html`<a href="${links.customer(license.customer)}">${customer.name}</a>`,
      beside: doings(visit, license),
      body,
    })
  },
}

export const licenseRoutes: readonly Route[] = [all, one]

/** A chain's licence is changed by changing the chain. */
function doings({ session }: Visit, { licenseId, order, customer, state: now }: LicenseShown): Markup {
  if (order !== null)
    return html`<a class="button" href="${links.order(order)}">Its order</a>${actionLink(session, 'updateLicense', { licenseId }, 'Edit')}`
  return html`${actionLink(session, 'updateLicense', { licenseId }, 'Edit')}
${now === 'revoked' ? '' : actionLink(session, 'revokeLicenses', { customer, licenseIds: licenseId }, 'Revoke')}`
}

function licenseFacts(license: LicenseShown, customer: Result<'getCustomer'>): Markup {
  const { licenseId, remoteId, order, product, edition, editionVersion, quantity, description } = license
  const { validFrom, validUntil, features, limitations, variables, isActive, createdAt } = license
  return facts([
    ['Customer', html`<a href="${links.customer(license.customer)}">${customer.name}</a>`],
    ['State', state(license.state)],
    ['Switched', isActive ? 'on' : 'off'],
    ['Gives', `${count(quantity)} of ${edition}, version ${editionVersion}, product ${product}`],
    ['Valid from', time(validFrom)],
    ['Valid until', validUntil === null ? 'without an end' : time(validUntil)],
    ['Order', order === null ? null : html`<a href="${links.order(order)}">${id(order)}</a>`],
    ['Number', remoteId === null ? null : id(remoteId)],
    ['References', numbers(license.references)],
    ['Description', description],
    ['Features', features.join(', ')],
    ['Limitations', numbers(limitations)],
    ['Variables', numbers(variables)],
    ['Issued', time(createdAt)],
    ['UUID', id(licenseId ?? '')],
  ])
}
