/** What fell due comes first: along one chain the feed never goes back in time, and each thing is told once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, seconds, type TestPartner } from '../../house.ts'
import { buy, day, partnerWithCustomer, story } from './stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
  await house.operator.call('createEdition', { code: 'once', product: 'oo', name: 'Once', renewable: false })
})
afterAll(() => house.close())

describe('on the real clock, before a call on the chain is decided', () => {
  const due = 'order.renewal_due 2026-03-17T12:00:00Z'
  const expired = 'order.expired 2026-04-01T12:00:00Z'
  const table: [call: string, act: (partner: TestPartner) => Promise<unknown>, at: string, told: string[]][] =
    [
      [
        'suspendOrder',
        (p) => p.call('suspendOrder', { id: 'O1' }),
        '2026-03-20T00:00:00Z',
        [due, 'order.suspended 2026-03-20T00:00:00Z'],
      ],
      [
        'cancelOrder',
        (p) => p.call('cancelOrder', { id: 'O1' }),
        '2026-05-01T00:00:00Z',
        [due, expired, 'order.cancelled 2026-05-01T00:00:00Z'],
      ],
      [
        'changeOrder',
        (p) => p.call('changeOrder', { id: 'O1', licenses: 2 }),
        '2026-04-01T12:00:00Z',
        [due, expired, 'order.changed 2026-04-01T12:00:00Z'],
      ],
      [
        'a verb that changes nothing',
        (p) => p.call('resumeOrder', { id: 'O1' }),
        '2026-03-20T00:00:00Z',
        [due],
      ],
      [
        'a verb that is refused',
        (p) => p.refusal('changeOrder', { id: 'O1', product: 'nothing' }),
        '2026-03-20T00:00:00Z',
        [due],
      ],
    ]
  test.each(table)('%s', async (_call, act, moment, told) => {
    await using own = await openHouse({ now })
    const partner = await partnerWithCustomer(own)
    await buy(partner, 'O1')
    own.clock.set(moment)
    await act(partner)
    expect((await story(partner, 'O1')).slice(1)).toEqual(told)
  })

  test('a renewal after the expiry follows it in the feed', async () => {
    await using own = await openHouse({ now })
    const partner = await partnerWithCustomer(own)
    await buy(partner, 'O1')
    own.clock.set('2026-05-05T00:00:00Z')
    await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })
    const events = (await partner.events()).slice(2).map(({ type, object }) => `${type} ${object.id}`)
    expect(events).toEqual(['order.renewal_due O1', 'order.expired O1', 'order.renewed O2'])
    expect(await story(partner, 'O1')).toEqual([`order.created ${now}`, due, expired])
  })

  test('reading tells nothing and changes nothing', async () => {
    await using own = await openHouse({ now })
    const partner = await partnerWithCustomer(own)
    await buy(partner, 'O1')
    own.clock.set('2026-05-05T00:00:00Z')
    expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ status: 'expired' })
    await partner.call('preview', { method: 'suspendOrder', params: { id: 'O1' } })
    expect(await partner.events()).toHaveLength(2)
  })

  test('a server whose clock lags behind dates nothing before what was told already', async () => {
    await using own = await openHouse({ now })
    const partner = await partnerWithCustomer(own)
    await buy(partner, 'O1')
    own.clock.set('2026-03-20T00:00:10Z')
    await partner.call('suspendOrder', { id: 'O1' })
    own.clock.set('2026-03-20T00:00:00Z')
    await partner.call('resumeOrder', { id: 'O1' })
    await partner.call('cancelOrder', { id: 'O1' })
    expect((await story(partner, 'O1')).slice(2)).toEqual([
      'order.suspended 2026-03-20T00:00:10Z',
      'order.resumed 2026-03-20T00:00:10Z',
      'order.cancelled 2026-03-20T00:00:10Z',
    ])
  })
})

describe('what comes once per term, and what never', () => {
  const due = (date: string) => `order.renewal_due ${date}`
  const expired = (date: string) => `order.expired ${date}`
  const table: [chain: string, prepare: (partner: TestPartner) => Promise<unknown>, told: string[]][] = [
    ['left alone', async () => undefined, [due('2026-03-17T12:00:00Z'), expired('2026-04-04T12:00:00Z')]],
    [
      'renewed in its window',
      async (partner) => {
        await partner.call('setClock', { at: '2026-03-18' })
        await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })
      },
      [due('2026-03-17T12:00:00Z'), due('2026-04-16T12:00:00Z'), expired('2026-05-04T12:00:00Z')],
    ],
    [
      'renewed after it had expired',
      async (partner) => {
        await partner.call('setClock', { at: '2026-04-10T00:00:00Z' })
        await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })
      },
      [
        due('2026-03-17T12:00:00Z'),
        expired('2026-04-04T12:00:00Z'),
        due('2026-04-25T00:00:00Z'),
        expired('2026-05-13T00:00:00Z'),
      ],
    ],
    [
      'ending',
      (partner) => partner.call('cancelOrder', { id: 'O1', at: 'termEnd' }),
      [`order.cancellation_scheduled ${now}`, 'order.cancelled 2026-04-01T12:00:00Z'],
    ],
    ['cancelled', (partner) => partner.call('cancelOrder', { id: 'O1' }), [`order.cancelled ${now}`]],
    [
      'suspended',
      (partner) => partner.call('suspendOrder', { id: 'O1' }),
      [`order.suspended ${now}`, expired('2026-04-04T12:00:00Z')],
    ],
    [
      'not renewable',
      (partner) => partner.call('changeOrder', { id: 'O1', product: 'once' }),
      [`order.changed ${now}`, expired('2026-04-04T12:00:00Z')],
    ],
  ]
  test.each(table)('a chain %s', async (_chain, prepare, told) => {
    const partner = await partnerWithCustomer(house, { sandbox: true, graceDays: 3 })
    await buy(partner, 'O1')
    await prepare(partner)
    await partner.call('setClock', { at: '2026-08-01' })
    await partner.call('advanceClock', { days: 400 })
    expect((await story(partner, 'O1')).slice(1)).toEqual(told)
  })
})

test('the events of time show the chain as it was at that instant, and count its version', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true, graceDays: 2 })
  await buy(partner, 'O1')
  await partner.call('advanceClock', { days: 100 })
  const events = (await partner.events()).slice(1)
  expect(events.map(({ object, data }) => [object.version, data.status])).toEqual([
    [1, 'active'],
    [2, 'active'],
    [3, 'expired'],
  ])
})

test('many chains, moved in steps or at once: the same events in the same order', async () => {
  const partners = await Promise.all(
    [0, 1].map(() => partnerWithCustomer(house, { sandbox: true, graceDays: 1 })),
  )
  const starts = Array.from(
    { length: 12 },
    (_, index) => seconds(now) - ((index * 37) % 13) * day - index * 3_600,
  )
  for (const partner of partners) {
    for (const [index, startsAt] of starts.entries()) await buy(partner, `O${index}`, { startsAt })
    await partner.call('suspendOrder', { id: 'O3' })
    await partner.call('cancelOrder', { id: 'O4', at: 'termEnd' })
  }
  const [steps, once] = partners as [TestPartner, TestPartner]
  for (let step = 0; step < 20; step++) await steps.call('advanceClock', { days: 3 })
  await once.call('advanceClock', { days: 60 })
  const told = async (partner: TestPartner) =>
    (await partner.events()).map(({ seq, type, at, object }) => ({ seq, type, at, object }))
  expect(await told(once)).toEqual(await told(steps))
  const instants = (await once.events()).map(({ at }) => at)
  expect(instants).toEqual(instants.toSorted((one, other) => one - other))
  expect(instants.length).toBeGreaterThan(30)
})
