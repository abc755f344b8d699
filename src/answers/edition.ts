/** How an edition looks on the wire: as it is sold now. */
import type { z } from 'zod'
import type { Edition } from '../objects.ts'
import type { Edition as EditionShape } from '../shapes.ts'

export function editionAnswer(edition: Edition): z.output<typeof EditionShape> {
  const { code, product, name, provisioningMode, clientType, features, limitations, variables } = edition
  const { windowDays, graceDays, renewable, version, createdAt } = edition
  const contents = { features: [...features], limitations, variables }
  return {
    code,
    product,
    name,
    provisioningMode,
    clientType,
    ...contents,
    windowDays,
    graceDays,
    renewable,
    version,
    createdAt,
  }
}
