/** What the calls on licences must answer: of their own, and those that chains drive. */
import { day, type Instant } from './calendar.ts'
import type { Groups } from './catalogue.ts'
import { type Chain, endBy } from './chain.ts'
import type { Customer } from './customers.ts'
import { announceLicense, drivenFacts, type License, licenseFacts, passTimeOfLicense } from './licenses.ts'
import type { Reference } from './reference.ts'
import { keep, recall, refuseTaken, takersOf } from './repeats.ts'
import { uuidOf } from './things.ts'
import { done, type Params, Refusal, readInstant, type Verdict } from './verdict.ts'

/** A date alone, as an end, means through that day. */
export const readUntil = (said: number | string): Instant =>
  readInstant(said) + (/^\d{4}-\d\d-\d\d$/.test(String(said)) ? day : 0)

export const groupNames = ['features', 'limitations', 'variables'] as const

function createLicense(model: Reference, params: Params): Verdict {
  const { id, edition: code, customer, customerId, validFrom, validUntil, isActive } = params
  const { now, licenses } = model.state
  const call = { method: 'createLicense', params }
  const product = model.state.editions.find((edition) => edition.code === code)?.product
  const uuid = params.licenseId?.toLowerCase()
  const keys = [
    ...(id === undefined ? [] : [`license ${product} ${id}`]),
    ...(uuid === undefined ? [] : [`licenseId ${uuid}`]),
  ]
  const again = recall(takersOf(model, keys), call)
  if (again) return again
  const from = validFrom === undefined ? now : readInstant(validFrom)
  const until = validUntil === undefined ? null : readUntil(validUntil)
  if (until !== null && until <= from) throw new Refusal('params_invalid', { paths: ['validUntil'] })
  refuseTaken(takersOf(model, keys), id ?? params.licenseId?.toLowerCase(), params, 'license_exists')
  const holder = model.customer(customer, customerId)
  model.refuseInactive(holder)
  const edition = model.edition(code)
  const license: License = {
    licenseId: uuidOf(params.licenseId, `license ${id === undefined ? model.callKey : `${product} ${id}`}`),
    remoteId: id ?? null,
    customer: holder,
    edition,
    version: model.versionTaken(edition),
    quantity: params.quantity ?? 1,
    validFrom: from,
    validUntil: until,
    own: ownOf(params),
    name: params.name ?? null,
    description: params.description ?? null,
    references: { ...params.references },
    // One that was never on was off from its beginning, also where that lies in the past.
    pauses: isActive === false ? [{ from: Math.min(now, from), until: null }] : [],
    revokedAt: null,
    createdAt: now,
    story: [],
  }
  licenses.push(license)
  announceLicense(license, 'license.created', model.settings, now)
  return keep(model, keys, call, licenseFacts(license, model.settings, now))
}

/** The groups that are given, and do not stay or become the edition's. */
export function ownOf(given: Params, before: Partial<Groups> = {}): Partial<Groups> {
  const own: Record<string, unknown> = { ...before }
  for (const group of groupNames) if (given[group] !== undefined) own[group] = given[group]
  return Object.fromEntries(groupNames.flatMap((name) => (own[name] == null ? [] : [[name, own[name]]])))
}

interface Found {
  license?: License | undefined
  chain?: Chain | undefined
}

export function find({ state }: Reference, { licenseId, id, product }: Params): Found {
  const uuid = licenseId?.toLowerCase()
  const license = state.licenses.find((one) =>
    uuid === undefined ? one.remoteId === id && one.edition.product === product : one.licenseId === uuid,
  )
  return { license, chain: state.chains.find((chain) => chain.license.licenseId === uuid) }
}

function getLicense(model: Reference, params: Params): Verdict {
  const { license, chain } = find(model, params)
  if (license) return done(shown(model, license))
  if (chain) return done(shown(model, chain))
  throw new Refusal('license_unknown', { id: params.licenseId ?? params.id })
}

