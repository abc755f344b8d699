/** `tenure migrate`: brings the database up to this version, for those who do not leave that to the next start. */
import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { openEmbedded } from '../store/embedded.ts'
import { migrate as carryOut } from '../store/migrate.ts'
import { openStore } from '../store/open.ts'
import { finishing, quietLog } from './house.ts'
import { examples } from './options.ts'
import { print } from './print.ts'

/** Adds the command. */
export function addMigrate(tenure: Command): void {
  tenure
    .command('migrate')
    .description('bring the database up to this version; every start does so too')
    .addHelpText('after', examples('migrate'))
    .action(() => finishing(migrate))
}

async function migrate(): Promise<void> {
  const config = readConfig()
  const log = quietLog(config)
  const { databaseUrl, dataDirectory } = config
  const embedded = databaseUrl === undefined ? await openEmbedded({ dataDirectory }) : undefined
  const store = openStore(embedded?.url ?? (databaseUrl as string), {
    connections: 1,
    onError: (error) => log.warn({ error: error.message }, 'the database connection broke'),
  })
  try {
    const names = await carryOut(store.pool)
    for (const name of names) print(`Carried out ${name}.`)
    if (names.length === 0) print('The database is up to date; there was nothing to do.')
  } finally {
    await store.close()
    await embedded?.close()
  }
}
