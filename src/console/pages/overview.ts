/** The overview: what is waiting to be looked at, the year, and what happened last. */
import { html } from 'hono/html'
import type { Instant } from '../../objects.ts'
import type { Route, Visit } from '../door.ts'
import { yearChart } from '../draw/yearChart.ts'
import { links } from '../links.ts'
import { actionLink, type Content, count, may, state, table, time } from '../parts.ts'
import { latestEvents } from '../reading/history.ts'
import {
  endingLicenses,
  firstOrderIds,
  looked,
  nextChains,
  soonDays,
  suspendedThings,
} from '../reading/waiting.ts'
import { yearOf } from '../reading/year.ts'
import { eventTable, id } from '../things.ts'

/** How many things of each kind the page names. */
const named = 8
const eventsNamed = 8

export const overview: Route = {
  verb: 'GET',
  path: '/console',
  async show(visit) {
    const { session, house, now } = visit
    const { reader } = house
    const { partnerId } = session
    const [waiting, suspended, year, history, shops, endpoints] = await Promise.all([
      waitingOf(visit),
      suspendedOf(visit),
      yearOf(reader, partnerId, now),
      latestEvents(reader, { partnerId, limit: eventsNamed }),
      parkedOf(visit),
      failingOf(visit),
    ])
    const tiles = [...waiting.tiles, suspended.tile, ...shops, ...endpoints.tiles]
    const body = html`<ul class="tiles">${tiles.map(tileMarkup)}</ul>
<section><h2>The year</h2>${yearChart('year', year.months, now)}
${
  year.sample
    ? html`<p class="hint">Reckoned from ${count(year.sample.looked)} of ${count(year.sample.of)} orders.</p>`
    : ''
}</section>
${waiting.body}${suspended.body}${endpoints.body}
<section><h2>What happened last</h2>${eventTable({ caption: 'The latest events', rows: history.events, none: 'Nothing has happened yet.' })}
<p><a href="${links.events()}">All events</a></p></section>`
    const clock = session.partner.isSandbox
      ? html`${actionLink(session, 'advanceClock', {}, 'Advance the clock')} ${actionLink(session, 'setClock', {}, 'Set the clock')}`
      : null
    return visit.page({ title: 'Overview', here: 'overview', body, beside: clock })
  },
}

interface Tile {
  readonly number: string
  readonly words: string
  readonly to: string
}

function tileMarkup({ number, words, to }: Tile): Content {
  return html`<li><a href="${to}"><strong>${number}</strong><span>${words}</span></a></li>`
}

/** `12`, or `1,000+` where no more was looked at. */
function atLeast(found: number, isLeast: boolean): string {
  return isLeast ? `${count(found)}+` : count(found)
}

interface Row {
  readonly to: string
  readonly name: string
  readonly edition: string | null
  readonly customer: string
  readonly customerName: string
  readonly at: Instant
  readonly word: string
}

function waitingTable(caption: string, rows: readonly Row[], when: string, none: string): Content {
  return table<Row>({
    caption,
    rows,
    none,
    columns: [
      { title: 'What', isName: true, cell: ({ to, name }) => html`<a href="${to}">${id(name)}</a>` },
      {
        title: 'Customer',
        cell: ({ customer, customerName }) => html`<a href="${links.customer(customer)}">${customerName}</a>`,
      },
      { title: 'Edition', cell: ({ edition }) => edition },
      { title: when, cell: ({ at }) => time(at) },
      { title: 'Why', cell: ({ word }) => word },
    ],
  })
}

