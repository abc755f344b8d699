/**
 * How sources of shops change, what is remembered of the things they tell about, and the entries by which an item of the
 * inbox is applied. An item is decided in one transaction with all that follows from it and with what became of it, so
 * that it is applied once, whoever dies and whichever servers take it.
 */
import { inboxAnswer } from '../answers/shop.ts'
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'
import type { InboxItem, ShopLicense, ShopObject, ShopObjectKind, ShopSku, ShopSource } from '../objects.ts'
import type { Entry } from './entry.ts'
import { settleLicense } from './licenses.ts'
import { type Need, needs, type ShopEventNeed } from './needs.ts'
import type { World } from './world.ts'

/** The source with this id, unless it is deleted. */
export function sourceOf(world: World, sourceId: string): ShopSource | undefined {
  const source = world.sources.get(sourceId.toLowerCase())
  return source?.deletedAt === null ? source : undefined
}

export function addSource(world: World, given: Pick<ShopSource, 'name' | 'shop' | 'secret'>): ShopSource {
  const { partnerId, realNow } = world
  const source: ShopSource = {
    partnerId,
    sourceId: world.mint.uuid(),
    ...given,
    deletedAt: null,
    version: 1,
    createdAt: realNow,
    updatedAt: realNow,
  }
  world.sources.insert(source)
  return source
}

export function changeSource(world: World, source: ShopSource, changes: Partial<ShopSource>): ShopSource {
  const changed = { ...source, ...changes, version: source.version + 1, updatedAt: world.realNow }
  world.sources.replace(changed)
  return changed
}

/** What a name of a shop is mapped to; undefined while it is not. */
export function mappedSku(world: World, sourceId: string, sku: string): ShopSku | undefined {
  const kept = world.skus.get(sourceId, sku)
  return kept?.edition === null ? undefined : kept
}

/** Maps a name of a shop to an edition, or with null to none; answers whether that changed anything. */
export function mapSkuTo(
  world: World,
  { sourceId }: ShopSource,
  sku: string,
  edition: string | null,
): boolean {
  const kept = world.skus.get(sourceId, sku)
  if (kept && kept.edition === edition) return false
  const mapped = { partnerId: world.partnerId, sourceId, sku, edition, updatedAt: world.realNow }
  if (kept) world.skus.replace(mapped)
  else world.skus.insert(mapped)
  return true
}

export function recalled(
  world: World,
  sourceId: string,
  kind: ShopObjectKind,
  objectId: string,
): ShopObject | undefined {
  return world.shopObjects.get(sourceId, kind, objectId)
}

/** Remembers something new of an object of a shop. */
export function rememberObject(
  world: World,
  { sourceId }: Pick<ShopSource, 'sourceId'>,
  kind: ShopObjectKind,
  objectId: string,
  changes: Partial<ShopObject>,
): ShopObject {
  const known = recalled(world, sourceId, kind, objectId)
  const fresh: ShopObject = {
    partnerId: world.partnerId,
    sourceId,
    kind,
    objectId,
    accountId: null,
    customerId: null,
    toldAt: null,
    toldBy: null,
    isEnded: false,
    paidThrough: null,
    paidToldAt: null,
  }
  const object = { ...(known ?? fresh), ...changes }
  if (known) world.shopObjects.replace(object)
  else world.shopObjects.insert(object)
  return object
}

/** The licences that the items of an object have become. */
export function licensesOfObject(world: World, { sourceId, kind, objectId }: ShopObject): ShopLicense[] {
  return [...world.shopLicenses.all()].filter(
    (one) => one.sourceId === sourceId && one.kind === kind && one.objectId === objectId,
  )
}

/** The objects in sight that belong to an account. */
export function objectsOfAccount(world: World, sourceId: string, accountId: string): ShopObject[] {
  return [...world.shopObjects.all()].filter(
    (one) => one.sourceId === sourceId && one.accountId === accountId && one.kind !== 'account',
  )
}

/** What is to become of an item. */
export interface Verdict {
  readonly state: 'applied' | 'parked' | 'ignored' | 'failed'
  readonly reason: string | null
}

/** Why an item is parked, thrown where it is noticed; whatever was staged for the item is taken back. */
export class Parked extends Error {}

/** A reason as it is kept: it may quote what a shop has sent, and must be storable all the same. */
export function reasonText(text: string): string {
  const storable = text.toWellFormed().replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD')
  const characters = [...storable]
  const most = limits.inboxReasonCharacters
  return characters.length <= most ? storable : `${characters.slice(0, most - 1).join('')}…`
}

