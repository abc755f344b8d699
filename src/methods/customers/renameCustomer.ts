/** `renameCustomer`: the ERP renumbers; the old number stays resolvable for ever. */
import { z } from 'zod'
import { customerAnswer } from '../../answers/customer.ts'
import { exampleCustomer } from '../../answers/examples.ts'
import { renameCustomer as rename } from '../../ledger/customers.ts'
import { needs } from '../../ledger/needs.ts'
import { command } from '../../rpc/method.ts'
import { Customer, customerSelector, namesOneCustomer, oneOf, RemoteId, Uuid, Version } from '../../shapes.ts'

export const renameCustomer = command({
  summary: 'Give a customer a new id of yours.',
  details:
    'Every id the customer ever had keeps naming it, so calls that still use an old one go on working.',
  scopes: ['orders', 'licenses'],
  params: z
    .strictObject({
      id: RemoteId.optional(),
      customerId: Uuid.optional(),
      newId: RemoteId,
      ifVersion: Version.optional(),
    })
    .refine(namesOneCustomer('id'), oneOf('id', 'customerId')),
  result: Customer,
  faults: ['customer_unknown', 'customer_exists', 'version_conflict'],
  events: ['customer.renamed'],
  previewable: true,
  examples: [
    {
      summary: 'The ERP has a new number for it',
      params: { id: 'ABC', newId: 'K001' },
      result: { ...exampleCustomer, remoteId: 'K001', version: 2 },
    },
  ],
  needs: ({ id, customerId, newId }) => [
    needs.customer(customerSelector(id, customerId)),
    needs.customer({ id: newId }),
  ],
  decide({ world, fault }, { id, customerId, newId, ifVersion }) {
    const customer = world.customer(customerSelector(id, customerId))
    if (!customer) throw fault('customer_unknown', { id: id ?? customerId ?? '' })
    const holder = world.customer({ id: newId })
    if (holder && holder.customerId !== customer.customerId)
      throw fault('customer_exists', { id: newId, differs: ['id'] })
    if (customer.remoteId === newId) return customerAnswer(customer)
    if (ifVersion !== undefined && ifVersion !== customer.version)
      throw fault('version_conflict', { version: customer.version })
    return customerAnswer(rename(world, customer, newId))
  },
})
