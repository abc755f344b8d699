/** Reads the things that actions are about, each by the method that answers it, with the version one decides upon. */
import { html } from 'hono/html'
import { Fault } from '../../faults.ts'
import type { MethodName, Params, Result, Visit } from '../door.ts'
import { links } from '../links.ts'
import { chainPasts } from '../reading/past.ts'
import type { Subject, Values } from './action.ts'

/** Every item of a list whose pages are few. */
async function all<M extends 'listWebhookEndpoints' | 'listEditions' | 'listApiKeys' | 'listSources'>(
  visit: Visit,
  method: M,
): Promise<Result<M>['items']> {
  const items: Result<M>['items'][number][] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const answer = (await visit.call(
      method as MethodName,
      (cursor ? { cursor } : {}) as Params<MethodName>,
    )) as Result<M>
    items.push(...answer.items)
    cursor = 'next' in answer ? (answer.next as string | null) : null
  }
  return items as Result<M>['items']
}

/** A chain, by the id of any of its orders; verbs take that of the first. */
export async function orderSubject(visit: Visit, { id, parent, order: named }: Values): Promise<Subject> {
  const order = await visit.call('getOrder', { id: id ?? parent ?? named ?? '' })
  const { house, session } = visit
  const kept = await chainPasts(house.reader, session.partnerId, [order.id as number])
  const own: Values = parent === undefined ? { id: order.remoteId } : { parent: order.remoteId }
  return {
    words: html`Order <a href="${links.order(order.remoteId)}">${order.remoteId}</a> of <a href="${links.customer(order.customer)}">${order.customer}</a>`,
    at: links.order(order.remoteId),
    now: order,
    version: kept.get(order.id as number)?.version ?? null,
    named: own,
  }
}

/** A customer, by its id or its UUID, whatever the param is called. */
export async function customerSubject(
  visit: Visit,
  { id, customer: named, customerId }: Values,
): Promise<Subject> {
  const given = id ?? named
  const customer = await visit.call('getCustomer', given === undefined ? { customerId } : { id: given })
  const number = customer.remoteId as string
  return {
    words: html`Customer <a href="${links.customer(number)}">${customer.name}</a> (${number})`,
    at: links.customer(number),
    now: customer,
    version: customer.version,
  }
}

export async function licenseSubject(visit: Visit, { licenseId, licenseIds }: Values): Promise<Subject> {
  const license = await visit.call('getLicense', { licenseId: licenseId ?? licenseIds ?? '' })
  const id = license.licenseId as string
  return {
    words: html`Licence <a href="${links.license(id)}">${license.remoteId ?? id}</a> of <a href="${links.customer(license.customer)}">${license.customer}</a>`,
    at: links.license(id),
    now: license,
    version: license.version,
  }
}

/** What is to be revoked: one licence, or those of a customer that carry a number. */
export function revokedSubject(visit: Visit, given: Values): Promise<Subject> {
  return given.licenseIds === undefined ? customerSubject(visit, given) : licenseSubject(visit, given)
}

export async function consumerSubject(
  visit: Visit,
  { id, consumer: named, consumerId }: Values,
): Promise<Subject> {
  const given = id ?? named
  const consumer = await visit.call('getConsumer', given === undefined ? { consumerId } : { id: given })
  return {
    words: html`Consumer <a href="${links.consumer(consumer.consumerId as string)}">${consumer.displayName ?? consumer.email ?? consumer.remoteId}</a> of <a href="${links.customer(consumer.customer)}">${consumer.customer}</a>`,
    at: links.consumer(consumer.consumerId as string),
    now: { ...consumer, access: consumer.access.map(({ customer }) => customer) },
    version: consumer.version,
  }
}

export async function endpointSubject(visit: Visit, { endpointId = '' }: Values): Promise<Subject> {
  const endpoint = (await all(visit, 'listWebhookEndpoints')).find(
    (one) => one.endpointId === endpointId.toLowerCase(),
  )
  if (!endpoint) throw new Fault('endpoint_unknown', { id: endpointId })
  return {
    words: html`Webhook endpoint <a href="${links.deliveries(endpoint.endpointId)}">${endpoint.url}</a>`,
    at: links.deliveries(endpoint.endpointId),
    now: endpoint,
    version: endpoint.version,
  }
}

export async function sourceSubject(visit: Visit, { sourceId = '', sku }: Values): Promise<Subject> {
  const source = (await all(visit, 'listSources')).find((one) => one.sourceId === sourceId.toLowerCase())
  if (!source) throw new Fault('source_unknown', { id: sourceId })
  return {
    words: html`Shop <a href="${links.inbox()}">${source.name}</a>${sku === undefined ? '' : html`, <code>${sku}</code>`}`,
    at: links.inbox(),
    now: source,
    version: source.version,
  }
}

export async function editionSubject(visit: Visit, { code = '' }: Values): Promise<Subject> {
  const edition = (await all(visit, 'listEditions')).find((one) => one.code === code)
  if (!edition) throw new Fault('edition_unknown', { id: code })
  return {
    words: html`Edition <a href="${links.catalogue}">${edition.name}</a> (${edition.code})`,
    at: links.catalogue,
    now: edition,
    version: edition.version,
  }
}

export async function keySubject(visit: Visit, { keyId = '' }: Values): Promise<Subject> {
  const key = (await all(visit, 'listApiKeys')).find((one) => one.keyId === keyId)
  if (!key) throw new Fault('key_unknown', { id: keyId })
  return {
    words: html`API key <a href="${links.keys}">${key.name}</a> (${keyId})`,
    at: links.keys,
    now: key,
    version: null,
  }
}

/** The clock of a sandbox. A live partner has none, which is better told before anything is typed. */
export async function clockSubject(visit: Visit): Promise<Subject> {
  const now = await visit.call('getClock', {})
  if (!now.sandbox) throw new Fault('not_sandbox', {})
  return {
    words: 'The clock of this sandbox',
    at: links.overview,
    now,
    version: null,
  }
}
