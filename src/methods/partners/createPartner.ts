/** `createPartner`: one more owner of keys, with everything of its own apart from the catalogue. */
import { z } from 'zod'
import { partnerAnswer } from '../../answers/partner.ts'
import { needs } from '../../ledger/needs.ts'
import { addApiKey, addPartner } from '../../ledger/partners.ts'
import { command } from '../../rpc/method.ts'
import { GraceDays, Name, Partner, TimeZone, WindowDays } from '../../shapes.ts'

export const createPartner = command({
  summary: 'Create a partner, with its first API key.',
  details: `\`apiKey\` is shown in this answer and never again; it has every scope but \`operator\`. A sandbox partner has a
    clock of its own, which stands still until it is moved. Partners have no id of yours: to make the call safe to
    send again, send it with the header \`idempotency-key\`.`,
  scopes: ['operator'],
  params: z.strictObject({
    name: Name,
    sandbox: z.boolean().optional(),
    windowDays: WindowDays.optional().meta({ description: '15 unless said otherwise.' }),
    graceDays: GraceDays.optional().meta({ description: '0 unless said otherwise.' }),
    timeZone: TimeZone.optional().meta({
      description: 'UTC unless said otherwise; dates without a time are read in it.',
    }),
  }),
  result: z.strictObject({ ...Partner.shape, apiKey: z.string() }),
  faults: [],
  events: [],
  examples: [
    {
      summary: 'A sandbox for trying things out',
      params: { name: 'Reseller', sandbox: true, timeZone: 'Europe/Berlin' },
      result: {
        partner: 1,
        name: 'Reseller',
        sandbox: true,
        windowDays: 15,
        graceDays: 0,
        timeZone: 'Europe/Berlin',
        version: 1,
        createdAt: 1686214517,
        apiKey: 'tk_test_4fQ8mZ2LxT0a_…',
      },
    },
  ],
  alone: true,
  repeat: () => null,
  needs: () => [needs.nextPartner()],
  decide({ world }, { name, sandbox, windowDays, graceDays, timeZone }) {
    const partner = addPartner(world, {
      partnerId: world.nextPartnerId as number,
      name,
      isSandbox: sandbox ?? false,
      windowDays: windowDays ?? 15,
      graceDays: graceDays ?? 0,
      timeZone: timeZone ?? 'UTC',
    })
    const scopes = ['orders' as const, 'licenses' as const, 'read' as const, 'admin' as const]
    const { key } = addApiKey(world, partner, { name: 'first key', scopes, expiresAt: null })
    return { ...partnerAnswer(partner), apiKey: key }
  },
})
