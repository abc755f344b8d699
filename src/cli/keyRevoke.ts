/** `tenure key revoke`: the key is refused from now on, by running servers within five seconds. */
import type { Command } from 'commander'
import { Fault } from '../faults.ts'
import { keyIdOf } from '../rules/apiKey.ts'
import { Refused } from './failure.ts'
import { type House, withHouse } from './house.ts'
import { keysOf } from './keys.ts'
import { examples, wholeNumber } from './options.ts'
import { moment, print } from './print.ts'

/** Adds the command to its group. */
export function addKeyRevoke(key: Command): void {
  key
    .command('revoke')
    .description('revoke an API key; running servers refuse it within five seconds')
    .argument('<keyId>', 'the id of the key as `key list` shows it; the whole key is understood too')
    .option('--partner <number>', 'whose key it is; found out when it is not said', wholeNumber)
    .addHelpText('after', examples('key revoke 4fQ8mZ2LxT0a', 'key revoke 4fQ8mZ2LxT0a --partner 1'))
    .action(revoke)
}

function revoke(given: string, { partner }: { partner?: number }): Promise<void> {
  return withHouse(async (house) => {
    const keyId = keyIdOf(given) ?? given
    const owner = partner ?? (await ownerOf(house, keyId))
    const { name, revokedAt, changed } = await house.call(owner, 'revokeApiKey', { keyId })
    print(
      changed
        ? `Revoked ${keyId} (${name}) of partner ${owner}.`
        : `${keyId} (${name}) of partner ${owner} has been revoked since ${moment(revokedAt)}.`,
    )
  })
}

async function ownerOf(house: House, keyId: string): Promise<number> {
  const found = (await keysOf(house)).find((key) => key.keyId === keyId)
  if (!found) throw new Refused(new Fault('key_unknown', { id: keyId }).toWire())
  return found.partner
}
