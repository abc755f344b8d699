/** How partners and their API keys look on the wire. A key's secret never does. */
import type { z } from 'zod'
import type { ApiKey, Partner } from '../objects.ts'
import type { ApiKey as ApiKeyShape, Partner as PartnerShape } from '../shapes.ts'

export function partnerAnswer(
  partner: Omit<Partner, 'lastSeq' | 'recentGroups'>,
): z.output<typeof PartnerShape> {
  const { partnerId, name, isSandbox, windowDays, graceDays, timeZone, version, createdAt } = partner
  return { partner: partnerId, name, sandbox: isSandbox, windowDays, graceDays, timeZone, version, createdAt }
}

export function apiKeyAnswer(key: Omit<ApiKey, 'secretHash'>): z.output<typeof ApiKeyShape> {
  const { keyId, partnerId, name, scopes, createdAt, expiresAt, revokedAt } = key
  return { keyId, partner: partnerId, name, scopes: [...scopes], createdAt, expiresAt, revokedAt }
}
