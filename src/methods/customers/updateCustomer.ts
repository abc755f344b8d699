/** `updateCustomer`: a PATCH. What is absent stays, what is null is cleared. */
import { z } from 'zod'
import { customerAnswer } from '../../answers/customer.ts'
import { exampleCustomer } from '../../answers/examples.ts'
import { changeCustomer } from '../../ledger/customers.ts'
import { needs } from '../../ledger/needs.ts'
import { limits } from '../../limits.ts'
import { command } from '../../rpc/method.ts'
import { canonical, type Json } from '../../rules/canonical.ts'
import { merged } from '../../rules/patch.ts'
import {
  AddressPatch,
  AdminPatch,
  Customer,
  CustomerKind,
  customerSelector,
  Email,
  MetadataPatch,
  Name,
  namesOneCustomer,
  oneOf,
  Phone,
  RemoteId,
  Tags,
  TimeZone,
  Uuid,
  Version,
} from '../../shapes.ts'

export const updateCustomer = command({
  summary: 'Change what is known about a customer.',
  details: `A PATCH: members that are left out stay as they are, null clears. \`admin\`, \`address\` and \`metadata\` are
    patched member by member in the same way; \`tags\` are replaced. \`isActive: false\` stops new orders and licences
    for the customer. Nothing is announced when nothing changes.`,
  scopes: ['orders', 'licenses'],
  nulls: 'clear',
  params: z
    .strictObject({
      id: RemoteId.optional(),
      customerId: Uuid.optional(),
      name: Name.optional(),
      kind: CustomerKind.optional(),
      isActive: z.boolean().optional(),
      admin: AdminPatch.nullable().optional(),
      email: Email.nullable().optional(),
      phone: Phone.nullable().optional(),
      address: AddressPatch.nullable().optional(),
      tags: Tags.nullable().optional(),
      metadata: MetadataPatch.nullable().optional(),
      timeZone: TimeZone.nullable().optional(),
      ifVersion: Version.optional(),
    })
    .refine(namesOneCustomer('id'), oneOf('id', 'customerId')),
  result: Customer,
  faults: ['customer_unknown', 'version_conflict'],
  events: ['customer.updated'],
  previewable: true,
  examples: [
    {
      summary: 'Another name, and no e-mail address any more',
      params: { id: 'ABC', name: 'ABC Group', email: null },
      result: { ...exampleCustomer, name: 'ABC Group', version: 2 },
    },
  ],
  needs: (params) => [needs.customer(customerSelector(params.id, params.customerId))],
  check({ world }, { id, customerId, metadata }) {
    const kept = world.customer(customerSelector(id, customerId))?.metadata ?? {}
    // The patch alone is within the limit; laid over what is there it may not be.
    const members = Object.keys(metadata ? merged(kept, metadata, 'drop') : {}).length
    if (members <= limits.metadataMembers) return []
    const message = `must have at most ${limits.metadataMembers} members, those it has already included`
    return [{ path: 'metadata', message }]
  },
  decide({ world, fault }, { id, customerId, ifVersion, ...patch }) {
    const customer = world.customer(customerSelector(id, customerId))
    if (!customer) throw fault('customer_unknown', { id: id ?? customerId ?? '' })
    const changes = merged(customer, {
      ...patch,
      ...(patch.tags === null ? { tags: [] } : {}),
      ...(patch.metadata === null ? { metadata: {} } : {}),
      ...(patch.metadata ? { metadata: merged(customer.metadata, patch.metadata, 'drop') } : {}),
      ...(patch.admin ? { admin: patchedPart(customer.admin, patch.admin) } : {}),
      ...(patch.address ? { address: patchedPart(customer.address, patch.address) } : {}),
    })
    if (canonical(changes as unknown as Json) === canonical(customer as unknown as Json))
      return customerAnswer(customer)
    if (ifVersion !== undefined && ifVersion !== customer.version)
      throw fault('version_conflict', { version: customer.version })
    return customerAnswer(changeCustomer(world, customer, changes))
  },
})

/** Patches an object that may not be there; clearing members of one that is not there does not bring it about. */
function patchedPart<Part extends object>(kept: Part | null, patch: object): Part | null {
  const part = merged(kept ?? {}, { ...patch }, 'drop') as Part
  return kept === null && Object.keys(part).length === 0 ? null : part
}
