/** `replayInbox`: one item, or everything of a source that is parked, is applied once more. */

import { z } from 'zod'
import { exampleInboxItem } from '../../answers/examples.ts'
import { needs } from '../../ledger/needs.ts'
import { isReplayable, sourceOf } from '../../ledger/shops.ts'
import { command } from '../../rpc/method.ts'
import { exactlyOne, oneOf, Uuid } from '../../shapes.ts'

export const replayInbox = command({
  summary: 'Apply what is parked once more: one inbox item, or all of a source in the order of receipt.',
  details: `It is done in the background; listInbox tells what becomes of it. \`accepted\` is false for an item that is
    neither parked nor failed: what is applied is not applied again. The call is POST only, and takes the header
    \`idempotency-key\`.`,
  scopes: ['admin'],
  params: z
    .strictObject({ inboxId: Uuid.optional(), sourceId: Uuid.optional() })
    .refine(exactlyOne('inboxId', 'sourceId'), oneOf('inboxId', 'sourceId')),
  result: z.strictObject({ sourceId: z.string(), accepted: z.boolean() }),
  faults: ['inbox_unknown', 'source_unknown'],
  events: [],
  examples: [
    {
      summary: 'Everything of a shop, after its names were mapped',
      params: { sourceId: exampleInboxItem.sourceId },
      result: { sourceId: exampleInboxItem.sourceId, accepted: true },
    },
  ],
  repeatable: false,
  needs: ({ inboxId, sourceId }) =>
    inboxId === undefined ? [needs.source(sourceId as string)] : [needs.inboxItem(inboxId)],
  decide({ world, fault, mint }, { inboxId, sourceId }) {
    const item = inboxId === undefined ? undefined : world.inboxItems.get(inboxId.toLowerCase())
    if (inboxId !== undefined && !item) throw fault('inbox_unknown', { id: inboxId })
    const source = item ?? sourceOf(world, sourceId as string)
    if (!source) throw fault('source_unknown', { id: sourceId as string })
    if (item && !isReplayable(item)) return { sourceId: source.sourceId, accepted: false }
    world.replays.insert({
      partnerId: world.partnerId,
      replayId: mint.uuid(),
      sourceId: source.sourceId,
      inboxId: item?.inboxId ?? null,
      requestedAt: world.realNow,
    })
    return { sourceId: source.sourceId, accepted: true }
  },
})
