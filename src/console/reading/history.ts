/** What happened, with who did it: the latest events, of a partner or of some things of theirs. */
import { sql } from 'kysely'
import type { EventType } from '../../events.ts'
import type { FeedEvent } from '../../objects.ts'
import type { Reader } from '../../store/open.ts'

export type ToldEvent = Pick<FeedEvent, 'seq' | 'type' | 'at' | 'objectKind' | 'objectId' | 'actor'>

/** How many events one look goes along, newest first. */
export const eventsLooked = 5_000

export interface Stretch {
  readonly partnerId: number
  /** Only events before this position; the latest unless said. */
  readonly before?: number | undefined
  readonly types?: readonly EventType[] | undefined
  /** Only events of these things, as `kind id`. */
  readonly things?: readonly string[] | undefined
  readonly limit: number
}

export interface Told {
  readonly events: readonly ToldEvent[]
  /** The position before which older events are; null where there are none. */
  readonly older: number | null
}

/** The latest events before a position. A filter passes over at most so many, and then says where to go on. */
export async function latestEvents(db: Reader, stretch: Stretch): Promise<Told> {
  const { partnerId, before, types, things, limit } = stretch
  const partner = await db
    .selectFrom('partner')
    .select('lastSeq')
    .where('partnerId', '=', partnerId)
    .executeTakeFirstOrThrow()
  const end = Math.min(before ?? partner.lastSeq + 1, partner.lastSeq + 1)
  const from = Math.max(1, end - eventsLooked)
  let query = db
    .selectFrom('event')
    .select(['seq', 'type', 'at', 'objectKind', 'objectId', 'actor'])
    .where('partnerId', '=', partnerId)
    .where('seq', '<', end)
    .where('seq', '>=', from)
  if (types) query = query.where('type', 'in', types)
  if (things) query = query.where(sql<boolean>`object_kind || ' ' || object_id = any(${things}::text[])`)
  const rows = await query
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)?.seq ?? from
  const next = rows.length > limit ? last : from
  return { events: shown, older: next > 1 ? next : null }
}
