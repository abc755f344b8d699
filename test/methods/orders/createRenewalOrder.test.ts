/** `createRenewalOrder`: the next term of a chain. Its window, where it starts, what it carries, and its refusals. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type Params, seconds } from '../../house.ts'
import { at, said } from '../../rules/calendar.ts'
import { buy, day, expectPrecedence, expectRepeat, partnerWithCustomer, story } from './stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
  const { operator } = house
  await operator.call('createEdition', { code: 'once', product: 'oo', name: 'Once', renewable: false })
  await operator.call('createEdition', {
    code: 'own-rules',
    product: 'oo',
    name: 'Own',
    windowDays: 3,
    graceDays: 4,
  })
})
afterAll(() => house.close())

/** A sandbox whose chain O1 runs from 1 March until 1 April, noon. */
async function chain(
  options: Partial<Params<'createPartner'>> = {},
  order: Partial<Params<'createFirstOrder'>> = {},
) {
  const partner = await partnerWithCustomer(house, { sandbox: true, ...options })
  const first = await buy(partner, 'O1', order)
  return { partner, first, at: (instant: number | string) => partner.call('setClock', { at: instant }) }
}

const renewal = (given: Partial<Params<'createRenewalOrder'>> = {}) => ({ parent: 'O1', id: 'O2', ...given })

test('the whole answer: the chain’s members, and the order’s own', async () => {
  const { partner, first, at } = await chain()
  await at('2026-03-20T00:00:00Z')
  const answer = await partner.call('createRenewalOrder', renewal({ licenses: 25 }))
  expect(answer).toEqual({
    id: 2,
    partner: partner.number,
    remoteId: 'O2',
    parent: 'O1',
    customer: 'C',
    product: 'oo-lite',
    licenses: 25,
    duration: 'monthly',
    termStart: first.termEnd,
    termEnd: seconds('2026-05-01T12:00:00Z'),
    status: 'active',
    renewableFrom: seconds('2026-04-16T12:00:00Z'),
    licenseId: first.licenseId,
    createdAt: seconds('2026-03-20T00:00:00Z'),
  })
  const last = (await partner.events()).at(-1)
  expect(last).toMatchObject({
    type: 'order.renewed',
    at: answer.createdAt,
    object: { kind: 'order', id: 'O2' },
    data: answer,
  })
})

describe('the window, to the second', () => {
  const edition = { product: 'own-rules' }
  const table: [rules: string, options: object, order: object, opens: string, windowDays: number][] = [
    ['15 days unless said otherwise', {}, {}, '2026-03-17T12:00:00Z', 15],
    ['what the partner has', { windowDays: 5 }, {}, '2026-03-27T12:00:00Z', 5],
    ['what the edition has goes before', { windowDays: 5 }, edition, '2026-03-29T12:00:00Z', 3],
    ['none at all', { windowDays: 0 }, {}, '2026-04-01T12:00:00Z', 0],
    ['the widest', { windowDays: 27 }, {}, '2026-03-05T12:00:00Z', 27],
  ]
  test.each(table)('%s', async (_rules, options, order, opens, windowDays) => {
    const { partner, first, at } = await chain(options, order)
    const renewableFrom = seconds(opens)
    expect(first.renewableFrom).toBe(renewableFrom)
    await at(renewableFrom - 1)
    expect(await partner.refusal('createRenewalOrder', renewal())).toMatchObject({
      code: 1206,
      data: { retryable: true, termEnd: first.termEnd, renewableFrom, windowDays, retryAt: renewableFrom },
    })
    await at(renewableFrom)
    expect(await partner.call('createRenewalOrder', renewal())).toMatchObject({ termStart: first.termEnd })
  })

  test('it is the latest term that counts: a chain renewed early is not renewed again before the next window', async () => {
    const { partner, at } = await chain()
    await at('2026-03-18T00:00:00Z')
    await partner.call('createRenewalOrder', renewal())
    const error = await partner.refusal('createRenewalOrder', renewal({ id: 'O3' }))
    expect(error.data).toMatchObject({
      termEnd: seconds('2026-05-01T12:00:00Z'),
      retryAt: seconds('2026-04-16T12:00:00Z'),
    })
  })

  test('a chain that is yet to begin is not renewed', async () => {
    const { partner } = await chain({}, { startsAt: '2026-04-01' })
    expect((await partner.refusal('createRenewalOrder', renewal())).data.reason).toBe('renewal_too_early')
  })
})

