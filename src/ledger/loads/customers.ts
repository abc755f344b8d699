/** Loads customers, the ids they have, and what can be counted about them. */
import type { Customer, CustomerRemoteId } from '../../objects.ts'
import { customerRemoteIdTable, customerTable } from '../../store/tables.ts'
import { creationKey, type Need } from '../needs.ts'
import type { World } from '../world.ts'
import { columns, customersSelected, distinct, type Load, type SelectedCustomers } from './load.ts'

/** Takes in customers, and where a row says by which id it was asked for, that the id is the customer's. */
export function takeCustomers(world: World) {
  return (rows: (Customer & { askedId?: string })[]): void => {
    for (const { askedId, ...customer } of rows) {
      world.customers.load(customer)
      if (askedId === undefined) continue
      const { partnerId, customerId } = customer
      world.customerRemoteIds.load({ partnerId, remoteId: askedId, customerId, request: null, reply: null })
    }
  }
}

/**
 * Each id is looked up by itself (`offset 0` keeps the planner from joining them all at once): before the tables have
 * been analysed it takes a partner for small, and would read everything the partner has for every group.
 */
export function customerLoads(world: World, { ids, customerIds }: SelectedCustomers): Load[] {
  const found: Load[] = []
  if (ids.length > 0)
    found.push({
      text: `select asked.id as "askedId", found.* from unnest($2::text[]) as asked (id)
        cross join lateral (select r.customer_id from customer_remote_id r
          where r.partner_id = $1 and r.remote_id = asked.id offset 0) as named
        cross join lateral (select ${columns(customerTable, 'c')} from customer c
          where c.partner_id = $1 and c.customer_id = named.customer_id offset 0) as found`,
      values: [world.partnerId, ids],
      take: takeCustomers(world),
    })
  if (customerIds.length > 0)
    found.push({
      text: `select found.* from unnest($2::uuid[]) as asked (id) cross join lateral (
          select ${columns(customerTable, 'c')} from customer c
          where c.partner_id = $1 and c.customer_id = asked.id offset 0) found`,
      values: [world.partnerId, customerIds],
      take: takeCustomers(world),
    })
  return found
}

export function customerTakenLoads(world: World, wanted: Extract<Need, { kind: 'customerTaken' }>[]): Load[] {
  const ids = distinct(wanted.flatMap(({ id, customerId }) => id ?? customerId ?? []))
  const customerIds = distinct(wanted.flatMap(({ customerId }) => customerId ?? []))
  const taken = (asked: string, condition: string): string =>
    `select found.* from unnest(${asked}) as asked (id) cross join lateral (
      select ${columns(customerRemoteIdTable, 'r')} from customer_remote_id r
      where r.partner_id = $1 and ${condition} offset 0) found`
  return [
    {
      text: `${taken('$2::text[]', 'r.remote_id = asked.id')}
        union all ${taken('$3::uuid[]', 'r.customer_id = asked.id')}`,
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

export function countsLoad(world: World, { ids, customerIds }: SelectedCustomers): Load {
  return {
    text: `select k.customer_id as "customerId",
        (select count(*) from chain c join orders o using (partner_id, chain_id)
          where c.partner_id = $1 and c.customer_id = k.customer_id) as orders,
        (select count(*) from license l where l.partner_id = $1 and l.customer_id = k.customer_id) as licenses
      from customer k where k.partner_id = $1
        and k.customer_id in (${customersSelected})`,
    values: [world.partnerId, ids, customerIds],
    take: (rows: { customerId: string; orders: number; licenses: number }[]) => {
      for (const { customerId, ...counts } of rows) world.counts.set(customerId, counts)
    },
  }
}
