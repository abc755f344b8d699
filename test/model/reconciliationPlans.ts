/** Lists of a caller that a model run compares with what is here: some rows say the same, some do not. */
import fc from 'fast-check'
import { orderFacts } from './chain.ts'
import { among, anyOf } from './choices.ts'
import { customerFacts } from './customers.ts'
import { shown } from './licenseCalls.ts'
import { plan, type Weighted } from './plan.ts'
import type { Reference } from './reference.ts'

/** One of the row's members is said as it is, in another spelling of the same, not at all, or otherwise. */
const how = fc.constantFrom('as it is', 'spelt otherwise', 'as null', 'as null', 'otherwise')
const row = fc.record({ which: anyOf, member: anyOf, how, isThere: fc.nat({ max: 9 }).map((one) => one > 0) })
type RowChoice = { which: number; member: number; how: string; isThere: boolean }

const members: Record<string, string[]> = {
  customers: ['name', 'isActive', 'email', 'kind'],
  orders: ['licenses', 'termEnd', 'status', 'product'],
  licenses: ['quantity', 'state', 'validFrom', 'edition'],
}

function thingsOf(model: Reference, kind: string): Record<string, unknown>[] {
  const { customers, chains, licenses, now } = model.state
  if (kind === 'customers')
    return customers.flatMap((one) => one.ids.map((id) => ({ ...customerFacts(model, one), id })))
  if (kind === 'orders')
    return chains.flatMap((chain) =>
      chain.terms.map((term) => ({ ...orderFacts(chain, term, model.settings, now), id: term.id })),
    )
  return [...licenses, ...chains].map((one) => {
    const facts = shown(model, one)
    return { ...facts, id: facts.remoteId ?? facts.licenseId }
  })
}

function rowOf(model: Reference, kind: string, choice: RowChoice): Record<string, unknown> {
  const thing = among(thingsOf(model, kind), choice.which)
  if (!choice.isThere || !thing) return { id: 'NOTHING' }
  const member = among(members[kind] as string[], choice.member) as string
  // An id of a licence is unique per product, so a row that says no more may mean another.
  const id = kind === 'licenses' ? { id: thing.id, product: thing.product } : { id: thing.id }
  return { ...id, [member]: saidOf(thing[member], choice.how) }
}

function saidOf(value: unknown, manner: string): unknown {
  if (manner === 'as null') return null
  if (manner === 'otherwise')
    return typeof value === 'boolean' ? !value : typeof value === 'number' ? value + 1 : 'x'
  if (manner === 'as it is') return value ?? ''
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.includes('@') ? value.toUpperCase() : (value ?? '')
}

export const reconciliations: Weighted[] = [
  plan(
    4,
    'reconcile',
    fc.record({
      kind: fc.constantFrom('customers', 'orders', 'licenses'),
      rows: fc.array(row, { minLength: 1, maxLength: 4 }),
      complete: fc.boolean(),
    }),
    ({ kind, rows, complete }, model) => ({
      method: 'reconcile',
      params: { kind, rows: rows.map((choice) => rowOf(model, kind, choice)), complete },
    }),
  ),
]