describe('where the term starts', () => {
  const inGrace = { graceDays: 3 }
  const table: [when: string, renewedAt: string, options: object, start: string, end: string][] = [
    ['before the end', '2026-03-31T00:00:00Z', {}, '2026-04-01T12:00:00Z', '2026-05-01T12:00:00Z'],
    ['at the very end', '2026-04-01T12:00:00Z', {}, '2026-04-01T12:00:00Z', '2026-05-01T12:00:00Z'],
    ['a second later', '2026-04-01T12:00:01Z', {}, '2026-04-01T12:00:01Z', '2026-05-01T12:00:01Z'],
    ['within grace', '2026-04-04T11:59:59Z', inGrace, '2026-04-01T12:00:00Z', '2026-05-01T12:00:00Z'],
    ['when grace is over', '2026-04-04T12:00:00Z', inGrace, '2026-04-04T12:00:00Z', '2026-05-04T12:00:00Z'],
    ['a year later', '2027-08-31T00:00:00Z', inGrace, '2027-08-31T00:00:00Z', '2027-09-30T00:00:00Z'],
  ]
  test.each(table)('%s', async (_when, renewedAt, options, start, end) => {
    const { partner, at } = await chain(options)
    await at(renewedAt)
    const { termStart, termEnd, status } = await partner.call('createRenewalOrder', renewal())
    expect([said(termStart), said(termEnd), status]).toEqual([start, end, 'active'])
  })

  test('renewed in grace for a term that is over by then, the chain goes from grace to the next term', async () => {
    const { partner, at } = await chain({ graceDays: 27 }, { startsAt: '2026-01-31T00:00:00Z' })
    await at('2026-03-26T00:00:00Z')
    // From 28 February until 31 March, and so on: the anchor was never lost.
    expect(said((await partner.call('createRenewalOrder', renewal())).termEnd)).toBe('2026-03-31T00:00:00Z')
    expect(said((await partner.call('createRenewalOrder', renewal({ id: 'O3' }))).termEnd)).toBe(
      '2026-04-30T00:00:00Z',
    )
  })

  test('months are counted from the anchor through every renewal, and anew after a lapse', async () => {
    const { partner, at } = await chain({}, { startsAt: '2026-03-31T09:00:00Z' })
    const steps: [renewedAt: string, duration: 'monthly' | 'yearly' | undefined, end: string][] = [
      ['2026-04-30T09:00:00Z', undefined, '2026-05-31T09:00:00Z'],
      ['2026-05-31T09:00:00Z', undefined, '2026-06-30T09:00:00Z'],
      ['2026-06-30T09:00:00Z', 'yearly', '2027-06-30T09:00:00Z'],
      ['2027-06-30T09:00:00Z', 'monthly', '2027-07-31T09:00:00Z'],
      ['2027-08-15T09:00:00Z', undefined, '2027-09-15T09:00:00Z'],
      ['2027-09-15T09:00:00Z', undefined, '2027-10-15T09:00:00Z'],
    ]
    const ends: string[] = []
    for (const [index, [renewedAt, duration]] of steps.entries()) {
      await at(renewedAt)
      const asked = renewal({ id: `R${index}`, ...(duration ? { duration } : {}) })
      ends.push(said((await partner.call('createRenewalOrder', asked)).termEnd))
    }
    expect(ends).toEqual(steps.map(([, , end]) => end))
  })
})

