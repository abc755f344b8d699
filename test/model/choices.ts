/** What the calls of a model run are made of: which order, which customer, which moment, under which id. */
import fc from 'fast-check'
import {
  civilOf,
  dateText,
  day,
  daysOf,
  type Instant,
  instantOf,
  instantText,
  monthsAfter,
} from './calendar.ts'
import { type Chain, firstOf, latestOf, opensAt } from './chain.ts'
import type { Reference } from './reference.ts'

export const anyOf = fc.nat({ max: 999 })
export const licenses = fc.integer({ min: 1, max: 3 })
export const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
export const duration = fc.constantFrom('monthly', 'yearly')
const mostly = <Value>(usual: fc.Arbitrary<Value>, rare: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: rare })
export const edition = mostly(fc.constantFrom('oo-lite', 'oo-std', 'erp-std'), fc.constant('oo-none'))

export function among<Item>(items: readonly Item[], choice: number): Item | undefined {
  return items[choice % items.length]
}

export interface OrderChoice {
  which: number
  as: 'first' | 'latest' | 'renewable' | 'unknown'
}
export const order: fc.Arbitrary<OrderChoice> = fc.record({
  which: anyOf,
  as: mostly(fc.constant('first'), fc.constantFrom('latest', 'unknown')),
})

/** Most renewals are tried where they may well be taken, else a course of calls would hardly ever have any. */
export const renewedOrder: fc.Arbitrary<OrderChoice> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ which: anyOf, as: fc.constant('renewable') }) },
  { weight: 1, arbitrary: order },
)

export function orderId(model: Reference, { which, as }: OrderChoice): string {
  const chain = among(as === 'renewable' ? openForRenewal(model) : model.state.chains, which)
  if (!chain || as === 'unknown') return 'NONE'
  return as === 'latest' ? latestOf(chain).id : firstOf(chain).id
}

function openForRenewal({ state, settings }: Reference): Chain[] {
  const open = state.chains.filter((chain) => chain.endsAt === null && opensAt(chain, settings) <= state.now)
  return open.length > 0 ? open : state.chains
}

export const customer = mostly(anyOf, fc.constant(-1))
export function customerId(model: Reference, choice: number): string {
  return (choice < 0 ? undefined : among(model.state.customers, choice)?.id) ?? 'NOBODY'
}

/** An id that is still free, unless a call that is under way at the same time takes it: there are only two. */
export const twin = fc.constantFrom('a', 'b')
export const freeId = (model: Reference, suffix: string): string => `O${model.state.requests.size}${suffix}`

type StartChoice =
  | { from: 'now' }
  | { from: 'around'; days: number; seconds: number }
  | { from: 'month end'; months: number; second: number; as: 'seconds' | 'text' | 'date' }
  | { from: 'limit'; years: number; seconds: number }
export const start: fc.Arbitrary<StartChoice> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ from: fc.constant('now') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      from: fc.constant('around'),
      days: fc.integer({ min: -40, max: 40 }),
      seconds: fc.integer({ min: -1, max: 1 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      from: fc.constant('month end'),
      months: fc.integer({ min: -30, max: 20 }),
      second: fc.constantFrom(0, day / 2, day - 1),
      as: fc.constantFrom('seconds', 'text', 'date'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      from: fc.constant('limit'),
      years: fc.constantFrom(-10, 2),
      seconds: fc.integer({ min: -1, max: 1 }),
    }),
  },
)

export function startsAt({ state: { now } }: Reference, choice: StartChoice): Instant | string | undefined {
  switch (choice.from) {
    case 'now':
      return undefined
    case 'around':
      return now + choice.days * day + choice.seconds
    case 'limit':
      return monthsAfter(now, 12 * choice.years) + choice.seconds
    case 'month end': {
      const { year, month } = civilOf(monthsAfter(now, choice.months))
      const last = instantOf({ year, month, day: daysOf(year, month), second: choice.second })
      if (choice.as === 'seconds') return last
      return choice.as === 'date' ? dateText(last) : instantText(last, choice.second === 0 ? 2 : 0)
    }
  }
}

/** Leaves out what has no value, so that a call says no more than was chosen. */
export const said = (params: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined))
