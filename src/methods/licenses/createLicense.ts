/** `createLicense`: a licence of its own, by edition or by details, under your UUID or your key. */

import { z } from 'zod'
import { exampleLicense } from '../../answers/examples.ts'
import { addLicense, answerOf, expiryToldOf, validityOf } from '../../ledger/licenses.ts'
import { creationKey, needs } from '../../ledger/needs.ts'
import { command } from '../../rpc/method.ts'
import {
  customerSelector,
  Description,
  EditionCode,
  Features,
  InstantInput,
  License,
  Limitations,
  Name,
  namesOneCustomer,
  oneOf,
  Quantity,
  References,
  RemoteId,
  Uuid,
  Variables,
} from '../../shapes.ts'

export const createLicense = command({
  summary: 'Create a licence of a customer, by edition or by details.',
  details: `Without features, limitations and variables the licence takes the edition's configuration as it is now, and
    keeps it; a group that is given replaces that group of the edition. Without \`validUntil\` it is perpetual, or open
    until it is revoked; a date alone means through that day. \`licenseId\` may be the UUID of your contract or
    subscription; \`id\` is your own key, unique per product. One that is created with \`isActive: false\` was never on.`,
  scopes: ['licenses'],
  params: z
    .strictObject({
      customer: RemoteId.optional(),
      customerId: Uuid.optional(),
      edition: EditionCode,
      licenseId: Uuid.optional(),
      id: RemoteId.optional(),
      quantity: Quantity.optional().meta({ description: '1 unless said otherwise.' }),
      validFrom: InstantInput.optional().meta({ description: 'Now unless said otherwise.' }),
      validUntil: InstantInput.optional(),
      features: Features.optional(),
      limitations: Limitations.optional(),
      variables: Variables.optional(),
      name: Name.optional(),
      description: Description.optional(),
      references: References.optional(),
      isActive: z.boolean().optional(),
    })
    .refine(namesOneCustomer('customer'), oneOf('customer', 'customerId')),
  result: License,
  faults: ['license_exists', 'customer_unknown', 'customer_inactive', 'edition_unknown'],
  events: ['license.created'],
  previewable: true,
  examples: [
    {
      summary: 'Ten seats through 28 February 2027, under the id of the contract',
      params: {
        customer: 'K001',
        edition: 'cad-pro',
        licenseId: '6b69b539-dfe4-41a0-9b41-1192afebb1ae',
        id: 'CAD-0001',
        quantity: 10,
        validUntil: '2027-02-28',
        limitations: { files: 500 },
        references: { contract: 'CON-77' },
      },
      result: exampleLicense,
    },
  ],
  repeat({ id, licenseId, edition }) {
    const uuid = licenseId?.toLowerCase()
    if (id === undefined && uuid === undefined) return null
    return {
      id: id ?? uuid ?? '',
      keys: (world) => [
        ...(id === undefined ? [] : [creationKey.license(world.edition(edition)?.product ?? '', id)]),
        ...(uuid === undefined ? [] : [creationKey.licenseId(uuid)]),
      ],
      exists: 'license_exists',
    }
  },
  needs: ({ id, licenseId, customer, customerId, edition }) => [
    { kind: 'licenseTaken', id, licenseId: licenseId?.toLowerCase() },
    needs.customer(customerSelector(customer, customerId)),
    needs.edition(edition),
  ],
  check({ world, now }, asked) {
    const { validFrom, validUntil } = validityOf(world, asked.validFrom, asked.validUntil)
    if (validUntil === undefined || validUntil > (validFrom ?? now)) return []
    const begin = validFrom === undefined ? 'validFrom, which is now unless said otherwise' : 'validFrom'
    return [{ path: 'validUntil', message: `must lie after ${begin}` }]
  },
  decide({ world, now, fault, mint }, { customer, customerId, edition, ...asked }) {
    const holder = world.customer(customerSelector(customer, customerId))
    if (!holder) throw fault('customer_unknown', { id: customer ?? customerId ?? '' })
    if (!holder.isActive) throw fault('customer_inactive', { customer: holder.remoteId })
    const sold = world.edition(edition)
    if (!sold) throw fault('edition_unknown', { id: edition })
    const { validFrom = now, validUntil = null } = validityOf(world, asked.validFrom, asked.validUntil)
    const isOff = asked.isActive === false
    const license = addLicense(world, {
      partnerId: world.partnerId,
      licenseId: asked.licenseId?.toLowerCase() ?? mint.uuid(),
      customerId: holder.customerId,
      chainId: null,
      remoteId: asked.id ?? null,
      product: sold.product,
      edition: sold.code,
      editionVersion: sold.version,
      quantity: asked.quantity ?? 1,
      validFrom,
      validUntil,
      // One that was never on was off from its beginning, also where that lies in the past.
      suspendedAt: isOff ? Math.min(now, validFrom) : null,
      suspendedBy: isOff ? world.actor : null,
      revokedAt: null,
      revokedBy: null,
      features: asked.features ?? null,
      limitations: asked.limitations ?? null,
      variables: asked.variables ?? null,
      name: asked.name ?? null,
      description: asked.description ?? null,
      references: asked.references ?? {},
      expiryTold: expiryToldOf(validUntil, world.conditionsOf(sold.code), now),
      revocationTold: false,
      nextDueAt: null,
      settledAt: now,
      version: 1,
      createdAt: now,
    })
    return answerOf(world, license, now)
  },
})
