/**
 * Whose an account of a shop is. The customer is the one that the owner of the shop has named there, else the one that
 * the account has led to before, else the one whose remote id is the account's id; where there is none it is created.
 *
 * A customer under the account's own id may stand in for one who is only named by a later event. It is renamed then, or,
 * where the one named is there already, what was sold to it goes over to that one, so that the order in which a shop's
 * events arrive makes no difference.
 */
import { creationKey, type Need, needs } from '../ledger/needs.ts'
import { licensesOfObject, objectsOfAccount, Parked, recalled, rememberObject } from '../ledger/shops.ts'
import { createCustomer } from '../methods/customers/createCustomer.ts'
import { renameCustomer } from '../methods/customers/renameCustomer.ts'
import { updateCustomer } from '../methods/customers/updateCustomer.ts'
import type { Customer } from '../objects.ts'
import { type AccountTold, isOlder, type ShopTime } from '../rules/shop.ts'
import { RemoteId, Uuid } from '../shapes.ts'
import type { Desk } from './desk.ts'
import { moveLicense } from './licenses.ts'

/** What has to be loaded to find the customer of an account. */
export function customerNeeds({ id, customerId, remoteId }: AccountTold): Need[] {
  return [
    needs.customer({ id }),
    ...(remoteId !== undefined && RemoteId.safeParse(remoteId).success
      ? [needs.customer({ id: remoteId })]
      : []),
    ...(customerId !== undefined && Uuid.safeParse(customerId).success
      ? [needs.customer({ customerId: customerId.toLowerCase() })]
      : []),
  ]
}

/** The customer of an account as told by an event, created where there is none; the link is kept. */
export function customerOf(desk: Desk, account: AccountTold, at: ShopTime): Customer {
  const { world, source, item } = desk
  const known = recalled(world, source.sourceId, 'account', account.id)
  const linked = known?.customerId ? world.customers.get(known.customerId) : undefined
  if (linked && isOlder(known, at, item.number) && isStale(account, linked)) return linked
  const customer = named(desk, account, linked) ?? linked ?? existing(desk, account) ?? created(desk, account)
  const isTelling =
    account.level === 'whole' || (account.level === 'part' && (known?.toldAt ?? null) === null)
  // What a subscription names as its own customer is no word about the account, unless nothing else is known of it.
  const isLinking = !linked || (account.level !== 'mention' && linked.customerId !== customer.customerId)
  if (isLinking) rememberObject(world, source, 'account', account.id, { customerId: customer.customerId })
  if (isLinking && linked) moveSales(desk, account.id, linked, customer)
  if (account.level === 'whole')
    rememberObject(world, source, 'account', account.id, { toldAt: at, toldBy: item.number })
  return isTelling ? told(desk, customer, account) : customer
}

/**
 * Whether what is told of an account counts for nothing once something newer was told of it. An older checkout may still
 * be the first to say whose it is.
 */
function isStale({ id, level }: AccountTold, linked: Customer): boolean {
  return level === 'whole' || (level === 'part' && linked.remoteId !== id)
}

/** Whether an event names a customer beyond its account. */
export function namesCustomer({ customerId, remoteId }: AccountTold): boolean {
  return customerId !== undefined || remoteId !== undefined
}

function named(desk: Desk, account: AccountTold, linked: Customer | undefined): Customer | undefined {
  if (!namesCustomer(account)) return undefined
  const { world } = desk
  const { customerId, remoteId } = account
  if (customerId !== undefined && !Uuid.safeParse(customerId).success)
    throw new Parked('customer_id_invalid: The metadata names a customerId that is no UUID.')
  if (remoteId !== undefined && !RemoteId.safeParse(remoteId).success)
    throw new Parked('remote_id_invalid: The shop names a remote id that cannot be one.')
  const byUuid =
    customerId === undefined ? undefined : world.customer({ customerId: customerId.toLowerCase() })
  const byRemoteId = remoteId === undefined ? undefined : world.customer({ id: remoteId })
  const found = byUuid ?? byRemoteId
  if (found) return found
  if (linked?.remoteId !== account.id || remoteId === undefined) return created(desk, account)
  desk.call(renameCustomer, { customerId: linked.customerId, newId: remoteId })
  return world.customers.get(linked.customerId)
}

function existing({ world }: Desk, { id }: AccountTold): Customer | undefined {
  return world.customer({ id })
}

/** Until the shop has told a name, the account's id stands for it. */
function created(desk: Desk, { id, customerId, remoteId, contact = {} }: AccountTold): Customer {
  const { world } = desk
  const ownId = remoteId ?? id
  const isTaken = world.customer({ id: ownId }) !== undefined
  const answer = desk.call(createCustomer, {
    ...contact,
    name: contact.name ?? id,
    ...(isTaken ? {} : { id: ownId }),
    ...(customerId === undefined ? {} : { customerId }),
  })
  const customer = world.customer({ id: answer.remoteId as string }) as Customer
  // No request of a caller's created it, so that whoever sends one for this id is told that it is taken.
  world.remember(creationKey.customer(customer.remoteId), { request: null, reply: null })
  return customer
}

/** What the shop knows about who buys replaces what is known here; what it does not know stays. */
function told(desk: Desk, customer: Customer, { contact = {} }: AccountTold): Customer {
  const { kind: _, ...news } = contact
  desk.call(updateCustomer, { customerId: customer.customerId, ...news })
  return desk.world.customers.get(customer.customerId) as Customer
}

/** What an account has bought goes over from one customer to another. */
function moveSales(desk: Desk, accountId: string, from: Customer, to: Customer): void {
  const { world, source } = desk
  for (const object of objectsOfAccount(world, source.sourceId, accountId)) {
    if (object.customerId !== from.customerId) continue
    const { kind, objectId } = object
    for (const license of licensesOfObject(world, object)) moveLicense(desk, license, to)
    rememberObject(world, source, kind, objectId, { customerId: to.customerId })
  }
}
