/** What the creating calls of orders must answer: the first time, again, and under an id that is taken. */
import { civilOf, type Instant, monthsAfter } from './calendar.ts'
import {
  type Chain,
  carriedAt,
  firstOf,
  latestOf,
  monthsIn,
  opensAt,
  orderFacts,
  pausedSince,
  type Term,
  untoldOf,
  windowOf,
} from './chain.ts'
import type { Reference } from './reference.ts'
import { keep, recall, refuseTaken, takersOf } from './repeats.ts'
import { tell, unnamed } from './things.ts'
import { type Call, type Params, Refusal, readInstant, type Verdict } from './verdict.ts'

/** How far off a first order may start. */
const startYears = { back: 10, ahead: 2 }

const fromTheBeginning = Number.NEGATIVE_INFINITY

export const creates = { createFirstOrder, createRenewalOrder }

function createFirstOrder(model: Reference, params: Params): Verdict {
  const call = { method: 'createFirstOrder', params }
  const keys = [`order ${params.id}`]
  const again = recall(takersOf(model, keys), call)
  if (again) return again
  const { now, chains } = model.state
  const start: Instant = params.startsAt == null ? now : readInstant(params.startsAt)
  if (start < monthsAfter(now, -12 * startYears.back) || start > monthsAfter(now, 12 * startYears.ahead))
    throw new Refusal('params_invalid', { paths: ['startsAt'] })
  refuseTaken(takersOf(model, keys), params.id, params, 'order_exists')
  const { id, licenses, product, duration, references = {}, metadata = {} } = params
  const customer = model.customer(params.customer, params.customerId)
  model.refuseInactive(customer)
  const edition = model.edition(product)
  const end = monthsAfter(start, monthsIn[duration as Term['duration']])
  const version = edition.versions.length
  const contents = [{ since: fromTheBeginning, licenses, product, version }]
  const own = { references, metadata, untold: [] }
  const term: Term = {
    id,
    number: ordersSoFar(model) + 1,
    boughtAt: now,
    start,
    end,
    duration,
    contents,
    ...own,
  }
  const licenseId = unnamed(`license of ${id}`)
  const chain: Chain = {
    customer,
    edition,
    license: { licenseId, references: { ...references }, own: {}, name: null, description: null },
    terms: [term],
    wantedDay: civilOf(start).day,
    pauses: [],
    endsAt: null,
    story: [],
  }
  chains.push(chain)
  return bought(model, chain, term, call)
}

function createRenewalOrder(model: Reference, params: Params): Verdict {
  const call = { method: 'createRenewalOrder', params }
  const keys = [`order ${params.id}`]
  const again = recall(takersOf(model, keys), call)
  if (again) return again
  refuseTaken(takersOf(model, keys), params.id, params, 'order_exists')
  const { now } = model.state
  const chain = model.chainOfFirst(params.parent)
  refuseRenewal(model, chain)
  const latest = latestOf(chain)
  const duration: Term['duration'] = params.duration ?? latest.duration
  const { start, end, wantedDay } = model.termAfter(chain, duration)
  const { product, version, ...carried } = carriedAt(latest, now)
  const licenses = params.licenses ?? carried.licenses
  const contents = [{ since: fromTheBeginning, licenses, product, version }]
  const number = ordersSoFar(model) + 1
  const { id, references = {} } = params
  const own = { references, metadata: {}, untold: [] }
  const term: Term = { id, number, boughtAt: now, start, end, duration, contents, ...own }
  chain.terms.push(term)
  chain.wantedDay = wantedDay
  Object.assign(chain.license.references, references)
  return bought(model, chain, term, call)
}

function refuseRenewal(model: Reference, chain: Chain): void {
  const { settings, state } = model
  model.refuseOver(chain)
  if (chain.endsAt !== null) throw new Refusal('order_ending', { endsAt: chain.endsAt })
  const since = pausedSince(chain, state.now)
  if (since !== null) throw new Refusal('order_suspended', { since, hint: 'resumeOrder' })
  model.refuseInactive(chain.customer)
  if (!chain.edition.renewable) throw new Refusal('not_renewable', { edition: chain.edition.code })
  const renewableFrom = opensAt(chain, settings)
  if (state.now >= renewableFrom) return
  const windowDays = windowOf(chain, settings)
  const termEnd = latestOf(chain).end
  throw new Refusal('renewal_too_early', { termEnd, renewableFrom, windowDays, retryAt: renewableFrom })
}

function bought(model: Reference, chain: Chain, term: Term, call: Call): Verdict {
  const { settings } = model
  const { now } = model.state
  term.untold.push(...untoldOf(chain, settings, now))
  const type = term === firstOf(chain) ? 'order.created' : 'order.renewed'
  const answer = orderFacts(chain, term, settings, now)
  tell(chain.story, type, now, () => ({ object: term.id, data: answer }))
  return keep(model, [`order ${term.id}`], call, answer)
}

function ordersSoFar({ state }: Reference): number {
  return state.chains.reduce((sum, { terms }) => sum + terms.length, 0)
}
