/**
 * Turns the needs of a group of calls into queries, one per table, and their rows into a world. The queries carry
 * no name, so that PostgreSQL plans them afresh each time: a plan kept from when the tables were empty would read
 * them from end to end for the life of the connection.
 */
import type { Creation, Customer, CustomerRemoteId, Edition, EditionVersion } from '../objects.ts'
import { type Statement, selectList } from '../store/statements.ts'
import {
  apiKeyTable,
  chainTable,
  customerRemoteIdTable,
  customerTable,
  idempotencyTable,
  licenseTable,
  orderChangeTable,
  orderSuspensionTable,
  orderTable,
  partnerTable,
  type Table,
} from '../store/tables.ts'
import { type CustomerSelector, creationKey, type Need } from './needs.ts'
import type { World } from './world.ts'

/** A query, and where its rows go. */
export interface Load extends Statement {
  take(rows: never[]): void
}

const columns = (table: unknown, alias: string, members?: string[]) =>
  selectList(table as Table<never>, alias, members)

const orderMembers = Object.keys(orderTable.columns).filter(
  (member) => member !== 'request' && member !== 'reply',
)

const customerOfRemoteId =
  'select customer_id from customer_remote_id where partner_id = $1 and remote_id = any ($2::text[])'

const editionColumns = `e.code, e.product, e.name, e.provisioning_mode as "provisioningMode",
  e.client_type as "clientType", e.window_days as "windowDays", e.grace_days as "graceDays", e.renewable,
  e.version, e.created_at as "createdAt", v.features, v.limitations, v.variables`

/** The partner's row. With `lock` it is the lock under which everything of the partner is changed. */
export function partnerLoad(world: World, lock: boolean): Load {
  return {
    text: `select ${columns(partnerTable, 'p')} from partner p where p.partner_id = $1${lock ? ' for no key update' : ''}`,
    values: [world.partnerId],
    take: (rows) => {
      for (const row of rows) world.partners.load(row)
    },
  }
}

/** The queries that bring everything the needs name into the world. */
export function loads(world: World, needs: readonly Need[]): Load[] {
  const wanted = Object.groupBy(needs, (need) => need.kind) as {
    [kind in Need['kind']]?: Extract<Need, { kind: kind }>[]
  }
  const found: Load[] = []
  if (wanted.customer) found.push(...customerLoads(world, selected(wanted.customer)))
  if (wanted.customerTaken) found.push(...customerTakenLoads(world, wanted.customerTaken))
  if (wanted.orderTaken) found.push(orderTakenLoad(world, distinct(wanted.orderTaken.map(({ id }) => id))))
  if (wanted.chain) found.push(...chainsByOrderId(world, distinct(wanted.chain.map(({ id }) => id))))
  if (wanted.chains)
    found.push(
      ...chainLoads(world, 'c.chain_id = any ($2::bigint[])', [
        wanted.chains.flatMap(({ chainIds }) => chainIds),
      ]),
    )
  if (wanted.chainsOf) found.push(...chainsOfCustomers(world, selected(wanted.chainsOf)))
  if (wanted.due) found.push(...dueChains(world, wanted.due))
  if (wanted.edition) found.push(editionLoad(world, distinct(wanted.edition.map(({ code }) => code))))
  if (wanted.product) found.push(productLoad(world, distinct(wanted.product.map(({ code }) => code))))
  if (wanted.counts) found.push(countsLoad(world, selected(wanted.counts)))
  if (wanted.apiKey) found.push(apiKeyLoad(world, distinct(wanted.apiKey.map(({ keyId }) => keyId))))
  if (wanted.anyApiKey) found.push(anyApiKeyLoad(world))
  if (wanted.nextPartner) found.push(nextPartnerLoad(world))
  if (wanted.idempotency)
    found.push(idempotencyLoad(world, distinct(wanted.idempotency.map(({ keyDigest }) => keyDigest))))
  return found
}

function distinct<T>(values: T[]): T[] {
  return values.length < 2 ? values : [...new Set(values)]
}

function selected(wanted: { selector: CustomerSelector }[]): { ids: string[]; customerIds: string[] } {
  const ids: string[] = []
  const customerIds: string[] = []
  for (const { selector } of wanted) {
    if ('id' in selector) ids.push(selector.id)
    else customerIds.push(selector.customerId)
  }
  return { ids: distinct(ids), customerIds: distinct(customerIds) }
}

function takeCustomers(world: World) {
  return (rows: (Customer & { askedId?: string })[]): void => {
    for (const { askedId, ...customer } of rows) {
      world.customers.load(customer)
      if (askedId === undefined) continue
      const { partnerId, customerId } = customer
      world.customerRemoteIds.load({ partnerId, remoteId: askedId, customerId, request: null, reply: null })
    }
  }
}

