/** `deleteSource`: nothing is taken from that shop any more, and its secret is forgotten. */

import { z } from 'zod'
import { exampleSource } from '../../answers/examples.ts'
import { needs } from '../../ledger/needs.ts'
import { changeSource } from '../../ledger/shops.ts'
import { command } from '../../rpc/method.ts'
import { Uuid } from '../../shapes.ts'

export const deleteSource = command({
  summary: 'Delete a shop source.',
  details: `What the shop sends from then on is turned away, and what had arrived but was not yet applied is ignored.
    Customers and licences stay. One that is deleted already answers \`changed: false\`.`,
  scopes: ['admin'],
  params: z.strictObject({ sourceId: Uuid }),
  result: z.strictObject({ sourceId: z.string(), changed: z.boolean() }),
  faults: ['source_unknown'],
  events: [],
  examples: [
    {
      summary: 'The shop has closed',
      params: { sourceId: exampleSource.sourceId },
      result: { sourceId: exampleSource.sourceId, changed: true },
    },
  ],
  needs: ({ sourceId }) => [needs.source(sourceId)],
  decide({ world, fault }, { sourceId }) {
    const source = world.sources.get(sourceId.toLowerCase())
    if (!source) throw fault('source_unknown', { id: sourceId })
    if (source.deletedAt !== null) return { sourceId: source.sourceId, changed: false }
    changeSource(world, source, { secret: null, deletedAt: world.realNow })
    return { sourceId: source.sourceId, changed: true }
  },
})
