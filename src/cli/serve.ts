/** `tenure serve`: runs the service until a signal ends it, as `npm start` does. */
import type { Command } from 'commander'
import { examples } from './options.ts'

/** Adds the command. */
export function addServe(tenure: Command): void {
  tenure
    .command('serve')
    .description('run the service until it is told to stop; the same as npm start')
    .addHelpText('after', examples('serve'))
    .action(async () => {
      const { main } = await import('../main.ts')
      process.exitCode = await main()
    })
}
