/** Loads products and editions of the catalogue. */
import type { Creation, Product } from '../../objects.ts'
import type { Created } from '../../store/tables.ts'
import { creationKey } from '../needs.ts'
import type { World } from '../world.ts'
import type { Load } from './load.ts'

/** An edition `e` with the contents of its version `v`. */
export const editionColumns = `e.code, e.product, e.name, e.provisioning_mode as "provisioningMode",
  e.client_type as "clientType", e.window_days as "windowDays", e.grace_days as "graceDays", e.renewable,
  e.version, e.created_at as "createdAt", v.features, v.limitations, v.variables`

/** Products, and by which request their codes were taken. */
export function productLoad(world: World, codes: string[]): Load {
  return {
    text: 'select p.code, p.name, p.created_at as "createdAt", p.request, p.reply from product p where p.code = any ($1::text[])',
    values: [codes],
    take: (rows: Created<Product>[]) => {
      for (const { request, reply, ...product } of rows) {
        world.products.load(product)
        world.loadCreation(creationKey.product(product.code), { request, reply })
      }
    },
  }
}

/** Whether codes of editions are taken, and by which request. */
export function editionTakenLoad(world: World, codes: string[]): Load {
  return {
    text: 'select e.code, e.request, e.reply from edition e where e.code = any ($1::text[])',
    values: [codes],
    take: (rows: (Creation & { code: string })[]) => {
      for (const row of rows) world.loadCreation(creationKey.edition(row.code), row)
    },
  }
}
