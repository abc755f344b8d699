/** What time brings: told once each, at its own instant, within seconds, whoever is there to see it. */
import { describe, expect, test } from 'vitest'
import type { TestPartner } from '../house.ts'
import { openOutbox, until } from './house.ts'

const day = 86_400

async function order(partner: TestPartner, id: string, more: object = {}) {
  return partner.call('createFirstOrder', {
    customer: 'C',
    id,
    product: 'oo-lite',
    licenses: 1,
    duration: 'monthly',
    ...more,
  })
}

const told = async (partner: TestPartner) =>
  (await partner.events())
    .filter(({ type }) => /renewal_due|expired|\.cancelled|revoked/.test(type))
    .map(({ type, object, at }) => ({ type, id: object.id, at }))

describe.concurrent('the sweep', () => {
  test('tells windows, ends, cancellations and licences at their own instants, once on several servers', async () => {
    await using house = await openOutbox({ servers: 3 })
    const partner = await house.partner()
    const { customerId } = await partner
      .call('createCustomer', { id: 'C', name: 'C' })
      .then(() => partner.call('getCustomer', { id: 'C' }))
    const one = await order(partner, 'O1')
    const two = await order(partner, 'O2')
    await partner.call('cancelOrder', { id: 'O2', at: 'termEnd' })
    const validUntil = one.termEnd + 100
    const license = await partner.call('createLicense', {
      customerId: customerId as string,
      edition: 'oo-lite',
      id: 'L',
      validUntil,
    })
    const revoked = await partner.call('createLicense', { customer: 'C', edition: 'oo-lite', id: 'R' })
    const at = one.termEnd + 50
    await partner.call('revokeLicenses', { customer: 'C', licenseIds: [revoked.licenseId as string], at })
    house.clock.ahead = 20 * day
    const window = await until(
      () => told(partner),
      (events) => events.length > 0,
      5_000,
    )
    expect(window).toEqual([{ type: 'order.renewal_due', id: 'O1', at: one.renewableFrom }])
    house.clock.ahead = 40 * day
    const all = await until(
      () => told(partner),
      (events) => events.length >= 5,
      5_000,
    )
    expect(all.slice(1)).toEqual([
      { type: 'order.expired', id: 'O1', at: one.termEnd },
      { type: 'order.cancelled', id: 'O2', at: two.termEnd },
      { type: 'license.revoked', id: revoked.licenseId, at },
      { type: 'license.expired', id: license.licenseId, at: validUntil },
    ])
    await new Promise((resolve) => setTimeout(resolve, 2_200))
    expect(await told(partner)).toHaveLength(5)
    expect(house.troubles).toEqual([])
  })

  test('tells after a time without any service, and leaves sandboxes to their own clocks', async () => {
    await using house = await openOutbox()
    const live = await house.partner()
    const sandbox = await house.partner({ sandbox: true })
    for (const partner of [live, sandbox]) await partner.call('createCustomer', { id: 'C', name: 'C' })
    const { termEnd, renewableFrom } = await order(live, 'O')
    await order(sandbox, 'O')
    await house.services[0]?.close()
    house.clock.ahead = 60 * day
    const service = await house.open()
    const rows = await until(
      () =>
        house.sql(
          'select type, extract(epoch from at)::int as at, actor from event where partner_id = $1 order by seq offset 2',
          [live.number],
        ),
      (found) => found.length === 2,
      5_000,
    )
    expect(rows).toEqual([
      { type: 'order.renewal_due', at: renewableFrom, actor: 'time' },
      { type: 'order.expired', at: termEnd, actor: 'time' },
    ])
    const untouched = await house.sql('select type from event where partner_id = $1', [sandbox.number])
    expect(untouched).toHaveLength(2)
    expect(service.tenure.tail.waiting).toBe(0)
  })

  test('works off many chains in groups, in order of time', async () => {
    await using house = await openOutbox({ servers: 2 })
    const partner = await house.partner()
    await partner.call('createCustomer', { id: 'C', name: 'C' })
    const many = Array.from({ length: 1_200 }, (_, index) => ({
      method: 'createFirstOrder',
      params: { customer: 'C', id: `O${index}`, product: 'oo-lite', licenses: 1, duration: 'monthly' },
    }))
    await partner.batch(many.slice(0, 600))
    await partner.batch(many.slice(600))
    house.clock.ahead = 40 * day
    const [{ count }] = (await until(
      () => house.sql<{ count: number }>("select count(*)::int from event where type = 'order.expired'"),
      ([row]) => row?.count === 1_200,
      10_000,
    )) as [{ count: number }]
    expect(count).toBe(1_200)
    const seen = (await partner.events()).filter(({ type }) => type === 'order.expired')
    expect(new Set(seen.map(({ object }) => object.id)).size).toBe(1_200)
  })

  test('looks at chains anew when the window of their edition changes', async () => {
    await using house = await openOutbox()
    const partner = await house.partner()
    await partner.call('createCustomer', { id: 'C', name: 'C' })
    const { termEnd } = await order(partner, 'O')
    await house.operator.call('updateEdition', { code: 'oo-lite', windowDays: 27 })
    house.clock.ahead = 10 * day
    const [due] = await until(
      () => told(partner),
      (events) => events.length > 0,
      5_000,
    )
    expect(due).toEqual({ type: 'order.renewal_due', id: 'O', at: termEnd - 27 * day })
  })
})
