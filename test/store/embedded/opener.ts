/**
 * A service as small as can be: opens the embedded database of the folder named on its command line, prints what
 * it got as one line of JSON, and closes it when its standard input ends. Then it has to end by itself.
 */
import { openEmbedded } from '../../../src/store/embedded.ts'

const [dataDirectory = '', settings = '{}'] = process.argv.slice(2)
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

try {
  const database = await openEmbedded({
    dataDirectory,
    settings: JSON.parse(settings),
    log: (message) => say({ log: message }),
  })
  const { url, adopted, postgresDirectory } = database
  say({ url, adopted, postgresDirectory })
  for await (const _ of process.stdin) {
    // Only its end matters.
  }
  await database.close()
  say({ closed: true })
} catch (failure) {
  say({ failed: (failure as Error).message, name: (failure as Error).name })
  process.exitCode = 1
}