/** As a mere look shows it: what fell due by the machine's time may still have to be told, which makes a version. */
export function shown(model: Reference, of: License | Chain): Record<string, unknown> {
  const { settings, state } = model
  const facts = 'licenseId' in of ? licenseFacts(of, settings, state.now) : drivenFacts(model, of, state.now)
  if (settings.sandbox) return facts
  const { version: _, ...known } = facts
  return known
}

function revokeLicenses(model: Reference, params: Params): Verdict {
  const { customer, customerId, licenseIds, at } = params
  const { settings, state } = model
  const { now } = state
  const moment = at === undefined ? now : readInstant(at)
  if (moment < now) throw new Refusal('params_invalid', { paths: ['at'] })
  const holder = model.customer(customer, customerId)
  const found: Found[] = licenseIds
    ? (licenseIds as string[]).map((licenseId) => ofHolder(model, holder, licenseId))
    : [
        ...state.licenses.filter((one) => one.customer === holder && isNamed(one, params)).map(asLicense),
        ...state.chains.filter((one) => one.customer === holder && isNamedChain(one, params)).map(asChain),
      ]
  for (const { license, chain } of found) {
    if (chain) endBy(chain, settings, moment, now)
    if (license) revoke(model, license, moment)
  }
  const revoked = found.map(({ license, chain }) => license?.licenseId ?? chain?.license.licenseId)
  return {
    kind: 'done',
    answer: { revoked: [...new Set(revoked)] },
    sorted: { list: 'revoked', isOrdered: true },
  }
}

const asLicense = (license: License): Found => ({ license })
const asChain = (chain: Chain): Found => ({ chain })

function ofHolder(model: Reference, holder: Customer, licenseId: string): Found {
  const found = find(model, { licenseId })
  const customer = found.license?.customer ?? found.chain?.customer
  if (customer !== holder) throw new Refusal('license_unknown', { id: licenseId })
  return found
}

export const isNamed = ({ references }: Pick<License, 'references'>, named: Params): boolean =>
  ['contract', 'order', 'subscription'].some(
    (kind) => named[kind] !== undefined && references[kind] === named[kind],
  )

/** The number of an order names its chain too. */
export const isNamedChain = ({ license, terms }: Chain, named: Params): boolean =>
  isNamed(license, named) || terms.some(({ id }) => id === named.order)

/** Revoking again does nothing, unless it brings the end forward. */
function revoke(model: Reference, license: License, at: Instant): void {
  const { now } = model.state
  if (license.revokedAt !== null && license.revokedAt <= at) return
  license.revokedAt = at
  announceLicense(license, at <= now ? 'license.revoked' : 'license.updated', model.settings, now)
}

function listLicenses(model: Reference, params: Params): Verdict {
  const { customer, customerId, edition, product, state: wanted, ...named } = params
  const { state } = model
  const kinds = { contract: 'contract', subscription: 'subscription', productReference: 'product' }
  const found = [...state.licenses, ...state.chains].flatMap((one) => {
    const facts = shown(model, one)
    const references = facts.references as Record<string, string>
    const isOf =
      (customer === undefined || one.customer.ids.includes(customer)) &&
      (customerId === undefined || one.customer.customerId === customerId) &&
      (edition === undefined || facts.edition === edition) &&
      (product === undefined || facts.product === product) &&
      (wanted === undefined || facts.state === wanted) &&
      Object.entries(kinds).every(
        ([param, kind]) => named[param] === undefined || references[kind] === named[param],
      ) &&
      (named.order === undefined ||
        references.order === named.order ||
        ('terms' in one && one.terms.some(({ id }) => id === named.order)))
    return isOf ? [facts] : []
  })
  const sorted = { list: 'items', member: 'licenseId', isOrdered: true }
  return { kind: 'done', answer: { items: found, next: null }, sorted }
}

/** Revocations for later, and what runs out, as time goes on. */
export function passTimeOfLicenses({ state, settings }: Reference, until: Instant): void {
  for (const license of state.licenses) passTimeOfLicense(license, settings, until)
}

export const licenseCalls = { createLicense, getLicense, revokeLicenses, listLicenses }
