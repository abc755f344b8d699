/** What all peers share of an order: what is asked, what is refused, what is answered, and who asks. */
import { createHash, randomBytes } from 'node:crypto'
import { utc } from '@date-fns/utc'
import { addMonths } from 'date-fns/addMonths'
import type pg from 'pg'
import { uuidV7 } from '../../../src/rules/uuid.ts'

export interface OrderParams {
  readonly customer: string
  readonly id: string
  readonly product: string
  readonly licenses: number
  readonly duration: 'monthly' | 'yearly'
}

/** Answers as they are given, members in this order. */
export interface OrderReply extends OrderParams {
  readonly remoteId: string
}

/** A call that the rules refuse. */
export class Refusal extends Error {
  readonly reason: string

  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}

/** The customer and the edition that an order names, as the peers load them. */
export interface Basis {
  customer_id: string
  is_active: boolean
  edition_version: number
  window_days: number
}

const secondsPerDay = 86_400

/** Everything that is written of a new order, but for its number. */
export function newOrder(params: OrderParams, { window_days }: Basis) {
  const now = Math.floor(Date.now() / 1000)
  const endMonth = params.duration === 'yearly' ? 12 : 1
  const end = Math.floor(addMonths(now * 1000, endMonth, { in: utc }).getTime() / 1000)
  const due = end - window_days * secondsPerDay
  return { now, end, endMonth, due, license: uuid(), event: uuid() }
}

export function replyOf(number: number, params: OrderParams, order: ReturnType<typeof newOrder>): string {
  const { customer, id, product, licenses, duration } = params
  const { now, end, due, license } = order
  return JSON.stringify({
    id: number,
    partner: 0,
    remoteId: id,
    parent: null,
    customer,
    product,
    licenses,
    duration,
    termStart: now,
    termEnd: end,
    status: 'active',
    renewableFrom: due,
    licenseId: license,
    createdAt: now,
  })
}

export function uuid(): string {
  return uuidV7(Date.now(), randomBytes(10))
}

/** What is kept of a request, to recognise it when it is sent again. */
export function requestText({ customer, id, product, licenses, duration }: OrderParams): string {
  return JSON.stringify({ customer, id, product, licenses, duration })
}

/** Whether an error of PostgreSQL says that the order's id is taken. */
export function isTaken(error: unknown): boolean {
  const { code, constraint, cause } = error as { code?: string; constraint?: string; cause?: unknown }
  if (code === undefined && cause !== undefined) return isTaken(cause)
  return code === '23505' && constraint === 'order_remote_id_taken'
}

/** The first answer again where the same was asked, else a refusal. */
export async function repeated(pool: pg.Pool, params: OrderParams): Promise<string> {
  const { rows } = await pool.query<{ request: string; reply: string }>(
    'select request, reply from orders where partner_id = 0 and remote_id = $1',
    [params.id],
  )
  if (rows[0]?.request !== requestText(params)) throw new Refusal('order_exists')
  return rows[0].reply
}

/** How long a key that was found is believed, which is as long as Tenure believes it. */
const believedMilliseconds = 2_000

/** Looks up API keys by their hash. */
export class Keys {
  readonly #pool: pg.Pool
  readonly #believed = new Map<string, number>()

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  async knows(key: string | undefined): Promise<boolean> {
    if (key === undefined) return false
    const digest = createHash('sha256').update(key).digest()
    const name = digest.toString('hex')
    if ((this.#believed.get(name) ?? 0) > performance.now()) return true
    const { rowCount } = await this.#pool.query(
      'select 1 from api_key where secret_hash = $1 and revoked_at is null and partner_id = 0',
      [digest],
    )
    if (rowCount) this.#believed.set(name, performance.now() + believedMilliseconds)
    return rowCount === 1
  }
}
