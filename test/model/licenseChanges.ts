/** What a change of a licence must answer: of its own, or as much of one as its chain does not govern. */
import { type Chain, decided, firstOf, statusOf } from './chain.ts'
import { patched } from './customers.ts'
import { find, groupNames, ownOf, readUntil } from './licenseCalls.ts'
import { announceLicense, drivenFacts, isOn, type License, licenseFacts, stateOf } from './licenses.ts'
import type { Reference } from './reference.ts'
import { isSame } from './things.ts'
import { done, type Params, Refusal, readInstant, type Verdict } from './verdict.ts'

const governed = ['edition', 'quantity', 'validFrom', 'validUntil', 'isActive']

export function updateLicense(model: Reference, params: Params): Verdict {
  const { license, chain } = find(model, params)
  const { licenseId, id, product: _, ifVersion, ...patch } = params
  refuseEmptyValidity(license, patch)
  if (chain) return updateDriven(model, chain, patch, ifVersion)
  if (!license) throw new Refusal('license_unknown', { id: licenseId ?? id })
  const { settings, state } = model
  const { now } = state
  if (stateOf(license, settings, now) === 'revoked')
    throw new Refusal('license_revoked', { since: license.revokedAt })
  const changed: License = { ...license, own: ownOf(patch, license.own) }
  if (patch.edition !== undefined) {
    const edition = model.edition(patch.edition)
    const kinds = ['product', 'provisioningMode', 'clientType'] as const
    if (kinds.some((kind) => edition[kind] !== license.edition[kind]))
      throw new Refusal('edition_incompatible', { edition: edition.code, from: license.edition.code })
    Object.assign(changed, { edition, version: model.versionTaken(edition), own: ownOf(patch) })
  }
  for (const member of ['quantity', 'name', 'description'] as const)
    if (patch[member] !== undefined) Object.assign(changed, { [member]: patch[member] })
  if (patch.validFrom !== undefined) changed.validFrom = readInstant(patch.validFrom)
  if (patch.validUntil !== undefined)
    changed.validUntil = patch.validUntil === null ? null : readUntil(patch.validUntil)
  changed.references = referencesAfter(license.references, patch.references)
  const isSwitched = patch.isActive !== undefined && patch.isActive !== isOn(license)
  if (!isSwitched && isSame(substance(changed), substance(license)))
    return done(licenseFacts(license, settings, now))
  model.refuseOtherVersion(license.story.length, ifVersion)
  Object.assign(license, changed)
  if (isSwitched && patch.isActive) for (const pause of license.pauses) pause.until ??= now
  else if (isSwitched) license.pauses.push({ from: now, until: null })
  announceLicense(license, 'license.updated', settings, now)
  return done(licenseFacts(license, settings, now))
}

function updateDriven(model: Reference, chain: Chain, patch: Params, ifVersion: number | undefined): Verdict {
  const { settings, state } = model
  if (governed.some((member) => patch[member] !== undefined))
    throw new Refusal('license_governed_by_order', { order: firstOf(chain).id })
  if (statusOf(chain, settings, state.now) === 'cancelled')
    throw new Refusal('license_revoked', { since: chain.endsAt })
  const { license } = chain
  const { name = license.name, description = license.description } = patch
  const references = referencesAfter(license.references, patch.references)
  const changed = { ...license, own: ownOf(patch, license.own), name, description, references }
  if (isSame(substance(changed), substance(license))) return done(drivenFacts(model, chain, state.now))
  model.refuseOtherVersion(chain.story.length, ifVersion)
  Object.assign(license, changed)
  decided(chain, 'order.changed', settings, state.now)
  return done(drivenFacts(model, chain, state.now))
}

const referencesAfter = (kept: Record<string, string>, patch: Params): Record<string, string> =>
  patch === undefined ? kept : patch === null ? {} : patched(kept, patch)

/** What a change is about, whatever the order in which members were said. */
function substance(license: Partial<License>): unknown {
  const { edition, version, quantity, validFrom, validUntil, own, name, description, references } = license
  const members = [version, quantity, validFrom, validUntil, name, description]
  const groups = groupNames.map((group) => {
    const given = own?.[group]
    return Array.isArray(given) || !given ? given : Object.entries(given).sort()
  })
  return [edition?.code, ...members, groups, Object.entries(references ?? {}).sort()]
}

function refuseEmptyValidity(license: License | undefined, patch: Params): void {
  if (patch.validFrom === undefined && patch.validUntil === undefined) return
  const from = patch.validFrom === undefined ? license?.validFrom : readInstant(patch.validFrom)
  const until =
    patch.validUntil === undefined
      ? license?.validUntil
      : patch.validUntil === null
        ? null
        : readUntil(patch.validUntil)
  if (from == null || until == null || until > from) return
  throw new Refusal('params_invalid', {
    paths: [patch.validUntil === undefined ? 'validFrom' : 'validUntil'],
  })
}
