/** Consumers: who or what uses licences, and whose they may use when. */
import type { Instant } from './calendar.ts'
import { type Customer, isPart } from './customers.ts'
import type { Reference } from './reference.ts'
import { recall, refuseTaken, type Taken, type Takers } from './repeats.ts'
import { type Happening, isSame, isSameText, tell, uuidOf } from './things.ts'
import { done, type Params, Refusal, type Verdict } from './verdict.ts'

export interface Consumer {
  readonly consumerId: string
  readonly remoteId: string
  readonly customer: Customer
  known: { kind: string; email: string | null; displayName: string | null }
  readonly createdAt: Instant
  updatedAt: Instant
  /** The call that made it; it is known again by the e-mail address for as long as the consumer has that. */
  readonly taken: Taken
  readonly accesses: { readonly customer: Customer; readonly from: Instant; until: Instant | null }[]
  readonly story: Happening[]
}

function consumerFacts(model: Reference, consumer: Consumer) {
  const { consumerId, remoteId, customer, known, createdAt, updatedAt, story } = consumer
  const owner = { customer: customer.id, customerId: customer.customerId }
  const { partner } = model.settings
  return { consumerId, partner, remoteId, ...owner, ...known, version: story.length, createdAt, updatedAt }
}

/** Who has one of these ids, or the e-mail address, in this order. */
function takersFor({ state }: Reference, { id, consumerId, email }: Params): Takers {
  const uuid = consumerId?.toLowerCase()
  const by = (isIt: (one: Consumer) => boolean) => state.consumers.find(isIt)?.taken
  return [
    by(({ remoteId }) => remoteId === (id ?? uuid)),
    by((one) => one.consumerId === uuid),
    by(({ known }) => isSameText(known.email, email)),
  ]
}

function createConsumer(model: Reference, params: Params): Verdict {
  const { id, consumerId, email } = params
  const call = { method: 'createConsumer', params }
  const takers = takersFor(model, params)
  const again = recall(takers, call)
  if (again) return again
  refuseTaken(takers, id ?? consumerId?.toLowerCase() ?? email, params, 'consumer_exists')
  const owner = model.customer(params.customer, params.customerId)
  model.refuseInactive(owner)
  const { now, consumers } = model.state
  const others = consumers.filter(({ taken }) => isSameText(taken.call?.params.email as string, email)).length
  const name = `consumer ${id ?? consumerId?.toLowerCase() ?? (email ? `${email} ${others}` : model.callKey)}`
  const uuid = uuidOf(consumerId, name)
  const answer: Record<string, unknown> = {}
  const consumer: Consumer = {
    consumerId: uuid,
    remoteId: id ?? uuid,
    customer: owner,
    known: { kind: params.kind ?? 'person', email: email ?? null, displayName: params.displayName ?? null },
    createdAt: now,
    updatedAt: now,
    taken: { call, answer, name },
    accesses: [],
    story: [],
  }
  consumers.push(consumer)
  announce(model, 'consumer.created', consumer)
  Object.assign(answer, consumerFacts(model, consumer))
  return { kind: 'done', answer, creates: name }
}

function announce(model: Reference, type: string, consumer: Consumer): void {
  consumer.updatedAt = model.state.now
  tell(consumer.story, type, model.state.now, () => ({
    object: consumer.remoteId,
    data: consumerFacts(model, consumer),
  }))
}

function consumerOf({ state }: Reference, { id, consumerId, email }: Params): Consumer {
  const found = state.consumers.find((one) => {
    if (email !== undefined) return isSameText(one.known.email, email)
    return id === undefined ? one.consumerId === consumerId.toLowerCase() : one.remoteId === id
  })
  if (!found) throw new Refusal('consumer_unknown', { id: email ?? id ?? consumerId })
  return found
}

function updateConsumer(model: Reference, { id, consumerId, ifVersion, ...patch }: Params): Verdict {
  const consumer = consumerOf(model, { id, consumerId })
  const other = model.state.consumers.find(({ known }) => isSameText(known.email, patch.email))
  if (other && other !== consumer) throw new Refusal('consumer_exists', { id: patch.email, differs: ['id'] })
  const known = { ...consumer.known, ...patch }
  if (isSame(known, consumer.known)) return done(consumerFacts(model, consumer))
  model.refuseOtherVersion(consumer.story.length, ifVersion)
  consumer.known = known
  announce(model, 'consumer.updated', consumer)
  return done(consumerFacts(model, consumer))
}

function getConsumer(model: Reference, params: Params): Verdict {
  const consumer = consumerOf(model, params)
  const open = consumer.accesses.filter(({ until }) => until === null)
  const access = open.map(({ customer: { id, customerId }, from }) => ({
    customer: id,
    customerId,
    grantedAt: from,
  }))
  const answer = { ...consumerFacts(model, consumer), access }
  return { kind: 'done', answer, sorted: { list: 'access', member: 'customer' } }
}

function listConsumers(model: Reference, { customer, customerId, search }: Params): Verdict {
  const found = model.state.consumers.filter((consumer) => {
    const { customer: owner, remoteId, known } = consumer
    if (customer !== undefined && !owner.ids.includes(customer)) return false
    if (customerId !== undefined && owner.customerId !== customerId) return false
    const texts = [remoteId, known.displayName, known.email]
    return search === undefined || texts.some((text) => isPart(search, text))
  })
  const items = found.map((one) => consumerFacts(model, one))
  return {
    kind: 'done',
    answer: { items, next: null },
    sorted: { list: 'items', member: 'consumerId', isOrdered: true },
  }
}

/** Grants or revokes access, where that changes anything. */
function accessCall(isGrant: boolean) {
  return (model: Reference, { customer, customerId, consumer, consumerId, ifVersion }: Params): Verdict => {
    const { now } = model.state
    const owner = model.customer(customer, customerId)
    const user = consumerOf(model, { id: consumer, consumerId })
    const open = user.accesses.find((access) => access.customer === owner && access.until === null)
    const who = {
      consumer: user.remoteId,
      consumerId: user.consumerId,
      customer: owner.id,
      customerId: owner.customerId,
    }
    if ((open !== undefined) === isGrant) return done({ ...who, changed: false })
    if (isGrant) model.refuseInactive(owner)
    model.refuseOtherVersion(user.story.length, ifVersion)
    if (open) open.until = now
    else user.accesses.push({ customer: owner, from: now, until: null })
    user.updatedAt = now
    tell(user.story, isGrant ? 'access.granted' : 'access.revoked', now, () => ({
      object: user.remoteId,
      data: who,
    }))
    return done({ ...who, changed: true })
  }
}

/** The customers whose licences a consumer could use at a moment. */
export function grantersOf(model: Reference, params: Params, at: Instant): Customer[] {
  const { accesses } = consumerOf(model, params)
  const open = accesses.filter(({ from, until }) => from <= at && (until === null || at < until))
  return [...new Set(open.map(({ customer }) => customer))]
}

export const consumerCalls = {
  createConsumer,
  updateConsumer,
  getConsumer,
  listConsumers,
  grantAccess: accessCall(true),
  revokeAccess: accessCall(false),
}
