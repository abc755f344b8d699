/** `createApiKey`: a key for one more system, with just the scopes it needs. */
import { z } from 'zod'
import { apiKeyAnswer } from '../../answers/partner.ts'
import { Fault } from '../../faults.ts'
import { addApiKey } from '../../ledger/partners.ts'
import { command } from '../../rpc/method.ts'
import { instantOf } from '../../rules/time.ts'
import { ApiKey, InstantInput, Name, Scope } from '../../shapes.ts'

export const createApiKey = command({
  summary: 'Create an API key of your partner.',
  details: `The key is shown in this answer and never again. Only a caller with the scope \`operator\` can give that scope.
    Keys have no id of yours: to make the call safe to send again, send it with the header \`idempotency-key\`.`,
  scopes: ['admin'],
  params: z.strictObject({
    name: Name,
    scopes: z
      .array(Scope)
      .min(1, 'must name at least one scope')
      .max(Scope.options.length)
      .refine((scopes) => new Set(scopes).size === scopes.length, { message: 'must not name a scope twice' }),
    expiresAt: InstantInput.optional(),
  }),
  result: z.strictObject({ ...ApiKey.shape, key: z.string() }),
  faults: [],
  events: [],
  examples: [
    {
      summary: 'A key for the ERP',
      params: { name: 'ERP', scopes: ['orders'], expiresAt: '2024-12-31' },
      result: {
        keyId: 'pmC2SfeFdjH8',
        partner: 0,
        name: 'ERP',
        scopes: ['orders'],
        createdAt: 1686214517,
        expiresAt: 1735689600,
        revokedAt: null,
        key: 'tk_live_pmC2SfeFdjH8_…',
      },
    },
  ],
  repeat: () => null,
  needs: () => [],
  check({ world }, { expiresAt, scopes }) {
    const issues = []
    if (expiresAt !== undefined && instantOf(expiresAt, world.partner.timeZone, 'until') <= world.realNow)
      issues.push({ path: 'expiresAt', message: 'must lie ahead' })
    if (scopes.includes('operator') && world.partnerId !== 0)
      issues.push({ path: 'scopes', message: 'must not have operator: that scope belongs to partner 0' })
    return issues
  },
  decide({ world, caller }, { name, scopes, expiresAt }) {
    if (scopes.includes('operator') && !caller.scopes.includes('operator'))
      throw new Fault('forbidden', { scope: 'operator' })
    const expiry = expiresAt === undefined ? null : instantOf(expiresAt, world.partner.timeZone, 'until')
    const { stored, key } = addApiKey(world, world.partner, { name, scopes, expiresAt: expiry })
    return { ...apiKeyAnswer(stored), key }
  },
})
