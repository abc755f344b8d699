/** `tenure partner list`: who uses this installation. */
import type { Command } from 'commander'
import { withHouse } from './house.ts'
import { examples } from './options.ts'
import { moment, print, printJson, table } from './print.ts'

/** Adds the command to its group. */
export function addPartnerList(partner: Command): void {
  partner
    .command('list')
    .description('list the partners of this installation')
    .option('--json', 'as a JSON array')
    .addHelpText('after', examples('partner list', 'partner list --json'))
    .action(list)
}

function list({ json }: { json?: true }): Promise<void> {
  return withHouse(async (house) => {
    const partners = await house.every(0, 'listPartners')
    if (json) return printJson(partners)
    const rows = partners.map((one) => ({
      partner: one.partner,
      name: one.name,
      sandbox: one.sandbox ? 'yes' : 'no',
      'window days': one.windowDays,
      'grace days': one.graceDays,
      'time zone': one.timeZone,
      created: moment(one.createdAt),
    }))
    print(table(rows, 'There are no partners.'))
  })
}