describe('what the term carries', () => {
  test('quantity and duration stay as they are unless said, and count from the renewal’s own start', async () => {
    const { partner, at } = await chain()
    await at('2026-03-20T00:00:00Z')
    await partner.call('createRenewalOrder', renewal({ licenses: 25, duration: 'yearly' }))
    expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ licenses: 10, duration: 'monthly' })
    await at('2026-04-01T12:00:00Z')
    expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ licenses: 25, duration: 'yearly' })
    await at('2027-03-31T00:00:00Z')
    const third = await partner.call('createRenewalOrder', renewal({ id: 'O3' }))
    expect(third).toMatchObject({
      licenses: 25,
      duration: 'yearly',
      termEnd: seconds('2028-04-01T12:00:00Z'),
    })
  })

  test('after a change the renewal starts from what was changed', async () => {
    const { partner, at } = await chain()
    await partner.call('changeOrder', { id: 'O1', licenses: 33, product: 'oo-std' })
    await at('2026-03-20T00:00:00Z')
    expect(await partner.call('createRenewalOrder', renewal())).toMatchObject({
      licenses: 33,
      product: 'oo-std',
    })
  })

  test('references are the order’s own', async () => {
    const { partner, at } = await chain({}, { references: { contract: 'K1', order: 'B1' } })
    await at('2026-03-20T00:00:00Z')
    await partner.call('createRenewalOrder', renewal({ references: { order: 'B2' } }))
    const { orders } = await partner.call('getOrder', { id: 'O1' })
    expect(orders.map(({ references }) => references)).toEqual([
      { contract: 'K1', order: 'B1' },
      { order: 'B2' },
    ])
  })
})

describe('the refusals, each before all later ones', () => {
  type Condition =
    | 'taken'
    | 'unknown'
    | 'renewal'
    | 'cancelled'
    | 'ending'
    | 'suspended'
    | 'inactive'
    | 'unrenewable'
    | 'early'
  const table: [reason: string, conditions: Condition[]][] = [
    ['order_exists', ['taken', 'unknown']],
    ['order_exists', ['taken', 'renewal', 'cancelled', 'suspended', 'inactive', 'unrenewable', 'early']],
    ['order_unknown', ['unknown']],
    ['order_not_first', ['renewal', 'cancelled', 'suspended', 'inactive', 'unrenewable', 'early']],
    ['order_cancelled', ['cancelled', 'suspended', 'inactive', 'unrenewable', 'early']],
    ['order_ending', ['ending', 'suspended', 'inactive', 'unrenewable', 'early']],
    ['order_suspended', ['suspended', 'inactive', 'unrenewable', 'early']],
    ['customer_inactive', ['inactive', 'unrenewable', 'early']],
    ['not_renewable', ['unrenewable', 'early']],
    ['renewal_too_early', ['early']],
    ['done', []],
  ]

  test('in the order in which the method declares them', async () => {
    const partner = await partnerWithCustomer(house)
    const calls: [reason: never, params: Params<'createRenewalOrder'>][] = []
    for (const [index, [reason, conditions]] of table.entries()) {
      const is = (condition: Condition): boolean => conditions.includes(condition)
      const [customer, parent, second] = [`C${index}`, `P${index}`, `S${index}`]
      await partner.call('createCustomer', { id: customer, name: 'Customer' })
      // A chain in its window; one that is too early has been renewed already.
      await buy(partner, parent, { customer, startsAt: '2026-02-10' })
      if (is('early')) await partner.call('createRenewalOrder', { parent, id: second })
      if (is('unrenewable')) await partner.call('changeOrder', { id: parent, product: 'once' })
      if (is('inactive')) await partner.call('updateCustomer', { id: customer, isActive: false })
      if (is('suspended')) await partner.call('suspendOrder', { id: parent })
      if (is('ending')) await partner.call('cancelOrder', { id: parent, at: 'termEnd' })
      if (is('cancelled')) await partner.call('cancelOrder', { id: parent })
      const named = is('unknown') ? 'NOBODY' : is('renewal') ? second : parent
      calls.push([reason as never, { parent: named, id: is('taken') ? parent : `NEW${index}` }])
    }
    await expectPrecedence(partner, 'createRenewalOrder', calls)
  })

  test('what each of them tells', async () => {
    const partner = await partnerWithCustomer(house)
    const told = async (id: string) =>
      (await partner.refusal('createRenewalOrder', { parent: id, id: 'NEW' })).data
    await buy(partner, 'O1', { startsAt: '2026-02-10T00:00:00Z' })
    await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })
    expect(await told('NOBODY')).toEqual({ reason: 'order_unknown', id: 'NOBODY', retryable: false })
    expect(await told('O2')).toEqual({ reason: 'order_not_first', parent: 'O1', retryable: false })
    await partner.call('suspendOrder', { id: 'O1' })
    expect(await told('O1')).toEqual({
      reason: 'order_suspended',
      since: at(now),
      hint: 'resumeOrder',
      retryable: false,
    })
    await partner.call('cancelOrder', { id: 'O1', at: 'termEnd' })
    expect(await told('O1')).toEqual({ reason: 'order_ending', endsAt: at('2026-04-10'), retryable: false })
    await partner.call('cancelOrder', { id: 'O1' })
    expect(await told('O1')).toEqual({ reason: 'order_cancelled', since: at(now), retryable: false })
    await buy(partner, 'O3', { startsAt: '2026-02-10', product: 'once' })
    expect(await told('O3')).toEqual({ reason: 'not_renewable', edition: 'once', retryable: false })
    await partner.call('updateCustomer', { id: 'C', isActive: false })
    expect(await told('O3')).toEqual({ reason: 'customer_inactive', customer: 'C', retryable: false })
  })
})