async function waitingOf({ house, session, now }: Visit): Promise<{ tiles: Tile[]; body: Content }> {
  const { partnerId } = session
  const [chains, licenses] = await Promise.all([
    nextChains(house.reader, partnerId, now),
    endingLicenses(house.reader, partnerId, now),
  ])
  const due = chains.filter(({ isDue }) => isDue)
  const ending = chains.filter(({ isDue, isEnding }) => isEnding || !isDue)
  const shown = [...due.slice(0, named), ...ending.slice(0, named)].map(({ chainId }) => chainId)
  const ids = await firstOrderIds(house.reader, partnerId, shown)
  const chainRow = (chain: (typeof chains)[number], word: string): Row => {
    const name = ids.get(chain.chainId) ?? ''
    return { ...chain, to: links.order(name), name, at: chain.endsAt, word }
  }
  const endingRows: Row[] = [
    ...ending
      .slice(0, named)
      .map((chain) => chainRow(chain, chain.isEnding ? 'cancelled at the end' : 'cannot be renewed now')),
    ...licenses.slice(0, named).map((license) => ({
      ...license,
      to: links.license(license.licenseId),
      name: license.remoteId ?? license.licenseId,
      at: license.endsAt,
      word: 'licence without orders',
    })),
  ].sort((one, other) => one.at - other.at)
  const full = chains.length >= looked
  return {
    tiles: [
      { number: atLeast(due.length, full), words: 'renewals due', to: '#due' },
      {
        number: atLeast(ending.length + licenses.length, full || licenses.length >= looked),
        words: `ending within ${soonDays} days`,
        to: '#ending',
      },
    ],
    body: html`<section id="due"><h2>Renewals due</h2>
${waitingTable(
  'Chains whose renewal window is open, the first to end first',
  due.slice(0, named).map((chain) => chainRow(chain, 'window open')),
  'Term ends',
  'No renewal is due.',
)}
${due.length > named ? html`<p><a href="${links.orders({ show: 'due' })}">All renewals due</a></p>` : ''}</section>
<section id="ending"><h2>Ending soon</h2>
${waitingTable('Chains and licences that end soon', endingRows.slice(0, named), 'Ends', `Nothing else ends within ${soonDays} days.`)}</section>`,
  }
}

async function suspendedOf({ house, session, now }: Visit): Promise<{ tile: Tile; body: Content }> {
  const found = await suspendedThings(house.reader, session.partnerId, now)
  const shown = found.slice(0, named)
  const chainIds = shown.flatMap(({ chainId }) => (chainId === null ? [] : [chainId]))
  const ids = await firstOrderIds(house.reader, session.partnerId, chainIds)
  const rows = shown.map((one): Row => {
    const order = one.chainId === null ? undefined : ids.get(one.chainId)
    return {
      ...one,
      to: order === undefined ? links.license(one.licenseId) : links.order(order),
      name: order ?? one.remoteId ?? one.licenseId,
      at: one.suspendedAt,
      word: one.reason ?? `by ${one.suspendedBy}`,
    }
  })
  return {
    tile: { number: atLeast(found.length, found.length >= looked), words: 'suspended', to: '#suspended' },
    body: html`<section id="suspended"><h2>Suspended</h2>
${waitingTable('Chains and licences that are suspended', rows, 'Since', 'Nothing is suspended.')}</section>`,
  }
}

/** Events of shops that wait for somebody. */
async function parkedOf(visit: Visit): Promise<Tile[]> {
  if (!may(visit.session, 'listInbox')) return []
  const most = 100
  const counts = await Promise.all(
    ['parked', 'failed'].map(async (wanted) => {
      const outcome = await visit.attempt('listInbox', { state: wanted, limit: most })
      return outcome.ok ? (outcome.result as { items: unknown[] }).items.length : 0
    }),
  )
  const [parked = 0, failed = 0] = counts
  return [
    {
      number: atLeast(parked + failed, parked === most || failed === most),
      words: 'shop events waiting',
      to: links.inbox(failed > parked ? { state: 'failed' } : { state: 'parked' }),
    },
  ]
}

async function failingOf(visit: Visit): Promise<{ tiles: Tile[]; body: Content }> {
  if (!may(visit.session, 'listWebhookEndpoints')) return { tiles: [], body: null }
  const { items } = await visit.call('listWebhookEndpoints', { limit: 100 })
  const failing = items.filter(
    ({ failingSince, isActive, disabledReason }) =>
      (isActive && failingSince !== null) || (!isActive && disabledReason !== 'switched_off'),
  )
  if (failing.length === 0)
    return { tiles: [{ number: '0', words: 'failing webhooks', to: links.webhooks }], body: null }
  return {
    tiles: [{ number: count(failing.length), words: 'failing webhooks', to: '#failing' }],
    body: html`<section id="failing"><h2>Failing webhooks</h2>${table<(typeof failing)[number]>({
      caption: 'Webhook endpoints that do not answer well',
      rows: failing.slice(0, named),
      none: '',
      columns: [
        {
          title: 'Address',
          isName: true,
          cell: ({ endpointId, url }) => html`<a href="${links.deliveries(endpointId)}">${url}</a>`,
        },
        { title: 'State', cell: ({ isActive }) => state(isActive ? 'failing' : 'disabled') },
        { title: 'Since', cell: ({ failingSince, disabledAt }) => time(failingSince ?? disabledAt) },
      ],
    })}</section>`,
  }
}
