/** How the catalogue changes. It belongs to the installation, and is changed under the lock of partner 0. */
import type { Edition, Product } from '../objects.ts'
import type { World } from './world.ts'

export function addProduct(world: World, product: Product): Product {
  world.products.insert(product)
  return product
}

/** Stages an edition as it now is, with the contents of its version. Every change makes a new version. */
export function stageEdition(world: World, edition: Edition, before: Edition | undefined): Edition {
  const { features, limitations, variables, ...row } = edition
  const { code, version } = edition
  if (before) world.editionRows.replace(row)
  else world.editionRows.insert(row)
  world.editionVersionRows.insert({ code, version, features, limitations, variables })
  // Licences that this group still answers with an earlier version must find what that contained.
  if (before) world.editionVersions.set(`${code} ${before.version}`, before)
  const shown = world.editions.get(code)
  world.editions.set(code, edition)
  world.journal.record(() => {
    if (shown) world.editions.set(code, shown)
    else world.editions.delete(code)
  })
  const rules = ({ windowDays, graceDays, renewable }: Edition) => `${windowDays} ${graceDays} ${renewable}`
  // Moments at which something falls due follow from these rules, with every partner that sold the edition.
  if (before && rules(before) !== rules(edition)) world.rulesChanged = true
  return edition
}
