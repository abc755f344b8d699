/** What is there in the end, read from the tables themselves and, once more, through the door. */
import { isDeepStrictEqual } from 'node:util'
import { withClient } from '../database.ts'
import type { Complaint, Step } from './history.ts'
import type { Caller } from './scene.ts'

interface Row {
  readonly partner: number
}

/** Everything that is there. The members under `as` are spelt as answers spell them. */
export interface Found {
  customers: (Row & { id: string; as: Record<string, unknown> })[]
  orders: (Row & {
    id: string
    chain: number
    position: number
    start: number
    end: number
    previousEnd: number | null
    as: Record<string, unknown>
  })[]
  chains: (Row & { chain: number; first: string; licenseId: string })[]
  licenses: (Row & {
    chain: number | null
    licenseId: string
    name: string | null
    as: Record<string, unknown>
  })[]
  events: (Row & {
    seq: number
    id: string
    type: string
    kind: string
    object: string
    version: number
    at: number
  })[]
  partners: (Row & { last: number })[]
}

const seconds = (column: string): string => `extract(epoch from ${column})::int`

const customers = `select r.partner_id as partner, r.remote_id as id, json_build_object('id', c.id, 'partner', c.partner_id,
    'remoteId', c.remote_id, 'name', c.name, 'isActive', c.is_active, 'createdAt', ${seconds('c.created_at')}) as "as"
  from customer c left join customer_remote_id r using (partner_id, customer_id)`

const orders = `select o.partner_id as partner, o.remote_id as id, o.chain_id::int as chain, o.position,
    ${seconds('o.term_start')} as start, ${seconds('o.term_end')} as "end", ${seconds('o.previous_end')} as "previousEnd",
    json_build_object('id', o.order_id, 'partner', o.partner_id, 'remoteId', o.remote_id, 'licenses', o.licenses,
      'duration', o.duration, 'product', o.edition, 'termStart', ${seconds('o.term_start')},
      'termEnd', ${seconds('o.term_end')}, 'createdAt', ${seconds('o.created_at')}, 'licenseId', c.license_id,
      'parent', (select f.remote_id from orders f where f.partner_id = o.partner_id and f.chain_id = o.chain_id
        and f.position = 1 and o.position > 1)) as "as"
  from orders o left join chain c using (partner_id, chain_id) order by o.partner_id, o.chain_id, o.term_end`

const chains = `select c.partner_id as partner, c.chain_id::int as chain, o.remote_id as first, c.license_id as "licenseId"
  from chain c join orders o on o.partner_id = c.partner_id and o.chain_id = c.chain_id and o.position = 1`

const licenses = `select l.partner_id as partner, l.chain_id::int as chain, l.license_id as "licenseId", l.name,
    json_build_object('licenseId', l.license_id, 'remoteId', l.remote_id, 'customer', c.remote_id, 'edition', l.edition,
      'quantity', l.quantity, 'name', l.name, 'validFrom', ${seconds('l.valid_from')},
      'createdAt', ${seconds('l.created_at')}) as "as"
  from license l left join customer c using (partner_id, customer_id)`

const events = `select partner_id as partner, seq::int, event_id as id, type, object_kind as kind, object_id as object,
    object_version as version, ${seconds('at')} as at from event where partner_id > 0 order by partner_id, seq`

/** Everything that is there, from one snapshot. */
export async function lookAround(url: string): Promise<Found> {
  return withClient(url, async (client) => {
    await client.query('begin isolation level repeatable read, read only')
    const rows = async (text: string) => (await client.query(text)).rows as never
    const found = {
      customers: await rows(customers),
      orders: await rows(orders),
      chains: await rows(chains),
      licenses: await rows(licenses),
      events: await rows(events),
      partners: await rows(
        'select partner_id as partner, last_seq::int as last from partner where partner_id > 0',
      ),
    }
    await client.query('commit')
    return found
  })
}

/** Calls that are sent in one array. */
const atOnce = 200
/** Calls with a key of their own go one by one, and so only some of them do. */
const keyedAtMost = 40

/** Sends every create that was acknowledged once more: each must give its first answer, member for member. */
export async function repeatComplaints(
  door: string,
  callers: readonly Caller[],
  history: readonly Step[],
): Promise<Complaint[]> {
  const told: Complaint[] = []
  for (const caller of callers) {
    const steps = history.filter(
      ({ partner, method, outcome }) =>
        partner === caller.partner && method.startsWith('create') && outcome === 'ok',
    )
    const [keyed, named] = [true, false].map((has) =>
      steps.filter(({ idempotencyKey }) => (idempotencyKey !== undefined) === has),
    ) as [Step[], Step[]]
    for (let from = 0; from < named.length; from += atOnce) {
      const part = named.slice(from, from + atOnce)
      const body = part.map(({ method, params }, id) => ({ jsonrpc: '2.0', id, method, params }))
      const answers = (await post(door, caller, body)) as { result?: unknown }[]
      part.forEach((step, index) => {
        told.push(...differing(step, answers[index]?.result ?? answers[index]))
      })
    }
    for (const step of keyed.slice(-keyedAtMost)) {
      const { method, params, idempotencyKey } = step
      told.push(...differing(step, await post(door, caller, { method, params }, idempotencyKey)))
    }
  }
  return told
}

async function post(door: string, { key }: Caller, body: object, idempotencyKey?: string): Promise<unknown> {
  const response = await fetch(`${door}/rpc`, {
    method: 'POST',
    headers: {
      'x-api-key': key,
      'content-type': 'application/json',
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    body: JSON.stringify(body),
  })
  return response.json()
}

function differing({ method, params, answer }: Step, again: unknown): Complaint[] {
  if (isDeepStrictEqual(again, answer)) return []
  const what = `${method} ${JSON.stringify(params)} was first answered ${JSON.stringify(answer)} and then ${JSON.stringify(again)}`
  return [{ kind: 'wrong', what }]
}
