/**
 * The door for shops: whoever sends something here that is not signed by the shop learns nothing and leaves nothing.
 * What is signed is stored as it came and acknowledged at once; what it means is found out afterwards.
 */
import { Fault } from '../faults.ts'
import type { Shop } from '../objects.ts'
import type { Instant } from '../rules/time.ts'
import { envelopesOf } from './envelope.ts'
import { type Headers, isSigned } from './signature.ts'
import type { SourceFinder } from './sources.ts'
import type { InboxStore } from './store.ts'

/** A request of a shop, as HTTP brought it. */
export interface ShopRequest {
  readonly sourceId: string
  readonly headers: Headers
  readonly body: Buffer
}

/** One address for each kind of shop, `/hooks/<shop>/:sourceId`. */
export interface ShopDoor {
  readonly shop: Shop
  /** Resolves when everything in the request is on disk; throws a `Fault` where it is turned away. */
  take(request: ShopRequest): Promise<void>
}

export interface DoorOptions {
  readonly sources: SourceFinder
  readonly store: Pick<InboxStore, 'keep'>
  readonly now: () => Instant
}

export function shopDoors(options: DoorOptions): ShopDoor[] {
  return (['stripe', 'fastspring'] as const).map((shop) => ({
    shop,
    take: (request) => take(options, shop, request),
  }))
}

async function take({ sources, store, now }: DoorOptions, shop: Shop, request: ShopRequest): Promise<void> {
  const { headers, body } = request
  const source = await sources.find(shop, request.sourceId)
  const receivedAt = now()
  if (!source || !isSigned[shop]({ headers, body, secret: source.secret, now: receivedAt }))
    throw new Fault(
      'invalid_request',
      {},
      { message: 'There is no such source, or it has not signed this request, or not within five minutes.' },
    )
  const { partnerId, sourceId } = source
  const envelopes = envelopesOf(shop, body)
  await store.keep({ partnerId, sourceId, headers: kept(headers), body, envelopes, receivedAt })
}

function kept(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
