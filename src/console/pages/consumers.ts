/** Consumers: those of a customer or all of them, and one with whose licences it may use. */
import { html } from 'hono/html'
import type { Route } from '../door.ts'
import { links } from '../links.ts'
import { actionLink, count, facts, field, pager, table, time } from '../parts.ts'
import { eventsLooked, latestEvents } from '../reading/history.ts'
import { whyNot } from '../story.ts'
import { type ConsumerShown, eventTable, id } from '../things.ts'

const perPage = 50
const eventsNamed = 15

const all: Route = {
  verb: 'GET',
  path: '/console/consumers',
  async show(visit) {
    const { session, query } = visit
    const customer = query.get('customer')?.trim() ?? ''
    const cursor = query.get('cursor')
    const { items, next } = await visit.call('listConsumers', {
      limit: perPage,
      ...(customer ? { customer } : {}),
      ...(cursor ? { cursor } : {}),
    })
    const body = html`<form class="sift" action="${links.consumers()}">
${field({ name: 'customer', label: 'Customer number', value: customer, type: 'search' })}<button>Show</button></form>
${table<ConsumerShown>({
  caption: 'Consumers',
  rows: items,
  none: 'No consumers here.',
  columns: [
    {
      title: 'Consumer',
      isName: true,
      cell: (one) => html`<a href="${links.consumer(one.consumerId ?? '')}">${id(one.remoteId ?? '')}</a>`,
    },
    { title: 'Name', cell: ({ displayName }) => displayName },
    { title: 'E-mail', cell: ({ email }) => email },
    { title: 'Kind', cell: ({ kind }) => kind },
    {
      title: 'Customer',
      cell: (one) => html`<a href="${links.customer(one.customer)}">${id(one.customer)}</a>`,
    },
  ],
})}${pager({
  next: next && links.consumers({ customer, cursor: next }),
  first: cursor && links.consumers({ customer }),
})}`
    return visit.page({
      title: 'Consumers',
      here: 'customers',
      beside: actionLink(session, 'createConsumer', { customer }, 'New consumer'),
      body,
    })
  },
}

const one: Route = {
  verb: 'GET',
  path: '/console/consumers/:consumerId',
  async show(visit) {
    const { session, house, request } = visit
    const consumerId = request.part('consumerId')
    const consumer = await visit.call('getConsumer', { consumerId })
    const { remoteId, displayName, email, kind, access, createdAt, customer } = consumer
    const { partnerId } = session
    const things = [`consumer ${remoteId}`]
    const [why, history] = await Promise.all([
      whyNot(visit, { consumerId }, request.url.pathname, []),
      latestEvents(house.reader, { partnerId, things, limit: eventsNamed }),
    ])
    const body = html`${facts([
      ['Number', id(remoteId ?? '')],
      ['Customer', html`<a href="${links.customer(customer)}">${id(customer)}</a>`],
      ['Kind', kind],
      ['E-mail', email],
      ['Added', time(createdAt)],
      ['UUID', id(consumer.consumerId ?? '')],
    ])}
<section><h2>May use the licences of</h2>${table<(typeof access)[number]>({
      caption: 'Customers whose licences this consumer may use',
      rows: access,
      none: 'Nobody: no access is granted.',
      columns: [
        {
          title: 'Customer',
          isName: true,
          cell: (granted) => html`<a href="${links.customer(granted.customer)}">${id(granted.customer)}</a>`,
        },
        { title: 'Since', cell: ({ grantedAt }) => time(grantedAt) },
        {
          title: 'Actions',
          isSilent: true,
          cell: (granted) =>
            actionLink(session, 'revokeAccess', { customer: granted.customer, consumer: remoteId }, 'Revoke'),
        },
      ],
    })}</section>${why}
<section><h2>What happened <small>of the latest ${count(eventsLooked)} events</small></h2>
${eventTable({ caption: 'Events of this consumer', rows: history.events, none: 'Nothing of late.' })}</section>`
    return visit.page({
      title: displayName ?? email ?? remoteId ?? 'Consumer',
      here: 'customers',
      above: html`Consumer of <a href="${links.customer(customer)}">${customer}</a>`,
      beside: html`${actionLink(session, 'updateConsumer', { consumerId }, 'Edit')}
${actionLink(session, 'grantAccess', { consumer: remoteId }, 'Grant access')}`,
      body,
    })
  },
}

export const consumerRoutes: readonly Route[] = [all, one]
