/** What all loading queries share: their form, and how they name columns and customers. */
import { type Statement, selectList } from '../../store/statements.ts'
import type { Table } from '../../store/tables.ts'
import type { CustomerSelector } from '../needs.ts'

/** A query, and where its rows go. */
export interface Load extends Statement {
  take(rows: never[]): void
}

/** `column as "member", …` of a table under an alias. */
export function columns(table: unknown, alias: string, members?: readonly string[]): string {
  return selectList(table as Table<never>, alias, members)
}

/** The members of a table without the request that created a row and its first answer, which few calls need. */
export function withoutCreation(table: { columns: object }): string[] {
  return Object.keys(table.columns).filter((member) => member !== 'request' && member !== 'reply')
}

export function distinct<T>(values: T[]): T[] {
  return values.length < 2 ? values : [...new Set(values)]
}

/** The ids and UUIDs of many selectors of customers. */
export interface SelectedCustomers {
  ids: string[]
  customerIds: string[]
}

export function selected(wanted: readonly { selector: CustomerSelector }[]): SelectedCustomers {
  const ids: string[] = []
  const customerIds: string[] = []
  for (const { selector } of wanted) {
    if ('id' in selector) ids.push(selector.id)
    else customerIds.push(selector.customerId)
  }
  return { ids: distinct(ids), customerIds: distinct(customerIds) }
}

/** A subquery of customers' UUIDs, from remote ids in `$2` and UUIDs in `$3`. */
export const customersSelected = `select customer_id from customer_remote_id
  where partner_id = $1 and remote_id = any ($2::text[]) union all select unnest($3::uuid[])`
