/** How customers change. Each function stages rows and the event that goes with them. */
import { customerAnswer } from '../answers/customer.ts'
import type { EventType } from '../events.ts'
import type { Customer } from '../objects.ts'
import { creationKey } from './needs.ts'
import type { World } from './world.ts'

/** Adds a customer under the id it was given. */
export function addCustomer(
  world: World,
  given: Omit<Customer, 'partnerId' | 'id' | 'isActive' | 'version' | 'createdAt' | 'updatedAt'>,
): Customer {
  const { partnerId, now } = world
  const id = world.nextCustomerNumber()
  const customer: Customer = {
    ...given,
    partnerId,
    id,
    isActive: true,
    version: 1,
    createdAt: now,
    updatedAt: now,
  }
  const { customerId, remoteId } = customer
  world.customers.insert(customer)
  world.customerRemoteIds.insert({ partnerId, remoteId, customerId, request: null, reply: null })
  announce(world, 'customer.created', customer)
  return customer
}

/** Writes down changed members of a customer, and announces them. */
export function changeCustomer(
  world: World,
  customer: Customer,
  changes: Partial<Customer>,
  type: EventType = 'customer.updated',
): Customer {
  const updatedAt = Math.max(world.now, customer.updatedAt)
  const changed = { ...customer, ...changes, version: customer.version + 1, updatedAt }
  world.customers.replace(changed)
  announce(world, type, changed)
  return changed
}

/** Gives a customer a new id; the old ones stay resolvable for ever. */
export function renameCustomer(world: World, customer: Customer, newId: string): Customer {
  const { partnerId, customerId } = customer
  if (!world.customerRemoteIds.get(newId)) {
    world.customerRemoteIds.insert({ partnerId, remoteId: newId, customerId, request: null, reply: null })
    world.remember(creationKey.customer(newId), { request: null, reply: null })
  }
  return changeCustomer(world, customer, { remoteId: newId }, 'customer.renamed')
}

function announce(world: World, type: EventType, customer: Customer): void {
  const { remoteId, version, updatedAt } = customer
  world.announce(type, { id: remoteId, version }, customerAnswer(customer), updatedAt)
}
