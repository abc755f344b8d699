/** `createEdition`: a sellable configuration of a product. */
import { z } from 'zod'
import { editionAnswer } from '../../answers/edition.ts'
import { stageEdition } from '../../ledger/catalogue.ts'
import { creationKey, needs } from '../../ledger/needs.ts'
import { command } from '../../rpc/method.ts'
import {
  Edition,
  EditionCode,
  Features,
  GraceDays,
  Limitations,
  Name,
  Variables,
  WindowDays,
} from '../../shapes.ts'

export const createEdition = command({
  summary: 'Create an edition: a sellable configuration of a product.',
  details: `Its code is unique in the whole installation and is what \`product\` means in orders. \`windowDays\`,
    \`graceDays\` and \`renewable\` go before what the partner has. Provisioning mode and client type never change.`,
  scopes: ['operator'],
  params: z.strictObject({
    code: EditionCode,
    product: EditionCode,
    name: Name,
    provisioningMode: z
      .enum(['named', 'floating'])
      .optional()
      .meta({ description: '`named` unless said otherwise.' }),
    clientType: z
      .enum(['devices', 'users'])
      .optional()
      .meta({ description: '`users` unless said otherwise.' }),
    features: Features.optional(),
    limitations: Limitations.optional(),
    variables: Variables.optional(),
    windowDays: WindowDays.optional(),
    graceDays: GraceDays.optional(),
    renewable: z.boolean().optional(),
  }),
  result: Edition,
  faults: ['edition_exists', 'product_unknown'],
  events: [],
  examples: [
    {
      summary: 'What the product contains in this edition',
      params: {
        code: 'cad-pro',
        product: 'cad',
        name: 'CAD Pro',
        provisioningMode: 'floating',
        features: ['draw'],
        limitations: { files: 10 },
        variables: { region: 'eu' },
        graceDays: 7,
      },
      result: {
        code: 'cad-pro',
        product: 'cad',
        name: 'CAD Pro',
        provisioningMode: 'floating',
        clientType: 'users',
        features: ['draw'],
        limitations: { files: 10 },
        variables: { region: 'eu' },
        windowDays: null,
        graceDays: 7,
        renewable: true,
        version: 1,
        createdAt: 1772366400,
      },
    },
  ],
  repeat: ({ code }) => ({ id: code, keys: () => [creationKey.edition(code)], exists: 'edition_exists' }),
  needs: ({ code, product }) => [needs.editionTaken(code), needs.product(product)],
  decide({ world, now, fault }, { code, product, name, ...given }) {
    if (!world.products.get(product)) throw fault('product_unknown', { id: product })
    const edition = stageEdition(
      world,
      {
        code,
        product,
        name,
        provisioningMode: given.provisioningMode ?? 'named',
        clientType: given.clientType ?? 'users',
        features: given.features ?? [],
        limitations: given.limitations ?? {},
        variables: given.variables ?? {},
        windowDays: given.windowDays ?? null,
        graceDays: given.graceDays ?? null,
        renewable: given.renewable ?? true,
        version: 1,
        createdAt: now,
      },
      undefined,
    )
    return editionAnswer(edition)
  },
})
