/** Loads chains with everything that belongs to them, and tells which order ids are taken. */
import type { Creation } from '../../objects.ts'
import { chainTable, customerTable, licenseTable, orderChangeTable, orderTable } from '../../store/tables.ts'
import { creationKey, type Need } from '../needs.ts'
import type { World } from '../world.ts'
import { takeCustomers } from './customers.ts'
import { columns, type Load, withoutCreation } from './load.ts'

export function orderTakenLoad(world: World, ids: string[]): Load {
  return {
    text: `select o.remote_id as "remoteId", o.request, o.reply from orders o
      where o.partner_id = $1 and o.remote_id = any ($2::text[])`,
    values: [world.partnerId, ids],
    take: (rows: (Creation & { remoteId: string })[]) => {
      for (const row of rows) world.loadCreation(creationKey.order(row.remoteId), row)
    },
  }
}

/**
 * Chains and all that belongs to them, chosen by a condition on `chain c` whose values begin at `$2`. What is chosen is
 * gathered into an array first, so that each table is read by its key whatever the planner believes of their sizes.
 */
export function chainLoads(world: World, condition: string, values: unknown[]): Load[] {
  const chosen = `select c.chain_id from chain c where c.partner_id = $1 and ${condition}`
  const all = [world.partnerId, ...values]
  const byChain = (table: { name: string }, members: string, order: string): string =>
    `select ${members} from ${table.name} o where o.partner_id = $1 and o.chain_id = any (array(${chosen})) order by ${order}`
  return [
    {
      text: `select ${columns(chainTable, 'c')} from chain c where c.partner_id = $1 and ${condition}`,
      values: all,
      take: (rows) => {
        for (const row of rows) world.chains.load(row)
      },
    },
    {
      text: byChain(
        orderTable,
        columns(orderTable, 'o', withoutCreation(orderTable)),
        'o.chain_id, o.position',
      ),
      values: all,
      take: (terms) => world.chainParts.load({ terms }),
    },
    {
      text: byChain(orderChangeTable, columns(orderChangeTable, 'o'), 'o.chain_id, o.number'),
      values: all,
      take: (changes) => world.chainParts.load({ changes }),
    },
    {
      text: `select ${columns(customerTable, 'k')} from customer k where k.partner_id = $1
        and k.customer_id = any (array(select c.customer_id from chain c where c.partner_id = $1 and ${condition}))`,
      values: all,
      take: takeCustomers(world),
    },
    {
      text: `select ${columns(licenseTable, 'l', withoutCreation(licenseTable))} from license l where l.partner_id = $1
        and l.license_id = any (array(select c.license_id from chain c where c.partner_id = $1 and ${condition}))`,
      values: all,
      take: (rows) => {
        for (const row of rows) world.licenses.load(row)
      },
    },
  ]
}

export function chainsByOrderId(world: World, ids: string[]): Load[] {
  const condition = `c.chain_id = any (array(
    select chain_id from orders where partner_id = $1 and remote_id = any ($2::text[])))`
  return chainLoads(world, condition, [ids])
}

/**
 * A condition on a table with `next_due_at`: due by the later of `$2` and the sandbox's clock plus `$3` seconds. Where
 * the catalogue's rules have changed since, the moments noted no longer hold, and everything that waits is looked at.
 */
export function dueBy(alias: string): string {
  return `${alias}.next_due_at is not null and exists (select from partner p, catalogue g where p.partner_id = $1
    and (p.rules_version <> g.rules_version
      or ${alias}.next_due_at <= greatest(to_timestamp($2), p.clock_at + make_interval(secs => $3))))`
}

export function dueValues(wanted: readonly Extract<Need, { kind: 'due' }>[]): number[] {
  const until = Math.max(0, ...wanted.map((need) => need.until ?? 0))
  return [until, Math.max(0, ...wanted.map((need) => need.plusSeconds))]
}

export function dueChains(world: World, wanted: readonly Extract<Need, { kind: 'due' }>[]): Load[] {
  return chainLoads(world, dueBy('c'), dueValues(wanted))
}
