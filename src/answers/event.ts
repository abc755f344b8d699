/** How an event looks on the wire: the same in the feed and in a webhook. */
import type { z } from 'zod'
import type { FeedEvent } from '../objects.ts'
import type { Event as EventShape } from '../shapes.ts'

export function eventAnswer(event: Omit<FeedEvent, 'partnerId' | 'actor'>): z.output<typeof EventShape> {
  const { seq, eventId, type, at, objectKind, objectId, objectVersion, data } = event
  return {
    seq,
    id: eventId,
    type,
    at,
    object: { kind: objectKind, id: objectId, version: objectVersion },
    data: data as Record<string, unknown>,
  }
}
