/** `updateSource`: another name, or the secret that the shop signs with from now on. */

import { z } from 'zod'
import { exampleSource } from '../../answers/examples.ts'
import { sourceAnswer } from '../../answers/shop.ts'
import { needs } from '../../ledger/needs.ts'
import { changeSource, sourceOf } from '../../ledger/shops.ts'
import { refuseOtherVersion } from '../../ledger/verbs.ts'
import { command } from '../../rpc/method.ts'
import { Name, ShopSecret, ShopSource, Uuid, Version } from '../../shapes.ts'

export const updateSource = command({
  summary: 'Change a shop source; what is not named stays as it is.',
  details: `A new \`secret\` counts at once: what the shop still signs with the old one is turned away, and sent again by the
    shop. Stripe signs with both secrets for a while after one is rolled, so nothing is turned away there.`,
  scopes: ['admin'],
  params: z.strictObject({
    sourceId: Uuid,
    name: Name.optional(),
    secret: ShopSecret.optional(),
    ifVersion: Version.optional(),
  }),
  result: z.strictObject({ ...ShopSource.shape, changed: z.boolean() }),
  faults: ['source_unknown', 'version_conflict'],
  events: [],
  examples: [
    {
      summary: 'The secret was rolled',
      params: { sourceId: exampleSource.sourceId, secret: 'whsec_Q1x7bVt0PzRk4eWmS6yCjU9hGnLdFa3I' },
      result: { ...exampleSource, version: 2, updatedAt: 1684400117, changed: true },
    },
  ],
  needs: ({ sourceId }) => [needs.source(sourceId)],
  decide({ world, fault }, { sourceId, ifVersion, ...patch }) {
    const source = sourceOf(world, sourceId)
    if (!source) throw fault('source_unknown', { id: sourceId })
    const { name = source.name, secret = source.secret } = patch
    if (name === source.name && secret === source.secret) return { ...sourceAnswer(source), changed: false }
    refuseOtherVersion(source, ifVersion)
    return { ...sourceAnswer(changeSource(world, source, { name, secret })), changed: true }
  },
})
