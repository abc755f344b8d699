/**
 * What the model test may try. The ids and moments of a call are chosen when its turn comes, from what exists by
 * then, so that most calls are about something and a few are about nothing.
 */
import fc from 'fast-check'
import type { Instant } from './calendar.ts'
import { firstOf, latestOf, opensAt, runsOutAt } from './chain.ts'
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
import type { Reference } from './reference.ts'
import type { Call } from './verdict.ts'

export interface Plan {
  /** The choice, as a failure prints it. */
  readonly says: string
  call(model: Reference): Call
}

type Weighted = { weight: number; arbitrary: fc.Arbitrary<Plan> }

function plan<Choice>(
  weight: number,
  says: string,
  choice: fc.Arbitrary<Choice>,
  call: (choice: Choice, model: Reference) => Call,
): Weighted {
  const arbitrary = choice.map((chosen) => ({
    says: `${says} ${JSON.stringify(chosen)}`,
    call: (model: Reference) => call(chosen, model),
  }))
  return { weight, arbitrary }
}

const sameOrOther = fc.constantFrom('same', 'other order', 'with null', 'changed', 'as the other kind')
function again(how: string, { method, params }: Call): Call {
  const altered = method === 'createCustomer' ? { name: 'Changed' } : { licenses: 9 }
  switch (how) {
    case 'other order':
      return { method, params: Object.fromEntries(Object.entries(params).reverse()) }
    case 'with null':
      return { method, params: { ...params, [method === 'createCustomer' ? 'email' : 'references']: null } }
    case 'changed':
      return { method, params: { ...params, ...altered } }
    case 'as the other kind':
      return method === 'createFirstOrder'
        ? { method: 'createRenewalOrder', params: { parent: params.id, id: params.id } }
        : { method, params }
    default:
      return { method, params }
  }
}

const creates: Weighted[] = [
  plan(
    2,
    'createCustomer',
    fc.record({ which: fc.nat({ max: 3 }), name: fc.constantFrom('One', 'Two') }),
    (c) => ({
      method: 'createCustomer',
      params: { id: `C${c.which}`, name: c.name },
    }),
  ),
  plan(
    8,
    'createFirstOrder',
    fc.record({ customer, twin, edition, licenses, duration, start }),
    (c, model) => ({
      method: 'createFirstOrder',
      params: said({
        customer: customerId(model, c.customer),
        id: freeId(model, c.twin),
        product: c.edition,
        licenses: c.licenses,
        duration: c.duration,
        startsAt: startsAt(model, c.start),
      }),
    }),
  ),
  plan(
    10,
    'createRenewalOrder',
    fc.record({ order: renewedOrder, twin, licenses: maybe(licenses), duration: maybe(duration) }),
    (c, model) => ({
      method: 'createRenewalOrder',
      params: said({
        parent: orderId(model, c.order),
        id: freeId(model, c.twin),
        licenses: c.licenses,
        duration: c.duration,
      }),
    }),
  ),
  plan(6, 'again', fc.record({ which: anyOf, how: sameOrOther }), (c, model) => {
    const request = among([...model.state.requests.values()], c.which)
    return request ? again(c.how, request) : { method: 'createCustomer', params: { id: 'C0', name: 'One' } }
  }),
]

/** The version the caller says to have seen: none, the present one, or one before it. */
const seen = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1) },
)
function ifVersion(model: Reference, id: string, behind: number | undefined): number | undefined {
  const chain = model.chainWith(id)
  return chain && behind !== undefined ? Math.max(1, chain.story.length - behind) : undefined
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
  plan(1, 'updateCustomer', fc.record({ customer, isActive: fc.boolean() }), (c, model) => ({
    method: 'updateCustomer',
    params: { id: customerId(model, c.customer), isActive: c.isActive },
  })),
]

/** Reads of single things, which are answered from one moment even while something else is under way. */
const looks: Weighted[] = [
  plan(2, 'getOrder', order, (c, model) => ({ method: 'getOrder', params: { id: orderId(model, c) } })),
  plan(1, 'getCustomer', customer, (c, model) => ({
    method: 'getCustomer',
    params: { id: customerId(model, c) },
  })),
  plan(
    3,
    'checkEntitlement',
    fc.record({
      customer,
      of: fc.constantFrom('oo', 'erp', 'oo-lite', 'oo-std', 'oo-none'),
      edge: maybe(anyOf),
    }),
    (c, model) => ({
      method: 'checkEntitlement',
      params: said({
        customer: customerId(model, c.customer),
        [c.of.includes('-') ? 'edition' : 'product']: c.of,
        at: c.edge === undefined ? undefined : among(edges(model), c.edge),
      }),
    }),
  ),
]

const lists: Weighted[] = [
  plan(2, 'listRenewalsDue', maybe(fc.constantFrom(0, 1, 15, 40)), (withinDays) => ({
    method: 'listRenewalsDue',
    params: said({ withinDays }),
  })),
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

/** Every moment at which something about a chain turns, sorted, with the seconds around it. */
export function edges({ state, settings }: Reference): Instant[] {
  const turns = state.chains.flatMap((chain) => [
    firstOf(chain).start,
    opensAt(chain, settings),
    latestOf(chain).end,
    runsOutAt(chain, settings),
  ])
  const around = turns.flatMap((turn) => [turn - 1, turn, turn + 1])
  return [...new Set(around)].sort((one, other) => one - other)
}

export const writes: fc.Arbitrary<Plan> = fc.oneof(...creates, ...verbs)
export const single: fc.Arbitrary<Plan> = fc.oneof(...creates, ...verbs, ...looks, ...lists, ...clock)
export const atOnce: fc.Arbitrary<Plan> = fc.oneof(...creates, ...verbs, ...looks, ...clock)
