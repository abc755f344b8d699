/** API keys and what they let do, and partners, who are the operator's: made from the contract like all of the model. */
import { day, type Instant } from './calendar.ts'
import type { Reference } from './reference.ts'
import { type Happening, isSame, textOf } from './things.ts'
import { type Call, done, type Params, Refusal, readInstant, type Verdict } from './verdict.ts'

export interface ApiKey {
  readonly keyId: string
  /** What is sent in the header. */
  readonly text: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly createdAt: Instant
  readonly expiresAt: Instant | null
  revokedAt: Instant | null
}

/** Another partner of the same installation, as the operator sees it. */
export interface Partner {
  readonly partner: string
  known: { name: string; windowDays: number; graceDays: number }
  readonly sandbox: boolean
  readonly createdAt: Instant
  readonly story: Pick<Happening, 'type'>[]
}

const everything = ['orders', 'licenses', 'read', 'admin']

/** The key that a partner begins with, which the play itself goes by. */
export const firstKey = (now: Instant): ApiKey => ({
  keyId: textOf('key id of the first key'),
  text: '',
  name: 'first key',
  scopes: everything,
  createdAt: now,
  expiresAt: null,
  revokedAt: null,
})

function keyFacts(model: Reference, { text: _, ...key }: ApiKey) {
  return { ...key, partner: model.settings.partner }
}

/** A date alone, as an end, means through that day. */
const untilOf = (said: number | string): Instant =>
  readInstant(said) + (/^\d{4}-\d\d-\d\d$/.test(String(said)) ? day : 0)

function createApiKey(model: Reference, { name, scopes, expiresAt }: Params): Verdict {
  const expiry = expiresAt === undefined ? null : untilOf(expiresAt)
  const paths = [
    ...(expiry !== null && expiry <= model.realNow ? ['expiresAt'] : []),
    ...(scopes.includes('operator') ? ['scopes'] : []),
  ]
  if (paths.length > 0) throw new Refusal('params_invalid', { paths })
  const key: ApiKey = {
    keyId: textOf(`key id ${model.callKey}`),
    text: textOf(`key ${model.callKey}`),
    name,
    scopes,
    createdAt: model.realNow,
    expiresAt: expiry,
    revokedAt: null,
  }
  model.state.keys.push(key)
  return done({ ...keyFacts(model, key), key: key.text })
}

function listApiKeys(model: Reference): Verdict {
  const items = model.state.keys.map((key) => keyFacts(model, key))
  if (items.length === 1) return done({ items, next: null })
  const sorted = { list: 'items', member: 'keyId', isOrdered: true }
  return { kind: 'done', answer: { items, next: null }, sorted }
}

function revokeApiKey(model: Reference, { keyId }: Params): Verdict {
  const key = model.state.keys.find((one) => one.keyId === keyId)
  if (!key) throw new Refusal('key_unknown', { id: keyId })
  const changed = key.revokedAt === null
  key.revokedAt ??= model.realNow
  return done({ ...keyFacts(model, key), changed })
}

const partnerFacts = ({ partner, known, sandbox, createdAt, story }: Partner) => ({
  partner,
  ...known,
  sandbox,
  timeZone: 'UTC',
  version: story.length,
  createdAt,
})

function createPartner(model: Reference, { name, sandbox, windowDays, graceDays }: Params): Verdict {
  const partner: Partner = {
    partner: textOf(`number of partner ${model.callKey}`),
    known: { name, windowDays: windowDays ?? 15, graceDays: graceDays ?? 0 },
    sandbox: sandbox ?? false,
    createdAt: model.realNow,
    story: [{ type: 'created' }],
  }
  model.state.partners.push(partner)
  return done({ ...partnerFacts(partner), apiKey: textOf(`key of partner ${model.callKey}`) })
}

function updatePartner(model: Reference, { partner: number, ifVersion, ...patch }: Params): Verdict {
  const partner = model.state.partners.find((one) => one.partner === number)
  if (!partner) throw new Refusal('partner_unknown', { id: String(number) })
  const known = { ...partner.known, ...patch }
  if (isSame(known, partner.known)) return done(partnerFacts(partner))
  model.refuseOtherVersion(partner.story.length, ifVersion)
  partner.known = known
  partner.story.push({ type: 'updated' })
  return done(partnerFacts(partner))
}

/** There are partners of other plays too. */
function listPartners({ state }: Reference): Verdict {
  const answer = { items: state.partners.map(partnerFacts), next: null }
  return { kind: 'done', answer, only: { list: 'items', member: 'partner' } }
}

/** Which scopes let a method be called; any of them does. */
function scopesFor(method: string): string[] {
  if (/Partners?$|^(create|update)(Product|Edition)$/.test(method)) return ['operator']
  if (/Key|Webhook|Deliver|deliver|Source|Sku|Inbox|^(set|advance)Clock$/.test(method)) return ['admin']
  if (/^(get|list|find|check|reconcile)/.test(method)) return ['read']
  if (/Customer/.test(method)) return ['orders', 'licenses']
  return /Order/.test(method) ? ['orders'] : ['licenses']
}

/** Every scope includes reading, and that of an administrator all of its partner. */
function includes(scope: string, wanted: string): boolean {
  return scope === wanted || wanted === 'read' || (scope === 'admin' && wanted !== 'operator')
}

/** Refuses a call whose key may not make it. */
export function refuseKey({ state, realNow }: Reference, { method, as }: Call): void {
  if (as === 'operator') return
  const key = as === undefined ? state.keys[0] : state.keys.find(({ text }) => text === as)
  if (!key) throw new Error(`The model knows no key ${as}.`)
  if (key.expiresAt !== null && key.expiresAt <= realNow) throw new Refusal('unauthenticated', {})
  const wanted = scopesFor(method)
  if (key.scopes.some((scope) => wanted.some((one) => includes(scope, one)))) return
  throw new Refusal('forbidden', { scope: wanted.join(' or ') })
}

export const keyCalls = {
  createApiKey,
  listApiKeys,
  revokeApiKey,
  createPartner,
  updatePartner,
  listPartners,
}
