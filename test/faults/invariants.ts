/** What must hold of what is there, whoever asked for it: feeds, licences, terms and webhooks. */
import type { Complaint } from './history.ts'
import type { Found } from './look.ts'

/** Feeds are dense from 1, go forward along each object, and tell of every thing once. */
export function feedComplaints(found: Found): Complaint[] {
  return [...orderComplaints(found), ...announcementComplaints(found)]
}

function orderComplaints({ events, partners }: Found): Complaint[] {
  const told: Complaint[] = []
  const feeds = Map.groupBy(events, ({ partner }) => partner)
  for (const { partner, last } of partners) {
    const own = feeds.get(partner) ?? []
    own.forEach(({ seq }, index) => {
      if (seq === index + 1) return
      const kind = seq > index + 1 ? 'lost' : 'doubled'
      told.push({ kind, what: `partner ${partner} has position ${seq} at place ${index + 1} of its feed` })
    })
    if (own.length !== last)
      told.push({ kind: 'wrong', what: `partner ${partner} has ${own.length} events and counts ${last}` })
  }
  const ids = new Set(events.map(({ id }) => id))
  if (ids.size !== events.length) told.push({ kind: 'doubled', what: 'two events have the same id' })
  // What happens to a renewal is told of the chain, under another name; along one name it goes forward.
  for (const [object, own] of Map.groupBy(
    events,
    ({ partner, kind, object }) => `${kind} ${partner} ${object}`,
  ))
    own.forEach(({ at, version }, index) => {
      const before = own[index - 1]
      if (before && (at < before.at || version <= before.version))
        told.push({ kind: 'wrong', what: `${object} goes back to ${at}, version ${version}` })
    })
  return told
}

function announcementComplaints({ customers, orders, licenses, events }: Found): Complaint[] {
  const announced = new Map<string, number>()
  for (const { partner, type, object } of events) {
    const key = `${type} ${partner} ${object}`
    announced.set(key, (announced.get(key) ?? 0) + 1)
  }
  const owed = [
    ...customers.map(({ partner, id }) => `customer.created ${partner} ${id}`),
    ...orders.map(
      ({ partner, id, position }) => `order.${position === 1 ? 'created' : 'renewed'} ${partner} ${id}`,
    ),
    ...licenses
      .filter(({ chain }) => chain === null)
      .map(({ partner, licenseId }) => `license.created ${partner} ${licenseId}`),
  ]
  const told: Complaint[] = []
  for (const key of owed) {
    const times = announced.get(key) ?? 0
    if (times !== 1)
      told.push({ kind: times === 0 ? 'lost' : 'doubled', what: `${key} was announced ${times} times` })
  }
  const creations = events.filter(({ type }) =>
    /^(customer|order|license)\.(created|renewed)$/.test(type),
  ).length
  if (creations !== owed.length)
    told.push({ kind: 'wrong', what: `${creations} creations were announced for ${owed.length} things` })
  return told
}

/** Every chain drives one licence, and every licence of a chain is driven. */
export function licenseComplaints({ chains, licenses }: Found): Complaint[] {
  const told: Complaint[] = []
  const driven = licenses.filter(({ chain }) => chain !== null)
  const byChain = Map.groupBy(driven, ({ partner, chain }) => `${partner} ${chain}`)
  for (const { partner, chain, licenseId } of chains) {
    const own = byChain.get(`${partner} ${chain}`) ?? []
    if (own.length !== 1)
      told.push({
        kind: own.length === 0 ? 'lost' : 'doubled',
        what: `chain ${partner} ${chain} drives ${own.length} licences`,
      })
    else if (own[0]?.licenseId !== licenseId)
      told.push({ kind: 'wrong', what: `chain ${partner} ${chain} names another licence than it drives` })
  }
  if (driven.length !== chains.length)
    told.push({
      kind: 'wrong',
      what: `there are ${driven.length} driven licences for ${chains.length} chains`,
    })
  return told
}

/** Along a chain each term begins where or after the one before it ends, and no two follow the same. */
export function termComplaints({ orders }: Found): Complaint[] {
  const told: Complaint[] = []
  for (const [chain, terms] of Map.groupBy(orders, ({ partner, chain }) => `${partner} ${chain}`))
    terms.forEach(({ id, position, start, previousEnd }, index) => {
      const before = terms[index - 1]
      if (position !== index + 1)
        told.push({ kind: 'doubled', what: `chain ${chain} forks: ${id} is its term ${position}` })
      else if (before ? previousEnd !== before.end || start < before.end : previousEnd !== null)
        told.push({ kind: 'doubled', what: `chain ${chain}: the term of ${id} overlaps the one before it` })
    })
  return told
}

/** Every event has been sent at least once, and nothing else. */
export function webhookComplaints({ events }: Found, arrivals: ReadonlyMap<string, number>): Complaint[] {
  const told: Complaint[] = []
  const missing = events.filter(({ id }) => !arrivals.has(id))
  if (missing.length > 0)
    told.push({
      kind: 'lost',
      what: `${missing.length} events were not sent, the first at ${missing[0]?.seq} of partner ${missing[0]?.partner}`,
    })
  const known = new Set(events.map(({ id }) => id))
  const unknown = [...arrivals.keys()].filter((id) => !known.has(id))
  if (unknown.length > 0)
    told.push({ kind: 'wrong', what: `${unknown.length} webhooks tell of events that are not in the feed` })
  return told
}
