/** Creating calls that come again: the same, spelt otherwise, or with something else under the same id. */
import fc from 'fast-check'
import { among, anyOf } from './choices.ts'
import { plan } from './plan.ts'
import { hasOwnId } from './repeats.ts'
import type { Call } from './verdict.ts'

/** What makes another call of it, and what says no more than was said, where it was not said. */
const alterations: Record<string, Record<string, unknown>> = {
  createCustomer: { name: 'Changed' },
  createLicense: { quantity: 9, references: { contract: 'N9' } },
  createConsumer: { displayName: 'Changed' },
  createProduct: { name: 'Changed' },
  createEdition: { name: 'Changed', limitations: { files: 9 } },
}
const absences: Record<string, Record<string, null>> = {
  createCustomer: { phone: null },
  createFirstOrder: { metadata: null },
  createLicense: { description: null },
}

/** Calls that are not the partner's. */
const operators = /Product$|Edition$/

const sameOrOther = fc.constantFrom('same', 'other order', 'with null', 'changed', 'as the other kind')
function repeated(how: string, { method, params, as }: Call): Call {
  const by = as ? { as } : {}
  const altered = alterations[method] ?? { licenses: 9 }
  switch (how) {
    case 'other order':
      return { method, params: Object.fromEntries(Object.entries(params).reverse()), ...by }
    case 'with null':
      return { method, params: { ...params, ...absences[method] }, ...by }
    case 'changed':
      return { method, params: { ...params, ...altered }, ...by }
    case 'as the other kind':
      return method === 'createFirstOrder'
        ? { method: 'createRenewalOrder', params: { parent: params.id, id: params.id } }
        : { method, params, ...by }
    default:
      return { method, params, ...by }
  }
}

/** A call that was made before, of whatever kind. */
export const again = plan(16, 'again', fc.record({ which: anyOf, how: sameOrOther }), (c, { state }) => {
  const made = [...state.requests.values(), ...state.consumers.map(({ taken }) => taken)]
  const calls = made.flatMap(({ call }) =>
    call && hasOwnId(call) && !operators.test(call.method) ? [call] : [],
  )
  const request = among(calls, c.which)
  return request ? repeated(c.how, request) : { method: 'createCustomer', params: { id: 'C0', name: 'One' } }
})
