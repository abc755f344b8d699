/** `tenure key create`: makes an API key and prints just it, so that a script can take it as it is. */
import type { Command } from 'commander'
import { Scope } from '../shapes.ts'
import { withHouse } from './house.ts'
import { examples, namesAmong, wholeNumber } from './options.ts'
import { print } from './print.ts'

interface Options {
  partner: number
  scopes: (typeof Scope.options)[number][]
  name: string
  expires?: string
}

/** Adds the command to its group. */
export function addKeyCreate(key: Command): void {
  key
    .command('create')
    .description('make an API key and print just the key; it is shown this once')
    .requiredOption('--partner <number>', 'whose key it is; 0 is the house itself', wholeNumber)
    .requiredOption('--scopes <list>', `of ${Scope.options.join(', ')}`, namesAmong(Scope.options))
    .option('--name <name>', 'what the key is for', 'made on the command line')
    .option('--expires <date>', 'the last day on which it works, or the instant at which it ends')
    .addHelpText(
      'after',
      examples(
        'key create --partner 0 --scopes admin',
        'key create --partner 1 --scopes orders,licenses --name ERP --expires 2030-12-31',
      ),
    )
    .action(create)
}

function create({ partner, scopes, name, expires }: Options): Promise<void> {
  return withHouse(async (house) => {
    const expiresAt = expires !== undefined && /^\d{5,}$/.test(expires) ? Number(expires) : expires
    const params = { name, scopes, ...(expiresAt === undefined ? {} : { expiresAt }) }
    const { key } = await house.call(partner, 'createApiKey', params)
    print(key)
  })
}
