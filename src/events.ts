/**
 * The glossary of announcements: everything that can appear in a partner's feed, and what kind of object each
 * one is about. An event tells the object's answer shape after the change.
 */
export const events = {
  'customer.created': 'customer',
  'customer.updated': 'customer',
  'customer.renamed': 'customer',
  'order.created': 'order',
  'order.renewed': 'order',
  'order.changed': 'order',
  'order.suspended': 'order',
  'order.resumed': 'order',
  'order.cancellation_scheduled': 'order',
  'order.uncancelled': 'order',
  'order.cancelled': 'order',
  'order.renewal_due': 'order',
  'order.expired': 'order',
  'license.created': 'license',
  'license.updated': 'license',
  'license.revoked': 'license',
  'license.expired': 'license',
  'consumer.created': 'consumer',
  'consumer.updated': 'consumer',
  'access.granted': 'consumer',
  'access.revoked': 'consumer',
  'inbox.parked': 'inbox',
  'endpoint.disabled': 'endpoint',
} as const

export type EventType = keyof typeof events
export type ObjectKind = (typeof events)[EventType]
export const eventTypes = Object.keys(events) as [EventType, ...EventType[]]
