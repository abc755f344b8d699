/** Sources, names for editions and the inbox, and what callers are answered about them. */
import type { Instant } from './calendar.ts'
import type { Customer } from './customers.ts'
import type { License } from './licenses.ts'
import type { Reference } from './reference.ts'
import { type Happening, unnamed } from './things.ts'
import { done, type Params, Refusal, type Verdict } from './verdict.ts'

export interface Source {
  readonly sourceId: string
  known: { name: string; secret: string }
  readonly shop: string
  deletedAt: Instant | null
  version: number
  readonly createdAt: Instant
  updatedAt: Instant
  /** What is sold under which name; null where it is no more. */
  readonly skus: Map<string, string | null>
  /** What the shop has told of accounts and subscriptions. */
  readonly accounts: Map<string, Account>
  readonly subscriptions: Map<string, Subscription>
}

export interface Told {
  /** When the shop last told of it, and which receipt that was. */
  toldAt: number | null
  toldBy: number
}

export interface Account extends Told {
  readonly customer: Customer
}

export interface Subscription extends Told {
  isEnded: boolean
  customer: Customer | null
  sku: string | null
  license: License | null
}

/** What an event says, as far as it matters. */
export interface ShopEvent {
  readonly eventId: string
  readonly type: string
  /** The shop's own time. */
  readonly created: number
  readonly isLive: boolean
  readonly account: string
  readonly name: string | null
  readonly subscription: string
  readonly status: string
  readonly price: string
  readonly quantity: number
}

export interface InboxItem {
  readonly inboxId: string
  readonly sourceId: string
  readonly number: number
  readonly event: ShopEvent
  state: string
  readonly receivedAt: Instant
  readonly story: Happening[]
}

/** Whether what was told at a time, by the receipt of a number, is older than what is known; of equals the later receipt wins. */
export const isOlder = (told: Told | undefined, at: number, by: number): boolean =>
  told?.toldAt != null && (at < told.toldAt || (at === told.toldAt && by < told.toldBy))

export function itemFacts({ inboxId, sourceId, event, state, receivedAt }: InboxItem) {
  return { inboxId, sourceId, eventId: event.eventId, type: event.type, state, receivedAt }
}

const facts = ({ sourceId, known, shop, version, createdAt, updatedAt }: Source) => ({
  sourceId,
  name: known.name,
  shop,
  version,
  createdAt,
  updatedAt,
})

function createSource(model: Reference, { name, shop, secret }: Params): Verdict {
  const { realNow, callKey, state } = model
  const source: Source = {
    sourceId: unnamed(`source ${callKey}`),
    known: { name, secret },
    shop,
    deletedAt: null,
    version: 1,
    createdAt: realNow,
    updatedAt: realNow,
    skus: new Map(),
    accounts: new Map(),
    subscriptions: new Map(),
  }
  state.sources.push(source)
  return done(facts(source))
}

function sourceOf({ state }: Reference, sourceId: string): Source {
  const source = state.sources.find((one) => one.sourceId === sourceId)
  if (!source || source.deletedAt !== null) throw new Refusal('source_unknown', { id: sourceId })
  return source
}

function updateSource(model: Reference, { sourceId, ifVersion, ...patch }: Params): Verdict {
  const source = sourceOf(model, sourceId)
  const known = { ...source.known, ...patch }
  const changed = known.name !== source.known.name || known.secret !== source.known.secret
  if (changed) {
    model.refuseOtherVersion(source.version, ifVersion)
    Object.assign(source, { known, version: source.version + 1, updatedAt: model.realNow })
  }
  return done({ ...facts(source), changed })
}

function deleteSource(model: Reference, { sourceId }: Params): Verdict {
  const source = model.state.sources.find((one) => one.sourceId === sourceId)
  if (!source) throw new Refusal('source_unknown', { id: sourceId })
  const changed = source.deletedAt === null
  source.deletedAt ??= model.realNow
  return done({ sourceId, changed })
}

function listSources({ state }: Reference): Verdict {
  const items = state.sources.filter(({ deletedAt }) => deletedAt === null).map(facts)
  const sorted = { list: 'items', member: 'sourceId', isOrdered: true }
  return { kind: 'done', answer: { items, next: null }, sorted }
}

function mapSku(model: Reference, { sourceId, sku, edition }: Params): Verdict {
  const source = sourceOf(model, sourceId)
  const { code } = model.edition(edition)
  const changed = source.skus.get(sku) !== code
  source.skus.set(sku, code)
  return done({ sourceId, sku, edition: code, changed })
}

function unmapSku(model: Reference, { sourceId, sku }: Params): Verdict {
  const source = sourceOf(model, sourceId)
  const mapped = source.skus.get(sku)
  if (mapped === undefined) throw new Refusal('sku_unknown', { id: sku })
  source.skus.set(sku, null)
  return done({ sourceId, sku, changed: mapped !== null })
}

/** Of one source: where there are several, their order is that of UUIDs. */
function listSkus({ state }: Reference, { sourceId }: Params): Verdict {
  const source = state.sources.find((one) => one.sourceId === sourceId && one.deletedAt === null)
  const items = [...(source?.skus ?? [])].flatMap(([sku, edition]) =>
    edition === null ? [] : [{ sourceId, sku, edition }],
  )
  return { kind: 'done', answer: { items, next: null }, sorted: { list: 'items', member: 'sku' } }
}

function listInbox({ state }: Reference, { sourceId, state: wanted }: Params): Verdict {
  const items = state.inbox
    .filter((item) => sourceId === undefined || item.sourceId === sourceId)
    .filter((item) => wanted === undefined || item.state === wanted)
    .sort((one, other) => other.number - one.number)
  return done({ items: items.map(itemFacts), next: null })
}

/** What a replay brings about comes in the background. */
function replayInbox(model: Reference, { sourceId, inboxId }: Params): Verdict {
  if (inboxId === undefined) return done({ sourceId: sourceOf(model, sourceId).sourceId, accepted: true })
  const item = model.state.inbox.find((one) => one.inboxId === inboxId)
  if (!item) throw new Refusal('inbox_unknown', { id: inboxId })
  return done({ sourceId: item.sourceId, accepted: item.state === 'parked' })
}

export const shopCalls = {
  createSource,
  updateSource,
  deleteSource,
  listSources,
  mapSku,
  unmapSku,
  listSkus,
  listInbox,
  replayInbox,
}
