/** `listProducts`: what is sold; the catalogue is the installation's and shared by all partners. */
import { z } from 'zod'
import { list } from '../../rpc/method.ts'
import { Seconds } from '../../shapes.ts'

export const listProducts = list({
  summary: 'List the products of the catalogue.',
  params: z.strictObject({}),
  result: z.strictObject({
    items: z.array(z.strictObject({ code: z.string(), name: z.string(), createdAt: Seconds })),
    next: z.null(),
  }),
  faults: [],
  examples: [
    {
      summary: 'All products',
      params: {},
      result: {
        items: [
          { code: 'cad', name: 'CAD', createdAt: 1772366400 },
          { code: 'erp', name: 'ERP', createdAt: 1772323200 },
          { code: 'oo', name: 'OneOffice', createdAt: 1772323200 },
        ],
        next: null,
      },
    },
  ],
  async run({ db }) {
    const items = await db
      .selectFrom('product')
      .select(['code', 'name', 'createdAt'])
      .orderBy('code')
      .execute()
    return { items, next: null }
  },
})
