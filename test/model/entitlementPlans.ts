/** What a model run may ask about: who is entitled to what, now or when something turned. */
import fc from 'fast-check'
import type { Instant } from './calendar.ts'
import { anyOf, maybe, said } from './choices.ts'
import { edges } from './edges.ts'
import { rarely } from './licensePlans.ts'
import { type CodeChoice, code, codeOf, consumerBy, customerBy, pointed, productCode } from './naming.ts'
import { plan, type Weighted } from './plan.ts'
import type { Reference } from './reference.ts'

/** What may be asked for: an edition or a product, with a feature or without, now or when something turned. */
const asked = {
  of: fc.oneof(
    { weight: 2, arbitrary: code.map((edition) => ({ edition })) },
    { weight: 2, arbitrary: productCode.map((product) => ({ product })) },
  ),
  feature: rarely(fc.constantFrom('draw', 'render')),
  edge: maybe(anyOf),
}
type Asked = { of: object; feature: string | undefined; edge: number | undefined }
function askedOf(model: Reference, { of, feature, edge }: Asked, edges: readonly Instant[]) {
  const thing = Object.entries(of).map(([kind, choice]) => [kind, codeOf(model, choice as CodeChoice)])
  return {
    ...Object.fromEntries(thing),
    feature,
    at: edge === undefined || edges.length === 0 ? undefined : edges[edge % edges.length],
  }
}

export const entitlementLooks: Weighted[] = [
  plan(3, 'checkEntitlement', fc.record({ pointed, ...asked }), ({ pointed: who, ...c }, model) => ({
    method: 'checkEntitlement',
    params: said({ ...customerBy(model, who), ...askedOf(model, c, edges(model)) }),
  })),
  plan(
    3,
    'checkEntitlement of a consumer',
    fc.record({ pointed, ...asked }),
    ({ pointed: who, ...c }, model) => ({
      method: 'checkEntitlement',
      params: said({ ...consumerBy(model, who), ...askedOf(model, c, edges(model)) }),
    }),
  ),
]
