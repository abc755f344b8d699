/** The thread that sends webhooks: what it answers, what it refuses, how it is broken off, and what its end means. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { lineOpener } from '../../src/outbox/post.ts'
import { SenderThread } from '../../src/outbox/senderThread.ts'
import { Targets } from '../../src/outbox/targets.ts'

const allowed = ['127.0.0.0/8']
const endings: (() => unknown)[] = []
const troubles: unknown[] = []

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
  troubles.length = 0
})

function openThread(networks = allowed): SenderThread {
  const thread = new SenderThread({ allowed: networks }, (error) => troubles.push(error))
  endings.push(() => thread.close())
  return thread
}

async function receiver(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  endings.push(() => server.close().closeAllConnections())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const never = new AbortController().signal

test.each([
  ['well', (url: string) => url],
  ['unwell, with a wish', (url: string) => `${url}later`],
  ['nobody there', () => 'http://127.0.0.1:9/'],
  ['an address it may not call', () => 'http://10.0.0.1/'],
])('answers as sending without a thread does: %s', async (_name, addressed) => {
  const url = await receiver((request, response) => {
    if (request.url === '/later') response.writeHead(503, { 'retry-after': '7' })
    request.pipe(response)
  })
  const [ours, plain] = [
    openThread().openLine(addressed(url)),
    lineOpener(new Targets(allowed))(addressed(url)),
  ]
  const sent = ['{"a":"ä"}', { 'webhook-id': '1' }, never] as const
  const answer = await plain.post(...sent)
  expect(await ours.post(...sent)).toEqual({ ...answer })
  for (const line of [ours, plain]) line.close()
})

test('many that are sent at once are each answered with their own', async () => {
  const url = await receiver((request, response) => void request.pipe(response))
  const line = openThread().openLine(url)
  const bodies = Array.from({ length: 200 }, (_, index) => `body ${index}`)
  const answers = await Promise.all(bodies.map((body) => line.post(body, {}, never)))
  expect(answers.map(({ answer }) => answer)).toEqual(bodies)
})

test('what is broken off rejects at once, and its connection is cut', async () => {
  const reached = Promise.withResolvers<void>()
  const cut = Promise.withResolvers<void>()
  const url = await receiver((request) => {
    request.socket.on('close', () => cut.resolve())
    reached.resolve()
  })
  const stop = new AbortController()
  const sent = openThread().openLine(url).post('{}', {}, stop.signal)
  await reached.promise
  stop.abort()
  await expect(sent).rejects.toThrow('The service is stopping.')
  await cut.promise
})

test('a line that is closed lets go of its connection', async () => {
  const cut = Promise.withResolvers<void>()
  const url = await receiver((request, response) => {
    request.socket.on('close', () => cut.resolve())
    response.end()
  })
  const line = openThread().openLine(url)
  await line.post('{}', {}, never)
  line.close()
  await cut.promise
})

test('when the thread ends, what it was sending rejects, and the next webhook begins a new thread', async () => {
  const thread = openThread(['no network'])
  const line = thread.openLine('http://127.0.0.1:9/')
  for (const round of [1, 2]) {
    await expect(line.post('{}', {}, never)).rejects.toThrow('The thread that sends webhooks ended.')
    expect(troubles).toHaveLength(round)
  }
})

test('after close nothing is begun any more, and what was under way rejects', async () => {
  const reached = Promise.withResolvers<void>()
  const url = await receiver(() => reached.resolve())
  const thread = openThread()
  const sent = thread.openLine(url).post('{}', {}, never)
  const rejected = expect(sent).rejects.toThrow('The thread that sends webhooks ended.')
  await reached.promise
  await thread.close()
  await rejected
})
