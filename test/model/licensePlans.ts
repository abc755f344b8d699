/** What a model run may try with licences. */
import fc from 'fast-check'
import { dateText, day, type Instant } from './calendar.ts'
import { features, limitations, variables } from './cataloguePlans.ts'
import { among, anyOf, maybe, said } from './choices.ts'
import {
  type CodeChoice,
  code,
  codeOf,
  customerBy,
  licenseBy,
  pointed,
  productCode,
  references,
  referencesPatch,
  seen,
  uuid,
  uuidText,
  versionSeen,
} from './naming.ts'
import { plan, type Weighted } from './plan.ts'
import type { Reference } from './reference.ts'

/** A moment so many days from now, as seconds or as a date alone. */
const moment = fc.record({
  days: fc.constantFrom(-400, -40, -1, 0, 1, 10, 40),
  seconds: fc.constantFrom(-1, 0, 1),
  isDate: fc.boolean(),
})
interface Moment {
  days: number
  seconds: number
  isDate: boolean
}
function momentOf(
  { state }: Reference,
  choice: Moment | null | undefined,
): Instant | string | null | undefined {
  if (choice == null) return choice
  const at = state.now + choice.days * day + choice.seconds
  return choice.isDate ? dateText(at) : at
}

/** Most licences end after they begin. */
const end = moment.map((choice) => ({ ...choice, days: choice.days < 0 ? -choice.days : choice.days }))
const anyEnd = fc.oneof({ weight: 7, arbitrary: end }, { weight: 1, arbitrary: moment })

const quantity = fc.integer({ min: 1, max: 3 })
const own = { features: maybe(features), limitations: maybe(limitations), variables: maybe(variables) }
export const rarely = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })

const details = {
  code,
  quantity: maybe(quantity),
  validFrom: maybe(moment),
  validUntil: maybe(anyEnd),
  own: fc.oneof(fc.constant({}), fc.record(own)),
  name: rarely(fc.constant('Seat')),
  references,
  isActive: rarely(fc.boolean()),
}

export const licenseCreates: Weighted[] = [
  plan(
    6,
    'createLicense',
    fc.record({
      pointed,
      id: fc.option(fc.constantFrom('L0', 'L1', 'L2', 'L3'), { nil: undefined }),
      uuid,
      isSet: fc.boolean(),
      ...details,
    }),
    ({ pointed: holder, id, uuid: licenseId, isSet, code: edition, own: groups, ...c }, model) => ({
      method: 'createLicense',
      params: said({
        ...customerBy(model, holder),
        edition: codeOf(model, edition),
        id,
        licenseId: isSet || id === undefined ? uuidText('1c', licenseId) : undefined,
        ...c,
        ...said(groups),
        validFrom: momentOf(model, c.validFrom),
        validUntil: momentOf(model, c.validUntil),
      }),
    }),
  ),
  plan(
    2,
    'createLicense by key',
    fc.record({ pointed, which: fc.nat({ max: 3 }), ...details }),
    ({ pointed: holder, which, code: edition, own: groups, ...c }, model) => ({
      method: 'createLicense',
      params: said({
        ...customerBy(model, holder),
        edition: codeOf(model, edition),
        ...c,
        ...said(groups),
        validFrom: momentOf(model, c.validFrom),
        validUntil: momentOf(model, c.validUntil),
      }),
      key: `license ${which}`,
    }),
  ),
  plan(1, 'again by key', anyOf, (which, { state }) => {
    const own = [...state.keyed.entries()].filter(([, { call }]) => !houseCalls.test(call.method))
    const kept = among(own, which)
    if (!kept) return { method: 'createCustomer', params: { name: 'One' }, key: 'customer 0' }
    const [key, { call }] = kept
    return { method: call.method, params: call.params, key }
  }),
]

/** Calls that cannot be told apart without their key, and so are never in an array; they come again by themselves. */
const houseCalls = /Key$|Partner$|Source$|Webhook|redeliver|Inbox$/

