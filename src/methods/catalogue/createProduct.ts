/** `createProduct`: something to sell editions of. */
import { z } from 'zod'
import { addProduct } from '../../ledger/catalogue.ts'
import { creationKey, needs } from '../../ledger/needs.ts'
import { command } from '../../rpc/method.ts'
import { EditionCode, Name, Product } from '../../shapes.ts'

export const createProduct = command({
  summary: 'Create a product in the catalogue, which all partners share.',
  scopes: ['operator'],
  params: z.strictObject({ code: EditionCode, name: Name }),
  result: Product,
  faults: ['product_exists'],
  events: [],
  examples: [
    {
      summary: 'A product',
      params: { code: 'cad', name: 'CAD' },
      result: { code: 'cad', name: 'CAD', createdAt: 1772366400 },
    },
  ],
  repeat: ({ code }) => ({ id: code, keys: () => [creationKey.product(code)], exists: 'product_exists' }),
  needs: ({ code }) => [needs.product(code)],
  decide: ({ world, now }, { code, name }) => ({ ...addProduct(world, { code, name, createdAt: now }) }),
})
