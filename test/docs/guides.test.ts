/**
 * The guides for those who come from elsewhere: every JSON block is a call, or the answer to the call before it, and is
 * run in the order of the page against a fresh sandbox. Calls for operators go by an operator's key.
 */
import { describe, expect, test } from 'vitest'
import { registry } from '../../src/methods/index.ts'
import { openHouse } from '../house.ts'
import { type Call, isAsPrinted, isObject, type Json, jsonBlocks, read } from './blocks.ts'

describe.each(['coming-from-slascone.md', 'coming-from-10duke.md'])('%s', (page) => {
  test('every example does what the page says', async () => {
    await using house = await openHouse()
    const partner = await house.partner({ sandbox: true })
    let answer: Json | undefined
    let called = 0
    const all = jsonBlocks(await read(page))
    for (const [index, block] of all.entries()) {
      if (isObject(block) && typeof block.method === 'string') {
        const call = block as Call
        const isOperators = registry[call.method]?.scopes.some((scope) => scope === ('operator' as string))
        const { json } = await (isOperators ? house.operator : partner).post(call)
        answer = json as Json
        called += 1
        const next = all[index + 1]
        // A refusal that the page does not print is one that nobody meant.
        if (isObject(answer) && answer.error && !(isObject(next) && next.error)) expect(answer).toEqual(next)
        continue
      }
      if (!isAsPrinted(block, answer)) expect(answer).toEqual(block)
    }
    expect(called).toBeGreaterThan(15)
  })

  test('every name of a method is a method', async () => {
    const named = (await read(page)).matchAll(
      /`((?:create|update|list|get|find|grant|revoke|rename|check)[A-Z]\w+)`/g,
    )
    expect(
      [...named].map(([, name]) => name).filter((name) => !Object.hasOwn(registry, name as string)),
    ).toEqual([])
  })
})

test('the comparison tells what differs', () => {
  const answer = { a: 1, b: ['x', { c: null }], at: 1_772_366_400 }
  expect(isAsPrinted({ a: 1, b: ['x', { c: null }], at: '<seconds>' }, answer)).toBe(true)
  expect(isAsPrinted({ a: '<number>', '…': '…' }, answer)).toBe(true)
  for (const other of [
    { a: 1 },
    { a: 2, '…': '…' },
    { d: null, '…': '…' },
    { b: ['x'], '…': '…' },
    { at: '<uuid>', '…': '…' },
  ])
    expect(isAsPrinted(other, answer)).toBe(false)
})

describe('everything that can be asked of the other systems has its row', () => {
  test.each(
    [
      [
        'AdminKey',
        'data_exchange/customers',
        'data_exchange/licenses/by_template',
        'customer_number',
        'customer_id',
      ],
      [
        'license_id',
        'legacy_license_key',
        'CSV',
        '/customeranalytics?customernumber=',
        '/licenses?customernumber=',
      ],
    ].flat(),
  )('SLASCONE: %s', async (name) => {
    expect(await read('coming-from-slascone.md')).toContain(name)
  })

  test.each(
    [
      ['GET /licensees`', '/licensees/actions/find-by-email', '/licensees/actions/find-by-naturalid'],
      ['setup-organization', 'setup-user', 'PUT /licensees/{licenseeId}`', 'GET /license-consumers`'],
      ['license-consumers/actions/find-by-email', 'license-consumers/actions/find-by-externalreference'],
      [
        '/licensees/{licenseeId}/license-consumers',
        'POST /license-consumers',
        'PUT /license-consumers/{licenseConsumerId}',
      ],
      [
        'license-containers/default/actions/grant-access',
        'grant-by-product-config',
        'licenses/actions/revoke',
      ],
      ['naturalId', 'contractReference', 'orderReference', 'subscriptionReference', 'productReference'],
      ['managed', 'e-commerce-driven', 'hybrid', 'manual', 'Cancelling is not deactivating'],
    ].flat(),
  )('10Duke Scale: %s', async (name) => {
    expect(await read('coming-from-10duke.md')).toContain(name)
  })
})
