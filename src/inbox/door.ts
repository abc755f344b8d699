/**
 * The door for shops: whoever sends something here that is not signed by the shop learns nothing and leaves nothing.
 * What is signed is stored as it came and acknowledged at once; what it means is found out afterwards.
 */
import type pg from 'pg'
import { Fault } from '../faults.ts'
import type { Shop } from '../objects.ts'
import type { Instant } from '../rules/time.ts'
import { failureOf } from '../store/failures.ts'
import { envelopesOf } from './envelope.ts'
import { type Headers, isSigned } from './signature.ts'
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
  readonly pool: pg.Pool
  readonly store: Pick<InboxStore, 'keep'>
  readonly now: () => Instant
}

export function shopDoors(options: DoorOptions): ShopDoor[] {
  return (['stripe', 'fastspring'] as const).map((shop) => ({
    shop,
    take: (request) => take(options, shop, request),
  }))
}

async function take({ pool, store, now }: DoorOptions, shop: Shop, request: ShopRequest): Promise<void> {
  const { headers, body } = request
  const source = await sourceAt(pool, shop, request.sourceId)
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

interface Source {
  partnerId: number
  sourceId: string
  secret: string
}

/** A shop names nothing but the source, so this is one of the few queries without the partner. */
async function sourceAt(pool: pg.Pool, shop: Shop, sourceId: string): Promise<Source | undefined> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(sourceId)) return undefined
  try {
    const { rows } = await pool.query<Source>(findSource, [sourceId, shop])
    return rows[0]
  } catch (error) {
    if (failureOf(error) === 'defect') throw error
    throw new Fault('unavailable', { outcome: 'not_done', retryAfterSeconds: 1 })
  }
}

const findSource = `select s.partner_id as "partnerId", s.source_id as "sourceId", s.secret from shop_source s
  where s.source_id = $1 and s.shop = $2 and s.deleted_at is null`

function kept(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
