/** `updateLicense`: a PATCH of a licence; what a chain governs is changed by order methods only. */
import { z } from 'zod'
import { type ParamIssue, paramsInvalid } from '../../faults.ts'
import { changeChain } from '../../ledger/chains.ts'
import { answerOf, changeLicense, expiryToldOf, licenseOf, sightOf } from '../../ledger/licenses.ts'
import { needs } from '../../ledger/needs.ts'
import { refuseOtherVersion } from '../../ledger/verbs.ts'
import type { World } from '../../ledger/world.ts'
import type { License as KeptLicense } from '../../objects.ts'
import { command } from '../../rpc/method.ts'
import { canonical, type Json } from '../../rules/canonical.ts'
import { firstTerm } from '../../rules/chain.ts'
import { areCompatible, licenseFacts } from '../../rules/license.ts'
import { merged } from '../../rules/patch.ts'
import { type InstantInput as Input, instantOf } from '../../rules/time.ts'
import {
  Description,
  EditionCode,
  Features,
  InstantInput,
  License,
  Limitations,
  licenseSelector,
  Name,
  namesOneLicense,
  oneLicense,
  Quantity,
  ReferencesPatch,
  RemoteId,
  Uuid,
  Variables,
  Version,
} from '../../shapes.ts'

/** What a chain says of its licence, so that only the chain's own methods may change it. */
const governed = ['edition', 'quantity', 'validFrom', 'validUntil', 'isActive'] as const

export const updateLicense = command({
  summary: 'Change a licence.',
  details: `A PATCH: members that are left out stay as they are, null clears: \`validUntil: null\` makes the licence
    perpetual, a group that is null becomes the edition's again. \`references\` are patched member by member. Another
    \`edition\` must be of the same product, provisioning mode and client type; it replaces the three groups except those
    given in the call, and naming the same edition again takes its present configuration.`,
  scopes: ['licenses'],
  nulls: 'clear',
  params: z
    .strictObject({
      licenseId: Uuid.optional(),
      id: RemoteId.optional(),
      product: EditionCode.optional(),
      edition: EditionCode.optional(),
      quantity: Quantity.optional(),
      validFrom: InstantInput.optional(),
      validUntil: InstantInput.nullable().optional(),
      features: Features.nullable().optional(),
      limitations: Limitations.nullable().optional(),
      variables: Variables.nullable().optional(),
      name: Name.nullable().optional(),
      description: Description.nullable().optional(),
      references: ReferencesPatch.nullable().optional(),
      isActive: z.boolean().optional(),
      ifVersion: Version.optional(),
    })
    .refine(namesOneLicense, oneLicense),
  result: License,
  faults: [
    'license_unknown',
    'license_governed_by_order',
    'license_revoked',
    'edition_unknown',
    'edition_incompatible',
    'version_conflict',
  ],
  events: ['license.updated', 'order.changed'],
  previewable: true,
  examples: [],
  needs: ({ licenseId, id, product, edition }) => [
    needs.license(licenseSelector(licenseId, id, product)),
    ...(edition === undefined ? [] : [needs.edition(edition)]),
  ],
  decide({ world, now, fault }, { licenseId, id, product, ifVersion, ...patch }) {
    const license = licenseOf(world, licenseSelector(licenseId, id, product))
    if (!license) throw fault('license_unknown', { id: licenseId ?? id ?? '' })
    const { chain } = sightOf(world, license)
    if (chain && governed.some((member) => patch[member] !== undefined))
      throw fault('license_governed_by_order', { order: firstTerm(chain).remoteId })
    const { state, validUntil } = licenseFacts(sightOf(world, license), now)
    if (state === 'revoked') throw fault('license_revoked', { since: license.revokedAt ?? validUntil ?? now })
    const target = patch.edition === undefined ? undefined : world.edition(patch.edition)
    if (patch.edition !== undefined && !target) throw fault('edition_unknown', { id: patch.edition })
    const present = world.edition(license.edition ?? '')
    if (target && present && !areCompatible(target, present))
      throw fault('edition_incompatible', { edition: target.code, from: present.code })
    const groups = target ? { features: null, limitations: null, variables: null } : {}
    const { edition: _edition, isActive, references, ...plain } = patch
    const changed = merged(license, {
      ...groups,
      ...plain,
      ...validityOf(world, license, patch),
      ...(references === undefined
        ? {}
        : { references: merged(references === null ? {} : license.references, references ?? {}, 'drop') }),
      ...(target ? { edition: target.code, editionVersion: target.version } : {}),
      ...switched(world, license, isActive),
    })
    if (canonical(changed as unknown as Json) === canonical(license as unknown as Json))
      return answerOf(world, license, now)
    refuseOtherVersion(chain ?? license, ifVersion)
    if (chain) {
      world.licenses.replace(changed)
      changeChain(world, chain, {}, 'order.changed')
      return answerOf(world, changed, now)
    }
    keepSuspension(world, license, isActive)
    const expiryTold = expiryToldOf(changed.validUntil, world.conditionsOf(changed.edition ?? ''), now)
    return answerOf(world, changeLicense(world, license, { ...changed, expiryTold }), now)
  },
})

/** The validity after the patch, in instants; throws `params_invalid` where it would end before it begins. */
function validityOf(
  world: World,
  license: KeptLicense,
  patch: { validFrom?: Input | undefined; validUntil?: Input | null | undefined },
): Partial<KeptLicense> {
  const { timeZone } = world.partner
  const validity: Partial<KeptLicense> = {}
  if (patch.validFrom !== undefined) validity.validFrom = instantOf(patch.validFrom, timeZone)
  if (patch.validUntil === null) validity.validUntil = null
  else if (patch.validUntil !== undefined)
    validity.validUntil = instantOf(patch.validUntil, timeZone, 'until')
  const { validFrom, validUntil } = { ...license, ...validity }
  const issues: ParamIssue[] = []
  if (validFrom !== null && validUntil !== null && validUntil <= validFrom)
    issues.push({
      path: patch.validUntil === undefined ? 'validFrom' : 'validUntil',
      message: patch.validUntil === undefined ? 'must lie before validUntil' : 'must lie after validFrom',
    })
  if (issues.length > 0) throw paramsInvalid(issues)
  return validity
}

function switched(world: World, license: KeptLicense, isActive: boolean | undefined): Partial<KeptLicense> {
  if (isActive === undefined || isActive === (license.suspendedAt === null)) return {}
  const at = Math.max(world.now, license.settledAt)
  return isActive ? { suspendedAt: null, suspendedBy: null } : { suspendedAt: at, suspendedBy: world.actor }
}

/** A licence that is switched on again keeps the time it was off as an interval, so that the past can be told. */
function keepSuspension(world: World, license: KeptLicense, isActive: boolean | undefined): void {
  if (isActive !== true || license.suspendedAt === null) return
  world.licenseSuspensions.insert({
    partnerId: license.partnerId,
    licenseId: license.licenseId,
    number: license.version,
    suspendedAt: license.suspendedAt,
    resumedAt: Math.max(world.now, license.settledAt),
    suspendedBy: license.suspendedBy ?? '',
    resumedBy: world.actor,
  })
}
