/** `listEvents`: the partner's feed, to be read at one's own pace and from any position. */
import { z } from 'zod'
import { eventTypes } from '../../events.ts'
import { limits } from '../../limits.ts'
import { list } from '../../rpc/method.ts'
import { pageSize } from '../../rpc/pages.ts'
import { Event, Limit } from '../../shapes.ts'

export const listEvents = list({
  summary: 'Read the feed: everything that happened, in order, after a position.',
  details: `Positions (\`seq\`) are dense from 1 for each partner. Pass \`next\` as \`after\` to go on, also when the page is
    empty or filtered.`,
  params: z.strictObject({
    after: z.int().min(0).optional().meta({ description: '0 unless said otherwise: from the beginning.' }),
    types: z.array(z.enum(eventTypes)).min(1).max(100).optional(),
    limit: Limit.optional(),
  }),
  result: z.strictObject({ events: z.array(Event), next: z.int() }),
  faults: [],
  examples: [],
  async run({ db, partner }, { after = 0, types, limit }) {
    const { partnerId } = partner
    const size = pageSize(limit)
    // A filter may pass over most of the feed, so one call looks at a bounded stretch of it.
    const through = types ? Math.min(after + limits.eventsScanned, partner.lastSeq) : partner.lastSeq
    let query = db
      .selectFrom('event')
      .selectAll()
      .where('partnerId', '=', partnerId)
      .where('seq', '>', after)
      .where('seq', '<=', through)
    if (types) query = query.where('type', 'in', types)
    const rows = await query.orderBy('seq').limit(size).execute()
    const events = rows.map(({ seq, eventId, type, at, objectKind, objectId, objectVersion, data }) => ({
      seq,
      id: eventId,
      type,
      at,
      object: { kind: objectKind, id: objectId, version: objectVersion },
      data: data as Record<string, unknown>,
    }))
    const last = events.at(-1)
    return { events, next: events.length === size && last ? last.seq : Math.max(after, through) }
  },
})