export interface Application {
  readonly wanted: ShopEventNeed
  /** What else the event is about. */
  readonly needs: readonly Need[]
  readonly realNow: number
  /** Whether what was parked or has failed is to be applied once more. */
  readonly isReplay: boolean
  /** Decides the event in the world; refuses or parks by throwing. */
  apply(world: World, source: ShopSource, item: InboxItem): Verdict
}

/** What no caller sent: it has no request to be recognised by and no params to be checked. */
const fromWithin = { alone: false, request: '', repeat: null, idempotency: null, check: () => [] }

/** The entry that applies an item of the inbox. */
export function applyingEntry({ wanted, needs: more, realNow, isReplay, apply }: Application): Entry {
  return {
    ...fromWithin,
    needs: [needs.shopEvent(wanted), ...more],
    realNow,
    actor: `source:${wanted.sourceId}`,
    decide(world) {
      const item = world.inboxItems.get(wanted.inboxId)
      const source = world.sources.get(wanted.sourceId)
      if (!item || !source) throw new Fault('inbox_unknown', { id: wanted.inboxId })
      const isWaiting = isReplay ? isReplayable(item) : item.state === 'received'
      if (!isWaiting) return { state: item.state }
      const settled = settle(world, item, verdictOf(world, source, item, { wanted, apply }))
      return { state: settled.state }
    },
  }
}

/** The entry that gives up on an item which has failed unexpectedly too often. */
export function failingEntry(wanted: Pick<ShopEventNeed, 'inboxId' | 'sourceId'>, realNow: number): Entry {
  return {
    ...fromWithin,
    needs: [needs.inboxItem(wanted.inboxId)],
    realNow,
    actor: `source:${wanted.sourceId}`,
    decide(world) {
      const item = world.inboxItems.get(wanted.inboxId)
      if (!item || item.state === 'applied' || item.state === 'ignored')
        return { state: item?.state ?? 'gone' }
      const reason = 'internal: Something went wrong that nobody expected. Tell the operator, then replay it.'
      return { state: settle(world, item, { state: 'failed', reason }).state }
    },
  }
}

/** Whether an item may be applied once more. */
export function isReplayable({ state }: InboxItem): boolean {
  return state === 'parked' || state === 'failed'
}

function verdictOf(
  world: World,
  source: ShopSource,
  item: InboxItem,
  { wanted, apply }: Pick<Application, 'wanted' | 'apply'>,
): Verdict {
  if (source.deletedAt !== null)
    return { state: 'ignored', reason: 'source_deleted: The source was deleted before this was applied.' }
  settleLicenses(world, wanted)
  const mark = world.journal.mark()
  try {
    return apply(world, source, item)
  } catch (error) {
    if (!(error instanceof Fault) && !(error instanceof Parked)) throw error
    world.journal.rollBack(mark)
    return { state: 'parked', reason: error instanceof Fault ? sentenceOf(error) : error.message }
  }
}

/** What had fallen due on the licences that an event may change is told first. */
function settleLicenses(world: World, { sourceId, objects, accounts }: ShopEventNeed): void {
  const named = objects.flatMap(({ kind, id }) => recalled(world, sourceId, kind, id) ?? [])
  const owned = accounts.flatMap((id) => objectsOfAccount(world, sourceId, id))
  for (const object of new Set([...named, ...owned]))
    for (const { licenseId } of licensesOfObject(world, object)) settleLicense(world, licenseId, world.now)
}

/** A refusal of a method in one line. */
function sentenceOf(fault: Fault): string {
  const { issues } = fault.data as { issues?: { path: string; message: string }[] }
  const told = issues?.map(({ path, message }) => `${path} ${message}`).join('; ')
  return `${fault.reason}: ${told ?? fault.message}`
}

/** Writes down what became of an item. That it is parked is told once, however often it is tried again. */
function settle(world: World, item: InboxItem, { state, reason }: Verdict): InboxItem {
  const settled = { ...item, state, reason: reason === null ? null : reasonText(reason) }
  if (settled.state === item.state && settled.reason === item.reason) return item
  settled.version = item.version + 1
  world.inboxItems.replace(settled)
  const object = { id: settled.inboxId, version: settled.version }
  if (state === 'parked' && item.state !== 'parked')
    world.announce('inbox.parked', object, inboxAnswer(settled), world.now)
  return settled
}
