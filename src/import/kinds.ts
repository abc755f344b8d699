/** The kinds of files: which columns each has, which calls a row of it becomes, and what becomes of the row. */
import { customerAnswer } from '../answers/customer.ts'
import { Fault } from '../faults.ts'
import type { CustomerSelector } from '../ledger/needs.ts'
import type { World } from '../ledger/world.ts'
import { createCustomer } from '../methods/customers/createCustomer.ts'
import { updateCustomer } from '../methods/customers/updateCustomer.ts'
import { createLicense } from '../methods/licenses/createLicense.ts'
import type { ScopeName } from '../objects.ts'
import type { GroupCall, Stage } from '../rpc/together.ts'
import { canonical, type Json } from '../rules/canonical.ts'
import { customerSelector } from '../shapes.ts'
import { columnsOf } from './columns.ts'
import type { Vocabulary } from './header.ts'
import { customerSynonyms, licenseSynonyms } from './synonyms.ts'

/** What a row asks for, by the names of the method's params. */
export type Asked = Record<string, unknown>

/** What became of a row: one of the counts, or why it was omitted. */
export type Verdict = 'imported' | 'updated' | 'skipped' | Fault

export interface Kind {
  readonly name: 'customers' | 'licenses'
  /** Whoever may call the methods may import such a file. */
  readonly scopes: readonly ScopeName[]
  readonly vocabulary: Vocabulary
  readonly callsPerRow: number
  /** The calls that a row may come to. */
  calls(asked: Asked): GroupCall[]
  /** Decides the row whose calls begin at `first`. */
  decide(stage: Stage, first: number, asked: Asked, overwrite: boolean): Verdict
}

const customers: Kind = {
  name: 'customers',
  scopes: createCustomer.scopes,
  vocabulary: {
    columns: columnsOf({ ...createCustomer.params.shape, isActive: updateCustomer.params.shape.isActive }),
    synonyms: customerSynonyms,
    oneOf: ['id', 'customerId'],
  },
  callsPerRow: 2,
  calls(asked) {
    const { isActive, ...created } = asked
    const { id, customerId, ...changed } = asked
    const named = id === undefined ? { customerId } : { id }
    return [
      { method: 'createCustomer', params: created as Json },
      { method: 'updateCustomer', params: { ...named, ...changed } as Json },
    ]
  },
  decide(stage, first, asked, overwrite) {
    const created = stage.decide(first)
    if (created.kind === 'done' && !created.replayed) {
      // Whoever is created is active; a row that says otherwise takes a second call.
      if (asked.isActive === false) stage.decide(first + 1)
      return 'imported'
    }
    const update = stage.rehearse(first + 1)
    if (update.kind !== 'done') return refusalOf(created) ?? refusalOf(update) ?? 'skipped'
    const uuid = (update.result as { customerId: string }).customerId
    const given = asked.customerId as string | undefined
    if (given !== undefined && given.toLowerCase() !== uuid)
      return new Fault('customer_exists', { id: String(asked.id), differs: ['customerId'] })
    if (overwrite) {
      if (!update.changed) return 'skipped'
      stage.decide(first + 1)
      return 'updated'
    }
    if (created.kind === 'done' || !update.changed) return 'skipped'
    const differs = differing(stage.world, asked)
    const message = 'This customer exists and is otherwise; overwriteExisting would update it.'
    return new Fault('customer_exists', { id: String(asked.id ?? asked.customerId), differs }, { message })
  },
}

const licenses: Kind = {
  name: 'licenses',
  scopes: createLicense.scopes,
  vocabulary: {
    columns: columnsOf(createLicense.params.shape),
    synonyms: licenseSynonyms,
    oneOf: ['id', 'licenseId'],
  },
  callsPerRow: 1,
  calls: (asked) => [{ method: 'createLicense', params: asked as Json }],
  decide(stage, first) {
    const created = stage.decide(first)
    return refusalOf(created) ?? (created.kind === 'done' && created.replayed ? 'skipped' : 'imported')
  },
}

export const kinds = { customers, licenses } as const satisfies Record<string, Kind>

function refusalOf(decided: ReturnType<Stage['decide']>): Fault | undefined {
  return decided.kind === 'refused' ? decided.fault : undefined
}

/** The customer that a row is about. */
export function selectorOf({ id, customerId }: Asked): CustomerSelector {
  return customerSelector(id as string | undefined, customerId as string | undefined)
}

/** What a row says otherwise than the customer as it stands. */
function differing(world: World, asked: Asked): string[] {
  const customer = world.customer(selectorOf(asked))
  if (!customer) return ['id']
  const { id, customerId, ...said } = asked
  return pathsApart(said as Json, customerAnswer(customer) as unknown as Json, '').sort()
}

function pathsApart(said: Json, kept: Json | undefined, path: string): string[] {
  const isObject = said !== null && typeof said === 'object' && !Array.isArray(said)
  if (!isObject) return canonical(said) === canonical(kept ?? null) ? [] : [path]
  const inside = (kept ?? {}) as Record<string, Json>
  return Object.entries(said).flatMap(([name, member]) =>
    pathsApart(member, Object.hasOwn(inside, name) ? inside[name] : null, path ? `${path}.${name}` : name),
  )
}
