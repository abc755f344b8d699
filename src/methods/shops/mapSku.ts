/** `mapSku`: which edition a shop sells under one of its names. */

import { z } from 'zod'
import { exampleSku } from '../../answers/examples.ts'
import { needs } from '../../ledger/needs.ts'
import { mapSkuTo, sourceOf } from '../../ledger/shops.ts'
import { command } from '../../rpc/method.ts'
import { EditionCode, RemoteId, ShopSku, Uuid } from '../../shapes.ts'

export const mapSku = command({
  summary: 'Say which edition a shop sells under one of its names.',
  details: `At Stripe the name is the id of a price, its lookup key or the id of a product, and the most particular that is
    mapped counts; at FastSpring it is the path of a product or its SKU. Licences that were sold under the name before
    stay as they are. What was parked because the name was not mapped is applied with replayInbox.`,
  scopes: ['admin'],
  params: z.strictObject({ sourceId: Uuid, sku: RemoteId, edition: EditionCode }),
  result: z.strictObject({ ...ShopSku.shape, changed: z.boolean() }),
  faults: ['source_unknown', 'edition_unknown'],
  events: [],
  examples: [
    {
      summary: 'A monthly price',
      params: { ...exampleSku },
      result: { ...exampleSku, changed: true },
    },
  ],
  needs: ({ sourceId, sku, edition }) => [
    needs.source(sourceId),
    needs.sku(sourceId, sku),
    needs.edition(edition),
  ],
  decide({ world, fault }, { sourceId, sku, edition }) {
    const source = sourceOf(world, sourceId)
    if (!source) throw fault('source_unknown', { id: sourceId })
    const sold = world.edition(edition)
    if (!sold) throw fault('edition_unknown', { id: edition })
    const changed = mapSkuTo(world, source, sku, sold.code)
    return { sourceId: source.sourceId, sku, edition: sold.code, changed }
  },
})
