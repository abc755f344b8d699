/** Whether somebody may use something at a moment, now or in the past, and what stands against it. */
import type { Instant } from './calendar.ts'
import type { Customer } from './customers.ts'
import { type Grant, grantsOf } from './licenses.ts'
import type { Reference } from './reference.ts'
import { isSame } from './things.ts'
import { done, type Params, type Verdict } from './verdict.ts'

/** Of several licences that give nothing, the first of these tells why. */
const tellingStates = ['suspended', 'expired', 'scheduled', 'revoked']

const nothing = {
  entitled: false,
  quantity: 0,
  validUntil: null,
  features: [],
  limitations: {},
  variables: {},
}

export function checkEntitlement(model: Reference, params: Params): Verdict {
  const { customer, customerId, consumer, consumerId, edition, product, feature } = params
  const moment: Instant = params.at ?? model.state.now
  const isConsumer = consumer !== undefined || consumerId !== undefined
  const holders: Customer[] = isConsumer
    ? model.grantersOf({ id: consumer, consumerId }, moment)
    : [model.customer(customer, customerId)]
  if (edition !== undefined) model.edition(edition)
  if (product !== undefined) model.refuseUnknownProduct(product)
  const active = holders.filter(({ known }) => known.isActive)
  if (holders.length > 0 && active.length === 0) return done({ ...nothing, reason: 'customer_inactive' })
  const held = active
    .flatMap((holder) => grantsOf(model, holder, moment))
    .filter((grant) => (edition === undefined ? grant.product === product : grant.edition === edition))
  const inForce = held.filter(({ state }) => state === 'active' || state === 'grace')
  if (inForce.length === 0) {
    const states = held.map(({ state }) => state)
    return done({ ...nothing, reason: tellingStates.find((one) => states.includes(one)) ?? 'no_license' })
  }
  const fit = inForce.filter(({ groups }) => feature === undefined || groups.features.includes(feature))
  return done(fit.length === 0 ? { ...nothing, reason: 'feature_missing' } : sumOf(fit))
}

/** What several licences in force come to together. */
function sumOf(grants: readonly Grant[]): Record<string, unknown> {
  const ends = grants.map(({ usableUntil }) => usableUntil)
  const limitations: Record<string, number> = {}
  for (const { groups } of grants)
    for (const [name, most] of Object.entries(groups.limitations))
      limitations[name] = Math.max(limitations[name] ?? 0, most)
  return {
    entitled: true,
    reason: grants.some(({ state }) => state === 'active') ? 'entitled' : 'grace',
    quantity: grants.reduce((sum, { quantity }) => sum + quantity, 0),
    validUntil: ends.includes(null) ? null : Math.max(...(ends as Instant[])),
    features: [...new Set(grants.flatMap(({ groups }) => groups.features))].sort(),
    limitations,
    ...variablesOf(grants),
  }
}

/** Of two variables that of the licence that runs out last counts; where two run out together, either may. */
function variablesOf(grants: readonly Grant[]): { variables?: Record<string, string> } {
  const endOf = ({ usableUntil }: Grant): Instant => usableUntil ?? Infinity
  const sorted = grants.toSorted((one, other) => (endOf(one) < endOf(other) ? -1 : 1))
  const isTied = sorted.some((one, index) => {
    const next = sorted[index + 1]
    return next && endOf(next) === endOf(one) && !isSame(next.groups.variables, one.groups.variables)
  })
  return isTied ? {} : { variables: Object.assign({}, ...sorted.map(({ groups }) => groups.variables)) }
}
