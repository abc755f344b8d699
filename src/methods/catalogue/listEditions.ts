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
  examples: [],
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
