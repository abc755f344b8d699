/** `listEvents`: the partner's feed, to be read at one's own pace and from any position. */
import { z } from 'zod'
import { eventAnswer } from '../../answers/event.ts'
import type { EventType } from '../../events.ts'
import { Fault } from '../../faults.ts'
import { limits } from '../../limits.ts'
import { list } from '../../rpc/method.ts'
import { pageSize } from '../../rpc/pages.ts'
import { Event, EventTypes, Limit } from '../../shapes.ts'
import type { Reader } from '../../store/open.ts'

export const listEvents = list({
  summary: 'Read the feed: everything that happened, in order, after a position.',
  details: `Positions (\`seq\`) are dense from 1 for each partner. Pass \`next\` as \`after\` to go on, also when the page is
    empty or filtered. With \`waitSeconds\` a call that would answer no events waits for one, and answers within a second
    of it; in an array nothing waits. Events are kept for ever unless the service has a retention setting.`,
  params: z.strictObject({
    after: z.int().min(0).optional().meta({ description: 'Unsaid: from the earliest event that is kept.' }),
    types: EventTypes.optional(),
    limit: Limit.optional(),
    waitSeconds: z
      .int()
      .min(0)
      .max(limits.waitSeconds)
      .optional()
      .meta({ description: 'How long to wait for an event where there is none; 0 unless said otherwise.' }),
  }),
  result: z.strictObject({ events: z.array(Event), next: z.int() }),
  faults: ['events_gone'],
  examples: [
    {
      summary: 'The event after the first',
      params: { after: 1, limit: 1 },
      result: {
        events: [
          {
            seq: 2,
            id: '018828eb-b908-7cf8-ac14-8cd67be8898e',
            type: 'order.created',
            at: 1684313717,
            object: { kind: 'order', id: 'REMOTEORDER1', version: 1 },
            data: {
              id: 1,
              partner: 0,
              remoteId: 'REMOTEORDER1',
              parent: null,
              customer: 'ABC',
              product: 'oo-lite',
              licenses: 20,
              duration: 'monthly',
              termStart: 1684313717,
              termEnd: 1686992117,
              status: 'active',
              renewableFrom: 1685696117,
              licenseId: '018828eb-b908-758f-bb94-89e963b71fbe',
              createdAt: 1684313717,
            },
          },
        ],
        next: 2,
      },
    },
  ],
  async run({ db, partner, wait }, { after, types, limit, waitSeconds = 0 }) {
    const { partnerId } = partner
    const until = performance.now() + waitSeconds * 1_000
    const size = pageSize(limit)
    let { lastSeq } = partner
    let page = await readPage(db, { partnerId, after: after ?? 0, lastSeq, types, size })
    if (after !== undefined) await refuseGone(db, { partnerId, after, lastSeq, first: page.events[0]?.seq })
    while (waitSeconds > 0 && page.events.length === 0) {
      // A filter may have passed over a stretch only: then there is more to look at already.
      const last = page.next < lastSeq ? lastSeq : await wait(page.next, until - performance.now())
      if (last === null || performance.now() > until) break
      lastSeq = last
      page = await readPage(db, { partnerId, after: page.next, lastSeq, types, size })
    }
    return page
  },
})

interface Stretch {
  partnerId: number
  after: number
  lastSeq: number
  types?: readonly EventType[] | undefined
  size: number
}

async function readPage(db: Reader, { partnerId, after, lastSeq, types, size }: Stretch) {
  if (after >= lastSeq) return { events: [], next: after }
  // A filter may pass over most of the feed, so one look takes a bounded stretch of it.
  const through = types ? Math.min(after + limits.eventsScanned, lastSeq) : lastSeq
  let query = db
    .selectFrom('event')
    .selectAll()
    .where('partnerId', '=', partnerId)
    .where('seq', '>', after)
    .where('seq', '<=', through)
  if (types) query = query.where('type', 'in', types)
  const rows = await query.orderBy('seq').limit(size).execute()
  const events = rows.map(eventAnswer)
  const last = events.at(-1)
  return { events, next: events.length === size && last ? last.seq : Math.max(after, through) }
}

/** Positions are dense, so that whatever follows `after` directly shows that nothing is missing. */
async function refuseGone(
  db: Reader,
  {
    partnerId,
    after,
    lastSeq,
    first,
  }: { partnerId: number; after: number; lastSeq: number; first?: number | undefined },
): Promise<void> {
  if (after >= lastSeq || first === after + 1) return
  const earliest = await db
    .selectFrom('event')
    .select('seq')
    .where('partnerId', '=', partnerId)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  const firstKept = earliest?.seq ?? lastSeq + 1
  if (after + 1 < firstKept) throw new Fault('events_gone', { after: firstKept - 1, firstKept })
}
