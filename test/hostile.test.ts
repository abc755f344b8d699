/**
 * Calls made from the OpenRPC document by a grammar that knows what hurts. Whatever is sent by whomever: a declared
 * answer, in time, nothing of the inside, and nothing of a partner who took no part is told or touched.
 *
 * HOSTILE_CALLS and HOSTILE_SEED set how much is tried and from where; `npm run hostile` does the same at length.
 */
import { randomUUID } from 'node:crypto'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { stripeEvent } from '../src/inbox/stripe.ts'
import { registry } from '../src/methods/index.ts'
import { openRpcDocument } from '../src/rpc/openrpc.ts'
import { databaseUrl, withClient } from './database.ts'
import { doorsOf } from './hostile/allDoors.ts'
import { bad, refusal } from './hostile/bad.ts'
import { type DoorStage, setDoorStage } from './hostile/doorStage.ts'
import { attackDoors } from './hostile/doors.ts'
import { judgeDoor } from './hostile/doorVerdict.ts'
import { Envelopes, methodsOf } from './hostile/envelopes.ts'
import { mended } from './hostile/mended.ts'
import { Chance } from './hostile/random.ts'
import { attack } from './hostile/run.ts'
import { send } from './hostile/send.ts'
import { openServed, type Served } from './hostile/service.ts'
import { settlement } from './hostile/settled.ts'
import { callOn, fingerprints, namesOfTheInside, type Stage, setStage } from './hostile/stage.ts'
import { judge } from './hostile/verdict.ts'
import { event, invoice } from './inbox/fixtures/stripe.ts'

const calls = Number(process.env.HOSTILE_CALLS ?? 2_500)
const requests = Math.ceil(calls / 8)
const seed = Number(process.env.HOSTILE_SEED ?? Math.floor(Math.random() * 2 ** 31))
const database = `tenure_test_${randomUUID().replaceAll('-', '')}`
const url = databaseUrl(inject('serverUrl'), database)
const document = openRpcDocument(registry, '0')

let served: Served
let stage: Stage
let doorStage: DoorStage
beforeAll(async () => {
  await withClient(inject('serverUrl'), (client) =>
    client.query(`create database ${database} template ${inject('template')}`),
  )
  served = await openServed({
    databaseUrl: url,
    dataDirectory: join(tmpdir(), database),
    databaseConnections: 5,
  })
  stage = await setStage(callOn(served.url), served.initialKey)
  doorStage = await setDoorStage(served.url, callOn(served.url), stage)
})
afterAll(async () => {
  await served.close()
  await withClient(inject('serverUrl'), (client) =>
    client.query(`drop database if exists ${database} with (force)`),
  )
})

const prints = () => withClient(url, (client) => fingerprints(client, stage.victim))

test(`${calls} hostile calls (HOSTILE_SEED=${seed}): nothing undeclared, nothing internal, nothing of another`, {
  timeout: 120_000,
}, async () => {
  const inside = await withClient(url, namesOfTheInside)
  expect(inside.length, 'names of constraints are known').toBeGreaterThan(20)
  const before = await prints()
  await served.noted()
  const { callers, victim, secrets } = stage
  const report = await attack({
    url: served.url,
    document,
    callers,
    victim,
    secrets: [...secrets, ...inside],
    calls,
    seed,
    atOnce: 4,
  })
  const { troubles, calls: noted } = await served.noted()
  expect(report.problems).toEqual([])
  expect(troubles).toEqual([])
  expect(await prints()).toEqual(before)
  expect(noted, 'calls get past the first doors').toBeGreaterThan(calls / 2)
  if (calls < 2_500) return
  const met = [...report.table.values()].flatMap((outcomes) => [...outcomes.keys()])
  for (const outcome of [
    'ok',
    'params_invalid',
    'forbidden',
    'order_unknown',
    'method_unknown',
    'invalid_request',
  ])
    expect(met).toContain(outcome)
  expect(Object.keys(registry).filter((method) => !report.table.has(method))).toEqual([])
})

