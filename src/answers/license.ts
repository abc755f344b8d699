/** How a licence looks on the wire. */
import type { z } from 'zod'
import type { Customer, EditionVersion } from '../objects.ts'
import { firstTerm } from '../rules/chain.ts'
import { type LicenseInSight, licenseFacts } from '../rules/license.ts'
import type { Instant } from '../rules/time.ts'
import type { License as LicenseShape } from '../shapes.ts'

export type LicenseAnswer = z.output<typeof LicenseShape>

/** What a licence contains: its own groups where it has them, else those of the edition as of the version named. */
export function licenseGroups({ license }: LicenseInSight, contents: EditionVersion | undefined) {
  return {
    features: license.features ?? contents?.features ?? [],
    limitations: license.limitations ?? contents?.limitations ?? {},
    variables: license.variables ?? contents?.variables ?? {},
  }
}

/** `versionOf` finds the configuration of an edition as it was in one of its versions. */
export function licenseAnswer(
  sight: LicenseInSight,
  customer: Customer,
  versionOf: (edition: string, version: number) => EditionVersion | undefined,
  now: Instant,
): LicenseAnswer {
  const { license, chain } = sight
  const facts = licenseFacts(sight, now)
  const contents = versionOf(facts.edition, facts.editionVersion)
  return {
    licenseId: license.licenseId,
    remoteId: license.remoteId,
    customer: customer.remoteId,
    customerId: customer.customerId,
    product: contents?.product ?? license.product ?? '',
    edition: facts.edition,
    editionVersion: facts.editionVersion,
    order: chain ? firstTerm(chain).remoteId : null,
    quantity: facts.quantity,
    validFrom: facts.validFrom,
    validUntil: facts.validUntil,
    state: facts.state,
    isActive: facts.isActive,
    ...licenseGroups(sight, contents),
    name: license.name,
    description: license.description,
    references: license.references,
    version: chain?.version ?? license.version,
    createdAt: license.createdAt,
  }
}
