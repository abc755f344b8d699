/**
 * What callers were told, held against what is there. The checker knows nothing of how the service works: only that
 * what was acknowledged is there once, what was refused is not, and what is unknown is there once or not at all.
 */
import { withClient } from '../database.ts'

export interface Step {
  readonly partner: number
  readonly method: string
  readonly params: { readonly id: string } & Record<string, unknown>
  /** Whether a verb, from all that its caller knew, had something to do. */
  readonly changes?: boolean
  /** How often the call was sent without an answer that settled it. */
  unsettled: number
  outcome: 'ok' | 'refused' | 'unknown'
  answer?: Record<string, unknown>
}

interface Row {
  readonly partner: number
}

export interface Found {
  customers: (Row & { id: string })[]
  orders: (Row & { id: string; chain: number; position: number })[]
  chains: (Row & { chain: number; first: string })[]
  licenses: (Row & { chain: number })[]
  events: (Row & { seq: number; type: string; object: string })[]
}

/** Everything that is there, from the tables themselves. */
export async function lookAround(url: string): Promise<Found> {
  return withClient(url, async (client) => {
    const rows = async (text: string) => (await client.query(text)).rows as never
    return {
      customers: await rows(`select partner_id as partner, remote_id as id from customer`),
      orders: await rows(
        `select partner_id as partner, remote_id as id, chain_id::int as chain, position from orders`,
      ),
      chains: await rows(
        `select c.partner_id as partner, c.chain_id::int as chain, o.remote_id as first from chain c
          join orders o on o.partner_id = c.partner_id and o.chain_id = c.chain_id and o.position = 1`,
      ),
      licenses: await rows(`select partner_id as partner, chain_id::int as chain from license`),
      events: await rows(
        `select partner_id as partner, seq::int, type, object_id as object from event order by partner_id, seq`,
      ),
    }
  })
}

const verbEvents: Record<string, string> = { suspendOrder: 'order.suspended', resumeOrder: 'order.resumed' }

/** Everything that does not fit together; empty when nothing was lost, doubled or left behind. */
export function complaints(history: readonly Step[], found: Found): string[] {
  return [
    ...creationComplaints(history, found),
    ...feedComplaints(found),
    ...licenseComplaints(found),
    ...verbComplaints(history, found),
  ]
}

function times(rows: readonly (Row & { id: string })[]): Map<string, number> {
  const counted = new Map<string, number>()
  for (const { partner, id } of rows)
    counted.set(`${partner} ${id}`, (counted.get(`${partner} ${id}`) ?? 0) + 1)
  return counted
}

function creationComplaints(history: readonly Step[], found: Found): string[] {
  const created = history.filter(({ method }) => method.startsWith('create'))
  const there = { customer: times(found.customers), order: times(found.orders) }
  const kindOf = ({ method }: Step) => (method === 'createCustomer' ? 'customer' : 'order')
  const told: string[] = []
  const byThing = Map.groupBy(created, (step) => `${kindOf(step)} ${step.partner} ${step.params.id}`)
  for (const [thing, steps] of byThing) {
    const { partner, params } = steps[0] as Step
    const count = there[kindOf(steps[0] as Step)].get(`${partner} ${params.id}`) ?? 0
    const acknowledged = steps.filter(({ outcome }) => outcome === 'ok')
    const isOpen = steps.some(({ outcome }) => outcome === 'unknown')
    if (acknowledged.length > 0 && count !== 1)
      told.push(`${thing} was acknowledged and is there ${count} times`)
    if (acknowledged.length === 0 && count > (isOpen ? 1 : 0))
      told.push(`${thing} was ${isOpen ? 'left open' : 'refused'} and is there ${count} times`)
    if (new Set(acknowledged.map(({ answer }) => JSON.stringify(answer))).size > 1)
      told.push(`${thing} was acknowledged with different answers`)
  }
  for (const [kind, counted] of Object.entries(there))
    for (const thing of counted.keys())
      if (!byThing.has(`${kind} ${thing}`)) told.push(`${kind} ${thing} is there and nobody asked for it`)
  return told
}

function feedComplaints({ customers, orders, events }: Found): string[] {
  const told: string[] = []
  for (const [partner, own] of Map.groupBy(events, (event) => event.partner))
    own.forEach(({ seq }, index) => {
      if (seq !== index + 1)
        told.push(`partner ${partner} has position ${seq} at place ${index + 1} of its feed`)
    })
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
  ]
  for (const key of owed)
    if (announced.get(key) !== 1) told.push(`${key} was announced ${announced.get(key) ?? 0} times`)
  const creations = events.filter(({ type }) => /^(customer|order)\.(created|renewed)$/.test(type)).length
  if (creations !== owed.length) told.push(`${creations} creations were announced for ${owed.length} things`)
  return told
}

function licenseComplaints({ chains, licenses }: Found): string[] {
  const told: string[] = []
  for (const { partner, chain } of chains) {
    const own = licenses.filter((license) => license.partner === partner && license.chain === chain)
    if (own.length !== 1) told.push(`chain ${partner} ${chain} drives ${own.length} licences`)
  }
  if (licenses.length !== chains.length)
    told.push(`there are ${licenses.length} licences for ${chains.length} chains`)
  return told
}

/** Each chain has verbs from one caller only, which sent none before the one before it was settled. */
function verbComplaints(history: readonly Step[], { chains, events }: Found): string[] {
  const told: string[] = []
  const verbs = Map.groupBy(
    history.filter(({ method }) => method in verbEvents),
    ({ partner, params }) => `${partner} ${params.id}`,
  )
  const happened = Map.groupBy(
    events.filter(({ type }) => Object.values(verbEvents).includes(type)),
    ({ partner, object }) => `${partner} ${object}`,
  )
  for (const { partner, first } of chains) {
    const key = `${partner} ${first}`
    const steps = verbs.get(key) ?? []
    const owed = steps.filter(({ changes }) => changes).map(({ method }) => verbEvents[method])
    const types = (happened.get(key) ?? []).map(({ type }) => type)
    if (owed.join() !== types.join()) told.push(`chain ${key} tells ${types.join()} and owes ${owed.join()}`)
    for (const { unsettled, answer, changes, method } of steps)
      if (unsettled === 0 && answer?.changed !== changes)
        told.push(`${method} on ${key} said changed: ${answer?.changed}`)
  }
  return told
}