describe('repeats', () => {
  test('the same call answers the first answer, whatever has happened since', async () => {
    const { partner, at } = await chain()
    await at('2026-03-20T00:00:00Z')
    const params = renewal({ licenses: 12, references: { contract: 'K' } })
    const first = await partner.call('createRenewalOrder', params)
    await expectRepeat(partner, 'createRenewalOrder', params, first)
    await partner.call('changeOrder', { id: 'O1', licenses: 50 })
    await partner.call('renameCustomer', { id: 'C', newId: 'C2' })
    await at('2026-04-20T00:00:00Z')
    await partner.call('createRenewalOrder', renewal({ id: 'O3' }))
    await partner.call('cancelOrder', { id: 'O1' })
    await partner.call('updateCustomer', { id: 'C2', isActive: false })
    await expectRepeat(partner, 'createRenewalOrder', params, first)
    const shuffled = { duration: null, references: { contract: 'K' }, id: 'O2', licenses: 12, parent: 'O1' }
    await expectRepeat(partner, 'createRenewalOrder', shuffled as never, first)
  })

  const differing: [given: object, differs: string[]][] = [
    [{ licenses: 10 }, ['licenses']],
    [{ duration: 'monthly' }, ['duration']],
    [{ parent: 'NOBODY' }, ['parent']],
    [{ references: {} }, ['references']],
  ]
  test.each(differing)(
    '%j makes it a different request, even where it says what is so anyway',
    async (given, differs) => {
      const { partner, at } = await chain()
      await at('2026-03-20T00:00:00Z')
      await partner.call('createRenewalOrder', renewal())
      const error = await partner.refusal('createRenewalOrder', { ...renewal(), ...given })
      expect(error.data).toMatchObject({ reason: 'order_exists', id: 'O2', differs })
    },
  )

  test('refused as too early, the id is free when the time has come', async () => {
    const { partner, at } = await chain()
    await partner.refusal('createRenewalOrder', renewal())
    await at('2026-03-20T00:00:00Z')
    expect(await partner.call('createRenewalOrder', renewal({ licenses: 3 }))).toMatchObject({ licenses: 3 })
  })

  test('two different renewals at the same moment: one term is bought, the other comes too early', async () => {
    const { partner, at } = await chain()
    await at('2026-03-20T00:00:00Z')
    const answers = await Promise.all(
      ['A', 'B', 'A', 'B'].map((id) =>
        partner.post({ method: 'createRenewalOrder', params: renewal({ id }) }),
      ),
    )
    const done = answers.filter(({ status }) => status === 200)
    expect(done).toHaveLength(2)
    expect(done[0]?.json).toEqual(done[1]?.json)
    expect((await partner.call('getOrder', { id: 'O1' })).orders).toHaveLength(2)
  })
})

test('a renewal is told once, by its own id', async () => {
  const { partner, at } = await chain()
  await at(seconds('2026-04-01T12:00:00Z') - 10 * day)
  await partner.call('createRenewalOrder', renewal())
  expect(await story(partner, 'O2')).toEqual(['order.renewed 2026-03-22T12:00:00Z'])
})
