/** `tenure key list`: which API keys there are; never the keys themselves. */
import type { Command } from 'commander'
import { withHouse } from './house.ts'
import { keysOf } from './keys.ts'
import { examples, wholeNumber } from './options.ts'
import { moment, print, printJson, table } from './print.ts'

/** Adds the command to its group. */
export function addKeyList(key: Command): void {
  key
    .command('list')
    .description('list the API keys, revoked ones included; never the keys themselves')
    .option('--partner <number>', 'only the keys of this partner', wholeNumber)
    .option('--json', 'as a JSON array')
    .addHelpText('after', examples('key list', 'key list --partner 1 --json'))
    .action(list)
}

function list({ partner, json }: { partner?: number; json?: true }): Promise<void> {
  return withHouse(async (house) => {
    const keys = await keysOf(house, partner)
    if (json) return printJson(keys)
    const rows = keys.map((key) => ({
      key: key.keyId,
      partner: key.partner,
      name: key.name,
      scopes: key.scopes.join(','),
      created: moment(key.createdAt),
      expires: moment(key.expiresAt),
      revoked: moment(key.revokedAt),
    }))
    print(table(rows, 'There are no API keys.'))
  })
}
