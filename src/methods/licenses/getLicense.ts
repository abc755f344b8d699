/** `getLicense`: one licence as it stands. */
import { z } from 'zod'
import { answerOf, licenseOf } from '../../ledger/licenses.ts'
import { needs } from '../../ledger/needs.ts'
import { lookup } from '../../rpc/method.ts'
import {
  EditionCode,
  License,
  licenseSelector,
  namesOneLicense,
  oneLicense,
  RemoteId,
  Uuid,
} from '../../shapes.ts'

export const getLicense = lookup({
  summary: 'Get a licence, by its UUID or by your own id and the product.',
  params: z
    .strictObject({ licenseId: Uuid.optional(), id: RemoteId.optional(), product: EditionCode.optional() })
    .refine(namesOneLicense, oneLicense),
  result: License,
  faults: ['license_unknown'],
  examples: [
    {
      summary: 'By your own id, which is unique per product',
      params: { id: 'CAD-0001', product: 'cad' },
      result: {
        licenseId: '6b69b539-dfe4-41a0-9b41-1192afebb1ae',
        remoteId: 'CAD-0001',
        customer: 'K001',
        customerId: '0198f3c2-5a31-7c4e-9d80-3b1f6c2a7e55',
        product: 'cad',
        edition: 'cad-pro',
        editionVersion: 3,
        order: null,
        quantity: 10,
        validFrom: 1772366400,
        validUntil: 1803859200,
        state: 'active',
        isActive: true,
        features: ['draw', 'render'],
        limitations: { files: 500 },
        variables: { region: 'eu' },
        name: null,
        description: null,
        references: { contract: 'CON-77' },
        version: 1,
        createdAt: 1772366400,
      },
    },
  ],
  needs: ({ licenseId, id, product }) => [needs.license(licenseSelector(licenseId, id, product))],
  answer({ world, now, fault }, { licenseId, id, product }) {
    const license = licenseOf(world, licenseSelector(licenseId, id, product))
    if (!license) throw fault('license_unknown', { id: licenseId ?? id ?? '' })
    return answerOf(world, license, now)
  },
})
