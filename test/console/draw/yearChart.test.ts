/** The drawing of a year: how high each month's bars are, and the same in numbers. */
import { describe, expect, test } from 'vitest'
import { type MonthToDraw, yearChart } from '../../../src/console/draw/yearChart.ts'
import { at } from '../../rules/calendar.ts'

const year = (running: number[], lapsing: number[] = []): MonthToDraw[] =>
  Array.from({ length: 12 }, (_, month) => ({
    start: Date.UTC(2026, month, 1) / 1000,
    running: running[month] ?? 0,
    lapsing: lapsing[month] ?? 0,
  }))

interface Bar {
  readonly x: number
  readonly y: number
  readonly height: number
}

/** A drawing taken apart again; the marks of the legend, whose places are no percentages, are left out. */
function drawn(months: MonthToDraw[], now = '2026-03-16T12:00:00Z') {
  const text = String(yearChart('y', months, at(now)))
  const bars = (kind: string): Bar[] =>
    [
      ...text.matchAll(
        new RegExp(`<rect class="${kind}"[^>]*? x="([\\d.]+)%"[^>]*? y="([\\d.]+)" height="([\\d.]+)"`, 'g'),
      ),
    ].map(([, x, y, height]) => ({ x: Number(x), y: Number(y), height: Number(height) }))
  const axis = Number(/class="axis"[^>]*y1="([\d.]+)"/.exec(text)?.[1])
  const rows = [...text.matchAll(/<tr><th scope="row">([^<]*)<\/th><td[^>]*>([^<]*)<\/td><td[^>]*>([^<]*)/g)]
  return { text, bars, axis, rows: rows.map(([, ...cells]) => cells) }
}

describe('bars', () => {
  test('are as high as their numbers, on one scale for both kinds', () => {
    const { bars } = drawn(year([100, 50, 25], [0, 50, 1]))
    expect(bars('running').map(({ height }) => height)).toEqual([84, 42, 21, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    expect(bars('lapsing').map(({ height }) => height)).toEqual([42, 1])
  })

  test('running ones stand on the axis, lapsing ones hang under the names of the months', () => {
    const { bars, axis } = drawn(year([100, 50], [10, 20]))
    for (const { y, height } of bars('running')) expect(y + height).toBe(axis)
    for (const { y } of bars('lapsing')) expect(y).toBe(axis + 18)
  })

  test('stand in the twelfth of their month', () => {
    const { bars } = drawn(year([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]))
    bars('running').forEach(({ x }, month) => {
      expect(x).toBeCloseTo(((month + 0.2) / 12) * 100, 1)
    })
  })

  test('one among a million can still be seen, and nothing at all is no bar', () => {
    const { bars } = drawn(year([1_000_000, 1], [1]))
    expect(bars('running')[1]?.height).toBe(1)
    expect(bars('lapsing').length).toBe(1)
    expect(drawn(year([])).bars('lapsing')).toEqual([])
  })

  test('fit into the drawing', () => {
    for (const months of [year([9], [9]), year([], [9, 9]), year([9]), year([])]) {
      const { text, bars } = drawn(months)
      const height = Number(/<svg class="year"[^>]* height="([\d.]+)"/.exec(text)?.[1])
      for (const bar of [...bars('running'), ...bars('lapsing')]) {
        expect(bar.y).toBeGreaterThanOrEqual(0)
        expect(bar.y + bar.height).toBeLessThanOrEqual(height)
      }
    }
  })
})

describe('words', () => {
  test('the table has every month, and says which is the present one', () => {
    const { rows } = drawn(year([1_234_567, 2], [3, 40_000]), '2026-02-28T23:59:59Z')
    expect(rows.length).toBe(12)
    expect(rows.slice(0, 3)).toEqual([
      ['Jan 2026', '1,234,567', '3'],
      ['Feb 2026 (now)', '2', '40,000'],
      ['Mar 2026', '0', '0'],
    ])
  })

  test('the description says the same', () => {
    const { text } = drawn(year([12], [3]), '2026-01-01T00:00:00Z')
    expect(/<desc[^>]*>([^<]*)/.exec(text)?.[1]).toMatch(
      /^Jan 2026 \(now\): 12 running, 3 lapsing\. Feb 2026: 0 running, 0 lapsing\./,
    )
    expect(text).toContain('role="img" aria-labelledby="y-title y-words"')
    expect(text).toContain('Terms running and lapsing, Jan 2026 to Dec 2026')
  })

  test('large numbers are short where there is little room', () => {
    const { text } = drawn(year([1_234_567, 4_300, 999]))
    const counts = [...text.matchAll(/<text class="count"[^>]*>([^<]*)/g)].map(([, count]) => count)
    expect(counts.slice(0, 3)).toEqual(['1.2M', '4.3K', '999'])
  })

  test('the present month is marked by more than colour', () => {
    const { text } = drawn(year([1]), '2026-03-16T12:00:00Z')
    expect([...text.matchAll(/class="date present"[^>]*>([^<]*)/g)].map(([, month]) => month)).toEqual([
      'Mar',
    ])
    expect(drawn(year([1]), '2027-03-16T12:00:00Z').text).not.toContain('present')
  })

  test('without months there is nothing to show, and that is said', () => {
    expect(drawn([]).text).toContain('There is nothing to show.')
  })
})
