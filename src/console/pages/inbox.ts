/** What shops have sent and what became of it, the shops themselves, and which edition is sold under which name. */
import { html } from 'hono/html'
import type { Result, Route, Visit } from '../door.ts'
import { links } from '../links.ts'
import { actionLink, type Content, choice, type Markup, pager, state, table, time } from '../parts.ts'
import { id } from '../things.ts'

type Item = Result<'listInbox'>['items'][number]
type Source = Result<'listSources'>['items'][number]
type Sku = Result<'listSkus'>['items'][number]

const perPage = 50
const sourcesMost = 50
const skusMost = 100

const states = ['parked', 'failed', 'received', 'applied', 'ignored'] as const

export const inbox: Route = {
  verb: 'GET',
  path: '/console/inbox',
  async show(visit) {
    const { session, query } = visit
    const wanted = states.find((known) => known === query.get('state'))
    const sourceId = query.get('sourceId') || undefined
    const cursor = query.get('cursor')
    const [sources, items, skus] = await Promise.all([
      visit.call('listSources', { limit: sourcesMost }),
      visit.call('listInbox', {
        limit: perPage,
        ...(wanted ? { state: wanted } : {}),
        ...(sourceId ? { sourceId } : {}),
        ...(cursor ? { cursor } : {}),
      }),
      visit.call('listSkus', { limit: skusMost, ...(sourceId ? { sourceId } : {}) }),
    ])
    const nameOf = new Map(sources.items.map((source) => [source.sourceId as string, source.name]))
    const asked = { state: wanted, sourceId }
    const body = html`${sift(sources.items, asked)}${itemTable(visit, items.items, nameOf)}
${pager({ next: items.next && links.inbox({ ...asked, cursor: items.next }), first: cursor && links.inbox(asked) })}
${sourcesSection(visit, sources.items)}${skusSection(visit, skus, nameOf)}`
    return visit.page({
      title: 'Shop inbox',
      here: 'inbox',
      beside: actionLink(session, 'createSource', {}, 'New shop'),
      body,
    })
  },
}

function sift(
  sources: readonly Source[],
  asked: { state: string | undefined; sourceId: string | undefined },
): Markup {
  const all: [string, string] = ['', 'all']
  return html`<form class="sift" action="${links.inbox()}">
${choice({ name: 'state', label: 'State', value: asked.state, choices: [all, ...states.map((one) => [one, one] as const)] })}
${choice({
  name: 'sourceId',
  label: 'Shop',
  value: asked.sourceId,
  choices: [all, ...sources.map(({ sourceId, name }) => [sourceId as string, name] as const)],
})}<button>Show</button></form>`
}

function itemTable({ session }: Visit, items: readonly Item[], nameOf: ReadonlyMap<string, string>): Markup {
  return table<Item>({
    caption: 'Events of shops, the latest first',
    rows: items,
    none: 'No such events of shops.',
    columns: [
      { title: 'Received', cell: ({ receivedAt }) => time(receivedAt) },
      { title: 'Event', isName: true, cell: ({ eventId, type }) => html`${type}<div>${id(eventId)}</div>` },
      { title: 'Shop', cell: ({ sourceId }) => nameOf.get(sourceId) ?? id(sourceId) },
      { title: 'State', cell: (item) => state(item.state) },
      { title: 'Why', cell: ({ reason }) => reason },
      {
        title: 'Actions',
        isSilent: true,
        cell: (item) =>
          item.state === 'parked' || item.state === 'failed'
            ? actionLink(session, 'replayInbox', { inboxId: item.inboxId }, 'Apply again')
            : null,
      },
    ],
  })
}

function sourcesSection({ session, house }: Visit, sources: readonly Source[]): Markup {
  return html`<section><h2>Shops</h2>${table<Source>({
    caption: 'Shops that send events',
    rows: sources,
    none: 'No shop is connected.',
    columns: [
      { title: 'Name', isName: true, cell: ({ name }) => name },
      { title: 'Shop', cell: ({ shop }) => shop },
      { title: 'It sends to', cell: ({ hookPath }) => id(`${house.publicUrl()}${hookPath}`) },
      { title: 'Since', cell: ({ createdAt }) => time(createdAt, 'day') },
      {
        title: 'Actions',
        isSilent: true,
        cell: ({
          sourceId,
        }) => html`<span class="doing">${actionLink(session, 'mapSku', { sourceId }, 'Name an edition')}
${actionLink(session, 'replayInbox', { sourceId }, 'Apply all parked')}
${actionLink(session, 'updateSource', { sourceId }, 'Edit')}
${actionLink(session, 'deleteSource', { sourceId }, 'Remove')}</span>`,
      },
    ],
  })}</section>`
}

function skusSection(
  { session }: Visit,
  { items, next }: Result<'listSkus'>,
  nameOf: ReadonlyMap<string, string>,
): Content {
  if (items.length === 0) return null
  return html`<section><h2>What is sold under which name</h2>${table<Sku>({
    caption: 'Names of shops and the editions they stand for',
    rows: items,
    none: '',
    columns: [
      { title: 'Name at the shop', isName: true, cell: ({ sku }) => id(sku) },
      { title: 'Shop', cell: ({ sourceId }) => nameOf.get(sourceId) ?? id(sourceId) },
      { title: 'Edition', cell: ({ edition }) => edition },
      {
        title: 'Actions',
        isSilent: true,
        cell: ({ sourceId, sku }) => actionLink(session, 'unmapSku', { sourceId, sku }, 'Take away'),
      },
    ],
  })}${next ? html`<p class="hint">Choose a shop to see more of its names.</p>` : ''}</section>`
}
