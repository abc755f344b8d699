/**
 * What the model test may try. The ids and moments of a call are chosen when its turn comes, from what exists by
 * then, so that most calls are about something and a few are about nothing.
 */
import fc from 'fast-check'
import { again } from './againPlans.ts'
import { catalogueLists, catalogueWrites } from './cataloguePlans.ts'
import {
  among,
  anyOf,
  customer,
  customerId,
  duration,
  edition,
  freeId,
  licenses,
  maybe,
  order,
  orderId,
  renewedOrder,
  said,
  start,
  startsAt,
  twin,
} from './choices.ts'
import { consumerCreates, consumerLists, consumerLooks, consumerVerbs } from './consumerPlans.ts'
import { customerCreates, customerLists, customerLooks, customerVerbs } from './customerPlans.ts'
import { edges } from './edges.ts'
import { endpointPlans } from './endpointPlans.ts'
import { entitlementLooks } from './entitlementPlans.ts'
import { byKey, keyPlans, partnerPlans } from './keyPlans.ts'
import { licenseCreates, licenseLists, licenseLooks, licenseVerbs } from './licensePlans.ts'
import { code, codeOf, customerBy, pointed, references, versionSeen } from './naming.ts'
import { type Plan, plan, type Weighted } from './plan.ts'
import { reconciliations } from './reconciliationPlans.ts'
import type { Reference } from './reference.ts'
import { shopPlans } from './shopPlans.ts'

export { edges } from './edges.ts'
export type { Plan } from './plan.ts'

const creates: Weighted[] = [
  plan(
    8,
    'createFirstOrder',
    fc.record({
      pointed,
      twin,
      code: fc.oneof({ weight: 3, arbitrary: edition }, { weight: 1, arbitrary: code }),
      licenses,
      duration,
      start,
      references: maybe(references),
    }),
    (c, model) => ({
      method: 'createFirstOrder',
      params: said({
        ...customerBy(model, c.pointed),
        id: freeId(model, c.twin),
        product: codeOf(model, c.code),
        licenses: c.licenses,
        duration: c.duration,
        startsAt: startsAt(model, c.start),
        references: c.references,
      }),
    }),
  ),
  plan(
    18,
    'createRenewalOrder',
    fc.record({
      order: renewedOrder,
      twin,
      licenses: maybe(licenses),
      duration: maybe(duration),
      references: maybe(references),
    }),
    (c, model) => ({
      method: 'createRenewalOrder',
      params: said({
        parent: orderId(model, c.order),
        id: freeId(model, c.twin),
        licenses: c.licenses,
        duration: c.duration,
        references: c.references,
      }),
    }),
  ),
  again,
]

/** The version the caller says to have seen: none, the present one, or one before it. */
const seen = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1) },
)
function ifVersion(model: Reference, id: string, behind: number | undefined): number | undefined {
  const chain = model.chainWith(id)
  return versionSeen(chain?.story, behind)
}

function verb(weight: number, method: string, more: Record<string, fc.Arbitrary<unknown>> = {}): Weighted {
  return plan(weight, method, fc.record({ order, seen, more: fc.record(more) }), (c, model) => {
    const id = orderId(model, c.order)
    return { method, params: said({ id, ...c.more, ifVersion: ifVersion(model, id, c.seen) }) }
  })
}

const verbs: Weighted[] = [
  verb(1, 'cancelOrder'),
  verb(2, 'cancelOrder', { at: fc.constant('termEnd') }),
  verb(3, 'uncancelOrder'),
  verb(3, 'suspendOrder'),
  verb(3, 'resumeOrder'),
  verb(2, 'changeOrder', { licenses }),
  verb(1, 'changeOrder', { product: edition }),
  plan(
    1,
    'changeOrder to one of its own',
    fc.record({ order, code, licenses: maybe(licenses) }),
    (c, model) => ({
      method: 'changeOrder',
      params: said({ id: orderId(model, c.order), product: codeOf(model, c.code), licenses: c.licenses }),
    }),
  ),
  plan(1, 'updateCustomer', fc.record({ customer, isActive: fc.boolean() }), (c, model) => ({
    method: 'updateCustomer',
    params: { id: customerId(model, c.customer), isActive: c.isActive },
  })),
]

/** Reads of single things, which are answered from one moment even while something else is under way. */
const looks: Weighted[] = [
  plan(2, 'getOrder', order, (c, model) => ({ method: 'getOrder', params: { id: orderId(model, c) } })),
  plan(1, 'getClock', fc.constant({}), () => ({ method: 'getClock', params: {} })),
]

