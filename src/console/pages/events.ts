/** What happened, the latest first, with who did it; of all types or of one. */
import { html } from 'hono/html'
import { type EventType, eventTypes } from '../../events.ts'
import type { Route } from '../door.ts'
import { links } from '../links.ts'
import { choice, pager } from '../parts.ts'
import { latestEvents } from '../reading/history.ts'
import { eventTable } from '../things.ts'

const perPage = 50

export const events: Route = {
  verb: 'GET',
  path: '/console/events',
  async show(visit) {
    const { session, house, query } = visit
    const type = eventTypes.find((known) => known === query.get('type'))
    const asked = Number(query.get('before') ?? '')
    const before = Number.isSafeInteger(asked) && asked > 0 ? asked : undefined
    const types: EventType[] | undefined = type && [type]
    const { partnerId } = session
    const told = await latestEvents(house.reader, { partnerId, before, types, limit: perPage })
    const choices = [['', 'all types'], ...eventTypes.map((one) => [one, one])] as [string, string][]
    const body = html`<form class="sift" action="${links.events()}">${choice({ name: 'type', label: 'Type', value: type, choices })}<button>Show</button></form>
${eventTable({ caption: 'Events, the latest first', rows: told.events, none: 'No such event among those looked at.' })}
${pager({
  next: told.older === null ? null : links.events({ type, before: told.older }),
  words: 'Earlier events',
  first: before === undefined ? null : links.events({ type }),
})}`
    return visit.page({ title: 'Events', here: 'events', body })
  },
}
