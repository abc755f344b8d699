/** How licences of their own change. Each function stages rows and the event that goes with them. */
import { type LicenseAnswer, licenseAnswer } from '../answers/license.ts'
import type { EventType } from '../events.ts'
import type { Customer, License, LicenseSuspension } from '../objects.ts'
import { type LicenseDue, type LicenseInSight, upcomingOfLicense } from '../rules/license.ts'
import { type Conditions, expiresAt } from '../rules/term.ts'
import { type Instant, type InstantInput, instantOf, latestInstant } from '../rules/time.ts'
import type { LicenseSelector } from './needs.ts'
import type { World } from './world.ts'

/** The licence that a selector names, of those in sight. */
export function licenseOf(world: World, selector: LicenseSelector): License | undefined {
  if ('licenseId' in selector) return world.licenses.get(selector.licenseId.toLowerCase())
  for (const license of world.licenses.all())
    if (license.remoteId === selector.id && license.product === selector.product) return license
  return undefined
}

/** What a world was loaded with, found by whose it is: reads share one world and must not each walk through it all. */
interface Loaded {
  readonly licenses: ReadonlyMap<string, License[]>
  readonly suspensions: ReadonlyMap<string, LicenseSuspension[]>
}

const loaded = new WeakMap<World, Loaded>()

/** As the world stands; kept while nothing is staged in it. */
function byOwner(world: World): Loaded {
  const untouched = world.journal.mark() === 0
  const kept = untouched ? loaded.get(world) : undefined
  if (kept) return kept
  const found = {
    licenses: Map.groupBy(world.licenses.all(), ({ customerId }) => customerId),
    suspensions: Map.groupBy(world.licenseSuspensions.all(), ({ licenseId }) => licenseId),
  }
  if (untouched) loaded.set(world, found)
  return found
}

/** The licences in sight of a customer, the oldest first. */
export function licensesOf(world: World, customerId: string): License[] {
  const own = byOwner(world).licenses.get(customerId) ?? []
  return own.toSorted(
    (one, other) => one.createdAt - other.createdAt || (one.licenseId < other.licenseId ? -1 : 1),
  )
}

function suspensionsOf(world: World, license: License): LicenseSuspension[] {
  // What is staged comes one by one, so that walking through it is less work than sorting it each time.
  if (world.journal.mark() > 0)
    return [...world.licenseSuspensions.all()].filter(({ licenseId }) => licenseId === license.licenseId)
  return byOwner(world).suspensions.get(license.licenseId) ?? []
}

/** A licence with everything that tells what it is. */
export function sightOf(world: World, license: License): LicenseInSight {
  const chain = license.chainId === null ? undefined : world.chainById(license.chainId)
  const suspensions = license.chainId === null ? suspensionsOf(world, license) : []
  const conditions = chain?.conditions ?? world.conditionsOf(license.edition ?? '')
  return { license, chain, conditions, suspensions }
}

export function answerOf(world: World, license: License, now: Instant): LicenseAnswer {
  const customer = world.customers.get(license.customerId) as Customer
  const versionOf = (code: string, version: number) => world.editionVersion(code, version)
  return licenseAnswer(sightOf(world, license), customer, versionOf, now)
}

/**
 * The instants between which a licence is to be valid, in the partner's time zone. What lies past the end of the
 * calendar, as the last day of the year 9999 does that many systems write for ever, means its last second.
 */
export function validityOf(world: World, from: InstantInput | undefined, until: InstantInput | undefined) {
  const { timeZone } = world.partner
  const validFrom = from === undefined ? undefined : Math.min(instantOf(from, timeZone), latestInstant)
  const validUntil =
    until === undefined ? undefined : Math.min(instantOf(until, timeZone, 'until'), latestInstant)
  return { validFrom, validUntil }
}

/** What counts as told of a licence that is valid until then: what is past already is not announced. */
export function expiryToldOf(validUntil: Instant | null, conditions: Conditions, now: Instant): boolean {
  return validUntil !== null && expiresAt(validUntil, conditions) <= now
}

/** What is to be told about a licence next. What would fall due past the end of the calendar never does. */
function dueOf(world: World, license: License): LicenseDue | null {
  const due = upcomingOfLicense(license, world.conditionsOf(license.edition ?? ''))
  return due && due.at <= latestInstant ? due : null
}

/** Stages a licence as it now is, with the moment at which something is to be told about it next. */
function stage(world: World, license: License, isNew: boolean): License {
  const staged = { ...license, nextDueAt: dueOf(world, license)?.at ?? null }
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
  const due = dueOf(world, license)
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
