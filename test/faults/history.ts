/**
 * What callers were told, held against what is there. The checker knows nothing of how the service works: only that
 * what was acknowledged is there once, what was refused is not, and what is unknown is there once or not at all.
 */
import { feedComplaints, licenseComplaints, termComplaints, webhookComplaints } from './invariants.ts'
import type { Found } from './look.ts'

export interface Step {
  readonly partner: number
  readonly method: string
  readonly params: { readonly id?: string; readonly name?: string } & Record<string, unknown>
  /** Sent along where the call has no id of its own. */
  idempotencyKey?: string
  /** Whether a verb, from all that its caller knew, had something to do. */
  changes?: boolean
  /** How often the call was sent without an answer that settled it. */
  unsettled: number
  /** How many of those attempts may have been decided after a later one was answered. */
  late: number
  /** How often the service answered that it had failed. */
  internal?: number
  outcome: 'ok' | 'refused' | 'unknown'
  answer?: Record<string, unknown>
}

/**
 * - `lost`: acknowledged, or owed by what is there, and not there
 * - `doubled`: there more often than it may be
 * - `wrong`: there, but not as it was told, or where it was refused
 */
export interface Complaint {
  readonly kind: 'lost' | 'doubled' | 'wrong'
  readonly what: string
}

/** Everything that does not fit together; empty when nothing was lost, doubled or left behind. */
export function complaints(
  history: readonly Step[],
  found: Found,
  arrivals?: ReadonlyMap<string, number>,
): Complaint[] {
  return [
    ...creationComplaints(history, found),
    ...feedComplaints(found),
    ...licenseComplaints(found),
    ...termComplaints(found),
    ...verbComplaints(history, found),
    ...failureComplaints(history),
    ...(arrivals ? webhookComplaints(found, arrivals) : []),
  ]
}

const kinds: Record<string, string> = {
  createCustomer: 'customer',
  createLicense: 'license',
  createFirstOrder: 'order',
  createRenewalOrder: 'order',
}

/** By which name a create's thing is known: licences by their name, which each caller gives once. */
const nameOf = ({ method, params }: Step) => (method === 'createLicense' ? params.name : params.id)

function thingsThere(found: Found): Map<string, Record<string, unknown>[]> {
  const there = [
    ...found.customers.map(({ partner, id, as }) => [`customer ${partner} ${id}`, as] as const),
    ...found.orders.map(({ partner, id, as }) => [`order ${partner} ${id}`, as] as const),
    ...found.licenses
      .filter(({ chain }) => chain === null)
      .map(({ partner, name, as }) => [`license ${partner} ${name}`, as] as const),
  ]
  const things = new Map<string, Record<string, unknown>[]>()
  for (const [thing, as] of there) things.set(thing, [...(things.get(thing) ?? []), as])
  return things
}

function creationComplaints(history: readonly Step[], found: Found): Complaint[] {
  const there = thingsThere(found)
  const asked = Map.groupBy(
    history.filter(({ method }) => method in kinds),
    (step) => `${kinds[step.method]} ${step.partner} ${nameOf(step)}`,
  )
  const told = [...asked].flatMap(([thing, steps]) => thingComplaints(thing, steps, there.get(thing) ?? []))
  for (const thing of there.keys())
    if (!asked.has(thing)) told.push({ kind: 'wrong', what: `${thing} is there and nobody asked for it` })
  return told
}

function thingComplaints(
  thing: string,
  steps: readonly Step[],
  there: readonly Record<string, unknown>[],
): Complaint[] {
  const told: Complaint[] = []
  const count = there.length
  const acknowledged = steps.filter(({ outcome }) => outcome === 'ok')
  const [first] = acknowledged
  // An attempt that came late may be done although a later one was refused.
  const isOpen = steps.some(({ outcome, late }) => outcome === 'unknown' || late > 0)
  if (first && count === 0)
    told.push({ kind: 'lost', what: `${thing} was acknowledged and is there 0 times` })
  if (count > 1) told.push({ kind: 'doubled', what: `${thing} is there ${count} times` })
  if (!first && !isOpen && count > 0)
    told.push({ kind: 'wrong', what: `${thing} was refused and is there ${count} times` })
  if (new Set(acknowledged.map(({ answer }) => JSON.stringify(answer))).size > 1)
    told.push({ kind: 'wrong', what: `${thing} was acknowledged with different answers` })
  if (first && there[0]) {
    const differs = Object.entries(there[0]).filter(([name, value]) => first.answer?.[name] !== value)
    for (const [name, value] of differs)
      told.push({
        kind: 'wrong',
        what: `${thing} was answered with ${name} ${JSON.stringify(first.answer?.[name])} and has ${JSON.stringify(value)}`,
      })
  }
  return told
}

const verbEvents: Record<string, string> = { suspendOrder: 'order.suspended', resumeOrder: 'order.resumed' }

/** Each chain has verbs from one caller only, which sent none before the one before it was settled. */
function verbComplaints(history: readonly Step[], { chains, events }: Found): Complaint[] {
  const told: Complaint[] = []
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
    const types = (happened.get(key) ?? []).map(({ type }) => type)
    const problem = steps.some(({ late }) => late > 0) ? looseVerbs(steps, types) : strictVerbs(steps, types)
    if (problem) told.push({ kind: problem.kind, what: `chain ${key} ${problem.what}` })
  }
  return told
}

/** Where every attempt was decided before the next one, what must have happened is known exactly. */
function strictVerbs(steps: readonly Step[], types: readonly string[]): Complaint | undefined {
  const owed = steps.filter(({ changes }) => changes).map(({ method }) => verbEvents[method])
  if (owed.join() !== types.join()) {
    const kind = types.length < owed.length ? 'lost' : types.length > owed.length ? 'doubled' : 'wrong'
    return { kind, what: `tells ${types.join()} and owes ${owed.join()}` }
  }
  const odd = steps.find(
    ({ unsettled, answer, changes }) => unsettled === 0 && answer !== undefined && answer.changed !== changes,
  )
  return odd && { kind: 'wrong', what: `said of ${odd.method} changed: ${odd.answer?.changed}` }
}

/** A verb that came late may have undone a newer one; but each attempt is told at most once, and turns are taken. */
function looseVerbs(steps: readonly Step[], types: readonly string[]): Complaint | undefined {
  if (types.some((type, index) => type !== Object.values(verbEvents)[index % 2]))
    return { kind: 'doubled', what: `tells ${types.join()}, which do not take turns` }
  const certain = steps.filter(({ answer }) => answer?.changed === true).length
  const most = certain + steps.reduce((sum, { unsettled }) => sum + unsettled, 0)
  if (types.length < certain) return { kind: 'lost', what: `tells ${types.length} verbs and owes ${certain}` }
  if (types.length > most) return { kind: 'doubled', what: `tells ${types.length} verbs of ${most} sent` }
  return undefined
}

/** No fault of machine, network or database is answered as a failure of the service's own. */
function failureComplaints(history: readonly Step[]): Complaint[] {
  const failed = history.filter(({ internal = 0 }) => internal > 0)
  const [first] = failed
  if (!first) return []
  const what = `${failed.length} calls were answered with an internal error, the first of them ${first.method} ${JSON.stringify(first.params)}`
  return [{ kind: 'wrong', what }]
}