function customerLoads(world: World, { ids, customerIds }: { ids: string[]; customerIds: string[] }): Load[] {
  const found: Load[] = []
  if (ids.length > 0)
    found.push({
      text: `select r.remote_id as "askedId", ${columns(customerTable, 'c')} from customer_remote_id r
        join customer c on c.partner_id = r.partner_id and c.customer_id = r.customer_id
        where r.partner_id = $1 and r.remote_id = any ($2::text[])`,
      values: [world.partnerId, ids],
      take: takeCustomers(world),
    })
  if (customerIds.length > 0)
    found.push({
      text: `select ${columns(customerTable, 'c')} from customer c
        where c.partner_id = $1 and c.customer_id = any ($2::uuid[])`,
      values: [world.partnerId, customerIds],
      take: takeCustomers(world),
    })
  return found
}

function customerTakenLoads(world: World, wanted: Extract<Need, { kind: 'customerTaken' }>[]): Load[] {
  const ids = distinct(wanted.flatMap(({ id, customerId }) => id ?? customerId ?? []))
  const customerIds = distinct(wanted.flatMap(({ customerId }) => customerId ?? []))
  return [
    {
      text: `select ${columns(customerRemoteIdTable, 'r')} from customer_remote_id r
        where r.partner_id = $1 and (r.remote_id = any ($2::text[]) or r.customer_id = any ($3::uuid[]))`,
      values: [world.partnerId, ids, customerIds],
      take: (rows: CustomerRemoteId[]) => {
        for (const row of rows) {
          world.customerRemoteIds.load(row)
          world.loadCreation(creationKey.customer(row.remoteId), row)
          world.loadCreation(creationKey.customerId(row.customerId), row)
        }
      },
    },
    ...customerLoads(world, { ids: [], customerIds }),
  ]
}

function orderTakenLoad(world: World, ids: string[]): Load {
  return {
    text: `select o.remote_id as "remoteId", o.request, o.reply from orders o
      where o.partner_id = $1 and o.remote_id = any ($2::text[])`,
    values: [world.partnerId, ids],
    take: (rows: (Creation & { remoteId: string })[]) => {
      for (const row of rows) world.loadCreation(creationKey.order(row.remoteId), row)
    },
  }
}

/** Chains and all that belongs to them, chosen by a condition on `chain c` whose values begin at `$2`. */
function chainLoads(world: World, condition: string, values: unknown[], withPast = false): Load[] {
  const chosen = `select c.chain_id from chain c where c.partner_id = $1 and ${condition}`
  const all = [world.partnerId, ...values]
  const byChain = (table: { name: string }, members: string, order: string): string =>
    `select ${members} from ${table.name} o where o.partner_id = $1 and o.chain_id in (${chosen}) order by ${order}`
  const found: Load[] = [
    {
      text: `select ${columns(chainTable, 'c')} from chain c where c.partner_id = $1 and ${condition}`,
      values: all,
      take: (rows) => {
        for (const row of rows) world.chains.load(row)
      },
    },
    {
      text: byChain(orderTable, columns(orderTable, 'o', orderMembers), 'o.chain_id, o.position'),
      values: all,
      take: (terms) => world.loadChainParts({ terms }),
    },
    {
      text: byChain(orderChangeTable, columns(orderChangeTable, 'o'), 'o.chain_id, o.number'),
      values: all,
      take: (changes) => world.loadChainParts({ changes }),
    },
    {
      text: `select ${columns(customerTable, 'k')} from customer k where k.partner_id = $1
        and k.customer_id in (select c.customer_id from chain c where c.partner_id = $1 and ${condition})`,
      values: all,
      take: takeCustomers(world),
    },
    {
      text: `select ${editionColumns} from edition e join edition_version v using (code, version)
        where e.code in (select c.edition from chain c where c.partner_id = $1 and ${condition})`,
      values: all,
      take: (rows: Edition[]) => {
        for (const row of rows) world.editions.set(row.code, row)
      },
    },
    {
      text: `select ${columns(licenseTable, 'l')} from license l where l.partner_id = $1
        and l.license_id in (select c.license_id from chain c where c.partner_id = $1 and ${condition})`,
      values: all,
      take: (rows) => {
        for (const row of rows) world.licenses.load(row)
      },
    },
  ]
  if (withPast)
    found.push({
      text: byChain(orderSuspensionTable, columns(orderSuspensionTable, 'o'), 'o.chain_id, o.number'),
      values: all,
      take: (suspensions) => world.loadChainParts({ suspensions }),
    })
  return found
}

