/** What the creating calls must answer: the first time, again, and under an id that is taken. */
import { civilOf, type Instant, monthsAfter } from './calendar.ts'
import {
  type Chain,
  contentsAt,
  firstOf,
  latestOf,
  monthsIn,
  opensAt,
  orderFacts,
  pausedSince,
  type Term,
} from './chain.ts'
import type { Reference } from './reference.ts'
import { type Call, differing, type Params, Refusal, readInstant, type Verdict } from './verdict.ts'

/** How far off a first order may start. */
const startYears = { back: 10, ahead: 2 }

const fromTheBeginning = Number.NEGATIVE_INFINITY

export const creates = { createCustomer, createFirstOrder, createRenewalOrder }

function createCustomer(model: Reference, params: Params): Verdict {
  const key = `customer ${params.id}`
  const verdict = recall(model, key, 'createCustomer', params)
  if (verdict) return verdict
  refuseTaken(model, key, params, 'customer_exists')
  const { now, customers, requests } = model.state
  const { id, name } = params
  const number = customers.length + 1
  const story = [{ type: 'customer.created', at: now, isActive: true }]
  customers.push({ id, number, name, createdAt: now, isActive: true, story })
  requests.set(key, { method: 'createCustomer', params })
  const { partner } = model.settings
  const answer = { id: number, partner, remoteId: id, name, isActive: true, createdAt: now }
  return { kind: 'done', creates: key, answer }
}

function createFirstOrder(model: Reference, params: Params): Verdict {
  const key = `order ${params.id}`
  const verdict = recall(model, key, 'createFirstOrder', params)
  if (verdict) return verdict
  const { now, chains } = model.state
  const start: Instant = params.startsAt == null ? now : readInstant(params.startsAt)
  if (start < monthsAfter(now, -12 * startYears.back) || start > monthsAfter(now, 12 * startYears.ahead))
    throw new Refusal('params_invalid', { paths: ['startsAt'] })
  refuseTaken(model, key, params, 'order_exists')
  const { id, customer, licenses, product, duration } = params
  model.refuseInactive(model.customer(customer))
  model.refuseUnknownEdition(product)
  const end = monthsAfter(start, monthsIn[duration as Term['duration']])
  const contents = [{ since: fromTheBeginning, licenses, product }]
  const term: Term = { id, number: ordersSoFar(model) + 1, boughtAt: now, start, end, duration, contents }
  const wantedDay = civilOf(start).day
  const chain: Chain = { customer, terms: [term], wantedDay, pauses: [], endsAt: null, story: [] }
  chains.push(chain)
  return bought(model, chain, term, key, { method: 'createFirstOrder', params })
}

function createRenewalOrder(model: Reference, params: Params): Verdict {
  const key = `order ${params.id}`
  const verdict = recall(model, key, 'createRenewalOrder', params)
  if (verdict) return verdict
  refuseTaken(model, key, params, 'order_exists')
  const { now } = model.state
  const chain = model.chainOfFirst(params.parent)
  refuseRenewal(model, chain)
  const latest = latestOf(chain)
  const duration: Term['duration'] = params.duration ?? latest.duration
  const { start, end, wantedDay } = model.termAfter(chain, duration)
  const carried = contentsAt(latest, now)
  const licenses = params.licenses ?? carried.licenses
  const contents = [{ since: fromTheBeginning, licenses, product: carried.product }]
  const number = ordersSoFar(model) + 1
  const term: Term = { id: params.id, number, boughtAt: now, start, end, duration, contents }
  chain.terms.push(term)
  chain.wantedDay = wantedDay
  return bought(model, chain, term, key, { method: 'createRenewalOrder', params })
}

function refuseRenewal(model: Reference, chain: Chain): void {
  const { settings, state } = model
  model.refuseOver(chain)
  if (chain.endsAt !== null) throw new Refusal('order_ending', { endsAt: chain.endsAt })
  const since = pausedSince(chain, state.now)
  if (since !== null) throw new Refusal('order_suspended', { since, hint: 'resumeOrder' })
  model.refuseInactive(model.customer(chain.customer))
  const renewableFrom = opensAt(chain, settings)
  if (state.now >= renewableFrom) return
  const { windowDays } = settings
  const termEnd = latestOf(chain).end
  throw new Refusal('renewal_too_early', { termEnd, renewableFrom, windowDays, retryAt: renewableFrom })
}

function bought(model: Reference, chain: Chain, term: Term, key: string, request: Call): Verdict {
  const { now, requests } = model.state
  const answer = orderFacts(chain, term, model.settings, now)
  const type = term === firstOf(chain) ? 'order.created' : 'order.renewed'
  chain.story.push({ type, at: now, object: term.id, data: answer })
  requests.set(key, request)
  return { kind: 'done', answer, creates: key }
}

function recall(model: Reference, key: string, method: string, params: Params): Verdict | undefined {
  const request = model.state.requests.get(key)
  if (!request || request.method !== method || differing(params, request.params).length > 0) return undefined
  return { kind: 'done', answer: {}, repeats: key }
}

function refuseTaken(model: Reference, key: string, params: Params, reason: string): void {
  const request = model.state.requests.get(key)
  if (!request) return
  const differs = differing(params, request.params)
  throw new Refusal(reason, { id: params.id, differs: differs.length > 0 ? differs : ['method'] })
}

function ordersSoFar({ state }: Reference): number {
  return state.chains.reduce((sum, { terms }) => sum + terms.length, 0)
}
