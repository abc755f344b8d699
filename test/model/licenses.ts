/** A licence of its own, without orders: what it carries, when it was off, when it ends, and the story told so far. */
import type { Instant } from './calendar.ts'
import type { Edition, Groups } from './catalogue.ts'
import {
  type Chain,
  carriedAt,
  firstOf,
  graceOf,
  runsOutAt,
  type Settings,
  statusOf,
  termAt,
} from './chain.ts'
import type { Customer } from './customers.ts'
import type { Reference } from './reference.ts'
import { type Happening, tell } from './things.ts'

export interface License {
  readonly licenseId: string
  readonly remoteId: string | null
  readonly customer: Customer
  edition: Edition
  /** Of the edition, as it was when the licence took its configuration. */
  version: number
  quantity: number
  validFrom: Instant
  validUntil: Instant | null
  /** The groups that it has instead of the edition's. */
  own: Partial<Groups>
  name: string | null
  description: string | null
  references: Record<string, string>
  readonly pauses: { from: Instant; until: Instant | null }[]
  revokedAt: Instant | null
  readonly createdAt: Instant
  readonly story: Happening[]
}

export const isOn = ({ pauses }: License): boolean => pauses.every(({ until }) => until !== null)

const earlier = (one: Instant | null, other: Instant | null): Instant | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other)

/** Until when it can be used at the longest, if nothing else ends it. */
export const lastsUntil = (license: License, settings: Settings): Instant | null =>
  license.validUntil === null ? null : license.validUntil + graceOf(license, settings)

export function stateOf(license: License, settings: Settings, at: Instant): string {
  const { revokedAt, pauses, validFrom, validUntil } = license
  if (revokedAt !== null && revokedAt <= at) return 'revoked'
  if (pauses.some(({ from, until }) => from <= at && (until === null || at < until))) return 'suspended'
  if (at < validFrom) return 'scheduled'
  if (validUntil === null || at < validUntil) return 'active'
  return at < (lastsUntil(license, settings) as Instant) ? 'grace' : 'expired'
}

const groupsOf = (edition: Edition, version: number, own: Partial<Groups>): Groups =>
  structuredClone({ ...(edition.versions[version - 1] as Groups), ...own })

export function licenseFacts(license: License, settings: Settings, at: Instant) {
  const { licenseId, remoteId, customer, edition, quantity, validFrom, name, description } = license
  return {
    licenseId,
    remoteId,
    customer: customer.id,
    customerId: customer.customerId,
    product: edition.product,
    edition: edition.code,
    editionVersion: license.version,
    order: null,
    quantity,
    validFrom,
    validUntil: earlier(license.validUntil, license.revokedAt),
    state: stateOf(license, settings, at),
    isActive: isOn(license),
    ...groupsOf(edition, license.version, license.own),
    name,
    description,
    references: { ...license.references },
    version: license.story.length,
    createdAt: license.createdAt,
  }
}

/** The licence of a chain, all of which follows from the chain but for what it was given besides. */
export function drivenFacts(model: Reference, chain: Chain, at: Instant) {
  const { settings } = model
  const { licenseId, references, own, name, description } = chain.license
  const { licenses, product: code, version } = carriedAt(termAt(chain, at), at)
  const edition = model.edition(code)
  const status = statusOf(chain, settings, at)
  return {
    licenseId,
    remoteId: null,
    customer: chain.customer.id,
    customerId: chain.customer.customerId,
    product: edition.product,
    edition: code,
    editionVersion: version,
    order: firstOf(chain).id,
    quantity: licenses,
    validFrom: firstOf(chain).start,
    validUntil: earlier(runsOutAt(chain, settings), chain.endsAt),
    state: status === 'cancelled' ? 'revoked' : status,
    isActive: chain.pauses.every(({ until }) => until !== null),
    ...groupsOf(edition, version, own),
    name,
    description,
    references: { ...references },
    version: chain.story.length,
    createdAt: firstOf(chain).boughtAt,
  }
}

/** What somebody has who has this licence. */
export interface Grant {
  readonly state: string
  readonly product: string
  readonly edition: string
  readonly quantity: number
  /** Null where it does not end. */
  readonly usableUntil: Instant | null
  readonly groups: Groups
}

export function grantsOf(model: Reference, customer: Customer, at: Instant): Grant[] {
  const { settings, state } = model
  const facts = [
    ...state.chains
      .filter((chain) => chain.customer === customer)
      .map((chain) => ({ ...drivenFacts(model, chain, at), lasts: null })),
    ...state.licenses
      .filter((license) => license.customer === customer)
      .map((license) => ({ ...licenseFacts(license, settings, at), lasts: lastsOf(license, settings) })),
  ]
  return facts.map(({ state, product, edition, quantity, validUntil, lasts, ...rest }) => {
    const { features, limitations, variables } = rest
    const usableUntil = rest.order === null ? lasts : validUntil
    return { state, product, edition, quantity, usableUntil, groups: { features, limitations, variables } }
  })
}

const lastsOf = (license: License, settings: Settings): Instant | null =>
  earlier(lastsUntil(license, settings), license.revokedAt)

/** What has been decided about a licence, and is told at once. */
export function announceLicense(license: License, type: string, settings: Settings, now: Instant): void {
  tell(license.story, type, now, () => ({
    object: license.licenseId,
    data: licenseFacts(license, settings, now),
  }))
}

/** What time is to tell of a licence. What was past already when it was last changed is never told. */
function nextToTell(license: License, settings: Settings): { type: string; at: Instant } | undefined {
  const { story, revokedAt } = license
  const types = story.map(({ type }) => type)
  if (types.includes('license.revoked')) return undefined
  if (revokedAt !== null) return { type: 'license.revoked', at: revokedAt }
  const changed = story.findLast(({ type }) => type !== 'license.expired') as Happening
  const runsOut = lastsUntil(license, settings)
  if (runsOut === null || runsOut <= changed.at || types.at(-1) === 'license.expired') return undefined
  return { type: 'license.expired', at: runsOut }
}

/** Tells what time has brought by now. */
export function passTimeOfLicense(license: License, settings: Settings, now: Instant): void {
  const next = nextToTell(license, settings)
  if (!next || next.at > now) return
  const { at, type } = next
  tell(license.story, type, at, () => {
    const { customer, ...data } = licenseFacts(license, settings, at)
    return { object: license.licenseId, data: settings.sandbox ? { ...data, customer } : data }
  })
}
