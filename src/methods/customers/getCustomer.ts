/** `getCustomer`: everything known about one customer. */
import { z } from 'zod'
import { customerAnswer } from '../../answers/customer.ts'
import { exampleCustomer } from '../../answers/examples.ts'
import { needs } from '../../ledger/needs.ts'
import { lookup } from '../../rpc/method.ts'
import { Customer, customerSelector, namesOneCustomer, oneOf, RemoteId, Uuid } from '../../shapes.ts'

export const getCustomer = lookup({
  summary: 'Get everything known about a customer.',
  params: z
    .strictObject({ id: RemoteId.optional(), customerId: Uuid.optional() })
    .refine(namesOneCustomer('id'), oneOf('id', 'customerId')),
  result: z.strictObject({
    ...Customer.shape,
    counts: z.strictObject({
      orders: z.int().meta({ description: 'First orders and renewals, each counted singly.' }),
      licenses: z.int(),
    }),
    links: z.strictObject({ customer: z.string(), licenses: z.string() }),
  }),
  faults: ['customer_unknown'],
  examples: [
    {
      summary: 'By your own id',
      params: { id: 'ABC' },
      result: {
        ...exampleCustomer,
        counts: { orders: 2, licenses: 1 },
        links: {
          customer: 'https://tenure.example.com/customeranalytics?customernumber=ABC',
          licenses: 'https://tenure.example.com/licenses?customernumber=ABC',
        },
      },
    },
  ],
  needs: ({ id, customerId }) => [
    needs.customer(customerSelector(id, customerId)),
    needs.counts(customerSelector(id, customerId)),
  ],
  answer({ world, fault, publicUrl }, { id, customerId }) {
    const customer = world.customer(customerSelector(id, customerId))
    if (!customer) throw fault('customer_unknown', { id: id ?? customerId ?? '' })
    const number = encodeURIComponent(customer.remoteId)
    return {
      ...customerAnswer(customer),
      counts: world.counts.get(customer.customerId) ?? { orders: 0, licenses: 0 },
      links: {
        customer: `${publicUrl}/customeranalytics?customernumber=${number}`,
        licenses: `${publicUrl}/licenses?customernumber=${number}`,
      },
    }
  },
})
