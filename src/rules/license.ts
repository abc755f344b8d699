/**
 * What a licence is at a moment. A licence of its own says so itself; one that a chain drives follows from the chain.
 * Nothing here is stored: switched off, revoked, run out are read off the intervals that are kept.
 */
import type { Chain, Edition, License, LicenseSuspension } from '../objects.ts'
import { contentsOf, firstTerm, latestTerm, statusAt, termInForce } from './chain.ts'
import { type Conditions, expiresAt } from './term.ts'
import type { Instant } from './time.ts'

export type LicenseState = 'scheduled' | 'active' | 'grace' | 'expired' | 'suspended' | 'revoked'

/** A licence with everything that tells what it is: its chain, or the edition whose rules it lives under. */
export interface LicenseInSight {
  readonly license: License
  readonly chain: Chain | undefined
  readonly conditions: Conditions
  /** Times during which a licence of its own was switched off, over by now. */
  readonly suspensions: readonly LicenseSuspension[]
}

/** What the licence carries and how long it is valid, as seen at a moment. */
export interface LicenseFacts {
  readonly edition: string
  readonly editionVersion: number
  readonly quantity: number
  readonly validFrom: Instant
  /**
   * Null on a perpetual licence. The end of a chain's licence includes its grace; a revocation, made or set for later,
   * ends any licence.
   */
  readonly validUntil: Instant | null
  /** Until when it can be used at the longest, grace included; null without an end. */
  readonly usableUntil: Instant | null
  readonly state: LicenseState
  readonly isActive: boolean
}

/** Since when a licence of its own was switched off at a moment, or null when it was on. */
export function switchedOffSince({ license, suspensions }: LicenseInSight, at: Instant): Instant | null {
  if (license.suspendedAt !== null && license.suspendedAt <= at) return license.suspendedAt
  const past = suspensions.findLast(({ suspendedAt, resumedAt }) => suspendedAt <= at && at < resumedAt)
  return past?.suspendedAt ?? null
}

/** The state of a licence of its own. Revoked goes before switched off, and both before what the time says. */
function ownState(sight: LicenseInSight, at: Instant): LicenseState {
  const { license, conditions } = sight
  if (license.revokedAt !== null && license.revokedAt <= at) return 'revoked'
  if (switchedOffSince(sight, at) !== null) return 'suspended'
  if (at < (license.validFrom as Instant)) return 'scheduled'
  if (license.validUntil === null || at < license.validUntil) return 'active'
  return at < expiresAt(license.validUntil, conditions) ? 'grace' : 'expired'
}

export function licenseFacts(sight: LicenseInSight, at: Instant): LicenseFacts {
  const { license, chain } = sight
  if (chain) return factsOfChain(chain, at)
  return {
    edition: license.edition as string,
    editionVersion: license.editionVersion as number,
    quantity: license.quantity as number,
    validFrom: license.validFrom as Instant,
    validUntil: earlier(license.validUntil, license.revokedAt),
    usableUntil: earlier(
      license.validUntil === null ? null : expiresAt(license.validUntil, sight.conditions),
      license.revokedAt,
    ),
    state: ownState(sight, at),
    isActive: license.suspendedAt === null,
  }
}

/** The earlier of two instants, where null means never. */
function earlier(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}

function factsOfChain(chain: Chain, at: Instant): LicenseFacts {
  const carried = contentsOf(chain, termInForce(chain, at), at)
  const runsOut = expiresAt(latestTerm(chain).termEnd, chain.conditions)
  const status = statusAt(chain, chain.conditions, at)
  const end = chain.cancelAt === null ? runsOut : Math.min(runsOut, chain.cancelAt)
  return {
    edition: carried.edition,
    editionVersion: carried.editionVersion,
    quantity: carried.licenses,
    validFrom: firstTerm(chain).termStart,
    validUntil: end,
    usableUntil: end,
    state: status === 'cancelled' ? 'revoked' : status,
    isActive: chain.suspendedAt === null,
  }
}

/** Whether a licence may move between two editions: same product, provisioning mode and client type. */
export function areCompatible(one: Edition, other: Edition): boolean {
  return (
    one.product === other.product &&
    one.provisioningMode === other.provisioningMode &&
    one.clientType === other.clientType
  )
}

export interface LicenseDue {
  readonly type: 'license.revoked' | 'license.expired'
  readonly at: Instant
}

/** What is still to be told about a licence of its own: a revocation that was set for later, or that it ran out. */
export function upcomingOfLicense(license: License, conditions: Conditions): LicenseDue | null {
  if (license.chainId !== null) return null
  if (license.revokedAt !== null)
    return license.revocationTold ? null : { type: 'license.revoked', at: license.revokedAt }
  if (license.expiryTold || license.validUntil === null) return null
  return { type: 'license.expired', at: expiresAt(license.validUntil, conditions) }
}
