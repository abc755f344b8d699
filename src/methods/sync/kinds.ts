/** The kinds of things that can be reconciled: how each is found, and in which order all of it can be walked through. */
import { type RawBuilder, sql } from 'kysely'
import { customerAnswer } from '../../answers/customer.ts'
import { orderAnswer } from '../../answers/order.ts'
import { answerOf } from '../../ledger/licenses.ts'
import { type Need, needs } from '../../ledger/needs.ts'
import type { World } from '../../ledger/world.ts'
import type { License as KeptLicense } from '../../objects.ts'
import type { KeyKind } from '../../rpc/pages.ts'
import type { Instant } from '../../rules/time.ts'
import { Customer, License, Order, Uuid } from '../../shapes.ts'

/** One line of the caller's list. */
export type TheirRow = { id: string } & Record<string, unknown>
export type OurAnswer = Record<string, unknown>

type SortKey = number | string

export interface Reconciled {
  /** The answer's shape, whose members may be compared. */
  readonly shape: Record<string, unknown>
  needs(rows: readonly TheirRow[]): Need[]
  /** What is here of each row, in order; undefined where there is nothing of that id. */
  find(world: World, rows: readonly TheirRow[], now: Instant): (OurAnswer | undefined)[]
  /** What tells one thing from all others of its kind, as `walk` names it too. */
  keyOf(answer: OurAnswer): string
  /** What a cursor of the walk is made of. */
  readonly cursor: KeyKind[]
  /** All things of a partner after a cursor, in an order that has an index: `key`, `id` as told, and what to go on after. */
  walk(partnerId: number, after: readonly SortKey[] | undefined): RawBuilder<Walked>
}

export interface Walked {
  key: string
  id: string
  after: SortKey[]
}

const customers: Reconciled = {
  shape: Customer.shape,
  needs: (rows) => rows.map(({ id }) => needs.customer({ id })),
  find: (world, rows) =>
    rows.map(({ id }) => {
      const customer = world.customer({ id })
      return customer && customerAnswer(customer)
    }),
  keyOf: ({ customerId }) => String(customerId),
  cursor: ['number'],
  walk: (
    partnerId,
    after,
  ) => sql`select customer_id::text as key, remote_id as id, json_build_array(id) as after
    from customer where partner_id = ${partnerId} and id > ${after?.[0] ?? 0} order by id`,
}

const orders: Reconciled = {
  shape: Order.shape,
  needs: (rows) => rows.map(({ id }) => needs.chain(id)),
  find: (world, rows, now) =>
    rows.map(({ id }) => {
      const chain = world.chain(id)
      const order = chain?.terms.find(({ remoteId }) => remoteId === id)
      return chain && order && orderAnswer(chain, order, now)
    }),
  keyOf: ({ remoteId }) => String(remoteId),
  cursor: ['number', 'instant'],
  walk: (partnerId, after) => sql`select remote_id as key, remote_id as id,
      json_build_array(chain_id, extract(epoch from term_end)::bigint) as after
    from orders where partner_id = ${partnerId}
      and (chain_id, term_end) > (${after?.[0] ?? 0}, to_timestamp(${after?.[1] ?? 0}))
    order by chain_id, term_end`,
}

const licenses: Reconciled = {
  shape: License.shape,
  needs: (rows) =>
    rows.flatMap(({ id }) => [
      needs.license({ id, product: '' }),
      ...(Uuid.safeParse(id).success ? [needs.license({ licenseId: id.toLowerCase() })] : []),
    ]),
  find(world, rows, now) {
    const byRemoteId = Map.groupBy(world.licenses.all(), ({ remoteId }) => remoteId)
    return rows.map((row) => {
      const license = world.licenses.get(row.id.toLowerCase()) ?? meant(byRemoteId.get(row.id) ?? [], row)
      return license && answerOf(world, license, now)
    })
  },
  keyOf: ({ licenseId }) => String(licenseId),
  cursor: ['uuid'],
  walk: (partnerId, after) => sql`select license_id::text as key, coalesce(remote_id, license_id::text) as id,
      json_build_array(license_id) as after
    from license where partner_id = ${partnerId}
      and license_id > ${after?.[0] ?? '00000000-0000-0000-0000-000000000000'}::uuid
    order by license_id`,
}

export const kinds = { customers, orders, licenses } as const satisfies Record<string, Reconciled>

/** An id is unique per product only: of several licences the row means the one of its product or edition. */
function meant(found: readonly KeptLicense[], { product, edition }: TheirRow): KeptLicense | undefined {
  const ofProduct = product === undefined ? found : found.filter((license) => license.product === product)
  return ofProduct.find((license) => license.edition === edition) ?? ofProduct[0]
}
