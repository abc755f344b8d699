/** What a model run may try with customers. */
import fc from 'fast-check'
import { instantText } from './calendar.ts'
import { anyOf, maybe, said } from './choices.ts'
import { customerBy, email, itself, pointed, seen, uuid, uuidText, versionSeen } from './naming.ts'
import { plan, type Weighted } from './plan.ts'

const name = fc.constantFrom('One', 'Two')
const ids = fc.constantFrom('C0', 'C1', 'C2', 'C3')
const metadata = fc.constantFrom({ size: 1 }, { size: 2, isBig: true })

export const customerCreates: Weighted[] = [
  plan(
    2,
    'createCustomer',
    fc.record({
      id: maybe(ids),
      uuid,
      name,
      kind: maybe(fc.constantFrom('organization', 'person')),
      admin: maybe(fc.record({ email, phone: fc.constant('1') })),
      email: maybe(email),
      tags: maybe(fc.constant(['vip'])),
      metadata: maybe(metadata),
      isSet: fc.boolean(),
    }),
    ({ uuid, isSet, ...given }) => ({
      method: 'createCustomer',
      params: said({
        ...given,
        customerId: isSet || given.id === undefined ? uuidText('c0', uuid) : undefined,
      }),
    }),
  ),
  plan(1, 'createCustomer by key', fc.record({ which: fc.nat({ max: 3 }), name }), (c) => ({
    method: 'createCustomer',
    params: { name: c.name },
    key: `customer ${c.which}`,
  })),
]

const patch = fc.oneof(
  fc.record({ name }),
  fc.record({ email: fc.option(email) }),
  fc.record({ admin: fc.constantFrom(null, { email: null }, { email: 'bob@x.example' }) }),
  fc.record({ tags: fc.constantFrom(null, ['vip'], ['vip', 'new']) }),
  fc.record({ metadata: fc.constantFrom(null, { size: null }, { size: 3 }) }),
  fc.record({ name, kind: fc.constantFrom('organization', 'person') }),
)

export const customerVerbs: Weighted[] = [
  plan(2, 'updateCustomer', fc.record({ pointed, patch, seen }), (c, model) => {
    const { story } = model.state.customers[c.pointed.which % model.state.customers.length] ?? {}
    const by = customerBy(model, c.pointed, itself)
    return {
      method: 'updateCustomer',
      params: said({ ...by, ...c.patch, ifVersion: versionSeen(story, c.seen) }),
    }
  }),
  plan(
    2,
    'renameCustomer',
    fc.record({ pointed, newId: fc.constantFrom('C0', 'C1', 'R0', 'R1', 'R2'), seen }),
    (c, model) => {
      const { story } = model.state.customers[c.pointed.which % model.state.customers.length] ?? {}
      const by = customerBy(model, c.pointed, itself)
      return {
        method: 'renameCustomer',
        params: said({ ...by, newId: c.newId, ifVersion: versionSeen(story, c.seen) }),
      }
    },
  ),
]

export const customerLooks: Weighted[] = [
  plan(1, 'getCustomer', pointed, (c, model) => ({
    method: 'getCustomer',
    params: customerBy(model, c, itself),
  })),
]

export const customerLists: Weighted[] = [
  plan(1, 'findCustomers', email, (address) => ({ method: 'findCustomers', params: { email: address } })),
  plan(
    2,
    'listCustomers',
    fc.record({
      search: maybe(fc.constantFrom('one', 'two', 'nn@X', '%', '_')),
      tag: maybe(fc.constantFrom('vip', 'new')),
      isActive: maybe(fc.boolean()),
      since: maybe(anyOf),
      limit: maybe(fc.constantFrom(1, 2)),
    }),
    ({ since, ...c }, model) => {
      const changed = model.state.customers[(since ?? 0) % model.state.customers.length]?.updatedAt
      const updatedSince = since === undefined || changed === undefined ? undefined : instantText(changed)
      return { method: 'listCustomers', params: said({ ...c, updatedSince }) }
    },
  ),
]
