/** What a model run may try with sources and names for editions, and what a shop may tell. */
import fc from 'fast-check'
import { among, anyOf, edition, maybe, said } from './choices.ts'
import { keyOf } from './keyPlans.ts'
import { seen } from './naming.ts'
import { plan, type Weighted } from './plan.ts'
import type { Reference } from './reference.ts'
import type { Call } from './verdict.ts'

const nobody = 'ffffffff-0000-4000-8000-000000000000'

const which = fc.record({ which: anyOf, isThere: fc.nat({ max: 9 }).map((one) => one > 0) })
function sourceBy({ state }: Reference, { which, isThere }: { which: number; isThere: boolean }) {
  return isThere ? among(state.sources, which) : undefined
}

const again = fc.nat({ max: 4 }).map((one) => one === 0)
const sku = fc.constantFrom('price_a', 'price_b', 'prod_office', 'price_none')

const sourceCall = (model: Reference, isAgain: boolean, name: string): Call => ({
  method: 'createSource',
  params: { name, shop: 'stripe', secret: 'whsec_of_the_shop' },
  key: keyOf(model, 'source', model.state.sources.length, isAgain),
})

/** Where there is no source yet one is made, so that the calls about sources are mostly about something. */
const aboutSources: Weighted[] = [
  plan(1, 'createSource', fc.record({ again, name: fc.constantFrom('Shop', 'Other shop') }), (c, model) =>
    sourceCall(model, c.again, c.name),
  ),
  plan(
    2,
    'updateSource',
    fc.record({
      which,
      seen,
      name: maybe(fc.constantFrom('Shop', 'Renamed')),
      secret: maybe(fc.constantFrom('whsec_of_the_shop', 'whsec_another')),
    }),
    ({ which, seen, ...patch }, model) => {
      const source = sourceBy(model, which)
      const ifVersion = source && seen !== undefined ? Math.max(1, source.version - seen) : undefined
      return {
        method: 'updateSource',
        params: said({ sourceId: source?.sourceId ?? nobody, ...patch, ifVersion }),
      }
    },
  ),
  plan(1, 'deleteSource', fc.record({ which, isMeant: fc.boolean() }), (c, model) => ({
    method: 'deleteSource',
    params: { sourceId: (c.isMeant ? sourceBy(model, c.which)?.sourceId : undefined) ?? nobody },
  })),
  plan(1, 'listSources', fc.constant({}), () => ({ method: 'listSources', params: {} })),
  plan(4, 'mapSku', fc.record({ which, sku, edition }), (c, model) => ({
    method: 'mapSku',
    params: { sourceId: sourceBy(model, c.which)?.sourceId ?? nobody, sku: c.sku, edition: c.edition },
  })),
  plan(2, 'unmapSku', fc.record({ which, sku }), (c, model) => ({
    method: 'unmapSku',
    params: {
      sourceId: sourceBy(model, c.which)?.sourceId ?? nobody,
      sku: among([...(sourceBy(model, c.which)?.skus.keys() ?? [])], c.which.which) ?? c.sku,
    },
  })),
  plan(1, 'listSkus', which, (c, model) => ({
    method: 'listSkus',
    params: { sourceId: sourceBy(model, c)?.sourceId ?? nobody },
  })),
  plan(
    1,
    'listInbox',
    fc.record({ which: maybe(which), state: maybe(fc.constantFrom('applied', 'parked', 'ignored')) }),
    (c, model) => ({
      method: 'listInbox',
      params: said({
        sourceId: c.which && (sourceBy(model, c.which)?.sourceId ?? nobody),
        state: c.state,
        limit: 500,
      }),
    }),
  ),
  plan(1, 'replayInbox', fc.record({ which: anyOf, by: fc.constantFrom('item', 'source') }), (c, model) => {
    // What is parked is replayed by a step of its own, which waits until that is done.
    const item = among(
      model.state.inbox.filter(({ state }) => state !== 'parked'),
      c.which,
    )
    return {
      method: 'replayInbox',
      params: c.by === 'item' ? { inboxId: item?.inboxId ?? nobody } : { sourceId: nobody },
      key: `replay ${model.state.inbox.length} ${item?.inboxId ?? nobody} ${c.by}`,
    }
  }),
]

export const shopPlans: Weighted[] = aboutSources.map(({ weight, arbitrary }) => ({
  weight,
  arbitrary: arbitrary.map(({ says, call }) => ({
    says,
    call: (model: Reference) =>
      model.state.sources.length === 0 ? sourceCall(model, false, 'Shop') : call(model),
  })),
}))

/** What a shop may tell: of few accounts and subscriptions, in any order, now and then of the other mode. */
export interface Telling {
  readonly type: string
  /** Seconds by which the shop's own time is ahead of the last that it told. */
  readonly ahead: number
  readonly account: number
  readonly name: string | null
  readonly subscription: number
  readonly status: string
  readonly price: string
  readonly quantity: number
  readonly isOtherMode: boolean
  /** Whether it is sent a second time. */
  readonly isTwice: boolean
}

export const telling: fc.Arbitrary<Telling> = fc.record({
  type: fc.constantFrom(
    'customer.created',
    'customer.updated',
    'customer.subscription.created',
    'customer.subscription.updated',
    'customer.subscription.updated',
    'customer.subscription.updated',
    'customer.subscription.deleted',
    'charge.refunded',
    'product.created',
  ),
  ahead: fc.integer({ min: -2, max: 3 }),
  account: fc.nat({ max: 1 }),
  name: fc.constantFrom('Jane', 'Jane Doe', null),
  subscription: fc.nat({ max: 3 }),
  status: fc.constantFrom('active', 'active', 'trialing', 'past_due', 'unpaid', 'paused'),
  price: fc.constantFrom('price_a', 'price_b'),
  quantity: fc.integer({ min: 1, max: 3 }),
  isOtherMode: fc.nat({ max: 14 }).map((one) => one === 0),
  isTwice: fc.nat({ max: 3 }).map((one) => one === 0),
})
