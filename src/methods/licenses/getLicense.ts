/** `getLicense`: one licence as it stands. */

import { z } from 'zod'
import { exampleLicense } from '../../answers/examples.ts'
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
      result: exampleLicense,
    },
  ],
  needs: ({ licenseId, id, product }) => [needs.license(licenseSelector(licenseId, id, product))],
  answer({ world, now, fault }, { licenseId, id, product }) {
    const license = licenseOf(world, licenseSelector(licenseId, id, product))
    if (!license) throw fault('license_unknown', { id: licenseId ?? id ?? '' })
    return answerOf(world, license, now)
  },
})
