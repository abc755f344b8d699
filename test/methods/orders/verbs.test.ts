/** Which verb does what in which state of a chain: section 5 of the contract as one table. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { methods } from '../../../src/methods/index.ts'
import { type House, type MethodName, openHouse, type TestPartner } from '../../house.ts'
import { buy, firstOrder, partnerWithCustomer } from './stage.ts'

let house: House
/** One partner for the chains of each state. */
const partners = new Map<string, TestPartner>()
beforeAll(async () => {
  house = await openHouse({ now: '2026-02-10T00:00:00Z' })
})
afterAll(() => house.close())

const verbs = {
  'cancel now': { method: 'cancelOrder', params: (id: string) => ({ id }) },
  'cancel at termEnd': { method: 'cancelOrder', params: (id: string) => ({ id, at: 'termEnd' }) },
  uncancel: { method: 'uncancelOrder', params: (id: string) => ({ id }) },
  suspend: { method: 'suspendOrder', params: (id: string) => ({ id }) },
  resume: { method: 'resumeOrder', params: (id: string) => ({ id }) },
  change: { method: 'changeOrder', params: (id: string) => ({ id, licenses: 99 }) },
  renew: { method: 'createRenewalOrder', params: (id: string) => ({ parent: id, id: `${id} renewal` }) },
} as const satisfies Record<string, { method: MethodName; params: (id: string) => object }>

// What a verb leads to: the state afterwards, `-` where nothing changes, or the refusal. A chain that is going to end
// by cancellation is `ending` or `suspended, ending` here. Terms are monthly, with five days of grace.
const matrix = `
  state             | cancel now | cancel at termEnd | uncancel        | suspend           | resume          | change            | renew
  scheduled         | cancelled  | ending            | -               | suspended         | -               | scheduled         | renewal_too_early
  active            | cancelled  | ending            | -               | suspended         | -               | active            | renewal_too_early
  due               | cancelled  | ending            | -               | suspended         | -               | active            | active
  grace             | cancelled  | cancelled         | -               | suspended         | -               | grace             | active
  expired           | cancelled  | cancelled         | -               | suspended         | -               | expired           | active
  suspended         | cancelled  | suspended, ending | -               | -                 | active          | suspended         | order_suspended
  suspended expired | cancelled  | cancelled         | -               | -                 | expired         | suspended         | order_suspended
  ending            | cancelled  | -                 | active          | suspended, ending | -               | ending            | order_ending
  suspended, ending | cancelled  | -                 | suspended       | -                 | ending          | suspended, ending | order_ending
  cancelled         | -          | -                 | order_cancelled | order_cancelled   | order_cancelled | order_cancelled   | order_cancelled
  ended             | -          | -                 | order_cancelled | order_cancelled   | order_cancelled | order_cancelled   | order_cancelled
`
const [titles = [], ...rows] = matrix
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
const cells = rows.flatMap(([state = '', ...outcomes]) =>
  outcomes.map((outcome, index) => ({ state, verb: titles[index + 1] as keyof typeof verbs, outcome })),
)

/** How a chain of each state comes about by 20 March. */
const states: Record<string, { startsAt: string; calls?: (keyof typeof verbs)[] }> = {
  scheduled: { startsAt: '2026-04-01' },
  active: { startsAt: '2026-03-10' },
  due: { startsAt: '2026-02-25' },
  grace: { startsAt: '2026-02-18' },
  expired: { startsAt: '2026-02-01' },
  suspended: { startsAt: '2026-03-10', calls: ['suspend'] },
  'suspended expired': { startsAt: '2026-02-01', calls: ['suspend'] },
  ending: { startsAt: '2026-03-10', calls: ['cancel at termEnd'] },
  'suspended, ending': { startsAt: '2026-03-10', calls: ['suspend', 'cancel at termEnd'] },
  cancelled: { startsAt: '2026-03-10', calls: ['cancel now'] },
  ended: { startsAt: '2026-02-10', calls: ['cancel at termEnd'] },
}

