/** The client in trouble: it never hangs, sends again only what is safe to send again, and says what it does not know. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect, NoAnswer, Refusal } from '../../src/client/index.ts'
import type { Fetch } from '../../src/client/types.ts'

const clock = { jsonrpc: '2.0', id: 1, result: { now: 1, sandbox: true } }
const away = (outcome: string) => ({
  jsonrpc: '2.0',
  id: null,
  error: {
    code: -32008,
    message: 'Away.',
    data: { reason: 'unavailable', retryable: true, outcome, retryAfterSeconds: 0 },
  },
})

/** Answers each attempt with the next of these, and counts them. */
function answering(...answers: (object | string | Error)[]) {
  const attempts: string[] = []
  const fetch: Fetch = async (_address, { body }) => {
    const answer = answers[Math.min(attempts.length, answers.length - 1)] as object | string | Error
    attempts.push(body)
    if (answer instanceof Error) throw answer
    const {
      status = 200,
      headers = {},
      ...rest
    } = answer as { status?: number; headers?: Record<string, string> }
    return new Response(typeof answer === 'string' ? answer : JSON.stringify(rest), { status, headers })
  }
  return { attempts, tenure: connect({ url: 'http://tenure.test', key: 'tk', fetch }) }
}

test('a broken connection is tried again', async () => {
  const { attempts, tenure } = answering(new TypeError('broken'), clock)
  expect(await tenure.getClock()).toEqual(clock.result)
  expect(attempts).toHaveLength(2)
  expect(attempts[0]).toBe(attempts[1])
})

test('what never comes right ends with an error that tells the cause', async () => {
  const { attempts, tenure } = answering(new TypeError('broken'))
  const error = await tenure.getClock({}, { retries: 1 }).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(NoAnswer)
  expect(error).toMatchObject({ cause: new TypeError('broken'), isPassing: true })
  expect(attempts).toHaveLength(2)
})

test('an array with a create that has no id is not sent again, unless nothing was done', async () => {
  const broken = answering(new TypeError('broken'))
  await expect(
    broken.tenure.batch((t) => [t.createApiKey({ name: 'k', scopes: ['read'] })]),
  ).rejects.toBeInstanceOf(NoAnswer)
  expect(broken.attempts).toHaveLength(1)
  const unknown = answering(away('unknown'))
  await expect(unknown.tenure.batch((t) => [t.advanceClock({ days: 1 })])).rejects.toBeInstanceOf(Refusal)
  expect(unknown.attempts).toHaveLength(1)
  const undone = answering({ ...away('not_done'), status: 503 })
  await expect(
    undone.tenure.batch((t) => [t.advanceClock({ days: 1 })], { retries: 1 }),
  ).rejects.toBeInstanceOf(Refusal)
  expect(undone.attempts).toHaveLength(2)
})

test('an array of repeatable calls is sent again', async () => {
  const { attempts, tenure } = answering(new TypeError('broken'))
  await expect(
    tenure.batch((t) => [t.createCustomer({ id: 'A', name: 'A' }), t.getClock()], { retries: 1 }),
  ).rejects.toBeInstanceOf(NoAnswer)
  expect(attempts).toHaveLength(2)
})

test('it waits as long as the service asks', async () => {
  const { attempts, tenure } = answering(
    { ...away('unknown'), status: 503, headers: { 'retry-after': '1' } },
    clock,
  )
  const started = performance.now()
  await tenure.getClock()
  expect(performance.now() - started).toBeGreaterThan(990)
  expect(attempts).toHaveLength(2)
})

test('a wait of more than a minute is left to the caller', async () => {
  const { attempts, tenure } = answering({
    ...away('unknown'),
    status: 503,
    headers: { 'retry-after': '61' },
  })
  await expect(tenure.getClock()).rejects.toMatchObject({ reason: 'unavailable', retryAfterSeconds: 61 })
  expect(attempts).toHaveLength(1)
})

test('a refusal is an answer, and not sent again', async () => {
  const data = { reason: 'renewal_too_early', retryable: true }
  const { attempts, tenure } = answering({
    jsonrpc: '2.0',
    id: 1,
    error: { code: 1206, message: 'Early.', data },
  })
  await expect(tenure.createRenewalOrder({ parent: 'A', id: 'B' })).rejects.toBeInstanceOf(Refusal)
  expect(attempts).toHaveLength(1)
})

test.each([
  ['a page of a proxy', '<html>', 1],
  ['nothing', '', 1],
  ['a bare null', 'null', 1],
  ['an answer without result', { jsonrpc: '2.0', id: 1 }, 1],
  ['an array to a single call', '[]', 1],
  ['an error that is not ours', { error: { code: -1, message: 'other' } }, 1],
])('%s is no answer', async (_what, answer, times) => {
  const { attempts, tenure } = answering(answer)
  await expect(tenure.getClock()).rejects.toBeInstanceOf(NoAnswer)
  expect(attempts).toHaveLength(times)
})

test('a member of an array that is not answered is told', async () => {
  const { tenure } = answering('[]')
  await expect(tenure.batch((t) => [t.getClock()])).rejects.toThrow('left a member of the array unanswered')
})

test('an error with id null ends the call', async () => {
  const data = { reason: 'parse_error', retryable: false }
  const { tenure } = answering({
    jsonrpc: '2.0',
    id: null,
    error: { code: -32700, message: 'Broken.', data },
  })
  await expect(tenure.getClock()).rejects.toMatchObject({ reason: 'parse_error' })
  await expect(tenure.batch((t) => [t.getClock()])).rejects.toMatchObject({
    reason: 'parse_error',
    method: null,
  })
})

test('a fetch that ignores its signal does not make the call hang', async () => {
  const tenure = connect({
    url: 'http://tenure.test',
    key: 'tk',
    retries: 0,
    timeoutMs: 50,
    fetch: () => new Promise(() => {}),
  })
  await expect(tenure.getClock()).rejects.toThrow('No answer came within 50 ms')
})

test('the caller can end a call, and a wait between two attempts', async () => {
  const hanging = connect({ url: 'http://tenure.test', key: 'tk', fetch: () => new Promise(() => {}) })
  await expect(hanging.getClock({}, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
    name: 'TimeoutError',
  })
  await expect(hanging.getClock({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  })
  const { tenure } = answering({ ...away('unknown'), status: 503, headers: { 'retry-after': '30' } })
  await expect(tenure.getClock({}, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
    name: 'TimeoutError',
  })
})

let server: Server
let behave: (socket: { destroy(): void }, write: (text: string) => void) => void
beforeEach(async () => {
  server = createServer((incoming, outgoing) => {
    incoming.resume()
    behave(incoming.socket, (text) => outgoing.write(text))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

test.each([
  ['says nothing', () => {}],
  [
    'stops in the middle of its answer',
    (_socket: unknown, write: (text: string) => void) => write('{"jsonrpc"'),
  ],
])('a server that %s is given up', async (_what, behaviour) => {
  behave = behaviour
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const tenure = connect({ url, key: 'tk', timeoutMs: 100, retries: 1 })
  await expect(tenure.getClock()).rejects.toThrow('No answer came within 100 ms')
})

test('a redirect is not followed, because it would carry the key elsewhere', async () => {
  let asked = 0
  behave = () => {}
  server.removeAllListeners('request')
  server.on('request', (_incoming, outgoing) => {
    asked++
    outgoing.writeHead(302, { location: '/elsewhere' }).end()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(connect({ url, key: 'tk' }).getClock()).rejects.toThrow('answered HTTP 302 without JSON')
  expect(asked).toBe(1)
})
