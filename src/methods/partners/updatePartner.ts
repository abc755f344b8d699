/** `updatePartner`: a partner's name and the rules that its chains live under. */
import { z } from 'zod'
import { partnerAnswer } from '../../answers/partner.ts'
import { refuseOtherVersion } from '../../ledger/verbs.ts'
import { limits } from '../../limits.ts'
import { command } from '../../rpc/method.ts'
import { merged } from '../../rules/patch.ts'
import { GraceDays, Name, Partner, TimeZone, Version, WindowDays } from '../../shapes.ts'

export const updatePartner = command({
  summary: 'Change a partner’s name, renewal window, grace or time zone.',
  details:
    'Window and grace count at once, also for terms already bought, unless the edition says otherwise.',
  scopes: ['operator'],
  params: z.strictObject({
    partner: z.int().min(0).max(limits.partnerMost),
    name: Name.optional(),
    windowDays: WindowDays.optional(),
    graceDays: GraceDays.optional(),
    timeZone: TimeZone.optional(),
    ifVersion: Version.optional(),
  }),
  result: Partner,
  faults: ['partner_unknown', 'version_conflict'],
  events: [],
  examples: [
    {
      summary: 'A longer window for renewals',
      params: { partner: 1, windowDays: 20 },
      result: {
        partner: 1,
        name: 'Reseller',
        sandbox: true,
        windowDays: 20,
        graceDays: 0,
        timeZone: 'Europe/Berlin',
        version: 2,
        createdAt: 1686214517,
      },
    },
  ],
  alone: true,
  partner: ({ partner }) => partner,
  needs: () => [],
  decide({ world }, { partner: _partner, ifVersion, ...changes }) {
    const before = world.partner
    const after = merged(before, changes)
    if (JSON.stringify(after) === JSON.stringify(before)) return partnerAnswer(before)
    refuseOtherVersion(before, ifVersion)
    world.partners.replace({ ...after, version: before.version + 1 })
    world.reschedule = after.windowDays !== before.windowDays || after.graceDays !== before.graceDays
    return partnerAnswer(world.partner)
  },
})
