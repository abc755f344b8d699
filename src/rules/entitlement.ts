/**
 * Whether somebody is entitled at a moment, and why: the state of each licence in question, told so that a support
 * person can read it aloud. Times of the past are told as they were, from the intervals that are kept.
 */
import type { Chain, ConsumerAccess, License } from '../objects.ts'
import { firstTerm, latestTerm, suspendedSince } from './chain.ts'
import { type LicenseInSight, type LicenseState, licenseFacts } from './license.ts'
import { expiresAt } from './term.ts'
import type { Instant } from './time.ts'

/** What one licence gives at a moment. */
export interface Grant {
  readonly state: LicenseState
  readonly product: string
  readonly edition: string
  readonly quantity: number
  /** Until when it can be used, grace included; null without an end. */
  readonly usableUntil: Instant | null
  readonly features: readonly string[]
  readonly limitations: Readonly<Record<string, number>>
  readonly variables: Readonly<Record<string, string>>
  /** The story of the licence in sentences, in the order in which it happened. */
  readonly story: readonly string[]
}

/** `entitled` or `grace`, or what stands against it. */
export const verdictReasons = [
  'entitled',
  'grace',
  'no_license',
  'feature_missing',
  'customer_inactive',
  'suspended',
  'expired',
  'scheduled',
  'revoked',
] as const
export type VerdictReason = (typeof verdictReasons)[number]

export interface Verdict {
  entitled: boolean
  reason: VerdictReason
  validUntil: Instant | null
  quantity: number
  features: string[]
  limitations: Record<string, number>
  variables: Record<string, string>
  because: string[]
}

const said = (instant: Instant): string => new Date(instant * 1000).toISOString().replace('.000', '')

/** What a licence gives at a moment; `groups` are its own or its edition's. */
export function grantOf(
  sight: LicenseInSight,
  product: string,
  groups: Pick<Grant, 'features' | 'limitations' | 'variables'>,
  at: Instant,
): Grant {
  const { edition, quantity, usableUntil, state } = licenseFacts(sight, at)
  const told = sight.chain
    ? [`${nameOf(sight.license)} follows order ${firstTerm(sight.chain).remoteId}.`].concat(
        storyOfChain(sight.chain, at),
      )
    : storyOfLicense(sight, at)
  return {
    state,
    product,
    edition,
    quantity,
    usableUntil,
    ...groups,
    story: [...told, ...overrides(sight.license)],
  }
}

function nameOf({ remoteId, licenseId, name }: License): string {
  return `Licence ${remoteId ?? licenseId}${why(name)}`
}

function storyOfLicense(sight: LicenseInSight, at: Instant): string[] {
  const { license, conditions } = sight
  const { validFrom, validUntil, revokedAt, revokedBy } = license
  const until = validUntil === null ? 'without an end' : `until ${said(validUntil)}`
  const told = [
    `${nameOf(license)} gives ${license.quantity} of ${license.edition} from ${said(validFrom as Instant)} ${until}.`,
  ]
  for (const { suspendedAt, resumedAt, suspendedBy } of sight.suspensions)
    if (suspendedAt <= at) {
      const over = resumedAt <= at ? `, on again at ${said(resumedAt)}` : ''
      told.push(`Switched off at ${said(suspendedAt)} by ${suspendedBy}${over}.`)
    }
  if (license.suspendedAt !== null && license.suspendedAt <= at)
    told.push(`Switched off since ${said(license.suspendedAt)} by ${license.suspendedBy}.`)
  if (revokedAt !== null) {
    told.push(`${revokedAt <= at ? 'Revoked at' : 'Will be revoked at'} ${said(revokedAt)} by ${revokedBy}.`)
    return told
  }
  if (validUntil === null || at < validUntil) return told
  const out = expiresAt(validUntil, conditions)
  return [
    ...told,
    at < out
      ? `It ended at ${said(validUntil)}; grace lasts until ${said(out)}.`
      : `It ended at ${said(validUntil)}.`,
  ]
}

/** Which groups of the edition the licence has replaced by its own. */
function overrides(license: License): string[] {
  const own = (['features', 'limitations', 'variables'] as const).filter((group) => license[group] !== null)
  return own.length === 0 ? [] : [`The licence has ${own.join(' and ')} of its own instead of the edition's.`]
}

