/** How the calls of a model run name things: few ids for many things, so that calls come upon each other. */
import fc from 'fast-check'
import { among, anyOf, maybe, said } from './choices.ts'
import type { Consumer } from './consumers.ts'
import type { Customer } from './customers.ts'
import type { License } from './licenses.ts'
import type { Reference } from './reference.ts'
import { isUnnamed } from './things.ts'

const few = fc.nat({ max: 2 })

/** A UUID that a caller sets, in either case. */
export const uuid = fc.record({ which: few, isUpper: fc.nat({ max: 4 }).map((one) => one === 0) })
export type UuidChoice = { which: number; isUpper: boolean }
export function uuidText(kind: string, { which, isUpper }: UuidChoice): string {
  const text = `${kind}000000-abcd-4000-8000-00000000000${which}`
  return isUpper ? text.toUpperCase() : text
}

/** A thing that is there, or none, and in which of its ways it is named. */
export interface Pointed {
  which: number
  by: 'id' | 'uuid'
  isThere: boolean
}
export const pointed: fc.Arbitrary<Pointed> = fc.record({
  which: anyOf,
  by: fc.constantFrom('id' as const, 'uuid' as const),
  isThere: fc.nat({ max: 11 }).map((one) => one > 0),
})

const nobody = 'ffffffff-0000-4000-8000-000000000000'

/** A customer by any of the ids that it ever had, or by its UUID where a caller has set it. */
export function customerBy(
  { state }: Reference,
  { which, by, isThere }: Pointed,
  names = { id: 'customer', uuid: 'customerId' },
): Record<string, string> {
  const customer = isThere ? among<Customer>(state.customers, which) : undefined
  if (!customer) return by === 'id' ? { [names.id]: 'NOBODY' } : { [names.uuid]: nobody }
  if (by === 'uuid' && !isUnnamed(customer.customerId)) return { [names.uuid]: customer.customerId }
  return { [names.id]: among(customer.ids, Math.floor(which / 7)) as string }
}
export const itself = { id: 'id', uuid: 'customerId' }

export function consumerBy(
  { state }: Reference,
  { which, by, isThere }: Pointed,
  name = 'consumer',
): Record<string, string> {
  const consumer = isThere ? among<Consumer>(state.consumers, which) : undefined
  if (!consumer) return by === 'id' ? { [name]: 'NOBODY' } : { consumerId: nobody }
  return by === 'id' ? { [name]: consumer.remoteId } : { consumerId: consumer.consumerId }
}

/** A licence of its own, or one that a chain drives, which has nothing but its UUID. */
export function licenseBy({ state }: Reference, { which, by, isThere }: Pointed): Record<string, string> {
  if (!isThere) return by === 'id' ? { id: 'L0', product: 'none' } : { licenseId: nobody }
  const own = among<License>(state.licenses, which)
  if (which % 4 === 0 || !own) {
    const chain = among(state.chains, which)
    return { licenseId: chain?.license.licenseId ?? nobody }
  }
  const { licenseId, remoteId, edition } = own
  return by === 'uuid' || remoteId === null ? { licenseId } : { id: remoteId, product: edition.product }
}

/** The version the caller says to have seen: none, the present one, or one before it. */
export const seen = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1) },
)
export const versionSeen = (story: readonly unknown[] | undefined, behind: number | undefined) =>
  story && behind !== undefined ? Math.max(1, story.length - behind) : undefined

export const email = fc.constantFrom('ann@x.example', 'ANN@x.example', 'bob@x.example', 'cy@x.example')

const number = fc.constantFrom('N1', 'N2')
export const references = fc
  .record({
    contract: maybe(number),
    order: maybe(fc.constantFrom('N1', 'O0')),
    subscription: maybe(number),
    product: maybe(number),
  })
  .map(said)
export const referencesPatch = fc
  .record({
    contract: maybe(fc.option(number)),
    order: maybe(fc.option(number)),
    subscription: maybe(fc.option(number)),
  })
  .map(said)

/** An edition of the first catalogue, or one of the partner's own, whether it is there already or not. */
export const ownCode = fc.constantFrom(0, 0, 0, 1, 2).map((which) => ({ own: which }))
export type CodeChoice = string | { own: number }
export const codeOf = ({ settings }: Reference, choice: CodeChoice): string =>
  typeof choice === 'string' ? choice : `m${settings.partner}-${choice.own}`
export const code: fc.Arbitrary<CodeChoice> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('oo-lite', 'oo-std', 'erp-std') },
  { weight: 4, arbitrary: ownCode },
  { weight: 1, arbitrary: fc.constantFrom('oo-none') },
)
/** A product that has such an edition, or has not, or is none. */
export const productCode = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('oo', 'erp') },
  { weight: 2, arbitrary: ownCode },
  { weight: 1, arbitrary: fc.constant('none') },
)
