/**
 * Customers whose number, name or e-mail address has a text in it, the newest first. One look goes along so many
 * customers and no further; the next one goes on from there, so that a search costs the same however many there are.
 */
import { sql } from 'kysely'
import { customerAnswer } from '../../answers/customer.ts'
import type { Customer } from '../../objects.ts'
import { Search } from '../../shapes.ts'
import type { Reader } from '../../store/open.ts'
import type { Result } from '../door.ts'

export type FoundCustomer = Result<'listCustomers'>['items'][number]

/** How many customers one look goes along, and how many of them it shows. */
const alongMost = 20_000
const shownMost = 50

export interface Found {
  readonly items: readonly FoundCustomer[]
  /** The customer number below which the next look begins; null where all have been looked at. */
  readonly below: number | null
}

export async function searchCustomers(
  db: Reader,
  partnerId: number,
  text: string,
  below?: number,
): Promise<Found> {
  // What cannot stand in any of them is not asked for: the database would not even take it.
  if (!Search.safeParse(text).success) return { items: [], below: null }
  const { lastCustomerId } = await db
    .selectFrom('partner')
    .select('lastCustomerId')
    .where('partnerId', '=', partnerId)
    .executeTakeFirstOrThrow()
  const from = Math.min(below ?? lastCustomerId + 1, lastCustomerId + 1)
  const through = Math.max(0, from - alongMost)
  const part = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const rows = (await db
    .selectFrom('customer')
    .selectAll()
    .where('partnerId', '=', partnerId)
    .where('id', '<', from)
    .where('id', '>', through)
    .where(
      sql<boolean>`(remote_id ilike ${part} or name ilike ${part} or email ilike ${part} or admin ->> 'email' ilike ${part})`,
    )
    .orderBy('id', 'desc')
    .limit(shownMost + 1)
    .execute()) as Customer[]
  const shown = rows.slice(0, shownMost)
  const last = shown.at(-1)?.id ?? 0
  const next = rows.length > shownMost ? last : through + 1
  return { items: shown.map(customerAnswer), below: next > 1 ? next : null }
}
