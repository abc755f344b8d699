/** How consumers and their access change. Each function stages rows and the event that goes with them. */
import { consumerAnswer } from '../answers/consumer.ts'
import type { Consumer, ConsumerAccess, Customer } from '../objects.ts'
import type { Instant } from '../rules/time.ts'
import { type ConsumerSelector, creationKey } from './needs.ts'
import type { World } from './world.ts'

/** The consumer that a selector names, of those in sight. E-mail addresses compare without case. */
export function consumerOf(world: World, selector: ConsumerSelector): Consumer | undefined {
  if ('consumerId' in selector) return world.consumers.get(selector.consumerId.toLowerCase())
  for (const consumer of world.consumers.all())
    if ('id' in selector ? consumer.remoteId === selector.id : isSameEmail(consumer.email, selector.email))
      return consumer
  return undefined
}

export function isSameEmail(one: string | null, other: string): boolean {
  return one !== null && one.toLowerCase() === other.toLowerCase()
}

export function addConsumer(world: World, consumer: Consumer): Consumer {
  world.consumers.insert(consumer)
  announceConsumer(world, 'consumer.created', consumer)
  return consumer
}

/** Writes down changed members of a consumer, and announces them. */
export function changeConsumer(world: World, consumer: Consumer, changes: Partial<Consumer>): Consumer {
  const updatedAt = Math.max(world.now, consumer.updatedAt)
  const changed = { ...consumer, ...changes, version: consumer.version + 1, updatedAt }
  world.consumers.replace(changed)
  followEmail(world, consumer, changed)
  announceConsumer(world, 'consumer.updated', changed)
  return changed
}

/**
 * The request that created a consumer goes with it to its new e-mail address: one that was created by this very group
 * is written down with it, and whoever asks for the address meets it.
 */
function followEmail(world: World, before: Consumer, { email }: Consumer): void {
  if (email === null || email === before.email) return
  const known = before.email === null ? undefined : world.creation(creationKey.consumerEmail(before.email))
  const creation = known ?? world.creation(creationKey.consumer(before.remoteId))
  world.remember(creationKey.consumerEmail(email), creation ?? { request: null, reply: null })
}

/** The names under which an e-mail address is taken: none while no consumer in sight has it. */
export function emailKeys(world: World, email: string | undefined): string[] {
  return email !== undefined && consumerOf(world, { email }) ? [creationKey.consumerEmail(email)] : []
}

function announceConsumer(
  world: World,
  type: 'consumer.created' | 'consumer.updated',
  consumer: Consumer,
): void {
  const customer = world.customers.get(consumer.customerId) as Customer
  const { remoteId, version, updatedAt } = consumer
  world.announce(type, { id: remoteId, version }, consumerAnswer(consumer, customer), updatedAt)
}

/** Every time for which a consumer may or might use a customer's licences, the earliest first. */
export function accessesOf(world: World, consumerId: string, customerId?: string): ConsumerAccess[] {
  return [...world.access.all()]
    .filter(
      (one) => one.consumerId === consumerId && (customerId === undefined || one.customerId === customerId),
    )
    .sort((one, other) => one.grantedAt - other.grantedAt || one.number - other.number)
}

/** The access that is open at a moment, if any. */
export function openAccess(accesses: readonly ConsumerAccess[], at: Instant): ConsumerAccess | undefined {
  return accesses.findLast(
    ({ grantedAt, revokedAt }) => grantedAt <= at && (revokedAt === null || at < revokedAt),
  )
}

/** The members of an access as its methods and events tell them. */
export function accessAnswer(consumer: Consumer, customer: Customer) {
  return {
    consumer: consumer.remoteId,
    consumerId: consumer.consumerId,
    customer: customer.remoteId,
    customerId: customer.customerId,
  }
}

/** Stages an access as it now is, and announces it as a change of the consumer. */
export function stageAccess(
  world: World,
  consumer: Consumer,
  customer: Customer,
  access: ConsumerAccess,
): void {
  const isNew = access.revokedAt === null
  if (isNew) world.access.insert(access)
  else world.access.replace(access)
  const updatedAt = Math.max(world.now, consumer.updatedAt)
  const changed = { ...consumer, version: consumer.version + 1, updatedAt }
  world.consumers.replace(changed)
  const object = { id: consumer.remoteId, version: changed.version }
  const data = accessAnswer(consumer, customer)
  world.announce(isNew ? 'access.granted' : 'access.revoked', object, data, updatedAt)
}
