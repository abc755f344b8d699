/** All commands of the command line, put together. Each has a file of its own. */
import { Command } from 'commander'
import packageFile from '../../package.json' with { type: 'json' }
import { addBench } from './bench.ts'
import { addDoctor } from './doctor.ts'
import { addImport } from './import.ts'
import { addKeyCreate } from './keyCreate.ts'
import { addKeyList } from './keyList.ts'
import { addKeyRevoke } from './keyRevoke.ts'
import { addMigrate } from './migrate.ts'
import { addOpenrpc } from './openrpc.ts'
import { examples } from './options.ts'
import { addPartnerCreate } from './partnerCreate.ts'
import { addPartnerList } from './partnerList.ts'
import { addReconcile } from './reconcile.ts'
import { addServe } from './serve.ts'

/** The whole command line. Errors are thrown, so that the caller decides how the process ends. */
export function program(): Command {
  const tenure = new Command('tenure')
    .description(
      'Runs the order lifecycle of a software vendor. Every command works beside a running server.',
    )
    .version(packageFile.version)
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError('(add --help to see how it is used)')
    .addHelpText('after', examples('serve', 'partner create --name "Acme ERP" --sandbox'))
  addServe(tenure)
  addMigrate(tenure)
  const key = tenure
    .command('key')
    .description('API keys: make, list and revoke them')
    .addHelpText('after', examples('key create --partner 0 --scopes admin', 'key list --partner 1'))
  addKeyCreate(key)
  addKeyList(key)
  addKeyRevoke(key)
  const partner = tenure
    .command('partner')
    .description('partners, the owners of API keys: make and list them')
    .addHelpText('after', examples('partner create --name "Acme ERP"', 'partner list'))
  addPartnerCreate(partner)
  addPartnerList(partner)
  addImport(tenure)
  addReconcile(tenure)
  addDoctor(tenure)
  addOpenrpc(tenure)
  addBench(tenure)
  return tenure
}
