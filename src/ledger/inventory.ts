/** What there is of each kind of thing: found by the ids of a list, and walked through from one end to the other. */
import { sql } from 'kysely'
import { customerAnswer } from '../answers/customer.ts'
import { orderAnswer } from '../answers/order.ts'
import type { License as KeptLicense } from '../objects.ts'
import type { OurAnswer, TheirRow } from '../rules/comparison.ts'
import type { Instant } from '../rules/time.ts'
import { Customer, License, Order, Uuid } from '../shapes.ts'
import type { Reader } from '../store/open.ts'
import { answerOf } from './licenses.ts'
import { type Need, needs } from './needs.ts'
import type { World } from './world.ts'

type SortKey = number | string

export interface Inventory {
  /** The answer's shape, whose members may be compared. */
  readonly shape: Record<string, unknown>
  /** `products` are the codes of all there are: an id of a licence is unique per product. */
  needs(rows: readonly TheirRow[], products: readonly string[]): Need[]
  /** What is here of each row, in order; undefined where there is nothing of that id. */
  find(world: World, rows: readonly TheirRow[], now: Instant): (OurAnswer | undefined)[]
  /** What tells one thing from all others of its kind, as `walk` names it too. */
  keyOf(answer: OurAnswer): string
  /** Some things of a partner after a cursor, in an order that has an index. */
  walk(db: Reader, partnerId: number, after: readonly SortKey[] | undefined, most: number): Promise<Walked[]>
}

/** One thing on a walk: what tells it apart, the id it is told by, and the cursor that goes on behind it. */
export interface Walked {
  readonly key: string
  readonly id: string
  readonly after: SortKey[]
}

const customers: Inventory = {
  shape: Customer.shape,
  needs: (rows) => rows.map(({ id }) => needs.customer({ id })),
  find: (world, rows) =>
    rows.map(({ id }) => {
      const customer = world.customer({ id })
      return customer && customerAnswer(customer)
    }),
  keyOf: ({ customerId }) => String(customerId),
  async walk(db, partnerId, after, most) {
    const rows = await db
      .selectFrom('customer')
      .select(['customerId', 'remoteId', 'id'])
      .where('partnerId', '=', partnerId)
      .where('id', '>', Number(after?.[0] ?? 0))
      .orderBy('id')
      .limit(most)
      .execute()
    return rows.map(({ customerId, remoteId, id }) => ({ key: customerId, id: remoteId, after: [id] }))
  },
}

const orders: Inventory = {
  shape: Order.shape,
  needs: (rows) => rows.map(({ id }) => needs.chain(id)),
  find: (world, rows, now) =>
    rows.map(({ id }) => {
      const chain = world.chain(id)
      const order = chain?.terms.find(({ remoteId }) => remoteId === id)
      return chain && order && orderAnswer(chain, order, now)
    }),
  keyOf: ({ remoteId }) => String(remoteId),
  async walk(db, partnerId, after, most) {
    const [chainId = 0, termEnd = 0] = after ?? []
    const rows = await db
      .selectFrom('orders')
      .select(['remoteId', 'chainId', 'termEnd'])
      .where('partnerId', '=', partnerId)
      .where(sql<boolean>`(chain_id, term_end) > (${chainId}::bigint, to_timestamp(${termEnd}))`)
      .orderBy('chainId')
      .orderBy('termEnd')
      .limit(most)
      .execute()
    return rows.map((row) => ({ key: row.remoteId, id: row.remoteId, after: [row.chainId, row.termEnd] }))
  },
}

const licenses: Inventory = {
  shape: License.shape,
  needs: (rows, products) =>
    rows.flatMap(({ id }) => [
      ...products.map((product) => needs.license({ id, product })),
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
  async walk(db, partnerId, after, most) {
    const rows = await db
      .selectFrom('license')
      .select(['licenseId', 'remoteId'])
      .where('partnerId', '=', partnerId)
      .where('licenseId', '>', String(after?.[0] ?? '00000000-0000-0000-0000-000000000000'))
      .orderBy('licenseId')
      .limit(most)
      .execute()
    return rows.map(({ licenseId, remoteId }) => ({
      key: licenseId,
      id: remoteId ?? licenseId,
      after: [licenseId],
    }))
  },
}

export const inventories = { customers, orders, licenses } as const satisfies Record<string, Inventory>

/** Of several licences with one id the row means the one of its product or edition. */
function meant(found: readonly KeptLicense[], { product, edition }: TheirRow): KeptLicense | undefined {
  const ofProduct = product === undefined ? found : found.filter((license) => license.product === product)
  return ofProduct.find((license) => license.edition === edition) ?? ofProduct[0]
}
