/** `revokeApiKey`: the key is refused from now on. */
import { z } from 'zod'
import { apiKeyAnswer } from '../../answers/partner.ts'
import { needs } from '../../ledger/needs.ts'
import { command } from '../../rpc/method.ts'
import { ApiKey } from '../../shapes.ts'

export const revokeApiKey = command({
  summary: 'Revoke an API key of your partner.',
  details:
    'A key that is revoked already answers `changed: false`. Other servers follow within five seconds.',
  scopes: ['admin'],
  params: z.strictObject({ keyId: z.string().min(1).max(64) }),
  result: z.strictObject({ ...ApiKey.shape, changed: z.boolean() }),
  faults: ['key_unknown'],
  events: [],
  examples: [
    {
      summary: 'The ERP is gone',
      params: { keyId: 'pmC2SfeFdjH8' },
      result: {
        keyId: 'pmC2SfeFdjH8',
        partner: 0,
        name: 'ERP',
        scopes: ['orders'],
        createdAt: 1686214517,
        expiresAt: 1735689600,
        revokedAt: 1686214517,
        changed: true,
      },
    },
  ],
  needs: ({ keyId }) => [needs.apiKey(keyId)],
  decide({ world, fault }, { keyId }) {
    const key = world.apiKeys.get(keyId)
    if (!key) throw fault('key_unknown', { id: keyId })
    if (key.revokedAt !== null) return { ...apiKeyAnswer(key), changed: false }
    const revoked = { ...key, revokedAt: world.realNow }
    world.apiKeys.replace(revoked)
    return { ...apiKeyAnswer(revoked), changed: true }
  },
})
