/** How customers, chains, licences, consumers and events stand in tables, the same on every page. */
import { html } from 'hono/html'
import type { Result } from './door.ts'
import { links } from './links.ts'
import { type Column, type Content, count, type Markup, state, table, time } from './parts.ts'
import type { ToldEvent } from './reading/history.ts'

export type CustomerShown = Result<'listCustomers'>['items'][number]
export type OrderShown = Result<'listOrders'>['items'][number]
export type LicenseShown = Result<'listLicenses'>['items'][number]
export type ConsumerShown = Result<'listConsumers'>['items'][number]

interface Shown<Row> {
  readonly caption: string
  readonly rows: readonly Row[]
  readonly none: Content
  /** A column at the end, such as ways to forms. */
  readonly last?: Column<Row>
  /** Whether the customer of each row is told, too. */
  readonly withCustomer?: boolean
}

export function id(text: string): Markup {
  return html`<span class="id">${text}</span>`
}

export function customerTable({ caption, rows, none }: Shown<CustomerShown>): Markup {
  return table<CustomerShown>({
    caption,
    rows,
    none,
    columns: [
      {
        title: 'Number',
        isName: true,
        cell: ({ remoteId }) => html`<a href="${links.customer(remoteId ?? '')}">${id(remoteId ?? '')}</a>`,
      },
      { title: 'Name', cell: ({ name }) => name },
      { title: 'E-mail', cell: ({ email, admin }) => email ?? admin?.email },
      { title: 'State', cell: ({ isActive }) => state(isActive ? 'active' : 'deactivated') },
      { title: 'Since', cell: ({ createdAt }) => time(createdAt, 'day') },
    ],
  })
}

export function orderTable({ caption, rows, none, withCustomer = true, last }: Shown<OrderShown>): Markup {
  const customer: Column<OrderShown> = {
    title: 'Customer',
    cell: (order) => html`<a href="${links.customer(order.customer)}">${id(order.customer)}</a>`,
  }
  return table<OrderShown>({
    caption,
    rows,
    none,
    columns: [
      {
        title: 'Order',
        isName: true,
        cell: ({ remoteId }) => html`<a href="${links.order(remoteId)}">${id(remoteId)}</a>`,
      },
      ...(withCustomer ? [customer] : []),
      { title: 'Edition', cell: ({ product }) => product },
      { title: 'Licences', isNumber: true, cell: ({ licenses }) => count(licenses) },
      { title: 'Status', cell: ({ status }) => state(status) },
      { title: 'Term ends', cell: ({ termEnd }) => time(termEnd) },
      { title: 'Renewable from', cell: ({ renewableFrom }) => time(renewableFrom) },
      ...(last ? [last] : []),
    ],
  })
}

/** What a licence is called: its own number, its order, or its UUID. */
export function licenseName({ remoteId, order, licenseId }: LicenseShown): string {
  return remoteId ?? order ?? licenseId ?? ''
}

export function licenseTable({
  caption,
  rows,
  none,
  withCustomer = true,
  last,
}: Shown<LicenseShown>): Markup {
  const customer: Column<LicenseShown> = {
    title: 'Customer',
    cell: (license) => html`<a href="${links.customer(license.customer)}">${id(license.customer)}</a>`,
  }
  return table<LicenseShown>({
    caption,
    rows,
    none,
    columns: [
      {
        title: 'Licence',
        isName: true,
        cell: (license) =>
          html`<a href="${links.license(license.licenseId ?? '')}">${id(licenseName(license))}</a>`,
      },
      ...(withCustomer ? [customer] : []),
      { title: 'Edition', cell: ({ edition }) => edition },
      { title: 'Quantity', isNumber: true, cell: ({ quantity }) => count(quantity) },
      { title: 'State', cell: (license) => state(license.state) },
      { title: 'Valid from', cell: ({ validFrom }) => time(validFrom) },
      {
        title: 'Valid until',
        cell: ({ validUntil }) => (validUntil === null ? 'without an end' : time(validUntil)),
      },
      ...(last ? [last] : []),
    ],
  })
}

/** What events are about, with the way there where there is one. */
function thing({ objectKind, objectId }: ToldEvent): Content {
  const to = {
    customer: links.customer,
    order: links.order,
    license: links.license,
    endpoint: () => links.webhooks,
  }[objectKind as string]
  return html`${objectKind} ${to ? html`<a href="${to(objectId)}">${id(objectId)}</a>` : id(objectId)}`
}

export function eventTable({ caption, rows, none }: Shown<ToldEvent>): Markup {
  return table<ToldEvent>({
    caption,
    rows,
    none,
    columns: [
      { title: 'When', cell: ({ at }) => time(at) },
      { title: 'What', isName: true, cell: ({ type }) => type },
      { title: 'About', cell: thing },
      { title: 'By', cell: ({ actor }) => actor },
      { title: 'Position', isNumber: true, cell: ({ seq }) => count(seq) },
    ],
  })
}
