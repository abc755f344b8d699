/** `listEditions`: the sellable configurations of products, each with its present version. */
import { z } from 'zod'
import { list } from '../../rpc/method.ts'
import { Edition } from '../../shapes.ts'

export const listEditions = list({
  summary: 'List the editions of the catalogue, each as it is sold now.',
  details: 'The code of an edition is what `product` means in orders.',
  params: z.strictObject({ product: z.string().min(1).max(100).optional() }),
  result: z.strictObject({ items: z.array(Edition), next: z.null() }),
  faults: [],
  examples: [
    {
      summary: 'The editions of a product',
      params: { product: 'cad' },
      result: {
        items: [
          {
            code: 'cad-pro',
            product: 'cad',
            name: 'CAD Pro',
            provisioningMode: 'floating',
            clientType: 'users',
            features: ['draw', 'render'],
            limitations: { files: 10 },
            variables: { region: 'eu' },
            windowDays: null,
            graceDays: null,
            renewable: true,
            version: 2,
            createdAt: 1772366400,
          },
        ],
        next: null,
      },
    },
  ],
  async run({ db }, { product }) {
    let query = db
      .selectFrom('edition as e')
      .innerJoin('editionVersion as v', (join) =>
        join.onRef('v.code', '=', 'e.code').onRef('v.version', '=', 'e.version'),
      )
      .select([
        'e.code',
        'e.product',
        'e.name',
        'e.provisioningMode',
        'e.clientType',
        'e.windowDays',
        'e.graceDays',
      ])
      .select(['e.renewable', 'e.version', 'e.createdAt', 'v.features', 'v.limitations', 'v.variables'])
    if (product !== undefined) query = query.where('e.product', '=', product)
    return { items: await query.orderBy('e.code').execute(), next: null }
  },
})
