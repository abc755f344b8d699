/** What the reads must answer, now and about the past. */
import { day, type Instant } from './calendar.ts'
import {
  type Chain,
  chainFacts,
  contentsAt,
  firstOf,
  latestOf,
  opensAt,
  pausedSince,
  runsOutAt,
  statusOf,
  termAt,
  wholeFacts,
} from './chain.ts'
import type { Reference } from './reference.ts'
import { done, type Params, Refusal, type Verdict } from './verdict.ts'

const productOf = (edition: string): string => edition.slice(0, edition.indexOf('-'))

/** Of several licences that give nothing, the first of these tells why. */
const tellingStates = ['suspended', 'expired', 'scheduled', 'revoked']

export const reads = { getCustomer, getOrder, listRenewalsDue, checkEntitlement }

function getCustomer(model: Reference, { id }: Params): Verdict {
  const { name, isActive } = model.customer(id)
  const own = model.state.chains.filter(({ customer }) => customer === id)
  const orders = own.reduce((sum, { terms }) => sum + terms.length, 0)
  return done({ remoteId: id, name, isActive, counts: { orders, licenses: own.length } })
}

function getOrder(model: Reference, { id }: Params): Verdict {
  const chain = model.chainWith(id)
  if (!chain) throw new Refusal('order_unknown', { id })
  return done(wholeFacts(chain, model.settings, model.state.now))
}

function listRenewalsDue({ state, settings }: Reference, { withinDays = 0 }: Params): Verdict {
  const { now, chains, customers } = state
  const isSold = (chain: Chain) => customers.some(({ id, isActive }) => id === chain.customer && isActive)
  const due = chains
    .filter((chain) => chain.endsAt === null && pausedSince(chain, now) === null && isSold(chain))
    .filter((chain) => opensAt(chain, settings) <= now + withinDays * day && now < runsOutAt(chain, settings))
    .map((chain) => ({ chain, end: latestOf(chain).end, number: firstOf(chain).number }))
    .sort((one, other) => one.end - other.end || one.number - other.number)
  return done({ items: due.map(({ chain }) => chainFacts(chain, settings, now)), next: null })
}

function checkEntitlement(model: Reference, { customer: id, edition, product, at }: Params): Verdict {
  const { settings, state } = model
  const moment: Instant = at ?? state.now
  const customer = model.customer(id)
  if (edition !== undefined) model.refuseUnknownEdition(edition)
  const held = state.chains
    .filter((chain) => chain.customer === id)
    .map((chain) => ({ chain, carried: contentsAt(termAt(chain, moment), moment) }))
    .filter(({ carried }) =>
      edition === undefined ? productOf(carried.product) === product : carried.product === edition,
    )
    .map((one) => ({ ...one, status: statusOf(one.chain, settings, moment) }))
  const nothing = { entitled: false, quantity: 0, validUntil: null }
  if (!customer.isActive) return done({ ...nothing, reason: 'customer_inactive' })
  const inForce = held.filter(({ status }) => status === 'active' || status === 'grace')
  if (inForce.length === 0) {
    const states = held.map(({ status }) => (status === 'cancelled' ? 'revoked' : status))
    return done({ ...nothing, reason: tellingStates.find((one) => states.includes(one)) ?? 'no_license' })
  }
  const ends = inForce.map(({ chain }) => Math.min(runsOutAt(chain, settings), chain.endsAt ?? Infinity))
  return done({
    entitled: true,
    reason: inForce.some(({ status }) => status === 'active') ? 'entitled' : 'grace',
    quantity: inForce.reduce((sum, { carried }) => sum + carried.licenses, 0),
    validUntil: Math.max(...ends),
  })
}