const idOf = ({ state, verb }: { state: string; verb: string }): string => `${state}: ${verb}`

async function prepare(state: string): Promise<TestPartner> {
  const partner = partners.get(state) ?? (await partnerWithCustomer(house, { graceDays: 5 }))
  partners.set(state, partner)
  const { startsAt, calls = [] } = states[state] as { startsAt: string; calls?: (keyof typeof verbs)[] }
  const wanted = cells.filter((cell) => cell.state === state).map(idOf)
  const replies = await partner.batch(
    wanted.flatMap((id) => [
      { method: 'createFirstOrder', params: firstOrder(id, { startsAt }) },
      ...calls.map((verb) => ({ method: verbs[verb].method, params: verbs[verb].params(id) })),
    ]),
  )
  expect(replies.filter(({ error }) => error)).toEqual([])
  return partner
}

beforeAll(async () => {
  // The end that was set for 10 March has to come by itself; all other chains are as they are wanted from the start.
  const ended = await prepare('ended')
  house.clock.set('2026-03-20T00:00:00Z')
  // Verbs that are done already: they only let what has fallen due be told before the table is walked.
  const again = cells.filter(({ state }) => state === 'ended').map((cell) => ({ id: idOf(cell) }))
  await ended.batch(again.map((params) => ({ method: 'cancelOrder', params })))
  await Promise.all(Object.keys(states).map((state) => (state === 'ended' ? undefined : prepare(state))))
  for (const [state, partner] of partners) told.set(state, (await partner.events()).length)
})

/** How much of the feed of each state's partner has been looked at. */
const told = new Map<string, number>()

async function stateOf(partner: TestPartner, id: string): Promise<{ state: string; status: string }> {
  const { status, cancelAt } = await partner.call('getOrder', { id })
  if (status === 'cancelled' || cancelAt === null) return { state: status, status }
  return { state: status === 'suspended' ? 'suspended, ending' : 'ending', status }
}

test('the table has every state and every verb', () => {
  expect(titles.slice(1)).toEqual(Object.keys(verbs))
  expect(rows.map(([state]) => state)).toEqual(Object.keys(states))
})

test.each(cells)('$state, $verb: $outcome', async ({ state, verb, outcome }) => {
  const id = idOf({ state, verb })
  const { method, params } = verbs[verb]
  const shown = { due: 'active', ended: 'cancelled', 'suspended expired': 'suspended' }[state] ?? state
  const partner = partners.get(state) as TestPartner
  expect((await stateOf(partner, id)).state).toBe(shown)
  const { json } = await partner.post({ method, params: params(id) })
  const { events, next } = await partner.call('listEvents', { after: told.get(state) ?? 0 })
  told.set(state, next)
  const { error, changed } = json as { error?: { data: { reason: string } }; changed?: boolean }
  const after = await stateOf(partner, id)
  const isRefused = /^[a-z]+_/.test(outcome)
  expect(error?.data.reason).toBe(isRefused ? outcome : undefined)
  if (verb !== 'renew' && !isRefused) expect(changed).toBe(outcome !== '-')
  if (isRefused || outcome === '-') {
    expect(events).toEqual([])
    expect(after.state).toBe(shown)
    return
  }
  expect(after.state).toBe(outcome)
  // One thing happened, one thing is told, and it is among those that the method announces.
  expect(events.map(({ object, data }) => [object.kind, data.status])).toEqual([['order', after.status]])
  expect(methods[method].events).toContain(events[0]?.type)
})

test('a verb needs the id of the first order, whatever the state', async () => {
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'FIRST', { startsAt: '2026-02-25' })
  await partner.call('createRenewalOrder', { parent: 'FIRST', id: 'SECOND' })
  for (const cancel of [false, true]) {
    if (cancel) await partner.call('cancelOrder', { id: 'FIRST' })
    for (const { method, params } of Object.values(verbs)) {
      const error = await partner.refusal(method, params('SECOND'))
      expect(error.data).toMatchObject({ reason: 'order_not_first', parent: 'FIRST' })
    }
  }
})
