/** How the items of a subscription or an order become licences, and how those follow what the shop says. */
import { licensesOfObject, mappedSku, Parked } from '../ledger/shops.ts'
import { createLicense } from '../methods/licenses/createLicense.ts'
import { revokeLicenses } from '../methods/licenses/revokeLicenses.ts'
import { updateLicense } from '../methods/licenses/updateLicense.ts'
import type { Customer, Instant, License, ShopLicense, ShopObject } from '../objects.ts'
import { type ItemTold, paidDescription } from '../rules/shop.ts'
import type { Desk } from './desk.ts'

/** What the licences of an object are to be. */
export interface Sale {
  readonly object: ShopObject
  readonly customer: Customer
  readonly begin: Instant | null
  readonly isOn: boolean
}

/** Brings the licences of an object to what its items say: one licence for each item of which something is bought. */
export function sell(desk: Desk, sale: Sale, items: readonly ItemTold[]): void {
  const kept = licensesOfObject(desk.world, sale.object)
  const bought = items.filter(({ quantity }) => quantity > 0)
  const mapped = bought.map((item) => ({ item, ...soldAs(desk, item, keptFor(kept, item)) }))
  const unmapped = mapped.filter(({ sku }) => sku === undefined)
  if (unmapped.length > 0) {
    const names = unmapped.flatMap(({ item }) => item.skus)
    throw new Parked(`sku_unmapped: None of ${names.join(', ') || 'its names'} is mapped to an edition.`)
  }
  for (const row of kept) {
    const item = items.find(({ id }) => id === row.itemId)
    if (!item) revoke(desk, [row])
    // There may be some again, so its licence is not over.
    else if (item.quantity === 0) desk.call(updateLicense, { licenseId: row.licenseId, isActive: false })
  }
  for (const { item, sku, edition } of mapped) {
    const row = keptFor(kept, item)
    if (!row) issue(desk, sale, item, sku as string, edition as string)
    else follow(desk, sale, row, { item, sku: sku as string, edition })
  }
}

function keptFor(kept: readonly ShopLicense[], { id }: ItemTold): ShopLicense | undefined {
  return kept.find(({ itemId }) => itemId === id)
}

/** The name of an item that is mapped. What has become a licence before needs no mapping while its name is the same. */
function soldAs(
  { world, source }: Desk,
  { skus }: ItemTold,
  row: ShopLicense | undefined,
): { sku: string | undefined; edition: string | undefined } {
  for (const sku of skus) {
    if (sku === row?.sku) return { sku, edition: undefined }
    const mapped = mappedSku(world, source.sourceId, sku)
    if (mapped) return { sku, edition: mapped.edition as string }
  }
  return { sku: undefined, edition: undefined }
}

function issue(
  desk: Desk,
  { object, customer, begin, isOn }: Sale,
  item: ItemTold,
  sku: string,
  edition: string,
): void {
  const { world } = desk
  const { kind, objectId, sourceId } = object
  const { licenseId } = desk.call(createLicense, {
    customerId: customer.customerId,
    edition,
    quantity: item.quantity,
    // A beginning that is still ahead, as on a sandbox's own clock, must not keep what is paid for from being used.
    validFrom: Math.min(begin ?? world.now, world.now),
    isActive: isOn,
    description: paidDescription(null, object.paidThrough),
    references: { [kind]: objectId, product: sku },
  })
  const { partnerId } = world
  const { id: itemId } = item
  world.shopLicenses.insert({
    partnerId,
    sourceId,
    kind,
    objectId,
    itemId,
    sku,
    licenseId: licenseId as string,
  })
}

/** The licence follows its item; another name means that another edition was chosen. */
function follow(
  desk: Desk,
  { object, customer, isOn }: Sale,
  row: ShopLicense,
  { item, sku, edition }: { item: ItemTold; sku: string; edition: string | undefined },
): void {
  const { world } = desk
  const held = world.licenses.get(row.licenseId) as License
  const moved = held.customerId === customer.customerId ? row : moveLicense(desk, row, customer)
  const license = world.licenses.get(moved.licenseId) as License
  desk.call(updateLicense, {
    licenseId: license.licenseId,
    quantity: item.quantity,
    isActive: isOn,
    description: paidDescription(license.description, object.paidThrough),
    ...(edition === undefined || edition === license.edition ? {} : { edition }),
    ...(sku === row.sku ? {} : { references: { product: sku } }),
  })
  if (sku !== row.sku) world.shopLicenses.replace({ ...moved, sku })
}

/** Ends a licence of one customer and issues the same to another; what is revoked already stays where it is. */
export function moveLicense(desk: Desk, row: ShopLicense, to: Customer): ShopLicense {
  const { world } = desk
  const license = world.licenses.get(row.licenseId) as License
  if (license.revokedAt !== null) return row
  revoke(desk, [row])
  const { edition, quantity, validFrom, validUntil, name, description, references } = license
  const { features, limitations, variables } = license
  const { licenseId } = desk.call(createLicense, {
    customerId: to.customerId,
    edition: edition as string,
    quantity: quantity as number,
    validFrom: validFrom as number,
    validUntil: validUntil ?? undefined,
    features: features ?? undefined,
    limitations: limitations ?? undefined,
    variables: variables ?? undefined,
    name: name ?? undefined,
    description: description ?? undefined,
    references,
    isActive: license.suspendedAt === null,
  })
  const moved = { ...row, licenseId: licenseId as string }
  world.shopLicenses.replace(moved)
  return moved
}

/** Revokes licences, of whichever customers; those that are over already are many in time, and are passed over. */
export function revoke(desk: Desk, rows: readonly ShopLicense[]): void {
  const { world } = desk
  const licenses = rows
    .map(({ licenseId }) => world.licenses.get(licenseId) as License)
    .filter(({ revokedAt }) => revokedAt === null || revokedAt > world.now)
  for (const [customerId, own] of Map.groupBy(licenses, (license) => license.customerId))
    desk.call(revokeLicenses, { customerId, licenseIds: own.map(({ licenseId }) => licenseId) })
}

/** Writes down until when a subscription is paid, where people look: in the description of its licences. */
export function describePaid(desk: Desk, object: ShopObject): void {
  const { world } = desk
  for (const { licenseId } of licensesOfObject(world, object)) {
    const license = world.licenses.get(licenseId) as License
    const description = paidDescription(license.description, object.paidThrough)
    if (license.revokedAt !== null || description === undefined || description === license.description)
      continue
    desk.call(updateLicense, { licenseId, description })
  }
}
