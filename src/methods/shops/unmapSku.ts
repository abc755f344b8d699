/** `unmapSku`: what a shop sells under a name becomes no licence any more. */

import { z } from 'zod'
import { exampleSku } from '../../answers/examples.ts'
import { needs } from '../../ledger/needs.ts'
import { mapSkuTo, sourceOf } from '../../ledger/shops.ts'
import { command } from '../../rpc/method.ts'
import { RemoteId, Uuid } from '../../shapes.ts'

export const unmapSku = command({
  summary: 'Stop mapping a name of a shop to an edition.',
  details: `New sales under the name are parked from then on; licences sold before stay, and follow their subscriptions.
    One that is not mapped any more answers \`changed: false\`.`,
  scopes: ['admin'],
  params: z.strictObject({ sourceId: Uuid, sku: RemoteId }),
  result: z.strictObject({ sourceId: z.string(), sku: z.string(), changed: z.boolean() }),
  faults: ['source_unknown', 'sku_unknown'],
  events: [],
  examples: [
    {
      summary: 'The price is not sold any more',
      params: { sourceId: exampleSku.sourceId, sku: exampleSku.sku },
      result: { sourceId: exampleSku.sourceId, sku: exampleSku.sku, changed: true },
    },
  ],
  needs: ({ sourceId, sku }) => [needs.source(sourceId), needs.sku(sourceId, sku)],
  decide({ world, fault }, { sourceId, sku }) {
    const source = sourceOf(world, sourceId)
    if (!source) throw fault('source_unknown', { id: sourceId })
    if (!world.skus.get(source.sourceId, sku)) throw fault('sku_unknown', { id: sku })
    return { sourceId: source.sourceId, sku, changed: mapSkuTo(world, source, sku, null) }
  },
})
