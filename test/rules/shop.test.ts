/** Shops: what is newer, until when is paid, and what is said of it. */
import { describe, expect, test } from 'vitest'
import { isOlder, paidAfter, paidDescription } from '../../src/rules/shop.ts'

describe('whether something is older than what is known', () => {
  const known = { toldAt: 1_000, toldBy: 5 }
  test.each([
    ['nothing is known', undefined, 1, 1, false],
    ['only that it is there', { toldAt: null, toldBy: null }, 1, 1, false],
    ['told before', known, 999, 9, true],
    ['told after', known, 1_001, 1, false],
    ['at the same time, received before', known, 1_000, 4, true],
    ['at the same time, received after', known, 1_000, 6, false],
    ['the same item once more', known, 1_000, 5, false],
  ])('%s', (_what, before, at, number, older) => {
    expect(isOlder(before, at, number)).toBe(older)
  })
})

describe('until when is paid: the latest telling counts, in whatever order', () => {
  const none = { paidThrough: null, paidToldAt: null }
  const tellings: [at: number, paidThrough: number | null][] = [
    [1, 100],
    [2, 50],
    [2, 60],
    [3, null],
  ]
  const permuted = (items: typeof tellings): (typeof tellings)[] =>
    items.length < 2
      ? [items]
      : items.flatMap((first, index) => permuted(items.toSpliced(index, 1)).map((rest) => [first, ...rest]))

  test.each(permuted(tellings).map((order) => [JSON.stringify(order), order] as const))(
    '%s',
    (_what, order) => {
      const end = order.reduce<{ paidThrough: number | null; paidToldAt: number | null }>(
        (known, [at, paidThrough]) => paidAfter(known, at, paidThrough),
        none,
      )
      expect(end).toEqual({ paidThrough: 60, paidToldAt: 2 })
    },
  )
})

test.each([
  ['nothing yet', null, 86_400, 'Paid through 1970-01-02.'],
  ['our own words', 'Paid through 1970-01-02.', 3 * 86_400, 'Paid through 1970-01-04.'],
  ['somebody else’s words', 'Paid through the nose.', 86_400, undefined],
  ['nothing to say', null, null, undefined],
])('the description of a licence: %s', (_what, description, paidThrough, said) => {
  expect(paidDescription(description, paidThrough)).toBe(said)
})
