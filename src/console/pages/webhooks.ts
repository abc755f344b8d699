/** Webhook endpoints, and what became of the events sent to each. */
import { html } from 'hono/html'
import type { Result, Route } from '../door.ts'
import { links } from '../links.ts'
import { actionLink, type Content, choice, count, facts, pager, state, table, time } from '../parts.ts'
import { sayNo } from '../refusals.ts'
import { id } from '../things.ts'

type Endpoint = Result<'listWebhookEndpoints'>['items'][number]
type Delivery = Result<'listDeliveries'>['items'][number]

/** A partner has fewer than this. */
const endpointsMost = 500
const perPage = 50
const answerShown = 200

const disabledWords: Readonly<Record<string, string>> = {
  gone: 'it answered that it is gone',
  failing: 'it failed for days',
  switched_off: 'switched off',
}

const all: Route = {
  verb: 'GET',
  path: '/console/webhooks',
  async show(visit) {
    const { session } = visit
    const { items } = await visit.call('listWebhookEndpoints', { limit: endpointsMost })
    const body = table<Endpoint>({
      caption: 'Webhook endpoints',
      rows: items,
      none: 'Events are sent nowhere yet.',
      columns: [
        {
          title: 'Address',
          isName: true,
          cell: ({ endpointId, url }) => html`<a href="${links.deliveries(endpointId)}">${url}</a>`,
        },
        { title: 'State', cell: howItDoes },
        { title: 'Types', cell: ({ types }) => types?.join(', ') ?? 'all' },
        { title: 'Given up to', isNumber: true, cell: ({ deliveredThrough }) => count(deliveredThrough) },
      ],
    })
    return visit.page({
      title: 'Webhooks',
      here: 'webhooks',
      beside: actionLink(session, 'createWebhookEndpoint', {}, 'New endpoint'),
      body,
    })
  },
}

function howItDoes({ isActive, disabledAt, disabledReason, failingSince }: Endpoint): Content {
  if (!isActive)
    return html`${state('disabled')} ${disabledWords[disabledReason ?? ''] ?? ''} ${time(disabledAt)}`
  return failingSince === null ? state('active') : html`${state('failing')} since ${time(failingSince)}`
}

const one: Route = {
  verb: 'GET',
  path: '/console/webhooks/:endpointId',
  async show(visit) {
    const { session, request, query } = visit
    const endpointId = request.part('endpointId')
    const { items } = await visit.call('listWebhookEndpoints', { limit: endpointsMost })
    const endpoint = items.find((known) => known.endpointId === endpointId)
    if (!endpoint)
      return sayNo({
        title: 'Not found',
        status: 404,
        body: 'There is no webhook endpoint with this id.',
        session,
      })
    const wanted = (['pending', 'failed', 'delivered'] as const).find((known) => known === query.get('state'))
    const cursor = query.get('cursor')
    const { items: deliveries, next } = await visit.call('listDeliveries', {
      endpointId,
      limit: perPage,
      ...(wanted ? { state: wanted } : {}),
      ...(cursor ? { cursor } : {}),
    })
    const choices = [
      ['', 'all'],
      ['pending', 'pending'],
      ['failed', 'failed'],
      ['delivered', 'delivered'],
    ] as const
    const body = html`${facts([
      ['State', howItDoes(endpoint)],
      ['Types', endpoint.types?.join(', ') ?? 'all'],
      ['Given up to', count(endpoint.deliveredThrough)],
      ['Added', time(endpoint.createdAt)],
      ['UUID', id(endpointId)],
    ])}<section><h2>Deliveries</h2>
<form class="sift" action="${links.deliveries(endpointId)}">${choice({ name: 'state', label: 'State', value: wanted, choices })}<button>Show</button></form>
${table<Delivery>({
  caption: 'Deliveries, the latest events first',
  rows: deliveries,
  none: 'No such deliveries.',
  columns: [
    { title: 'Event', isName: true, cell: ({ seq, type }) => html`${count(seq)} ${type}` },
    { title: 'State', cell: (delivery) => state(delivery.state) },
    { title: 'Attempts', isNumber: true, cell: ({ attempts }) => count(attempts) },
    { title: 'Last attempt', cell: ({ attemptedAt }) => time(attemptedAt) },
    { title: 'Next', cell: ({ nextAttemptAt }) => (nextAttemptAt === null ? null : time(nextAttemptAt)) },
    { title: 'Answer', cell: whatCameBack },
    {
      title: 'Actions',
      isSilent: true,
      cell: ({ deliveryId }) => actionLink(session, 'redeliver', { deliveryId }, 'Send again'),
    },
  ],
})}${pager({
  next: next && links.deliveries(endpointId, { state: wanted, cursor: next }),
  first: cursor && links.deliveries(endpointId, { state: wanted }),
})}</section>`
    return visit.page({
      title: endpoint.url,
      here: 'webhooks',
      above: 'Webhook endpoint',
      beside: html`${actionLink(session, 'updateWebhookEndpoint', { endpointId }, 'Edit')}
${actionLink(session, 'rotateWebhookSecret', { endpointId }, 'New secret')}
${actionLink(session, 'redeliver', { endpointId }, 'Send again from')}
${actionLink(session, 'deleteWebhookEndpoint', { endpointId }, 'Remove')}`,
      body,
    })
  },
}

function whatCameBack({ status, problem, answer }: Delivery): Content {
  const said =
    answer === null || answer === '' ? null : html`<div class="hint">${answer.slice(0, answerShown)}</div>`
  return html`${status ?? ''} ${problem ?? ''}${said}`
}

export const webhookRoutes: readonly Route[] = [all, one]
