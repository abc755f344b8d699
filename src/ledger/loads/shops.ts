/** Loads sources of shops, what their names are mapped to, and what is remembered of the things they tell about. */
import type {
  Edition,
  EditionVersion,
  InboxItem,
  License,
  ShopLicense,
  ShopObject,
  ShopSku,
  ShopSource,
} from '../../objects.ts'
import {
  customerTable,
  inboxItemTable,
  licenseTable,
  shopLicenseTable,
  shopObjectTable,
  shopSkuTable,
  shopSourceTable,
} from '../../store/tables.ts'
import type { ShopEventNeed } from '../needs.ts'
import type { World } from '../world.ts'
import { editionColumns } from './catalogue.ts'
import { takeCustomers } from './customers.ts'
import { columns, distinct, type Load, withoutCreation } from './load.ts'

/** Sources, chosen by a condition on `shop_source s` whose values begin at `$2`. */
export function sourceLoad(world: World, condition: string, values: unknown[]): Load {
  return {
    text: `select ${columns(shopSourceTable, 's')} from shop_source s where s.partner_id = $1 and ${condition}`,
    values: [world.partnerId, ...values],
    take: (rows: ShopSource[]) => {
      for (const row of rows) world.sources.load(row)
    },
  }
}

export function inboxItemLoad(world: World, inboxIds: string[]): Load {
  return {
    text: `select ${columns(inboxItemTable, 'i')} from inbox_item i
      where i.partner_id = $1 and i.inbox_id = any ($2::uuid[])`,
    values: [world.partnerId, inboxIds],
    take: (rows: InboxItem[]) => {
      for (const row of rows) world.inboxItems.load(row)
    },
  }
}

/** Names of shops, each looked up by itself: a source may have many. */
const skusAsked = `select found.* from unnest($2::uuid[], $3::text[]) as asked (source_id, sku)
  cross join lateral (select ${columns(shopSkuTable, 'k')} from shop_sku k
    where k.partner_id = $1 and k.source_id = asked.source_id and k.sku = asked.sku offset 0) as found`

export function skuLoad(world: World, wanted: readonly { sourceId: string; sku: string }[]): Load {
  return {
    text: skusAsked,
    values: [world.partnerId, wanted.map(({ sourceId }) => sourceId), wanted.map(({ sku }) => sku)],
    take: (rows: ShopSku[]) => {
      for (const row of rows) world.skus.load(row)
    },
  }
}

/**
 * The keys of the objects asked for in `$2` to `$4`, and of all that belong to the accounts in `$5` and `$6`. Each is
 * looked up by itself (`offset 0` keeps the planner from joining them all at once).
 */
const objectsAsked = `select o.* from unnest($2::uuid[], $3::text[], $4::text[]) as asked (source_id, kind, object_id)
    cross join lateral (select f.source_id, f.kind, f.object_id, f.customer_id from shop_object f where f.partner_id = $1
      and f.source_id = asked.source_id and f.kind = asked.kind and f.object_id = asked.object_id offset 0) as o
  union select o.* from unnest($5::uuid[], $6::text[]) as asked (source_id, account_id)
    cross join lateral (select f.source_id, f.kind, f.object_id, f.customer_id from shop_object f where f.partner_id = $1
      and f.source_id = asked.source_id and f.account_id = asked.account_id offset 0) as o`

const licensesAsked = `select h.license_id from (${objectsAsked}) as of_object cross join lateral (
  select g.license_id from shop_license g where g.partner_id = $1 and g.source_id = of_object.source_id
    and g.kind = of_object.kind and g.object_id = of_object.object_id offset 0) as h`

/** The licences that objects have become. They are never driven by chains, so nothing of those has to be looked at. */
const licensesOfObjects = `from license l where l.partner_id = $1 and l.license_id = any (array(${licensesAsked}))`

/**
 * Everything that events of shops are about: whose the objects are is only known here, so customers and licences are
 * found through them.
 */
