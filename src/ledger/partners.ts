/** How partners and API keys come to be. */
import type { Partner, ScopeName } from '../objects.ts'
import { keyBytes, makeKey } from '../rules/apiKey.ts'
import type { Instant } from '../rules/time.ts'
import type { StoredKey } from './shelves.ts'
import type { World } from './world.ts'

/** Adds a key of a partner; `key` is the only time that its text is seen. */
export function addApiKey(
  world: World,
  partner: Pick<Partner, 'partnerId' | 'isSandbox'>,
  given: { name: string; scopes: ScopeName[]; expiresAt: Instant | null },
): { stored: StoredKey; key: string } {
  const { keyId, key, secretHash } = makeKey(world.mint.secret(keyBytes), partner.isSandbox)
  const { partnerId } = partner
  const stored = { ...given, partnerId, keyId, secretHash, createdAt: world.realNow, revokedAt: null }
  world.apiKeys.insert(stored)
  return { stored, key }
}

/** Adds a partner with a number of its own. A sandbox's clock starts at the real time and stands still. */
export function addPartner(
  world: World,
  given: Pick<Partner, 'partnerId' | 'name' | 'isSandbox' | 'windowDays' | 'graceDays' | 'timeZone'>,
): Partner {
  const partner: Partner = {
    ...given,
    clockAt: given.isSandbox ? world.realNow : null,
    version: 1,
    createdAt: world.realNow,
    lastSeq: 0,
    lastCustomerId: 0,
    lastOrderId: 0,
    rulesVersion: world.catalogueRules,
    recentGroups: [],
  }
  world.partners.insert(partner)
  return partner
}
