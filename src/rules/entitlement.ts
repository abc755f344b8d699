/**
 * Whether somebody is entitled at a moment, and why: the state of each licence in question, told so that a support
 * person can read it aloud. Times of the past are told as they were, from the intervals that are kept.
 */
import type { Chain, EditionVersion } from '../objects.ts'
import { contentsOf, latestTerm, statusAt, suspendedSince, termInForce } from './chain.ts'
import { expiresAt } from './term.ts'
import type { Instant } from './time.ts'

export type GrantState = 'scheduled' | 'active' | 'grace' | 'expired' | 'suspended' | 'revoked'

/** What one licence gives at a moment. */
export interface Grant {
  readonly state: GrantState
  readonly product: string
  readonly edition: string
  readonly quantity: number
  readonly validUntil: Instant | null
  readonly features: readonly string[]
  readonly limitations: Readonly<Record<string, number>>
  readonly variables: Readonly<Record<string, string>>
  /** The story of the licence in sentences, in the order in which it happened. */
  readonly story: readonly string[]
}

export interface Verdict {
  entitled: boolean
  reason: 'entitled' | 'grace' | 'customer_inactive' | 'feature_missing' | GrantState | 'no_license'
  validUntil: Instant | null
  quantity: number
  features: string[]
  limitations: Record<string, number>
  variables: Record<string, string>
  because: string[]
}

const said = (instant: Instant): string => new Date(instant * 1000).toISOString().replace('.000', '')

/** What a chain's licence gives at a moment. */
export function grantOfChain(chain: Chain, contents: EditionVersion | undefined, at: Instant): Grant {
  const term = termInForce(chain, at)
  const carried = contentsOf(chain, term, at)
  const status = statusAt(chain, chain.conditions, at)
  const runsOut = expiresAt(latestTerm(chain).termEnd, chain.conditions)
  return {
    state: status === 'cancelled' ? 'revoked' : status,
    product: contents?.product ?? '',
    edition: carried.edition,
    quantity: carried.licenses,
    validUntil: chain.cancelAt === null ? runsOut : Math.min(runsOut, chain.cancelAt),
    features: contents?.features ?? [],
    limitations: contents?.limitations ?? {},
    variables: contents?.variables ?? {},
    story: storyOfChain(chain, at),
  }
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

function why(reason: string | null): string {
  return reason === null ? '' : ` (${reason})`
}

/** In this order a licence that does not entitle is the reason told for the whole. */
const tellingOrder: GrantState[] = ['suspended', 'expired', 'scheduled', 'revoked']

/**
 * The verdict over all licences in question. Quantities of licences that entitle add up, features are united, of
 * two limits the larger holds, and the last to run out tells until when.
 */
export function judge(
  grants: readonly Grant[],
  customer: { isActive: boolean; name: string },
  feature?: string,
): Verdict {
  const because = grants.flatMap(({ story }) => [...story])
  const none = {
    entitled: false,
    validUntil: null,
    quantity: 0,
    features: [],
    limitations: {},
    variables: {},
  }
  if (!customer.isActive)
    return {
      ...none,
      reason: 'customer_inactive',
      because: [...because, `The customer ${customer.name} is deactivated.`],
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
  const byEnd = [...fit].sort((one, other) => (one.validUntil ?? Infinity) - (other.validUntil ?? Infinity))
  const limitations: Record<string, number> = {}
  for (const grant of fit)
    for (const [name, most] of Object.entries(grant.limitations))
      limitations[name] = Math.max(limitations[name] ?? most, most)
  return {
    entitled: true,
    reason: fit.some(({ state }) => state === 'active') ? 'entitled' : 'grace',
    validUntil: byEnd.at(-1)?.validUntil ?? null,
    quantity: fit.reduce((sum, { quantity }) => sum + quantity, 0),
    features: [...new Set(fit.flatMap(({ features }) => features))].sort(),
    limitations,
    variables: Object.assign({}, ...byEnd.map(({ variables }) => variables)) as Record<string, string>,
    because,
  }
}
