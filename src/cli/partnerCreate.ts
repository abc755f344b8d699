/** `tenure partner create`: makes a partner and prints its number and its first API key as JSON on one line. */
import type { Command } from 'commander'
import { withHouse } from './house.ts'
import { examples, wholeNumber } from './options.ts'
import { print } from './print.ts'

interface Options {
  name: string
  sandbox?: true
  windowDays?: number
  graceDays?: number
  timeZone?: string
}

/** Adds the command to its group. */
export function addPartnerCreate(partner: Command): void {
  partner
    .command('create')
    .description('make a partner; its number and first API key are printed as JSON on one line')
    .requiredOption('--name <name>', 'what the partner is called')
    .option('--sandbox', 'a partner to try things with, whose clock stands still until it is moved')
    .option(
      '--window-days <number>',
      'days before the end of a term from which it can be renewed',
      wholeNumber,
    )
    .option('--grace-days <number>', 'days after the end of a term for which licences go on', wholeNumber)
    .option('--time-zone <zone>', 'zone in which dates without a time are read')
    .addHelpText(
      'after',
      examples(
        'partner create --name "Acme ERP"',
        'partner create --name "Acme trial" --sandbox --window-days 20 --time-zone Europe/Berlin',
      ),
    )
    .action(create)
}

function create(options: Options): Promise<void> {
  return withHouse(async (house) => {
    const { partner, apiKey } = await house.call(0, 'createPartner', options)
    print(JSON.stringify({ partner, apiKey }))
  })
}
