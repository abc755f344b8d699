/** How a shop's source, its names for editions and its events look on the wire. A secret is never among it. */
import type { z } from 'zod'
import type { InboxItem, ShopSku, ShopSource } from '../objects.ts'
import type { InboxItem as ItemShape, ShopSku as SkuShape, ShopSource as SourceShape } from '../shapes.ts'

/** Where a shop sends its events, below the address of the service. */
export function hookPath({ shop, sourceId }: Pick<ShopSource, 'shop' | 'sourceId'>): string {
  return `/hooks/${shop}/${sourceId}`
}

export function sourceAnswer(
  source: Omit<ShopSource, 'partnerId' | 'secret' | 'deletedAt'>,
): z.output<typeof SourceShape> {
  const { sourceId, name, shop, version, createdAt, updatedAt } = source
  return { sourceId, name, shop, hookPath: hookPath(source), version, createdAt, updatedAt }
}

export function skuAnswer({
  sourceId,
  sku,
  edition,
}: Pick<ShopSku, 'sourceId' | 'sku' | 'edition'>): z.output<typeof SkuShape> {
  return { sourceId, sku, edition: edition as string }
}

export function inboxAnswer(item: Omit<InboxItem, 'partnerId'>): z.output<typeof ItemShape> {
  const { inboxId, sourceId, eventId, type, state, reason, receivedAt } = item
  return { inboxId, sourceId, eventId, type, state, reason, receivedAt }
}
