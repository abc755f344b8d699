/** How a customer looks on the wire: in full, and as `createCustomer` answers it. */
import type { z } from 'zod'
import type { Customer } from '../objects.ts'
import type { CreatedCustomer, Customer as CustomerShape } from '../shapes.ts'

/** Everything known about a customer, as it stands. */
export function customerAnswer(customer: Customer): z.output<typeof CustomerShape> {
  const { id, customerId, partnerId, remoteId, kind, name, isActive, admin, email, phone, address } = customer
  const { tags, metadata, timeZone, version, createdAt, updatedAt } = customer
  const answer = {
    id,
    customerId,
    partner: partnerId,
    remoteId,
    kind,
    name,
    isActive,
    admin,
    email,
    phone,
    address,
  }
  return { ...answer, tags, metadata, timeZone, version, createdAt, updatedAt }
}

/** The seven members of the enterprise wire; `admin` tells the e-mail alone, and is left out without one. */
export function createdCustomerAnswer(customer: Customer): z.output<typeof CreatedCustomer> {
  const { id, partnerId, remoteId, name, isActive, createdAt, admin } = customer
  const answer = { id, partner: partnerId, remoteId, name, isActive, createdAt }
  return admin?.email === undefined ? answer : { ...answer, admin: { email: admin.email } }
}
