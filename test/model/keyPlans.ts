/** What a model run may try with API keys and partners. */
import fc from 'fast-check'
import { among, anyOf, maybe, said } from './choices.ts'
import { seen, versionSeen } from './naming.ts'
import { type Plan, plan, type Weighted } from './plan.ts'
import type { Reference } from './reference.ts'
import type { Call } from './verdict.ts'

const scopes = fc.constantFrom(
  ['read'],
  ['read'],
  ['orders'],
  ['licenses'],
  ['licenses', 'orders'],
  ['admin'],
  ['read', 'operator'],
)

/** The key of a call that has no id: the same twice in a while, so that the call is known again. */
const again = fc.nat({ max: 4 }).map((one) => one === 0)
export function keyOf(model: Reference, kind: string, count: number, isAgain: boolean): string {
  return `${model.settings.partner} ${kind} ${isAgain ? Math.max(0, count - 1) : count}`
}

const nobody = 2_000_000_000

export const keyPlans: Weighted[] = [
  plan(
    4,
    'createApiKey',
    fc.record({ scopes, days: maybe(fc.constantFrom(-1, 0, 1, 30)), again }),
    (c, model) => ({
      method: 'createApiKey',
      params: said({
        name: 'ERP',
        scopes: c.scopes,
        expiresAt: c.days === undefined ? undefined : model.realNow + c.days * 86_400,
      }),
      key: keyOf(model, 'key', model.state.keys.length, c.again),
    }),
  ),
  plan(1, 'listApiKeys', maybe(fc.constantFrom(1, 2)), (limit) => ({
    method: 'listApiKeys',
    params: said({ limit }),
  })),
  plan(2, 'revokeApiKey', anyOf, (which, model) => ({
    method: 'revokeApiKey',
    params: { keyId: among(model.state.keys.slice(1), which)?.keyId ?? 'none' },
  })),
  plan(1, 'revokeApiKey of nobody', fc.constant({}), () => ({
    method: 'revokeApiKey',
    params: { keyId: 'none' },
  })),
]

/** By the operator mostly; a partner may not. */
const by = fc.constantFrom({ as: 'operator' }, { as: 'operator' }, { as: 'operator' }, {})

export const partnerPlans: Weighted[] = [
  plan(
    2,
    'createPartner',
    fc.record({
      by,
      again,
      sandbox: maybe(fc.boolean()),
      windowDays: maybe(fc.constantFrom(0, 27)),
      graceDays: maybe(fc.constantFrom(0, 27)),
    }),
    ({ by, again, ...given }, model) => ({
      method: 'createPartner',
      params: said({ name: 'another', ...given }),
      key: keyOf(model, 'partner', model.state.partners.length, again),
      ...by,
    }),
  ),
  plan(
    3,
    'updatePartner',
    fc.record({
      by,
      which: anyOf,
      isThere: fc.nat({ max: 4 }).map((one) => one > 0),
      seen,
      name: maybe(fc.constantFrom('another', 'Renamed')),
      windowDays: maybe(fc.constantFrom(0, 15)),
    }),
    ({ by, which, isThere, seen, ...patch }, model) => {
      const partner = isThere ? among(model.state.partners, which) : undefined
      return {
        method: 'updatePartner',
        params: said({
          partner: partner?.partner ?? nobody,
          ...patch,
          ifVersion: versionSeen(partner?.story, seen),
        }),
        ...by,
      }
    },
  ),
  plan(1, 'listPartners', by, (by) => ({ method: 'listPartners', params: { limit: 500 }, ...by })),
]

/** Any call with another of the partner's keys, which may not be allowed to make it. */
export function byKey(plans: fc.Arbitrary<Plan>): fc.Arbitrary<Plan> {
  return fc.tuple(plans, anyOf).map(([one, which]) => ({
    says: `with key ${which}: ${one.says}`,
    call(model: Reference): Call {
      const call = one.call(model)
      const { state, realNow } = model
      // Whether a key that was just revoked is refused already is for a while a matter of the server.
      const keys = state.keys.slice(1).filter(({ revokedAt }) => revokedAt === null)
      const lasting = keys.filter(({ expiresAt }) => expiresAt === null || expiresAt > realNow)
      const key = among(which % 5 === 0 ? keys : lasting, which)
      return key === undefined || call.as !== undefined || isTwofold(call) ? call : { ...call, as: key.text }
    },
  }))
}

/** What a call needs may depend on what it finds. */
const isTwofold = ({ method }: Call): boolean => method === 'revokeLicenses'
