/** `createCustomer`: the first call of every integration, exactly as the enterprise wire has it. */
import { z } from 'zod'
import { createdCustomerAnswer } from '../../answers/customer.ts'
import { addCustomer } from '../../ledger/customers.ts'
import { creationKey, needs } from '../../ledger/needs.ts'
import { command } from '../../rpc/method.ts'
import {
  Address,
  Admin,
  CreatedCustomer,
  CustomerKind,
  Email,
  Metadata,
  Name,
  Phone,
  RemoteId,
  Tags,
  TimeZone,
  Uuid,
} from '../../shapes.ts'

export const createCustomer = command({
  summary: 'Create a customer under your own id, before it buys for the first time.',
  details: `Your id comes back as \`remoteId\`; \`id\` is our number for the customer and can be ignored. No e-mail is
    sent to anybody. Sending the same call again answers the first answer again and changes nothing.`,
  scopes: ['orders', 'licenses'],
  params: z.strictObject({
    id: RemoteId.optional().meta({ description: 'Your id of the customer. Left out, the UUID is the id.' }),
    customerId: Uuid.optional().meta({ description: 'The UUID of the customer; generated if left out.' }),
    name: Name,
    kind: CustomerKind.optional().meta({ description: '`organization` unless said otherwise.' }),
    admin: Admin.optional(),
    email: Email.optional(),
    phone: Phone.optional(),
    address: Address.optional(),
    tags: Tags.optional(),
    metadata: Metadata.optional(),
    timeZone: TimeZone.optional().meta({
      description: 'For information; dates are read in the time zone of the partner.',
    }),
  }),
  result: CreatedCustomer,
  faults: ['customer_exists'],
  events: ['customer.created'],
  previewable: true,
  examples: [
    {
      summary: 'A company with its administrator',
      params: {
        id: 'ABC',
        name: 'ABC Company',
        admin: { email: 'test3@example.com', phone: '111111111', displayName: 'Isa Aswath' },
      },
      result: {
        id: 1,
        partner: 0,
        remoteId: 'ABC',
        name: 'ABC Company',
        isActive: true,
        createdAt: 1684313717,
        admin: { email: 'test3@example.com' },
      },
    },
  ],
  repeat({ id, customerId }) {
    const uuid = customerId?.toLowerCase()
    const known = id ?? uuid
    if (known === undefined) return null
    const keys = [creationKey.customer(known), ...(uuid === undefined ? [] : [creationKey.customerId(uuid)])]
    return { id: known, keys: () => keys, exists: 'customer_exists' }
  },
  needs: ({ id, customerId }) =>
    id === undefined && customerId === undefined ? [] : [needs.customerTaken(id, customerId?.toLowerCase())],
  decide({ world, mint }, params) {
    const customerId = params.customerId?.toLowerCase() ?? mint.uuid()
    const customer = addCustomer(world, {
      customerId,
      remoteId: params.id ?? customerId,
      kind: params.kind ?? 'organization',
      name: params.name,
      admin: params.admin ?? null,
      email: params.email ?? null,
      phone: params.phone ?? null,
      address: params.address ?? null,
      tags: params.tags ?? [],
      metadata: params.metadata ?? {},
      timeZone: params.timeZone ?? null,
    })
    return createdCustomerAnswer(customer)
  },
})