function chainsByOrderId(world: World, ids: string[]): Load[] {
  const condition = `c.chain_id in (
    select chain_id from orders where partner_id = $1 and remote_id = any ($2::text[]))`
  return chainLoads(world, condition, [ids])
}

function chainsOfCustomers(
  world: World,
  { ids, customerIds }: { ids: string[]; customerIds: string[] },
): Load[] {
  const condition = `c.customer_id in (${customerOfRemoteId} union all select unnest($3::uuid[]))`
  return [
    ...chainLoads(world, condition, [ids, customerIds], true),
    {
      text: `select v.code, v.version, v.features, v.limitations, v.variables, e.product from edition_version v
        join edition e using (code) where e.code in (
          select o.edition from orders o join chain c using (partner_id, chain_id)
            where o.partner_id = $1 and ${condition}
          union all
          select o.edition from order_change o join chain c using (partner_id, chain_id)
            where o.partner_id = $1 and ${condition})`,
      values: [world.partnerId, ids, customerIds],
      take: (rows: EditionVersion[]) => {
        for (const row of rows) world.editionVersions.set(`${row.code} ${row.version}`, row)
      },
    },
  ]
}

function dueChains(world: World, wanted: Extract<Need, { kind: 'due' }>[]): Load[] {
  const until = Math.max(0, ...wanted.map((need) => need.until ?? 0))
  const plusSeconds = Math.max(0, ...wanted.map((need) => need.plusSeconds))
  const condition = `c.next_due_at <= (
    select greatest(to_timestamp($2), p.clock_at + make_interval(secs => $3)) from partner p where p.partner_id = $1)`
  return chainLoads(world, condition, [until, plusSeconds])
}

function editionLoad(world: World, codes: string[]): Load {
  return {
    text: `select ${editionColumns} from edition e join edition_version v using (code, version)
      where e.code = any ($1::text[])`,
    values: [codes],
    take: (rows: Edition[]) => {
      for (const row of rows) world.editions.set(row.code, row)
    },
  }
}

function productLoad(world: World, codes: string[]): Load {
  return {
    text: 'select p.code from product p where p.code = any ($1::text[])',
    values: [codes],
    take: (rows: { code: string }[]) => {
      for (const { code } of rows) world.products.add(code)
    },
  }
}

function countsLoad(world: World, { ids, customerIds }: { ids: string[]; customerIds: string[] }): Load {
  return {
    text: `select k.customer_id as "customerId",
        (select count(*) from chain c join orders o using (partner_id, chain_id)
          where c.partner_id = $1 and c.customer_id = k.customer_id) as orders,
        (select count(*) from license l where l.partner_id = $1 and l.customer_id = k.customer_id) as licenses
      from customer k where k.partner_id = $1
        and k.customer_id in (${customerOfRemoteId} union all select unnest($3::uuid[]))`,
    values: [world.partnerId, ids, customerIds],
    take: (rows: { customerId: string; orders: number; licenses: number }[]) => {
      for (const { customerId, ...counts } of rows) world.counts.set(customerId, counts)
    },
  }
}

function apiKeyLoad(world: World, keyIds: string[]): Load {
  const members = Object.keys(apiKeyTable.columns).filter((member) => member !== 'secretHash')
  return {
    text: `select ${columns(apiKeyTable, 'k', members)}, encode(k.secret_hash, 'hex') as "secretHash"
      from api_key k where k.partner_id = $1 and k.key_id = any ($2::text[])`,
    values: [world.partnerId, keyIds],
    take: (rows) => {
      for (const row of rows) world.apiKeys.load(row)
    },
  }
}

function anyApiKeyLoad(world: World): Load {
  return {
    text: 'select exists (select from api_key) as found',
    values: [],
    take: ([row]: { found: boolean }[]) => {
      world.hasApiKeys = row?.found ?? false
    },
  }
}

function nextPartnerLoad(world: World): Load {
  return {
    text: 'select max(partner_id) + 1 as next from partner',
    values: [],
    take: ([row]: { next: number }[]) => {
      world.nextPartnerId = row?.next
    },
  }
}

function idempotencyLoad(world: World, keyDigests: string[]): Load {
  return {
    text: `select i.partner_id as "partnerId", encode(i.key_digest, 'hex') as "keyDigest",
        encode(i.request_digest, 'hex') as "requestDigest", encode(i.reply, 'hex') as reply,
        i.created_at as "createdAt"
      from ${idempotencyTable.name} i where i.partner_id = $1 and i.key_digest = any ($2::bytea[])`,
    values: [world.partnerId, keyDigests.map((digest) => Buffer.from(digest, 'hex'))],
    take: (rows) => {
      for (const row of rows) world.idempotency.load(row)
    },
  }
}
