/** How licences of their own change. Each function stages rows and the event that goes with them. */
import { type LicenseAnswer, licenseAnswer } from '../answers/license.ts'
import type { EventType } from '../events.ts'
import type { Customer, License } from '../objects.ts'
import { type LicenseInSight, upcomingOfLicense } from '../rules/license.ts'
import { type Conditions, expiresAt } from '../rules/term.ts'
import type { Instant } from '../rules/time.ts'
import type { LicenseSelector } from './needs.ts'
import type { World } from './world.ts'

/** The licence that a selector names, of those in sight. */
export function licenseOf(world: World, selector: LicenseSelector): License | undefined {
  if ('licenseId' in selector) return world.licenses.get(selector.licenseId.toLowerCase())
  for (const license of world.licenses.all())
    if (license.remoteId === selector.id && license.product === selector.product) return license
  return undefined
}

/** A licence with everything that tells what it is. */
export function sightOf(world: World, license: License): LicenseInSight {
  const chain = license.chainId === null ? undefined : world.chainById(license.chainId)
  const suspensions = [...world.licenseSuspensions.all()].filter(
    ({ licenseId }) => licenseId === license.licenseId,
  )
  const conditions = chain?.conditions ?? world.conditionsOf(license.edition ?? '')
  return { license, chain, conditions, suspensions }
}

export function answerOf(world: World, license: License, now: Instant): LicenseAnswer {
  const customer = world.customers.get(license.customerId) as Customer
  const versionOf = (code: string, version: number) => world.editionVersion(code, version)
  return licenseAnswer(sightOf(world, license), customer, versionOf, now)
}

/** What counts as told of a licence that is valid until then: what is past already is not announced. */
export function expiryToldOf(validUntil: Instant | null, conditions: Conditions, now: Instant): boolean {
  return validUntil !== null && expiresAt(validUntil, conditions) <= now
}

/** Stages a licence as it now is, with the moment at which something is to be told about it next. */
function stage(world: World, license: License, isNew: boolean): License {
  const due = upcomingOfLicense(license, world.conditionsOf(license.edition ?? ''))
  const staged = { ...license, nextDueAt: due?.at ?? null }
  if (isNew) world.licenses.insert(staged)
  else world.licenses.replace(staged)
  return staged
}

export function addLicense(world: World, license: License): License {
  const added = stage(world, license, true)
  announceLicense(world, 'license.created', added, added.settledAt)
  return added
}

/** Writes down changed members of a licence of its own, and announces them. */
export function changeLicense(
  world: World,
  license: License,
  changes: Partial<License>,
  type: EventType = 'license.updated',
): License {
  const settledAt = Math.max(world.now, license.settledAt)
  const changed = stage(world, { ...license, ...changes, settledAt, version: license.version + 1 }, false)
  announceLicense(world, type, changed, settledAt)
  return changed
}

/** Tells what has fallen due on a licence by `until`, at its own instant. */
export function settleLicense(world: World, licenseId: string, until: Instant): void {
  const license = world.licenses.get(licenseId)
  if (!license || license.chainId !== null) return
  const due = upcomingOfLicense(license, world.conditionsOf(license.edition ?? ''))
  if (!due || due.at > until) {
    if (license.nextDueAt !== (due?.at ?? null)) stage(world, license, false)
    return
  }
  const at = Math.max(due.at, license.settledAt)
  const told = due.type === 'license.revoked' ? { revocationTold: true } : { expiryTold: true }
  const settled = stage(world, { ...license, ...told, settledAt: at, version: license.version + 1 }, false)
  announceLicense(world, due.type, settled, at, 'time')
}

function announceLicense(world: World, type: EventType, license: License, at: Instant, actor?: string): void {
  const object = { id: license.licenseId, version: license.version }
  world.announce(type, object, answerOf(world, license, at), at, actor)
}
