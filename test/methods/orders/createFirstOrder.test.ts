/** `createFirstOrder`: a chain begins. Its term, its limits, its refusals in order, and what a repeat is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type Params, seconds, type TestPartner } from '../../house.ts'
import { said } from '../../rules/calendar.ts'
import { buy, day, expectPrecedence, expectRepeat, firstOrder, partnerWithCustomer, story } from './stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now, servers: 2 })
})
afterAll(() => house.close())

test('the whole answer of an order that starts now', async () => {
  const partner = await partnerWithCustomer(house)
  const answer = await buy(partner, 'O1', { licenses: 20 })
  expect(answer).toEqual({
    id: 1,
    partner: partner.number,
    remoteId: 'O1',
    parent: null,
    customer: 'C',
    product: 'oo-lite',
    licenses: 20,
    duration: 'monthly',
    termStart: seconds(now),
    termEnd: seconds('2026-04-01T12:00:00Z'),
    status: 'active',
    renewableFrom: seconds('2026-03-17T12:00:00Z'),
    licenseId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    createdAt: seconds(now),
  })
  expect(await buy(partner, 'O2')).toMatchObject({ id: 2 })
})

test('the event tells the answer, at the moment of the call', async () => {
  const partner = await partnerWithCustomer(house)
  const answer = await buy(partner, 'O1')
  expect((await partner.events()).slice(1)).toEqual([
    {
      seq: 2,
      id: expect.any(String),
      type: 'order.created',
      at: seconds(now),
      object: { kind: 'order', id: 'O1', version: 1 },
      data: answer,
    },
  ])
})

test('references and metadata are kept with the order', async () => {
  const partner = await partnerWithCustomer(house)
  const kept = {
    references: { contract: 'K-1', purchaseOrder: 'PO 7' },
    metadata: { region: 'EU', seats: 3, vip: true },
  }
  await buy(partner, 'O1', kept)
  expect((await partner.call('getOrder', { id: 'O1' })).orders).toMatchObject([kept])
})

describe('where the term starts and what state that makes', () => {
  const table: [startsAt: number | string | undefined, termStart: string, termEnd: string, status: string][] =
    [
      [undefined, now, '2026-04-01T12:00:00Z', 'active'],
      [seconds('2026-02-15T00:00:00Z'), '2026-02-15T00:00:00Z', '2026-03-15T00:00:00Z', 'active'],
      ['2026-03-05T08:00:00+01:00', '2026-03-05T07:00:00Z', '2026-04-05T07:00:00Z', 'scheduled'],
      // A date alone is that day's beginning where the partner lives.
      ['2026-03-31', '2026-03-30T22:00:00Z', '2026-04-30T22:00:00Z', 'scheduled'],
      ['2026-03-01', '2026-02-28T23:00:00Z', '2026-03-28T23:00:00Z', 'active'],
      ['2026-02-01T12:00:00Z', '2026-02-01T12:00:00Z', '2026-03-01T12:00:00Z', 'grace'],
      ['2026-01-30T12:00:01Z', '2026-01-30T12:00:01Z', '2026-02-28T12:00:01Z', 'grace'],
      ['2026-01-28T12:00:00Z', '2026-01-28T12:00:00Z', '2026-02-28T12:00:00Z', 'expired'],
    ]
  test.each(table)('%s: %s until %s, %s', async (startsAt, termStart, termEnd, status) => {
    const partner = await partnerWithCustomer(house, { timeZone: 'Europe/Berlin', graceDays: 1 })
    const answer = await buy(partner, 'O1', startsAt === undefined ? {} : { startsAt })
    expect([said(answer.termStart), said(answer.termEnd), answer.status]).toEqual([
      termStart,
      termEnd,
      status,
    ])
  })

  const limits: [startsAt: string, allowed: boolean][] = [
    ['2016-03-01T12:00:00Z', true],
    ['2016-03-01T11:59:59Z', false],
    ['2028-03-01T12:00:00Z', true],
    ['2028-03-01T12:00:01Z', false],
  ]
  test.each(limits)('at most 10 years back and 2 ahead: %s is allowed: %s', async (startsAt, allowed) => {
    const partner = await partnerWithCustomer(house)
    const { status, json } = await partner.post({
      method: 'createFirstOrder',
      params: firstOrder('O1', { startsAt }),
    })
    expect(status).toBe(allowed ? 200 : 400)
    const path = (json as { error?: { data: { issues: { path: string }[] } } }).error?.data.issues[0]?.path
    expect(path).toBe(allowed ? undefined : 'startsAt')
  })
})

describe('what was already past at creation is not announced', () => {
  const table: [startsAt: string, later: string[]][] = [
    [
      '2026-03-01T12:00:00Z',
      ['order.renewal_due 2026-03-17T12:00:00Z', 'order.expired 2026-04-03T12:00:00Z'],
    ],
    ['2026-02-14T12:00:00Z', ['order.expired 2026-03-16T12:00:00Z']],
    [
      '2026-02-16T12:00:01Z',
      ['order.renewal_due 2026-03-01T12:00:01Z', 'order.expired 2026-03-18T12:00:01Z'],
    ],
    ['2026-02-16T12:00:00Z', ['order.expired 2026-03-18T12:00:00Z']],
    ['2026-01-30T00:00:00Z', ['order.expired 2026-03-02T00:00:00Z']],
    ['2026-01-27T12:00:00Z', []],
    ['2020-01-01T00:00:00Z', []],
  ]
  test.each(table)('started %s', async (startsAt, later) => {
    const partner = await partnerWithCustomer(house, { sandbox: true, graceDays: 2 })
    await buy(partner, 'O1', { startsAt })
    await partner.call('advanceClock', { days: 60 })
    expect(await story(partner, 'O1')).toEqual([`order.created ${now}`, ...later])
  })
})

test('the refusals, each before all later ones', async () => {
  const partner = await partnerWithCustomer(house)
  await partner.call('createCustomer', { id: 'OFF', name: 'Off' })
  await partner.call('updateCustomer', { id: 'OFF', isActive: false })
  await buy(partner, 'TAKEN')
  await expectPrecedence(partner, 'createFirstOrder', [
    ['order_exists', firstOrder('TAKEN', { customer: 'NOBODY', product: 'nothing' })],
    ['order_exists', firstOrder('TAKEN', { customer: 'OFF' })],
    ['customer_unknown', firstOrder('NEW', { customer: 'NOBODY', product: 'nothing' })],
    ['customer_inactive', firstOrder('NEW', { customer: 'OFF', product: 'nothing' })],
    ['edition_unknown', firstOrder('NEW', { product: 'nothing' })],
    ['done', firstOrder('NEW')],
  ])
  // What is wrong with the params themselves comes before everything, except for a repeat.
  const early = await partner.refusal(
    'createFirstOrder',
    firstOrder('TAKEN', { customer: 'NOBODY', startsAt: '1999-01-01' }),
  )
  expect(early.data.reason).toBe('params_invalid')
})

test('what each refusal tells', async () => {
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'TAKEN')
  const customerId = '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e5f'
  const table: [params: Params<'createFirstOrder'>, data: object][] = [
    [
      firstOrder('TAKEN', { licenses: 11 }),
      { reason: 'order_exists', id: 'TAKEN', differs: ['licenses'], retryable: false },
    ],
    [firstOrder('X', { customer: 'NOBODY' }), { reason: 'customer_unknown', id: 'NOBODY', retryable: false }],
    [firstOrder('X', { customerId }), { reason: 'customer_unknown', id: customerId, retryable: false }],
    [firstOrder('X', { product: 'nothing' }), { reason: 'edition_unknown', id: 'nothing', retryable: false }],
  ]
  for (const [params, data] of table)
    expect((await partner.refusal('createFirstOrder', params)).data).toEqual(data)
  await partner.call('updateCustomer', { id: 'C', isActive: false })
  expect((await partner.refusal('createFirstOrder', firstOrder('X'))).data).toEqual({
    reason: 'customer_inactive',
    customer: 'C',
    retryable: false,
  })
})

describe('repeats', () => {
  const params = firstOrder('O1', { references: { contract: 'K' }, metadata: { a: 1, b: 'two' } })

  test('the same call answers the first answer member for member, whatever has happened since', async () => {
    const partner = await partnerWithCustomer(house, { sandbox: true })
    const first = await partner.call('createFirstOrder', params)
    const since: [string, () => Promise<unknown>][] = [
      ['nothing', async () => undefined],
      ['a change', () => partner.call('changeOrder', { id: 'O1', licenses: 77, product: 'oo-ent' })],
      ['a renaming of the customer', () => partner.call('renameCustomer', { id: 'C', newId: 'C2' })],
      ['time', () => partner.call('advanceClock', { days: 20 })],
      ['a renewal', () => partner.call('createRenewalOrder', { parent: 'O1', id: 'O2', duration: 'yearly' })],
      ['a suspension', () => partner.call('suspendOrder', { id: 'O1' })],
      ['a cancellation', () => partner.call('cancelOrder', { id: 'O1' })],
      ['a deactivated customer', () => partner.call('updateCustomer', { id: 'C', isActive: false })],
      ['twelve years', () => partner.call('advanceClock', { days: 12 * 365 })],
    ]
    for (const [what, happen] of since) {
      await happen()
      const { json } = await partner.post({ method: 'createFirstOrder', params })
      expect(json, what).toEqual(first)
    }
    await expectRepeat(partner, 'createFirstOrder', params, first)
  })

  test('a start that was within the limits then makes no repeat invalid now', async () => {
    const partner = await partnerWithCustomer(house, { sandbox: true })
    const early = firstOrder('O1', { startsAt: '2016-03-01T12:00:00Z' })
    const first = await partner.call('createFirstOrder', early)
    await partner.call('advanceClock', { days: 1 })
    await expectRepeat(partner, 'createFirstOrder', early, first)
  })

  test('the order of members does not count, and null is absent', async () => {
    const partner = await partnerWithCustomer(house)
    const first = await partner.call('createFirstOrder', params)
    const { id, customer, ...rest } = params
    const shuffled = {
      startsAt: null,
      ...rest,
      metadata: { b: 'two', a: 1 },
      references: { order: null, contract: 'K' },
    }
    await expectRepeat(partner, 'createFirstOrder', { ...shuffled, customer, id } as never, first)
  })

  const differing: [what: string, given: Record<string, unknown>, differs: string[]][] = [
    ['another quantity', { licenses: 11 }, ['licenses']],
    ['several members, sorted', { product: 'oo-std', duration: 'yearly' }, ['duration', 'product']],
    ['one more member', { startsAt: now }, ['startsAt']],
    ['one reference more', { references: { contract: 'K', order: 'B' } }, ['references.order']],
    ['one member less', { metadata: null }, ['metadata']],
    ['another value inside', { metadata: { a: 2, b: 'two' } }, ['metadata.a']],
    ['another customer, even an unknown one', { customer: 'NOBODY' }, ['customer']],
  ]
  test.each(differing)('%s makes it a different request', async (_what, given, differs) => {
    const partner = await partnerWithCustomer(house)
    await partner.call('createFirstOrder', params)
    const error = await partner.refusal('createFirstOrder', { ...params, ...given })
    expect(error.data).toMatchObject({ reason: 'order_exists', id: 'O1', differs })
  })

  test('the customer named by its UUID instead is a different request: no id is resolved', async () => {
    const partner = await partnerWithCustomer(house)
    await partner.call('createFirstOrder', firstOrder('O1'))
    const { customerId } = await partner.call('getCustomer', { id: 'C' })
    const error = await partner.refusal(
      'createFirstOrder',
      firstOrder('O1', { customerId: customerId as string }),
    )
    expect(error.data).toMatchObject({ reason: 'order_exists', differs: ['customer', 'customerId'] })
  })

  test('an id that a renewal took is taken', async () => {
    const partner = await partnerWithCustomer(house)
    await buy(partner, 'O1', { startsAt: '2026-02-10' })
    await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })
    const error = await partner.refusal('createFirstOrder', firstOrder('O2'))
    expect(error.data).toMatchObject({
      reason: 'order_exists',
      differs: ['customer', 'duration', 'licenses', 'parent', 'product'],
    })
  })

  test('a refused create does not burn its id', async () => {
    const partner = await house.partner()
    await partner.refusal('createFirstOrder', firstOrder('O1'))
    await partner.call('createCustomer', { id: 'C', name: 'Customer' })
    expect(await buy(partner, 'O1')).toMatchObject({ id: 1, remoteId: 'O1' })
  })

  test('ids are the partner’s own: another partner may use the same', async () => {
    const [one, other] = await Promise.all([partnerWithCustomer(house), partnerWithCustomer(house)])
    expect((await buy(one, 'O1')).partner).not.toBe((await buy(other, 'O1', { licenses: 3 })).partner)
  })

  test('many at the same moment on two servers: one is done, all get its answer, one event is told', async () => {
    const [first] = [await partnerWithCustomer(house)]
    const second = Object.assign(Object.create(Object.getPrototypeOf(first)), first, {
      url: house.services[1]?.url,
    }) as TestPartner
    const calls = Array.from({ length: 12 }, (_, index) =>
      (index % 2 ? first : second).post({ method: 'createFirstOrder', params }),
    )
    const answers = await Promise.all(calls)
    for (const { status, json } of answers)
      expect({ status, json }).toEqual({ status: 200, json: answers[0]?.json })
    expect(answers.filter(({ headers }) => headers.get('x-replayed') === '1')).toHaveLength(11)
    expect(await story(first, 'O1')).toEqual([`order.created ${now}`])
  })

  test('many different requests for one id at the same moment: exactly one is done', async () => {
    const partner = await partnerWithCustomer(house)
    const calls = Array.from({ length: 8 }, (_, index) =>
      partner.post({ method: 'createFirstOrder', params: firstOrder('O1', { licenses: index + 1 }) }),
    )
    const statuses = (await Promise.all(calls)).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([200, ...Array.from({ length: 7 }, () => 409)])
  })
})

test('the customer may be named by its UUID, in any case, or by an id it once had', async () => {
  const partner = await partnerWithCustomer(house)
  const { customerId } = await partner.call('getCustomer', { id: 'C' })
  await partner.call('renameCustomer', { id: 'C', newId: 'C2' })
  const upper = (customerId as string).toUpperCase()
  expect(await buy(partner, 'O1', { customerId: upper })).toMatchObject({ customer: 'C2' })
  expect(await buy(partner, 'O2', { customer: 'C' })).toMatchObject({ customer: 'C2' })
  const both = await partner.refusal('createFirstOrder', { ...firstOrder('O3'), customerId: upper })
  expect(both.data.reason).toBe('params_invalid')
})

test('licenses are 1 to 10,000,000', async () => {
  const partner = await partnerWithCustomer(house)
  for (const licenses of [0, -1, 1.5, 10_000_001])
    expect((await partner.refusal('createFirstOrder', firstOrder('O1', { licenses }))).data.reason).toBe(
      'params_invalid',
    )
  expect(await buy(partner, 'O1', { licenses: 10_000_000 })).toMatchObject({ licenses: 10_000_000 })
})

test('the window and the grace of the edition go before those of the partner', async () => {
  const { operator } = house
  await operator.call('createEdition', {
    code: 'own-rules',
    product: 'oo',
    name: 'Own',
    windowDays: 3,
    graceDays: 4,
  })
  await operator.call('createEdition', { code: 'no-window', product: 'oo', name: 'None', windowDays: 0 })
  const partner = await partnerWithCustomer(house, { sandbox: true, windowDays: 10, graceDays: 2 })
  const termEnd = seconds('2026-04-01T12:00:00Z')
  expect(await buy(partner, 'O1')).toMatchObject({ renewableFrom: termEnd - 10 * day })
  expect(await buy(partner, 'O2', { product: 'own-rules' })).toMatchObject({
    renewableFrom: termEnd - 3 * day,
  })
  expect(await buy(partner, 'O3', { product: 'no-window' })).toMatchObject({ renewableFrom: termEnd })
  await partner.call('setClock', { at: termEnd + 2 * day })
  const statuses = await Promise.all(['O1', 'O2', 'O3'].map((id) => partner.call('getOrder', { id })))
  expect(statuses.map(({ status }) => status)).toEqual(['expired', 'grace', 'expired'])
})
