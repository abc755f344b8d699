/** What the reads of orders must answer. */
import { day } from './calendar.ts'
import {
  type Chain,
  chainFacts,
  contentsAt,
  firstOf,
  latestOf,
  opensAt,
  pausedSince,
  runsOutAt,
  termAt,
  wholeFacts,
} from './chain.ts'
import type { Reference } from './reference.ts'
import { done, type Params, Refusal, readInstant, type Verdict } from './verdict.ts'

export const reads = { getOrder, listOrders, listRenewalsDue }

function getOrder(model: Reference, { id }: Params): Verdict {
  const chain = model.chainWith(id)
  if (!chain) throw new Refusal('order_unknown', { id })
  return done(wholeFacts(chain, model.settings, model.state.now))
}

function listOrders({ state, settings }: Reference, params: Params): Verdict {
  const { customer, customerId, status, product, renewableBefore } = params
  const { now, chains } = state
  const found = chains.filter((chain) => {
    const { product: code } = contentsAt(termAt(chain, now), now)
    return (
      (customer === undefined || chain.customer.ids.includes(customer)) &&
      (customerId === undefined || chain.customer.customerId === customerId) &&
      (status === undefined || chainFacts(chain, settings, now).status === status) &&
      (product === undefined || code === product) &&
      (renewableBefore === undefined || opensAt(chain, settings) < readInstant(renewableBefore))
    )
  })
  const oldestFirst = found.sort((one, other) => firstOf(one).number - firstOf(other).number)
  return done({ items: oldestFirst.map((chain) => chainFacts(chain, settings, now)), next: null })
}

function listRenewalsDue({ state, settings }: Reference, { withinDays = 0 }: Params): Verdict {
  const { now, chains } = state
  const isOpen = ({ edition, customer }: Chain) => edition.renewable && customer.known.isActive
  const due = chains
    .filter((chain) => chain.endsAt === null && pausedSince(chain, now) === null && isOpen(chain))
    .filter((chain) => opensAt(chain, settings) <= now + withinDays * day && now < runsOutAt(chain, settings))
    .map((chain) => ({ chain, end: latestOf(chain).end, number: firstOf(chain).number }))
    .sort((one, other) => one.end - other.end || one.number - other.number)
  return done({ items: due.map(({ chain }) => chainFacts(chain, settings, now)), next: null })
}
