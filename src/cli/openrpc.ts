/** `tenure openrpc`: prints the OpenRPC document, or tells whether a printed one is still true. Needs no database. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import packageFile from '../../package.json' with { type: 'json' }
import { openRpcDocument } from '../rpc/openrpc.ts'
import { Failure } from './failure.ts'
import { examples } from './options.ts'

/** Adds the command. */
export function addOpenrpc(tenure: Command): void {
  tenure
    .command('openrpc')
    .description('print the OpenRPC document of this version; needs no database')
    .option('--check <file>', 'print nothing, and fail unless the file is what would be printed')
    .addHelpText('after', examples('openrpc > openrpc.json', 'openrpc --check schema/openrpc.json'))
    .action(openrpc)
}

async function openrpc({ check }: { check?: string }): Promise<void> {
  const { registry } = await import('../methods/index.ts')
  const text = `${JSON.stringify(openRpcDocument(registry, packageFile.version), null, 2)}\n`
  if (check === undefined) process.stdout.write(text)
  else if ((await contentsOf(check)) !== text)
    throw new Failure(`${check} is not the document of this version; print it anew with \`tenure openrpc\`.`)
}

async function contentsOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${(error as Error).message}.`)
  }
}