interface Choices extends Record<string, unknown> {
  validFrom?: Moment
  validUntil?: Moment | null | undefined
  edition?: CodeChoice
}
const patch: fc.Arbitrary<Choices> = fc.oneof<fc.Arbitrary<Choices>[]>(
  fc.record({ quantity }),
  fc.record({ isActive: fc.boolean() }),
  fc.record({ isActive: fc.boolean() }),
  fc.record({ validUntil: fc.option(anyEnd) }),
  fc.record({ validFrom: moment, validUntil: maybe(fc.option(anyEnd)) }),
  fc.record({ features: fc.option(features), limitations: maybe(fc.option(limitations)) }),
  fc.record({ edition: code, variables: rarely(fc.option(variables)) }),
  fc.record({ edition: code }),
  fc.record({ name: fc.constantFrom(null, 'Seat'), description: rarely(fc.constant('Told')) }),
  fc.record({ references: fc.option(referencesPatch) }),
)

export const licenseVerbs: Weighted[] = [
  plan(6, 'updateLicense', fc.record({ pointed, patch, seen }), (c, model) => {
    const { state } = model
    const by = licenseBy(model, c.pointed)
    const { validFrom, validUntil, edition, ...plain } = c.patch as Choices
    const { story } =
      state.licenses.find(({ licenseId }) => licenseId === by.licenseId) ??
      state.chains.find(({ license }) => license.licenseId === by.licenseId) ??
      {}
    return {
      method: 'updateLicense',
      params: said({
        ...by,
        ...plain,
        edition: edition === undefined ? undefined : codeOf(model, edition),
        validFrom: momentOf(model, validFrom),
        validUntil: momentOf(model, validUntil),
        ifVersion: versionSeen(story, c.seen),
      }),
    }
  }),
  plan(
    2,
    'revokeLicenses',
    fc.record({
      pointed,
      by: fc.constantFrom('contract', 'order', 'subscription'),
      number: fc.constantFrom('N1', 'N2', 'O0'),
      at: rarely(moment),
    }),
    (c, model) => ({
      method: 'revokeLicenses',
      params: said({ ...customerBy(model, c.pointed), [c.by]: c.number, at: atOf(model, c.at) }),
    }),
  ),
  plan(
    1,
    'revokeLicenses by id',
    fc.record({ which: anyOf, other: maybe(anyOf), at: rarely(moment) }),
    (c, model) => {
      const { licenses, chains, customers } = model.state
      const all = [...licenses, ...chains.map(({ license, customer }) => ({ ...license, customer }))]
      const one = among(all, c.which)
      const other = c.other === undefined ? undefined : among(all, c.other)
      const licenseIds = [one, other].flatMap((license) => (license ? [license.licenseId] : []))
      return {
        method: 'revokeLicenses',
        params: said({
          customer: (one?.customer ?? customers[0])?.id,
          licenseIds: licenseIds.length > 0 ? licenseIds : [uuidText('1c', { which: 0, isUpper: true })],
          at: atOf(model, c.at),
        }),
      }
    },
  ),
]

/** Most revocations for later are for a moment that is still to come. */
const atOf = (model: Reference, choice: Moment | undefined) =>
  momentOf(model, choice && { ...choice, days: choice.days === -1 ? -1 : Math.abs(choice.days) })

export const licenseLooks: Weighted[] = [
  plan(3, 'getLicense', pointed, (c, model) => ({ method: 'getLicense', params: licenseBy(model, c) })),
]

const number = rarely(fc.constantFrom('N1', 'N2', 'O0'))
export const licenseLists: Weighted[] = [
  plan(
    4,
    'listLicenses',
    fc.record({
      who: rarely(pointed),
      edition: rarely(code),
      product: rarely(productCode),
      contract: number,
      order: number,
      subscription: number,
      productReference: number,
      state: maybe(fc.constantFrom('scheduled', 'active', 'grace', 'expired', 'suspended', 'revoked')),
      limit: maybe(fc.constantFrom(1, 2)),
    }),
    ({ who, edition, product, ...c }, model) => ({
      method: 'listLicenses',
      params: said({
        ...(who === undefined ? {} : customerBy(model, who)),
        edition: edition === undefined ? undefined : codeOf(model, edition),
        product: product === undefined ? undefined : codeOf(model, product),
        ...c,
      }),
    }),
  ),
]
