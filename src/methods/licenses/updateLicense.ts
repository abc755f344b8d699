/** `updateLicense`: a PATCH of a licence; what a chain governs is changed by order methods only. */
import { z } from 'zod'
import type { ParamIssue } from '../../faults.ts'
import { changeChain } from '../../ledger/chains.ts'
import {
  answerOf,
  changeLicense,
  expiryToldOf,
  licenseOf,
  sightOf,
  validityOf,
} from '../../ledger/licenses.ts'
import { needs } from '../../ledger/needs.ts'
import { refuseOtherVersion } from '../../ledger/verbs.ts'
import type { World } from '../../ledger/world.ts'
import type { License as KeptLicense } from '../../objects.ts'
import { command } from '../../rpc/method.ts'
import { canonical, type Json } from '../../rules/canonical.ts'
import { firstTerm } from '../../rules/chain.ts'
import { areCompatible, licenseFacts } from '../../rules/license.ts'
import { merged } from '../../rules/patch.ts'
import type { InstantInput as Input } from '../../rules/time.ts'
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
  examples: [
    {
      summary: 'More seats, and switched off for the time being',
      params: { id: 'CAD-0001', product: 'cad', quantity: 12, isActive: false },
      result: {
        licenseId: '6b69b539-dfe4-41a0-9b41-1192afebb1ae',
        remoteId: 'CAD-0001',
        customer: 'K001',
        customerId: '0198f3c2-5a31-7c4e-9d80-3b1f6c2a7e55',
        product: 'cad',
        edition: 'cad-pro',
        editionVersion: 3,
        order: null,
        quantity: 12,
        validFrom: 1772366400,
        validUntil: 1803859200,
        state: 'suspended',
        isActive: false,
        features: ['draw', 'render'],
        limitations: { files: 500 },
        variables: { region: 'eu' },
        name: null,
        description: null,
        references: { contract: 'CON-77' },
        version: 2,
        createdAt: 1772366400,
      },
    },
    {
      summary: 'Without an end, unless nobody has changed it since version 2',
      params: { licenseId: '6b69b539-dfe4-41a0-9b41-1192afebb1ae', validUntil: null, ifVersion: 2 },
      result: {
        licenseId: '6b69b539-dfe4-41a0-9b41-1192afebb1ae',
        remoteId: 'CAD-0001',
        customer: 'K001',
        customerId: '0198f3c2-5a31-7c4e-9d80-3b1f6c2a7e55',
        product: 'cad',
        edition: 'cad-pro',
        editionVersion: 3,
        order: null,
        quantity: 12,
        validFrom: 1772366400,
        validUntil: null,
        state: 'suspended',
        isActive: false,
        features: ['draw', 'render'],
        limitations: { files: 500 },
        variables: { region: 'eu' },
        name: null,
        description: null,
        references: { contract: 'CON-77' },
        version: 3,
        createdAt: 1772366400,
      },
    },
  ],
  needs: ({ licenseId, id, product, edition }) => [
    needs.license(licenseSelector(licenseId, id, product)),
    ...(edition === undefined ? [] : [needs.edition(edition)]),
  ],
  check: ({ world }, { licenseId, id, product, ...patch }) =>
    validityIssues(world, licenseOf(world, licenseSelector(licenseId, id, product)), patch),
  decide({ world, now, fault }, { licenseId, id, product, ifVersion, ...patch }) {
    const license = licenseOf(world, licenseSelector(licenseId, id, product))
    if (!license) throw fault('license_unknown', { id: licenseId ?? id ?? '' })
    const { chain } = sightOf(world, license)
    if (chain && governed.some((member) => patch[member] !== undefined))
      throw fault('license_governed_by_order', { order: firstTerm(chain).remoteId })
    const { state } = licenseFacts(sightOf(world, license), now)
    const since = chain?.cancelAt ?? license.revokedAt ?? now
    if (state === 'revoked') throw fault('license_revoked', { since })
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
      ...validityAfter(world, patch),
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

type ValidityPatch = { validFrom?: Input | undefined; validUntil?: Input | null | undefined }

/** The validity that the patch names, in instants. */
function validityAfter(world: World, patch: ValidityPatch): Partial<KeptLicense> {
  const { validFrom, validUntil } = validityOf(world, patch.validFrom, patch.validUntil ?? undefined)
  return {
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(patch.validUntil === undefined ? {} : { validUntil: validUntil ?? null }),
  }
}

/** A licence must not end before it begins, whether the patch says both or only one of them. */
function validityIssues(world: World, license: KeptLicense | undefined, patch: ValidityPatch): ParamIssue[] {
  if (patch.validFrom === undefined && patch.validUntil === undefined) return []
  const kept = { validFrom: license?.validFrom ?? null, validUntil: license?.validUntil ?? null }
  const { validFrom, validUntil } = { ...kept, ...validityAfter(world, patch) }
  if (validFrom === null || validUntil === null || validUntil > validFrom) return []
  return patch.validUntil === undefined
    ? [{ path: 'validFrom', message: 'must lie before validUntil' }]
    : [{ path: 'validUntil', message: 'must lie after validFrom' }]
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
