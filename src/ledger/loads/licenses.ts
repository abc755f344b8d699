/** Loads licences, whether of their own or driven by a chain, with all that their answers tell. */
import type { Creation, License } from '../../objects.ts'
import { chainTable, customerTable, licenseTable, orderTable } from '../../store/tables.ts'
import { creationKey, type LicenseSelector, type Need } from '../needs.ts'
import type { World } from '../world.ts'
import { chainLoads, dueBy, dueValues } from './chains.ts'
import { takeCustomers } from './customers.ts'
import {
  columns,
  customersSelected,
  distinct,
  type Load,
  type SelectedCustomers,
  withoutCreation,
} from './load.ts'

/** Licences and what belongs to them, chosen by a condition on `license l` whose values begin at `$2`. */
export function licenseLoads(world: World, condition: string, values: unknown[]): Load[] {
  world.contentsAsked = true
  const all = [world.partnerId, ...values]
  const chosen = `select l.license_id from license l where l.partner_id = $1 and ${condition}`
  return [
    {
      text: `select ${licenseColumns} from license l where l.partner_id = $1 and ${condition}`,
      values: all,
      take: takeLicenses(world),
    },
    {
      text: `select ${columns(customerTable, 'k')} from customer k where k.partner_id = $1
        and k.customer_id = any (array(select l.customer_id from license l where l.partner_id = $1 and ${condition}))`,
      values: all,
      take: takeCustomers(world),
    },
    ...chainLoads(world, `c.license_id = any (array(${chosen}))`, values),
  ]
}

const licenseColumns = columns(licenseTable, 'l', withoutCreation(licenseTable))

function takeLicenses(world: World) {
  return (rows: License[]): void => {
    for (const row of rows) world.licenses.load(row)
  }
}

/**
 * All licences of customers that are in sight themselves, with their chains and their past. `customers` is a subquery of
 * UUIDs whose values begin at `$2`. Applications ask for this all day, so it is three queries, each by one index.
 */
export function licensesOf(world: World, customers: string, values: unknown[]): Load[] {
  world.contentsAsked = true
  world.pastAsked = true
  const all = [world.partnerId, ...values]
  const theirs = `customer_id = any (array(${customers}))`
  return [
    {
      text: `select ${licenseColumns} from license l where l.partner_id = $1 and l.${theirs}`,
      values: all,
      take: takeLicenses(world),
    },
    {
      text: `select ${columns(chainTable, 'c')} from chain c where c.partner_id = $1 and c.${theirs}`,
      values: all,
      take: (rows) => {
        for (const row of rows) world.chains.load(row)
      },
    },
    {
      text: `select ${columns(orderTable, 'o', withoutCreation(orderTable))} from orders o where o.partner_id = $1
        and o.chain_id = any (array(select c.chain_id from chain c where c.partner_id = $1 and c.${theirs}))
        order by o.chain_id, o.position`,
      values: all,
      take: (terms) => world.chainParts.load({ terms }),
    },
  ]
}

/** The licences with these UUIDs, or with these ids of the caller's own, of any of the products asked for. */
export function licensesSelected(world: World, wanted: readonly { selector: LicenseSelector }[]): Load[] {
  const ids = distinct(wanted.flatMap(({ selector }) => ('id' in selector ? [selector.id] : [])))
  const products = distinct(wanted.flatMap(({ selector }) => ('id' in selector ? [selector.product] : [])))
  const licenseIds = distinct(
    wanted.flatMap(({ selector }) => ('licenseId' in selector ? [selector.licenseId] : [])),
  )
  const named = 'l.product = any ($4::text[]) and l.remote_id = any ($2::text[])'
  return licenseLoads(world, `(${named} or l.license_id = any ($3::uuid[]))`, [ids, licenseIds, products])
}

export function licenseTakenLoad(world: World, wanted: Extract<Need, { kind: 'licenseTaken' }>[]): Load {
  const ids = distinct(wanted.flatMap(({ id }) => id ?? []))
  const licenseIds = distinct(wanted.flatMap(({ licenseId }) => licenseId ?? []))
  return {
    text: `select l.license_id as "licenseId", l.product, l.remote_id as "remoteId", l.request, l.reply from license l
      where l.partner_id = $1 and (l.product = any (array (select p.code from product p))
        and l.remote_id = any ($2::text[]) or l.license_id = any ($3::uuid[]))`,
    values: [world.partnerId, ids, licenseIds],
    take: (rows: (Creation & { licenseId: string; product: string | null; remoteId: string | null })[]) => {
      for (const row of rows) {
        world.loadCreation(creationKey.licenseId(row.licenseId), row)
        if (row.product !== null && row.remoteId !== null)
          world.loadCreation(creationKey.license(row.product, row.remoteId), row)
      }
    },
  }
}

/** The licences of a customer that one document number names; the number of an order names its chain's licence too. */
export function licensesByReference(
  world: World,
  need: Extract<Need, { kind: 'licensesByReference' }>,
): Load[] {
  const { selector, reference, value } = need
  const customer = 'id' in selector ? [[selector.id], []] : [[], [selector.customerId]]
  // The first half is what the index of the references is about.
  const named = `l."references" ? '${reference}' and l."references" ->> '${reference}' = $4`
  const byOrder = `or l.license_id in (select c.license_id from chain c join orders o using (partner_id, chain_id)
    where o.partner_id = $1 and o.remote_id = $4)`
  const condition = `l.customer_id in (${customersSelected}) and (${named} ${reference === 'order' ? byOrder : ''})`
  return licenseLoads(world, condition, [...customer, value])
}

/** All licences of these customers, and how they were in the past. */
export function licensesOfCustomers(world: World, { ids, customerIds }: SelectedCustomers): Load[] {
  return licensesOf(world, customersSelected, [ids, customerIds])
}

/** Licences of their own on which something is due to be told. */
export function dueLicenses(world: World, wanted: readonly Extract<Need, { kind: 'due' }>[]): Load[] {
  return licenseLoads(world, dueBy('l'), dueValues(wanted))
}
