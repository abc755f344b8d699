/** What a model run may try with consumers, and whose licences they may use. */
import fc from 'fast-check'
import { maybe, said } from './choices.ts'
import { consumerBy, customerBy, email, pointed, seen, uuid, uuidText, versionSeen } from './naming.ts'
import { plan, type Weighted } from './plan.ts'

const displayName = fc.constantFrom('Ann', 'Bob')
const kind = fc.constantFrom('person', 'device')

export const consumerCreates: Weighted[] = [
  plan(
    4,
    'createConsumer',
    fc.record({
      pointed,
      id: maybe(fc.constantFrom('U0', 'U1', 'U2', 'U3')),
      uuid,
      isSet: fc.boolean(),
      email: maybe(email),
      displayName: maybe(displayName),
      kind: maybe(kind),
    }),
    ({ pointed: owner, uuid: consumerId, isSet, ...c }, model) => {
      const isNamed = c.id !== undefined || c.email !== undefined
      return {
        method: 'createConsumer',
        params: said({
          ...customerBy(model, owner),
          ...c,
          consumerId: isSet || !isNamed ? uuidText('e5', consumerId) : undefined,
        }),
      }
    },
  ),
  plan(
    1,
    'createConsumer by key',
    fc.record({ pointed, which: fc.nat({ max: 2 }), displayName }),
    (c, model) => ({
      method: 'createConsumer',
      params: { ...customerBy(model, c.pointed), displayName: c.displayName },
      key: `consumer ${c.which}`,
    }),
  ),
]

const patch = fc.oneof(
  fc.record({ email: fc.option(email) }),
  fc.record({ email: fc.option(email), displayName: maybe(fc.option(displayName)) }),
  fc.record({ displayName: fc.option(displayName), kind }),
)

/** A verb on a customer's licences and a consumer. */
function access(weight: number, method: string): Weighted {
  return plan(weight, method, fc.record({ owner: pointed, user: pointed, seen }), (c, model) => {
    const { consumers } = model.state
    const { story } = consumers[c.user.which % consumers.length] ?? {}
    const who = { ...customerBy(model, c.owner), ...consumerBy(model, c.user) }
    return { method, params: said({ ...who, ifVersion: versionSeen(story, c.seen) }) }
  })
}

export const consumerVerbs: Weighted[] = [
  plan(3, 'updateConsumer', fc.record({ pointed, patch, seen }), (c, model) => {
    const { consumers } = model.state
    const { story } = consumers[c.pointed.which % consumers.length] ?? {}
    return {
      method: 'updateConsumer',
      params: said({
        ...consumerBy(model, c.pointed, 'id'),
        ...c.patch,
        ifVersion: versionSeen(story, c.seen),
      }),
    }
  }),
  access(4, 'grantAccess'),
  access(2, 'revokeAccess'),
]

export const consumerLooks: Weighted[] = [
  plan(2, 'getConsumer', fc.record({ pointed, email: maybe(email) }), (c, model) => ({
    method: 'getConsumer',
    params: c.email === undefined ? consumerBy(model, c.pointed, 'id') : { email: c.email },
  })),
]

export const consumerLists: Weighted[] = [
  plan(
    2,
    'listConsumers',
    fc.record({
      who: maybe(pointed),
      search: maybe(fc.constantFrom('nn', 'ob@', 'U1', '_x')),
      limit: maybe(fc.constantFrom(1, 2)),
    }),
    ({ who, ...c }, model) => ({
      method: 'listConsumers',
      params: said({ ...(who === undefined ? {} : customerBy(model, who)), ...c }),
    }),
  ),
]