const lists: Weighted[] = [
  plan(2, 'listRenewalsDue', maybe(fc.constantFrom(0, 1, 15, 40)), (withinDays) => ({
    method: 'listRenewalsDue',
    params: said({ withinDays }),
  })),
  plan(
    2,
    'listOrders',
    fc.record({
      who: maybe(pointed),
      status: maybe(fc.constantFrom('scheduled', 'active', 'grace', 'expired', 'suspended', 'cancelled')),
      product: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: code }),
      edge: maybe(anyOf),
      limit: maybe(fc.constantFrom(1, 2)),
    }),
    ({ who, status, product, edge, limit }, model) => ({
      method: 'listOrders',
      params: said({
        ...(who === undefined ? {} : customerBy(model, who)),
        status,
        product: product === undefined ? undefined : codeOf(model, product),
        renewableBefore: edge === undefined ? undefined : among(edges(model), edge),
        limit,
      }),
    }),
  ),
]

const clock: Weighted[] = [
  plan(1, 'advanceClock', fc.constantFrom({ days: 0 }, { days: 15 }, { seconds: 1 }), (params) => ({
    method: 'advanceClock',
    params,
  })),
  plan(1, 'advanceClock', fc.constant({}), () => ({ method: 'advanceClock', params: { days: 18_300 } })),
  plan(1, 'setClock', fc.integer({ min: -1, max: 2 }), (seconds, model) => ({
    method: 'setClock',
    params: { at: model.state.now + seconds },
  })),
]

const allCreates = [...creates, ...customerCreates, ...licenseCreates, ...consumerCreates]
const allVerbs = [...verbs, ...customerVerbs, ...licenseVerbs, ...consumerVerbs]
const allLooks = [...looks, ...customerLooks, ...licenseLooks, ...consumerLooks, ...entitlementLooks]
const allLists = [
  ...lists,
  ...customerLists,
  ...licenseLists,
  ...consumerLists,
  ...catalogueLists,
  ...reconciliations,
]

/** Verbs under one of few idempotency keys, which may have been another call's. */
const keyedVerbs: Weighted = {
  weight: 2,
  arbitrary: fc.tuple(fc.oneof(...allVerbs), fc.nat({ max: 3 })).map(([made, which]) => ({
    says: `under key ${which}: ${made.says}`,
    call: (model: Reference) => ({ ...made.call(model), key: `verb ${which}` }),
  })),
}

export const writes: fc.Arbitrary<Plan> = fc.oneof(...allCreates, ...allVerbs)
/** What one partner may call. */
const own: fc.Arbitrary<Plan> = fc.oneof(
  ...allCreates,
  ...allVerbs,
  keyedVerbs,
  ...allLooks,
  ...allLists,
  ...clock,
)
export const single: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 19, arbitrary: own },
  { weight: 2, arbitrary: fc.oneof(...catalogueWrites) },
)
export const atOnce: fc.Arbitrary<Plan> = fc.oneof(
  ...allCreates,
  ...allVerbs,
  keyedVerbs,
  ...allLooks,
  ...clock,
)
/** Calls that change the catalogue, which no call of a partner is at the same moment with. */
export const catalogue: fc.Arbitrary<Plan> = fc.oneof(...catalogueWrites)
/** Calls that nothing but an idempotency key makes known again, so that each goes by itself, and calls by other keys. */
export const house: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 2, arbitrary: fc.oneof(...keyPlans) },
  { weight: 1, arbitrary: fc.oneof(...partnerPlans) },
  { weight: 3, arbitrary: fc.oneof(...endpointPlans) },
  { weight: 2, arbitrary: fc.oneof(...shopPlans) },
  { weight: 3, arbitrary: byKey(fc.oneof(own, ...keyPlans, ...partnerPlans, ...endpointPlans)) },
)

/** For plays that are about one thing more than about others. */
export const renewals: fc.Arbitrary<Plan> = fc.oneof(...creates.slice(0, 2))
export const comparisons: fc.Arbitrary<Plan> = fc.oneof(...reconciliations)
export const licensing: fc.Arbitrary<Plan> = fc.oneof(...licenseCreates, ...licenseVerbs, ...catalogueWrites)
export const consuming: fc.Arbitrary<Plan> = fc.oneof(...consumerVerbs, ...entitlementLooks)
export const naming: fc.Arbitrary<Plan> = fc.oneof(...customerVerbs, ...customerLooks)
