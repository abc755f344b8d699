/** All customers, and those whose number, name or e-mail address has a text in it. */
import { html } from 'hono/html'
import type { Route, Visit } from '../door.ts'
import { links } from '../links.ts'
import { actionLink, type Content, field, pager } from '../parts.ts'
import { type FoundCustomer, searchCustomers } from '../reading/search.ts'
import { customerTable } from '../things.ts'

const perPage = 50

export const customers: Route = {
  verb: 'GET',
  path: '/console/customers',
  async show(visit) {
    const { session, query } = visit
    const search = query.get('search')?.trim() ?? ''
    const { rows, pages, none } = search === '' ? await all(visit) : await found(visit, search)
    const body = html`<form class="sift" action="${links.customers()}">
${field({ name: 'search', label: 'Number, name or e-mail', value: search, type: 'search' })}<button>Search</button></form>
${customerTable({ caption: 'Customers', rows, none })}${pages}`
    const beside = actionLink(session, 'createCustomer', {}, 'New customer')
    return visit.page({ title: 'Customers', here: 'customers', body, beside })
  },
}

interface Listed {
  readonly rows: readonly FoundCustomer[]
  readonly pages: Content
  readonly none: string
}

async function all(visit: Visit): Promise<Listed> {
  const cursor = visit.query.get('cursor')
  const { items, next } = await visit.call('listCustomers', { limit: perPage, ...(cursor ? { cursor } : {}) })
  return {
    rows: items,
    pages: pager({
      next: next && links.customers({ cursor: next }),
      first: cursor && links.customers(),
    }),
    none: 'There are no customers yet.',
  }
}

/** First whoever has exactly this number, an earlier one included, or this address; then whose text has it in it. */
async function found(visit: Visit, search: string): Promise<Listed> {
  const { session, house, query } = visit
  const asked = Number(query.get('below') ?? '')
  const below = Number.isSafeInteger(asked) && asked > 0 ? asked : undefined
  const [exact, partly] = await Promise.all([
    below === undefined ? exactly(visit, search) : [],
    searchCustomers(house.reader, session.partnerId, search, below),
  ])
  const known = new Set(exact.map(({ customerId }) => customerId))
  const rows = [...exact, ...partly.items.filter(({ customerId }) => !known.has(customerId))]
  const pages = pager({
    next: partly.below === null ? null : `${links.customers({ search })}&below=${partly.below}`,
    words: rows.length === 0 ? 'Look among older customers' : 'Further, among older customers',
    first: below === undefined ? null : links.customers({ search }),
  })
  return { rows, pages, none: `No customer has “${search}” in its number, name or e-mail address.` }
}

async function exactly(visit: Visit, text: string): Promise<FoundCustomer[]> {
  const [byNumber, byAddress] = await Promise.all([
    visit.attempt('getCustomer', { id: text }),
    text.includes('@') ? visit.attempt('findCustomers', { email: text }) : undefined,
  ])
  const named = byNumber.ok ? [byNumber.result as FoundCustomer] : []
  const addressed = byAddress?.ok ? (byAddress.result as { items: FoundCustomer[] }).items : []
  return [...named, ...addressed.filter(({ customerId }) => customerId !== named[0]?.customerId)].slice(
    0,
    perPage,
  )
}
