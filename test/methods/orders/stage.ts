/** What tests of methods do over and over: a partner with a customer, a chain, and what the feed says of it. */
import { expect } from 'vitest'
import type { FaultReason } from '../../../src/faults.ts'
import { methods } from '../../../src/methods/index.ts'
import type { House, MethodName, Params, Result, TestPartner } from '../../house.ts'
import { said } from '../../rules/calendar.ts'

export const day = 86_400

/** A fresh partner with the customer `C`. */
export async function partnerWithCustomer(
  house: House,
  options: Partial<Params<'createPartner'>> = {},
): Promise<TestPartner> {
  const partner = await house.partner(options)
  await partner.call('createCustomer', { id: 'C', name: 'Customer' })
  return partner
}

/** The params of a first order: ten monthly licences of `oo-lite` for `C`, unless said otherwise. */
export function firstOrder(
  id: string,
  given: Partial<Params<'createFirstOrder'>> = {},
): Params<'createFirstOrder'> {
  const customer = given.customerId === undefined ? { customer: 'C' } : {}
  return { ...customer, id, product: 'oo-lite', licenses: 10, duration: 'monthly', ...given }
}

export function buy(
  partner: TestPartner,
  id: string,
  given: Partial<Params<'createFirstOrder'>> = {},
): Promise<Result<'createFirstOrder'>> {
  return partner.call('createFirstOrder', firstOrder(id, given))
}

/** What the feed says about one object: `order.created 2026-03-01T12:00:00Z`. */
export async function story(partner: TestPartner, id: string): Promise<string[]> {
  const events = await partner.events()
  return events.filter(({ object }) => object.id === id).map(({ type, at }) => `${type} ${said(at)}`)
}

/** How many events the feed has. */
export async function lengthOfFeed(partner: TestPartner): Promise<number> {
  return (await partner.events()).length
}

/** The version of an object, as its last event tells it. */
export async function versionOf(partner: TestPartner, id: string): Promise<number> {
  const last = (await partner.events()).findLast(({ object }) => object.id === id)
  return last?.object.version ?? 0
}

/**
 * Walks a method's refusals in their order of precedence. Each row is a call to which its own refusal applies and as
 * many of the later ones as can come together with it; the last row is a call to which none applies.
 */
export async function expectPrecedence<M extends MethodName>(
  partner: TestPartner,
  method: M,
  rows: [reason: FaultReason | 'done', params: Params<M>][],
): Promise<void> {
  const found: string[] = []
  for (const [, params] of rows) {
    const { json } = await partner.post({ method, params })
    found.push((json as { error?: { data: { reason: string } } }).error?.data.reason ?? 'done')
  }
  expect(found).toEqual(rows.map(([reason]) => reason))
  const walked = rows.map(([reason]) => reason).filter((reason) => reason !== 'done')
  expect([...new Set(walked)]).toEqual(methods[method].faults)
  expect(found.at(-1)).toBe('done')
}

/** Sends a call again and expects the first answer, marked as such, and nothing new in the feed. */
export async function expectRepeat<M extends MethodName>(
  partner: TestPartner,
  method: M,
  params: Params<M>,
  first: Result<M>,
): Promise<void> {
  const before = await lengthOfFeed(partner)
  const { status, json, headers } = await partner.post({ method, params })
  expect({ status, json, replayed: headers.get('x-replayed') }).toEqual({
    status: 200,
    json: first,
    replayed: '1',
  })
  expect(await lengthOfFeed(partner)).toBe(before)
}
