/** The demo, as a real process against a running service. */

import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { differences } from '../../src/cli/demo/expected.ts'
import { instantsIn, wrapped } from '../../src/cli/demo/wrapped.ts'
import { type House, openHouse } from '../house.ts'
import { freshFolder, run } from './process.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const demo = (words: string[], environment: Record<string, string> = {}) =>
  run(words, { script: 'src/cli/demo.ts', environment })

const steps = [
  ['Create a sandbox partner', 'createPartner'],
  ['Create a customer', 'createCustomer'],
  ['Place the first order', 'createFirstOrder'],
  ['Send the same order once more', 'createFirstOrder'],
  ['Renew too early', 'createRenewalOrder'],
  ['Move the clock to the renewal window', 'setClock'],
  ['Renew in time', 'createRenewalOrder'],
  ['Let the days go by', 'advanceClock'],
  ['Change the quantity', 'changeOrder'],
  ['Suspend the chain', 'suspendOrder'],
  ['Renew while suspended', 'createRenewalOrder'],
  ['Resume the chain', 'resumeOrder'],
  ['Cancel at the end of the term', 'cancelOrder'],
  ['Withdraw the cancellation', 'uncancelOrder'],
  ['Ask what the customer may use', 'checkEntitlement'],
  ['Cancel now', 'cancelOrder'],
  ['Ask again what the customer may use', 'checkEntitlement'],
  ['Preview a renewal', 'preview'],
  ['Look at the whole chain', 'getOrder'],
  ['Read everything that happened', 'listEvents'],
]

test('plays every step, shows each call with its answer, and ends with 0', async () => {
  const { code, output, errors } = await demo(['--url', house.operator.url, '--key', house.operator.key])
  expect([code, errors]).toEqual([0, ''])
  const told = [...output.matchAll(/^(\d+)\. (.+)$[^→]*→ (\w+) /gm)].map(([, , title, method]) => [
    title,
    method,
  ])
  expect(told).toEqual(steps)
  expect(output.match(/^ +← \d{3} /gm)).toHaveLength(steps.length)
  expect(output).toContain(`All ${steps.length} answers were as they should be.`)
  expect(output).not.toContain(house.operator.key)
  for (const line of output.split('\n')) expect(line.length).toBeLessThan(130)
})

test('takes the key from the data directory, and tells how a wrong one is answered', async () => {
  const folder = await freshFolder()
  await writeFile(join(folder, 'initial-key'), 'tk_live_wrong\n')
  const wrong = await demo(['--url', house.operator.url], { TENURE_DATA_DIR: folder })
  expect(wrong.code).toBe(1)
  expect(wrong.errors).toMatch(
    /^Step 1 was to answer otherwise: the HTTP status was to be 200 and is 401 [^\n]+\n$/,
  )
})

test('says in one sentence what is missing', async () => {
  const folder = await freshFolder()
  const free = await freePort()
  const [noKey, noService, noAddress, misused] = await Promise.all([
    demo([], { TENURE_DATA_DIR: folder }),
    demo(['--key', 'tk_live_x'], { PORT: String(free) }),
    demo(['--url', 'localhost:8080', '--key', 'tk_live_x']),
    demo(['--nonsense']),
  ])
  expect(noKey).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/^There is no readable key in [^\n]+\n$/),
  })
  expect(noService).toMatchObject({
    code: 1,
    output: '',
    errors: expect.stringMatching(
      /^No service answers on http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\): [^\n]+\n$/,
    ),
  })
  expect(noAddress).toMatchObject({ code: 1, errors: 'localhost:8080 is not an http or https address.\n' })
  expect(misused).toMatchObject({ code: 2, output: '' })
})

describe('an answer is held against the story', () => {
  const came = { status: 200, replayed: false, answer: { a: 1, list: [{ b: 'x', c: 2 }] } }

  test('members that are not named may be anything', () => {
    expect(differences({ members: { list: [{ b: 'x' }] } }, came)).toEqual([])
  })

  test.each([
    [{ status: 409 }, 'the HTTP status was to be 409 and is 200'],
    [{ reason: 'order_unknown' }, 'the reason was to be "order_unknown" and is missing'],
    [{ replayed: true }, 'x-replayed was to be true and is false'],
    [{ members: { a: 2 } }, 'a was to be 2 and is 1'],
    [{ members: { list: [{ b: 'y' }] } }, 'list.0.b was to be "y" and is "x"'],
    [{ members: { list: [] } }, 'list was to be "0 items" and is "1 items"'],
    [{ members: { gone: { deep: 1 } } }, 'gone was to be {"deep":1} and is missing'],
  ])('%j', (expected, sentence) => {
    expect(differences(expected, came)).toEqual([sentence])
  })
})

test('what is shown is still JSON, whatever the width', () => {
  const value = { a: [1, { b: 'x'.repeat(90), c: [] }], d: {}, e: null, f: [[[]]], g: 'y'.repeat(30) }
  for (const width of [1, 20, 60, 100, 500]) expect(JSON.parse(wrapped(value, '  ', width))).toEqual(value)
  expect(instantsIn({ termEnd: 0, id: 5 })).toBe('termEnd 1970-01-01 00:00:00Z')
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
