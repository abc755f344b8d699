/** Loads licences, whether of their own or driven by a chain, with all that their answers tell. */
import type { Creation, Edition, EditionVersion, License } from '../../objects.ts'
import { customerTable, licenseSuspensionTable, licenseTable } from '../../store/tables.ts'
import { creationKey, type LicenseSelector, type Need } from '../needs.ts'
import type { World } from '../world.ts'
import { editionColumns } from './catalogue.ts'
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
export function licenseLoads(world: World, condition: string, values: unknown[], withPast = false): Load[] {
  const all = [world.partnerId, ...values]
  const chosen = `select l.license_id from license l where l.partner_id = $1 and ${condition}`
  const found: Load[] = [
    {
      text: `select ${columns(licenseTable, 'l', withoutCreation(licenseTable))} from license l
        where l.partner_id = $1 and ${condition}`,
      values: all,
      take: (rows: License[]) => {
        for (const row of rows) world.licenses.load(row)
      },
    },
    {
      text: `select ${columns(customerTable, 'k')} from customer k where k.partner_id = $1
        and k.customer_id = any (array(select l.customer_id from license l where l.partner_id = $1 and ${condition}))`,
      values: all,
      take: takeCustomers(world),
    },
    {
      text: `select ${editionColumns} from edition e join edition_version v using (code, version)
        where e.code = any (array(select l.edition from license l where l.partner_id = $1 and ${condition}))`,
      values: all,
      take: (rows: Edition[]) => {
        for (const row of rows) world.editions.set(row.code, row)
      },
    },
    {
      text: `select v.code, v.version, v.features, v.limitations, v.variables, e.product
        from edition_version v join edition e using (code)
        where (v.code, v.version) in (
          select l.edition, l.edition_version from license l where l.partner_id = $1 and ${condition}
          union all select o.edition, o.edition_version from orders o
            where o.partner_id = $1 and o.chain_id in (
              select l.chain_id from license l where l.partner_id = $1 and ${condition})
          union all select g.edition, g.edition_version from order_change g
            where g.partner_id = $1 and g.chain_id in (
              select l.chain_id from license l where l.partner_id = $1 and ${condition}))`,
      values: all,
      take: (rows: EditionVersion[]) => {
        for (const row of rows) world.editionVersions.set(`${row.code} ${row.version}`, row)
      },
    },
    ...chainLoads(world, `c.license_id = any (array(${chosen}))`, values, withPast),
  ]
  if (withPast)
    found.push({
      text: `select ${columns(licenseSuspensionTable, 's')} from license_suspension s
        where s.partner_id = $1 and s.license_id = any (array(${chosen})) order by s.license_id, s.number`,
      values: all,
      take: (rows) => {
        for (const row of rows) world.licenseSuspensions.load(row)
      },
    })
  return found
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

/** Licences of their own of these customers, and how they were in the past. */
export function licensesOfCustomers(world: World, { ids, customerIds }: SelectedCustomers): Load[] {
  return licenseLoads(world, `l.customer_id in (${customersSelected})`, [ids, customerIds], true)
}

/** Licences of their own on which something is due to be told. */
export function dueLicenses(world: World, wanted: readonly Extract<Need, { kind: 'due' }>[]): Load[] {
  return licenseLoads(world, dueBy('l'), dueValues(wanted))
}