function storyOfChain(chain: Chain, at: Instant): string[] {
  const told: { at: Instant; text: string }[] = []
  for (const term of chain.terms) {
    if (term.createdAt > at && term.termStart > at) continue
    const { licenses, edition, termStart, termEnd } = term
    const kind = term.position === 1 ? 'Order' : 'Renewal'
    const bought = `bought ${licenses} of ${edition} from ${said(termStart)} until ${said(termEnd)}.`
    told.push({ at: termStart, text: `${kind} ${term.remoteId} ${bought}` })
  }
  for (const { changedAt, licenses, edition } of chain.changes) {
    const to = [
      licenses === null ? [] : `${licenses} licences`,
      edition === null ? [] : `edition ${edition}`,
    ].flat()
    if (changedAt <= at)
      told.push({ at: changedAt, text: `Changed to ${to.join(' and ')} at ${said(changedAt)}.` })
  }
  for (const { suspendedAt, resumedAt, reason, suspendedBy } of chain.suspensions) {
    const over = resumedAt <= at ? `, resumed at ${said(resumedAt)}` : ''
    if (suspendedAt <= at)
      told.push({
        at: suspendedAt,
        text: `Suspended at ${said(suspendedAt)} by ${suspendedBy}${why(reason)}${over}.`,
      })
  }
  const open = suspendedSince(chain, at)
  if (open !== null && open === chain.suspendedAt) {
    const text = `Suspended since ${said(open)} by ${chain.suspendedBy}${why(chain.suspensionReason)}.`
    told.push({ at: open, text })
  }
  return [...told.sort((one, other) => one.at - other.at).map(({ text }) => text), ...endOfStory(chain, at)]
}

function endOfStory(chain: Chain, at: Instant): string[] {
  if (chain.cancelAt !== null) {
    const verb = chain.cancelAt <= at ? 'Cancelled at' : 'Will end by cancellation at'
    return [`${verb} ${said(chain.cancelAt)} by ${chain.cancelledBy}${why(chain.cancellationReason)}.`]
  }
  const { termEnd } = latestTerm(chain)
  const out = expiresAt(termEnd, chain.conditions)
  if (at < termEnd) return []
  if (at < out) return [`The term ended at ${said(termEnd)}; grace lasts until ${said(out)}.`]
  return [`The term ended at ${said(termEnd)} and was not renewed.`]
}

/** Whose licences a consumer could use by then, and who had let it, in the order in which it happened. */
export function storyOfAccess(
  consumer: string,
  accesses: readonly (Pick<ConsumerAccess, 'grantedAt' | 'grantedBy' | 'revokedAt' | 'revokedBy'> & {
    customer: string
  })[],
  at: Instant,
): string[] {
  const begun = accesses.filter(({ grantedAt }) => grantedAt <= at)
  if (begun.length === 0) return [`${consumer} has no access to the licences of any customer.`]
  return begun.map(({ customer, grantedAt, grantedBy, revokedAt, revokedBy }) => {
    const granted = `granted at ${said(grantedAt)} by ${grantedBy}`
    return revokedAt === null || at < revokedAt
      ? `${consumer} has access to the licences of ${customer}, ${granted}.`
      : `${consumer} had access to the licences of ${customer}, ${granted} and revoked at ${said(revokedAt)} by ${revokedBy}.`
  })
}

/** What stands between parentheses after a name or a deed. */
function why(reason: string | null): string {
  return reason === null ? '' : ` (${reason})`
}

/** Later than every instant, and still a number to count with. */
const never = Number.MAX_SAFE_INTEGER

/** In this order a licence that does not entitle is the reason told for the whole. */
const tellingOrder = ['suspended', 'expired', 'scheduled', 'revoked'] as const

/**
 * The verdict over all licences in question. Quantities of licences that entitle add up, features are united, of
 * two limits the larger holds, of two variables that of the licence which runs out last, and that one tells until when.
 */
export function judge(grants: readonly Grant[], holder: { isActive: boolean }, feature?: string): Verdict {
  const because = grants.flatMap(({ story }) => [...story])
  const none = {
    entitled: false,
    validUntil: null,
    quantity: 0,
    features: [],
    limitations: {},
    variables: {},
  }
  if (!holder.isActive)
    return {
      ...none,
      reason: 'customer_inactive',
      because: [...because, 'The customer is deactivated.'],
    }
  if (grants.length === 0)
    return { ...none, reason: 'no_license', because: ['There is no licence for this.'] }
  const holding = grants.filter(({ state }) => state === 'active' || state === 'grace')
  if (holding.length === 0) {
    const reason = tellingOrder.find((state) => grants.some((grant) => grant.state === state)) ?? 'no_license'
    return { ...none, reason, because }
  }
  const fit = feature === undefined ? holding : holding.filter(({ features }) => features.includes(feature))
  if (fit.length === 0)
    return {
      ...none,
      reason: 'feature_missing',
      because: [...because, `No licence in force has the feature ${feature}.`],
    }
  const byEnd = [...fit].sort((one, other) => (one.usableUntil ?? never) - (other.usableUntil ?? never))
  const limitations: Record<string, number> = {}
  for (const grant of fit)
    for (const [name, most] of Object.entries(grant.limitations))
      limitations[name] = Math.max(limitations[name] ?? most, most)
  return {
    entitled: true,
    reason: fit.some(({ state }) => state === 'active') ? 'entitled' : 'grace',
    validUntil: byEnd.at(-1)?.usableUntil ?? null,
    quantity: fit.reduce((sum, { quantity }) => sum + quantity, 0),
    features: [...new Set(fit.flatMap(({ features }) => features))].sort(),
    limitations,
    variables: Object.assign({}, ...byEnd.map(({ variables }) => variables)) as Record<string, string>,
    because,
  }
}
