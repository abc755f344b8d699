/**
 * A service in a process of its own, for tests that kill it: `node child.ts DATABASE_URL [marked-first]`. With
 * `marked-first` it is broken on purpose: a webhook counts as delivered a moment before it is sent.
 */
import { lineOpener, type OpenLine } from '../../src/outbox/post.ts'
import { Targets } from '../../src/outbox/targets.ts'
import { openService } from '../../src/service.ts'

const [databaseUrl, mode] = process.argv.slice(2)
const overNetwork = lineOpener(new Targets(['127.0.0.0/8']), 2_000)

const markedFirst: OpenLine = (url) => {
  const line = overNetwork(url)
  return {
    post: async (body, headers, signal) => {
      setTimeout(() => void line.post(body, headers, signal), 700)
      return { status: 200, answer: null, problem: null }
    },
    close: () => setTimeout(() => line.close(), 2_000),
  }
}

const service = await openService({
  clock: { now: () => Math.floor(Date.now() / 1000), milliseconds: () => Date.now() },
  log: { debug() {}, info() {}, warn() {}, error() {} },
  retrySchedule: [0, 0.1, 0.2, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3],
  openLine: mode === 'marked-first' ? markedFirst : overNetwork,
  config: {
    port: 0,
    host: '127.0.0.1',
    databaseUrl: databaseUrl as string,
    dataDirectory: '/nonexistent',
    logLevel: 'silent',
    publicUrl: 'http://tenure.test',
    rateLimit: 0,
    databaseConnections: 5,
    webhookAllow: ['127.0.0.0/8'],
  },
})
process.stdout.write(`${service.url}\n`)
