/**
 * `npm run demo`: plays the whole lifecycle against a running service, over HTTP alone, and shows each call and its
 * answer. It ends with 1 when an answer is not what the story expects, so it is a smoke test as well.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { readConfig } from '../config.ts'
import { Stage } from './demo/stage.ts'
import { tellStory } from './demo/story.ts'
import { endWith, Failure } from './failure.ts'

interface Options {
  url?: string
  key?: string
}

const demo = new Command('demo')
  .exitOverride()
  .showHelpAfterError('(add --help to see how it is used)')
  .description('Plays the whole lifecycle against a running service, in a sandbox partner made for it.')
  .option('--url <url>', 'where the service listens (default: http://127.0.0.1:8080)')
  .option(
    '--key <key>',
    'a key with the scope operator (default: the one in initial-key of the data directory)',
  )
  .addHelpText(
    'after',
    '\nExamples:\n  npm run demo\n  npm run demo -- --url http://127.0.0.1:9000 --key tk_live_…',
  )
  .action(play)

try {
  await demo.parseAsync()
} catch (error) {
  endWith(error)
}

async function play({ url, key }: Options): Promise<void> {
  const config = readConfig()
  const address = url ?? addressOf(config)
  if (!URL.canParse(address) || !/^https?:/.test(address))
    throw new Failure(`${address} is not an http or https address.`)
  const stage = new Stage({
    url: address.replace(/\/+$/, ''),
    key: key ?? (await initialKey(config.dataDirectory)),
    width: process.stdout.columns ?? 100,
    write: (text) => process.stdout.write(text),
  })
  await stage.greet()
  await tellStory(stage)
  stage.bow()
}

/** Where the service of these settings listens; one that listens everywhere is reached from here, too. */
function addressOf({ host, port }: { host: string; port: number }): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

async function initialKey(dataDirectory: string): Promise<string> {
  const file = join(dataDirectory, 'initial-key')
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch {
    throw new Failure(
      `There is no readable key in ${file}: start the service with \`npm start\` first, or name a key with --key.`,
    )
  }
}
