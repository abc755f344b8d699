/** Chains of orders: all of them, those of a customer, and those whose renewal is due. */
import { html } from 'hono/html'
import type { Route, Visit } from '../door.ts'
import { links } from '../links.ts'
import { actionLink, type Content, field, pager } from '../parts.ts'
import { firstOrderIds, nextChains } from '../reading/waiting.ts'
import { id, type OrderShown, orderTable } from '../things.ts'

const perPage = 50

export const orders: Route = {
  verb: 'GET',
  path: '/console/orders',
  async show(visit) {
    const { session, query } = visit
    const customer = query.get('customer') ?? ''
    const due = query.get('show') === 'due'
    const { rows, pages } = due ? await renewalsDue(visit) : await listed(visit, customer)
    const body = html`<form class="sift" action="${links.orders()}">
${field({ name: 'customer', label: 'Customer number', value: customer, type: 'search' })}<button>Show</button>
<a class="button" href="${links.orders({ show: 'due' })}"${due ? html` aria-current="page"` : ''}>Renewals due</a></form>
${orderTable({
  caption: due ? 'Chains whose renewal is due, the first to end first' : 'Chains of orders',
  rows,
  none: due
    ? 'No renewal is due.'
    : customer === ''
      ? 'There are no orders yet.'
      : html`No orders of ${id(customer)}.`,
})}${pages}`
    const beside = actionLink(session, 'createFirstOrder', { customer }, 'New order')
    return visit.page({ title: due ? 'Renewals due' : 'Orders', here: 'orders', body, beside })
  },
}

interface Listed {
  readonly rows: readonly OrderShown[]
  readonly pages: Content
}

async function listed(visit: Visit, customer: string): Promise<Listed> {
  const cursor = visit.query.get('cursor')
  const { items, next } = await visit.call('listOrders', {
    limit: perPage,
    ...(customer ? { customer } : {}),
    ...(cursor ? { cursor } : {}),
  })
  return {
    rows: items,
    pages: pager({
      next: next && links.orders({ customer, cursor: next }),
      first: cursor && links.orders({ customer }),
    }),
  }
}

/** The first fifty; whoever renews them comes to the next. */
async function renewalsDue(visit: Visit): Promise<Listed> {
  const { house, session, now } = visit
  const { partnerId } = session
  const due = (await nextChains(house.reader, partnerId, now)).filter(({ isDue }) => isDue)
  const shown = due.slice(0, perPage).map(({ chainId }) => chainId)
  const ids = await firstOrderIds(house.reader, partnerId, shown)
  const rows = await Promise.all(
    shown.flatMap((chainId) => {
      const remoteId = ids.get(chainId)
      return remoteId === undefined ? [] : [visit.call('getOrder', { id: remoteId })]
    }),
  )
  const left = due.length - shown.length
  return {
    rows,
    pages: left > 0 ? html`<p class="hint">And ${left} more, once these are dealt with.</p>` : null,
  }
}
