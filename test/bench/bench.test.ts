/** The parts of the benchmark that compute rather than measure: what they get wrong, no measurement would show. */
import { describe, expect, it } from 'vitest'
import type { CallName, Wire } from './calls.ts'
import type { Measured } from './driver.ts'
import { goalsOf } from './goals.ts'
import { Latencies } from './latencies.ts'
import { readOptions } from './options.ts'
import { plotsOf } from './plots.ts'
import { besidesOf, median, type Report, type Row, ratio } from './report.ts'
import { PreparedRequest } from './request.ts'
import { niceSteps } from './svg.ts'
import { textOf } from './text.ts'

describe('percentiles', () => {
  it.each([
    [0.5, 500],
    [0.99, 990],
    [1, 1000],
  ])('the share %d of 1 to 1000 ms is %d ms', (share, expected) => {
    const latencies = new Latencies()
    for (let milliseconds = 1000; milliseconds >= 1; milliseconds--) latencies.add(milliseconds)
    expect(latencies.percentile(share)).toBe(expected)
  })

  it('tells nothing where nothing was counted', () => {
    expect(new Latencies().percentile(0.5)).toBeNaN()
  })
})

describe('requests', () => {
  const sent = (
    call: CallName,
    perBody: number,
    wire: Wire,
    first: number,
  ): { path: string; body: unknown } => {
    const subject = { prefix: 'new', of: 'old', existing: 50 }
    const request = new PreparedRequest({ port: 1, key: 'k', call, subject, perBody, wire })
    request.numbered(987_654_321)
    const [head = '', body = ''] = request.numbered(first).toString('latin1').split('\r\n\r\n')
    expect(Number(/content-length: (\d+)/.exec(head)?.[1])).toBe(body.length)
    return { path: head.split(' ')[1] ?? '', body: JSON.parse(body) }
  }
  const order = (number: number) => ({
    customer: `old${String(number % 50).padStart(9, '0')}`,
    id: `new${String(number).padStart(9, '0')}`,
    product: 'oo-lite',
    licenses: 20,
    duration: 'monthly',
  })
  const method = 'createFirstOrder'

  it('writes the number of the call and of what is there', () => {
    expect(sent(method, 1, 'bare', 123)).toEqual({ path: '/rpc', body: { method, params: order(123) } })
  })

  it('numbers the calls of an array one after the other', () => {
    const strict = (id: number) => ({ jsonrpc: '2.0', id, method, params: order(299 + id) })
    expect(sent(method, 3, 'strict', 299)).toEqual({ path: '/rpc', body: [strict(0), strict(1), strict(2)] })
    expect(sent(method, 2, 'route', 7)).toEqual({ path: '/createFirstOrders', body: [order(7), order(8)] })
    expect(sent(method, 1, 'route', 7)).toEqual({ path: '/createFirstOrder', body: order(7) })
  })

  it('reads everything that is there before it reads a thing twice', () => {
    const asked = Array.from({ length: 50 }, (_, number) =>
      JSON.stringify(sent('getOrder', 1, 'bare', number)),
    )
    expect(new Set(asked).size).toBe(50)
  })
})

describe('options', () => {
  const read = (...words: string[]) => readOptions(words, {})

  it.each([
    [[], [10_000, 1_000_000]],
    [
      ['--growth', '10000000'],
      [10_000, 1_000_000, 10_000_000],
    ],
    [['--growth', '5000'], [5_000]],
  ])('%j grows through %j', (words, sizes) => {
    expect(read(...words)?.growth).toEqual(sizes)
  })

  it('takes several parts, and refuses one that there is not', () => {
    expect([...(read('--only', 'reads,shops', '--only', 'feed')?.only ?? [])]).toEqual([
      'reads',
      'shops',
      'feed',
    ])
    expect([...(read('--only', 'peers')?.only ?? [])].toSorted()).toEqual([
      'arrays',
      'ceiling',
      'peers',
      'singles',
    ])
    expect(() => read('--only', 'nothing')).toThrow('There is no part nothing')
    expect(() => read('--seconds', '0')).toThrow('--seconds must be a number above 0')
  })
})

describe('the report', () => {
  const cost = { service: 10, postgres: undefined, driver: 1 }
  const measured = (rate: number): Measured => ({
    sent: 1,
    ok: 1,
    failed: 0,
    unexpected: [],
    seconds: 1,
    p50: 2,
    p99: 31,
    perSecond: [1],
    cpu: 0,
    rate,
    cost,
  })
  const row = (by: string, ...rates: number[]): Row => ({
    name: 'createFirstOrder',
    by,
    connections: 64,
    perBody: 1,
    rounds: rates.map(measured),
  })
  const [ours, theirs] = [row('tenure', 300, 100, 200), row('express', 30, 50, 40)]
  const report: Report = {
    machine: { tenure: '1', date: 'today' },
    database: { kind: 'embedded', version: '18', settings: {} },
    rows: [ours, theirs],
    ceilingRounds: { free: [100, 100, 100].map((rate) => ({ rate, postgres: 1 })), locked: [], set: [] },
    growth: [10_000, 1_000_000].map((orders) => ({
      orders,
      seconds: 1,
      calls: [{ name: 'getOrder', rate: orders === 10_000 ? 1_000 : 800, p50: 1, p99: 2, cost }],
      memory: 100,
    })),
    goals: [],
  }

  it('takes ratios within a round, and their median', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(ratio(theirs.rounds, ours.rounds)).toBe(0.2)
    expect(besidesOf(report, theirs)).toEqual({ ceiling: 0.4, tenure: 0.2 })
    expect(besidesOf(report, ours)).toEqual({ ceiling: 2 })
  })

  it('holds only what was measured against what was promised', () => {
    expect(goalsOf(report).map(({ what, found, met }) => [what, found, met])).toEqual([
      ['createFirstOrder, singles to the ceiling', '2.00', true],
      ['p99 at 64 connections, ms', '31.0', false],
      ['getOrder with 1000000 to 10000 orders', '0.80', false],
    ])
  })

  it('is told as a table and drawn', () => {
    expect(textOf(report)).toMatch(/createFirstOrder \(express\) +64 +40 +30 50 40 +0\.40 +0\.20/)
    expect(textOf(report)).toMatch(/getOrder, 1,000,000 +800 +0\.80 /)
    const drawings = plotsOf(report)
    expect(Object.keys(drawings)).toEqual(['singles', 'growth', 'memory'])
    for (const svg of Object.values(drawings)) {
      expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
      expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    }
    expect(drawings.growth).toContain('1 M')
  })

  it.each([
    [849, [0, 200, 400, 600, 800, 1000]],
    [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [26_000, [0, 10_000, 20_000, 30_000]],
  ])('has round steps up to %d', (most, steps) => {
    expect(niceSteps(most)).toEqual(steps)
  })
})
