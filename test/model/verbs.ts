/** What the verbs must answer: who is meant, whether there is anything to do, and what it makes of the chain. */
import type { Instant } from './calendar.ts'
import {
  type Chain,
  carriedAt,
  chainFacts,
  contentsAt,
  decided,
  isEnding,
  isOver,
  latestOf,
  passTime,
  pausedSince,
  termAt,
} from './chain.ts'
import type { Reference } from './reference.ts'
import { done, type Params, Refusal, type Verdict } from './verdict.ts'

/** Does what a verb does and names the event; undefined where there is nothing to do. */
type Act = (() => string) | undefined

/** A verb on a chain; `decide` looks at it as it is now. */
function verb(decide: (model: Reference, chain: Chain, params: Params, now: Instant) => Act) {
  return (model: Reference, params: Params): Verdict => {
    const { now } = model.state
    const chain = model.chainOfFirst(params.id)
    const act = decide(model, chain, params, now)
    if (act) {
      const version = chain.story.length
      if (params.ifVersion !== undefined && params.ifVersion !== version)
        throw new Refusal('version_conflict', { version })
      decided(chain, act(), model.settings, now)
    }
    const answer = { ...chainFacts(chain, model.settings, now), changed: act !== undefined }
    // What the verb has let loose, such as a reminder held back by a suspension, is told at once.
    passTime(chain, model.settings, now)
    return done(answer)
  }
}

const cancelOrder = verb((_model, chain, params, now) => {
  if (isOver(chain, now)) return undefined
  const { end } = latestOf(chain)
  const atEnd = params.at === 'termEnd' && end > now
  if (atEnd && isEnding(chain, now)) return undefined
  return () => {
    chain.endsAt = atEnd ? end : now
    return atEnd ? 'order.cancellation_scheduled' : 'order.cancelled'
  }
})

const uncancelOrder = verb((model, chain, _params, now) => {
  model.refuseOver(chain)
  if (!isEnding(chain, now)) return undefined
  return () => {
    chain.endsAt = null
    return 'order.uncancelled'
  }
})

const suspendOrder = verb((model, chain, _params, now) => {
  model.refuseOver(chain)
  if (pausedSince(chain, now) !== null) return undefined
  return () => {
    chain.pauses.push({ from: now, until: null })
    return 'order.suspended'
  }
})

const resumeOrder = verb((model, chain, _params, now) => {
  model.refuseOver(chain)
  const pause = chain.pauses.find(({ until }) => until === null)
  if (!pause) return undefined
  return () => {
    pause.until = now
    return 'order.resumed'
  }
})

const changeOrder = verb((model, chain, { licenses, product }, now) => {
  model.refuseOver(chain)
  const edition = product === undefined ? undefined : model.edition(product)
  const affected = chain.terms.slice(chain.terms.indexOf(termAt(chain, now)))
  const before = affected.map((term) => contentsAt(term, now))
  const after = before.map((carried) => ({
    licenses: licenses ?? carried.licenses,
    product: product ?? carried.product,
  }))
  if (JSON.stringify(after) === JSON.stringify(before)) return undefined
  return () => {
    for (const [index, term] of affected.entries()) {
      const version = edition?.versions.length ?? carriedAt(term, now).version
      term.contents.push({ since: now, ...(after[index] as (typeof after)[number]), version })
    }
    // What the licence had instead of its edition's was meant for that edition.
    if (edition && edition.code !== before[0]?.product) chain.license.own = {}
    if (edition) chain.edition = edition
    return 'order.changed'
  }
})

export const verbs = { cancelOrder, uncancelOrder, suspendOrder, resumeOrder, changeOrder }