export function shopEventLoads(
  world: World,
  wanted: readonly ({ kind: 'shopEvent' } & ShopEventNeed)[],
): Load[] {
  const asked = askedOf(world, wanted)
  const skus = wanted.flatMap(({ sourceId, skus }) => skus.map((sku) => ({ sourceId, sku })))
  return [
    sourceLoad(world, 's.source_id = any ($2::uuid[])', [distinct(wanted.map(({ sourceId }) => sourceId))]),
    inboxItemLoad(world, distinct(wanted.map(({ inboxId }) => inboxId))),
    skuLoad(world, skus),
    editionsOfSkus(world, skus),
    ...objectLoads(world, asked),
    ...licenseLoads(world, asked),
  ]
}

function askedOf(world: World, wanted: readonly ShopEventNeed[]): unknown[] {
  const objects = wanted.flatMap(({ sourceId, objects }) =>
    objects.map((object) => ({ sourceId, ...object })),
  )
  const accounts = wanted.flatMap(({ sourceId, accounts }) => accounts.map((id) => ({ sourceId, id })))
  return [
    world.partnerId,
    objects.map(({ sourceId }) => sourceId),
    objects.map(({ kind }) => kind),
    objects.map(({ id }) => id),
    accounts.map(({ sourceId }) => sourceId),
    accounts.map(({ id }) => id),
  ]
}

function editionsOfSkus(world: World, skus: readonly { sourceId: string; sku: string }[]): Load {
  return {
    text: `select ${editionColumns} from edition e join edition_version v using (code, version)
      where e.code = any (array(select mapped.edition from (${skusAsked}) as mapped))`,
    values: [world.partnerId, skus.map(({ sourceId }) => sourceId), skus.map(({ sku }) => sku)],
    take: takeEditions(world),
  }
}

function takeEditions(world: World) {
  return (rows: Edition[]): void => {
    for (const row of rows) world.editions.set(row.code, row)
  }
}

/** Objects with their licences and customers, and the accounts, of any shop, that lead to the same customers. */
function objectLoads(world: World, asked: unknown[]): Load[] {
  return [
    {
      text: `select found.* from (${objectsAsked}) as asked cross join lateral (
          select ${columns(shopObjectTable, 'o')} from shop_object o where o.partner_id = $1
            and o.source_id = asked.source_id and o.kind = asked.kind and o.object_id = asked.object_id offset 0) as found
        union all select ${columns(shopObjectTable, 'a')} from shop_object a
          where a.partner_id = $1 and a.kind = 'account'
            and a.customer_id = any (array(select asked.customer_id from (${objectsAsked}) as asked))`,
      values: asked,
      take: (rows: ShopObject[]) => {
        for (const row of rows) world.shopObjects.load(row)
      },
    },
    {
      text: `select ${columns(shopLicenseTable, 'h')} from shop_license h
        where h.partner_id = $1 and h.license_id = any (array(${licensesAsked}))`,
      values: asked,
      take: (rows: ShopLicense[]) => {
        for (const row of rows) world.shopLicenses.load(row)
      },
    },
    {
      text: `select ${columns(customerTable, 'c')} from customer c where c.partner_id = $1 and c.customer_id = any (array(
        select asked.customer_id from (${objectsAsked}) as asked union all select l.customer_id ${licensesOfObjects}))`,
      values: asked,
      take: takeCustomers(world),
    },
  ]
}

/** Licences of their own, with what their answers tell. */
function licenseLoads(world: World, asked: unknown[]): Load[] {
  return [
    {
      text: `select ${columns(licenseTable, 'l', withoutCreation(licenseTable))} ${licensesOfObjects}`,
      values: asked,
      take: (rows: License[]) => {
        for (const row of rows) world.licenses.load(row)
      },
    },
    {
      text: `select ${editionColumns} from edition e join edition_version v using (code, version)
        where e.code = any (array(select l.edition ${licensesOfObjects}))`,
      values: asked,
      take: takeEditions(world),
    },
    {
      text: `select v.code, v.version, v.features, v.limitations, v.variables, e.product
        from edition_version v join edition e using (code)
        where (v.code, v.version) in (select l.edition, l.edition_version ${licensesOfObjects})`,
      values: asked,
      take: (rows: EditionVersion[]) => {
        for (const row of rows) world.editionVersions.set(`${row.code} ${row.version}`, row)
      },
    },
  ]
}