test(`${requests} hostile requests to the other doors: the same, nothing left undone, and the next caller is served`, {
  timeout: 120_000,
}, async () => {
  const before = await prints()
  await served.noted()
  const inside = await withClient(url, namesOfTheInside)
  const call = callOn(served.url)
  const report = await attackDoors({
    url: served.url,
    doors: doorsOf(doorStage),
    secrets: [...stage.secrets, ...inside],
    requests,
    seed,
    atOnce: 4,
    next: () => call(doorStage.victimKey, 'getCustomer', { id: 'vc' }),
    most: 10_000,
  })
  const settled = await withClient(url, (client) => settlement(client, call, doorStage))
  expect([...report.problems, ...settled.problems]).toEqual([])
  expect((await served.noted()).troubles).toEqual([])
  expect(await prints()).toEqual(before)
  for (const state of ['applied', 'ignored', 'parked']) expect(settled.states[state]).toBeGreaterThan(0)
})

test.each(mended)('%s: as it should be', async (_what, make, status) => {
  const began = performance.now()
  const request = { ...make(doorStage), expected: 'any' as const }
  const answer = await send(served.url, request, new Agent())
  expect(answer.status).toBe(status)
  expect(judgeDoor(request, answer, stage.secrets)).toEqual([])
  expect(performance.now() - began).toBeLessThan(5_000)
})

test('an invoice with more lines than a call may have arguments is read', () => {
  const lines = Array.from({ length: 200_000 }, () => ({ period: { end: 5 } }))
  const read = stripeEvent(event('invoice.paid', invoice('sub', 0, { lines: { data: lines } }), 1))
  expect('read' in read && read.read()).toMatchObject({ kind: 'payment', id: 'sub', paidThrough: 5 })
})

test('a request is the same for the same seed', () => {
  const envelopes = new Envelopes(methodsOf(document))
  const [caller] = stage.callers
  const made = (from: number): string =>
    JSON.stringify(
      Array.from({ length: 50 }, (_, number) =>
        envelopes.request(new Chance(from + number), caller as never),
      ),
    )
  expect(made(7)).toBe(made(7))
  expect(made(7)).not.toBe(made(8))
})

test('what the attack compares would show a change, and a look at what is the victim’s', async () => {
  const before = await prints()
  const filled = Object.entries(before).filter(([, print]) => !print.startsWith('0 '))
  const tables = filled.map(([name]) => name)
  expect(tables).toEqual(
    expect.arrayContaining([
      'api_key',
      'chain',
      'consumer',
      'customer',
      'event',
      'license',
      'orders',
      'partner',
    ]),
  )
  expect(tables).toEqual(expect.arrayContaining(['webhook_delivery', 'webhook_endpoint']))
  await withClient(url, async (client) => {
    await client.query('begin')
    await client.query(`update customer set name = 'Mine' where partner_id = $1`, [stage.victim])
    expect((await fingerprints(client, stage.victim)).customer).not.toBe(before.customer)
    await client.query('rollback')
  })
  expect(await prints()).toEqual(before)
  const theirs = await fetch(`${served.url}/rpc`, {
    method: 'POST',
    headers: { 'x-api-key': stage.secrets[1] as string, 'content-type': 'application/json' },
    body: '{"method":"getCustomer","params":{"id":"vc"}}',
  })
  expect(await theirs.text()).toContain(stage.secrets[0])
})

test.each(bad)('%s would be found', (_what, status, text, more, problem) => {
  const standing = { 'x-request-id': 'r', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  const body = '{"method":"getCustomer","params":{"id":"x"}}'
  const request = { verb: 'POST', path: '/rpc', headers: {}, body }
  const answered = (given: string, headers: object, code = status) =>
    judge(request, { status: code, headers: { ...standing, ...headers }, text: given }, ['their secret'])
      .problems
  expect(answered(refusal('customer_unknown', 1001, { id: 'x' }), {}, 404)).toEqual([])
  expect(answered(text, more).join('\n')).toMatch(problem)
})

test('an array that is answered short would be found', () => {
  const call = '{"jsonrpc":"2.0","id":1,"method":"getClock"}'
  const headers = { 'x-request-id': 'r', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  const reply = '{"jsonrpc":"2.0","id":1,"result":{"now":1,"sandbox":false}}'
  const request = { verb: 'POST', path: '/rpc', headers: {}, body: `[${call},${call}]` }
  expect(judge(request, { status: 200, headers, text: `[${reply}]` }, []).problems).toContainEqual(
    '1 answers to 2 calls of an array',
  )
})
