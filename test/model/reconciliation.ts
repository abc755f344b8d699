/** What a comparison of the caller's list with what is here must answer. */
import { orderFacts } from './chain.ts'
import { customerFacts } from './customers.ts'
import { shown } from './licenseCalls.ts'
import type { Reference } from './reference.ts'
import type { Params, Verdict } from './verdict.ts'

interface Here {
  /** What tells it apart, and the id it is told by. */
  readonly key: string
  readonly id: string
  readonly facts: Record<string, unknown>
}

type Row = { id: string } & Record<string, unknown>

/** All there is of a kind; orders are counted singly, renewals included. */
function hereOf(model: Reference, kind: string): Here[] {
  const { customers, chains, licenses, now } = model.state
  if (kind === 'customers')
    return customers.map((one) => ({
      key: one.customerId,
      id: one.id,
      facts: customerFacts(model, one),
    }))
  if (kind === 'orders')
    return chains.flatMap((chain) =>
      chain.terms.map((term) => ({
        key: term.id,
        id: term.id,
        facts: orderFacts(chain, term, model.settings, now),
      })),
    )
  return [...licenses, ...chains].map((one) => {
    const facts = shown(model, one)
    const key = facts.licenseId as string
    return { key, id: (facts.remoteId as string | null) ?? key, facts }
  })
}

function found(model: Reference, kind: string, row: Row, here: readonly Here[]): Here | undefined {
  if (kind === 'customers') {
    const customer = model.holderOf(row.id)
    return customer && here.find(({ key }) => key === customer.customerId)
  }
  const byKey = here.find(({ key }) => key === row.id)
  if (byKey || kind === 'orders') return byKey
  return here.find(
    ({ facts }) => facts.remoteId === row.id && (row.product === undefined || facts.product === row.product),
  )
}

/** Whether a row says the same: e-mail addresses in any case, numbers also as text, and an empty text for nothing. */
function agrees(field: string, theirs: unknown, ours: unknown): boolean {
  if (theirs === '' || ours === null) return (theirs === '' || theirs === null) && ours === null
  if (field === 'email') return String(theirs).toLowerCase() === String(ours).toLowerCase()
  return typeof ours === 'number' ? Number(theirs) === ours : theirs === ours
}

export function reconcile(model: Reference, { kind, rows, complete }: Params): Verdict {
  const here = hereOf(model, kind)
  const missingHere: string[] = []
  const differing: Record<string, unknown>[] = []
  const met = new Set<string>()
  let matching = 0
  for (const row of rows as Row[]) {
    const one = found(model, kind, row, here)
    if (!one) {
      missingHere.push(row.id)
      continue
    }
    met.add(one.key)
    const { id, ...said } = row
    const apart = Object.entries(said).filter(
      ([field, theirs]) => theirs !== null && !agrees(field, theirs, one.facts[field]),
    )
    for (const [field, theirs] of apart) differing.push({ id, field, theirs, ours: one.facts[field] ?? null })
    if (apart.length === 0) matching += 1
  }
  const missingThere = here.filter(({ key }) => !met.has(key)).map(({ id }) => id)
  const answer = { missingHere, differing, matching, ...(complete ? { missingThere } : {}) }
  return { kind: 'done', answer, ...(complete ? { sorted: { list: 'missingThere' } } : {}) }
}
