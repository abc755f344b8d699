/** The drawing of a chain: where each instant stands, what is marked, and the same in words. */
import { describe, expect, test } from 'vitest'
import type { ChainPast, ChainToDraw, OrderToDraw } from '../../../src/console/draw/chain.ts'
import { chainTimeline } from '../../../src/console/draw/chainTimeline.ts'
import { at } from '../../rules/calendar.ts'

const order = (
  remoteId: string,
  start: string,
  end: string,
  over: Partial<OrderToDraw> = {},
): OrderToDraw => ({
  remoteId,
  product: 'oo-lite',
  licenses: 20,
  duration: 'monthly',
  termStart: at(start),
  termEnd: at(end),
  ...over,
})
const march = order('O1', '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z')
const april = order('O2', '2026-04-01T00:00:00Z', '2026-05-01T00:00:00Z')
const chainOf = (orders: OrderToDraw[], over: Partial<ChainToDraw> = {}): ChainToDraw => ({
  remoteId: 'O1',
  status: 'active',
  renewableFrom: (orders.at(-1)?.termEnd ?? 0) - 15 * 86_400,
  cancelAt: null,
  suspendedAt: null,
  orders,
  ...over,
})
const nothingPast: ChainPast = { suspensions: [], graceDays: 0, renewable: true }

interface Mark {
  readonly x: number
  readonly width: number
}

/** A drawing taken apart again. */
function drawn(chain: ChainToDraw, now: string, past: Partial<ChainPast> = {}) {
  const text = String(chainTimeline('t', chain, { ...nothingPast, ...past }, at(now)))
  const [picture = '', words = ''] = text.split('</svg><details')
  const marks = (kind: string): Mark[] =>
    [
      ...picture.matchAll(new RegExp(`<rect class="${kind}"[^>]*? x="([\\d.]+)%" width="([\\d.]+)%"`, 'g')),
    ].map(([, x, width]) => ({ x: Number(x), width: Number(width) }))
  const line = (kind: string): number | undefined => {
    const found = new RegExp(`<line class="${kind}" x1="([\\d.]+)%"`).exec(picture)?.[1]
    return found === undefined ? undefined : Number(found)
  }
  const sentences = [...words.matchAll(/<li>(.*?)<\/li>/g)].map(([, item]) => item?.replace(/<[^>]*>/g, ''))
  return { text, picture, marks, line, sentences }
}

/** Where an instant stands between two others, when there is 3 % of room on either side. */
function place(from: string, until: string, instant: string): number {
  const [first, last] = [at(from), at(until)]
  return (((at(instant) - first) / (last - first) + 0.03) / 1.06) * 100
}

describe('places', () => {
  const within = (instant: string): number => place('2026-03-01T00:00:00Z', '2026-05-01T00:00:00Z', instant)
  const drawing = drawn(chainOf([march, april]), '2026-03-16T12:00:00Z')

  test('terms stand where they begin, as wide as they last', () => {
    const [first, second] = drawing.marks('term(?: in-force)?')
    expect(first?.x).toBeCloseTo(within('2026-03-01T00:00:00Z'), 1)
    expect(second?.x).toBeCloseTo(within('2026-04-01T00:00:00Z'), 1)
    expect((first?.width as number) / (second?.width as number)).toBeCloseTo(31 / 30, 2)
  })

  test('now stands where it belongs, and the term in force is marked', () => {
    expect(drawing.line('now')).toBeCloseTo(within('2026-03-16T12:00:00Z'), 1)
    expect(drawing.marks('term in-force').length).toBe(1)
    expect(drawing.marks('term in-force')[0]?.x).toBeCloseTo(within('2026-03-01T00:00:00Z'), 1)
  })

  test('the renewal window reaches from its opening to the end of the latest term', () => {
    const [window] = drawing.marks('band window')
    expect(window?.x).toBeCloseTo(within('2026-04-16T00:00:00Z'), 1)
    expect(window?.width).toBeCloseTo(within('2026-05-01T00:00:00Z') - within('2026-04-16T00:00:00Z'), 1)
  })

  test('the axis names dates, in order, few enough for a narrow screen', () => {
    const spans: [until: string, labels: string[]][] = [
      ['2026-04-01T00:00:00Z', ['2 Mar', '9 Mar', '16 Mar', '23 Mar', '30 Mar']],
      ['2026-05-01T00:00:00Z', ['Mar 2026', 'Apr 2026', 'May 2026']],
      ['2027-03-01T00:00:00Z', ['Apr 2026', 'Jul 2026', 'Oct 2026', 'Jan 2027']],
      ['2034-03-01T00:00:00Z', ['2026', '2028', '2030', '2032', '2034']],
      ['2126-03-01T00:00:00Z', ['2030', '2050', '2070', '2090', '2110']],
    ]
    for (const [until, labels] of spans) {
      const { picture } = drawn(chainOf([order('O1', '2026-03-01T00:00:00Z', until)]), '2026-03-10T00:00:00Z')
      const axis = picture.slice(0, picture.indexOf('class="band'))
      expect([...axis.matchAll(/<text class="date"[^>]*>([^<]*)/g)].map(([, label]) => label)).toEqual(labels)
    }
  })

  test('everything stays between the edges, and nothing is too short to be seen', () => {
    const short = order('O1', '2026-03-01T00:00:00Z', '2026-03-01T00:01:00Z')
    const long = order('O2', '2026-03-01T00:01:00Z', '2036-03-01T00:01:00Z')
    const { marks } = drawn(chainOf([short, long]), '2030-03-10T00:00:00Z')
    for (const { x, width } of marks('[^"]*')) {
      expect(x).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(100)
      expect(width).toBeGreaterThanOrEqual(0.4)
    }
  })
})

describe('what happened to a chain is drawn and said', () => {
  const may = order('O3', '2026-05-11T00:00:00Z', '2026-06-11T00:00:00Z')
  const table: {
    why: string
    chain: ChainToDraw
    now: string
    past?: Partial<ChainPast>
    bands: Record<string, [from: string, until: string][]>
    says: string[]
    saysNot?: RegExp
  }[] = [
    {
      why: 'a chain that runs',
      chain: chainOf([march]),
      now: '2026-03-10T08:00:00Z',
      bands: {
        window: [['2026-03-17T00:00:00Z', '2026-04-01T00:00:00Z']],
        suspended: [],
        grace: [],
        lapse: [],
      },
      says: [
        'Now, 2026-03-10 08:00 UTC: the chain is active.',
        'First order O1: 20 of oo-lite, monthly, from 2026-03-01 00:00 UTC until 2026-04-01 00:00 UTC; this term is in force.',
        'Can be renewed from 2026-03-17 00:00 UTC.',
      ],
    },
    {
      why: 'the window is open',
      chain: chainOf([march]),
      now: '2026-03-17T00:00:00Z',
      bands: { window: [['2026-03-17T00:00:00Z', '2026-04-01T00:00:00Z']] },
      says: ['Can be renewed since 2026-03-17 00:00 UTC.'],
    },
    {
      why: 'suspended twice, the second time until somebody resumes it',
      chain: chainOf([march, april], { status: 'suspended', suspendedAt: at('2026-04-10T00:00:00Z') }),
      now: '2026-04-20T00:00:00Z',
      past: {
        suspensions: [{ suspendedAt: at('2026-03-05T00:00:00Z'), resumedAt: at('2026-03-08T00:00:00Z') }],
      },
      bands: {
        suspended: [
          ['2026-03-05T00:00:00Z', '2026-03-08T00:00:00Z'],
          ['2026-04-10T00:00:00Z', '2026-04-20T00:00:00Z'],
        ],
      },
      says: [
        'Suspended from 2026-03-05 00:00 UTC until 2026-03-08 00:00 UTC.',
        'Suspended since 2026-04-10 00:00 UTC.',
        'Can be renewed since 2026-04-16 00:00 UTC, once it is resumed.',
      ],
    },
    {
      why: 'a lapse between two terms, with grace before it',
      chain: chainOf([march, april, may]),
      now: '2026-05-20T00:00:00Z',
      past: { graceDays: 3 },
      bands: {
        grace: [
          ['2026-05-01T00:00:00Z', '2026-05-04T00:00:00Z'],
          ['2026-06-11T00:00:00Z', '2026-06-14T00:00:00Z'],
        ],
        lapse: [['2026-05-04T00:00:00Z', '2026-05-11T00:00:00Z']],
      },
      says: [
        'Grace from 2026-05-01 00:00 UTC until 2026-05-04 00:00 UTC.',
        'Lapsed from 2026-05-04 00:00 UTC until 2026-05-11 00:00 UTC: no term was in force.',
      ],
    },
    {
      why: 'expired and not renewed',
      chain: chainOf([march], { status: 'expired' }),
      now: '2026-04-21T00:00:00Z',
      bands: { lapse: [['2026-04-01T00:00:00Z', '2026-04-21T00:00:00Z']], grace: [] },
      says: [
        'Now, 2026-04-21 00:00 UTC: the chain has expired.',
        'Lapsed since 2026-04-01 00:00 UTC: no term is in force.',
      ],
    },
    {
      why: 'cancelled within a term: what was left of it is not used, and nothing lapses or is renewed',
      chain: chainOf([march], { status: 'cancelled', cancelAt: at('2026-03-11T00:00:00Z') }),
      now: '2026-04-21T00:00:00Z',
      past: { graceDays: 3 },
      bands: { window: [], grace: [], lapse: [] },
      says: ['Now, 2026-04-21 00:00 UTC: the chain is cancelled.', 'Cancelled at 2026-03-11 00:00 UTC.'],
      saysNot: /renewed|Grace|Lapsed|in force/,
    },
    {
      why: 'ending at the end of its term',
      chain: chainOf([march], { cancelAt: at('2026-04-01T00:00:00Z') }),
      now: '2026-03-10T08:00:00Z',
      bands: { window: [], grace: [], lapse: [] },
      says: ['Ends by cancellation at 2026-04-01 00:00 UTC.'],
      saysNot: /renewed/,
    },
    {
      why: 'expired, and cancelled only afterwards',
      chain: chainOf([march], { status: 'cancelled', cancelAt: at('2026-04-11T00:00:00Z') }),
      now: '2026-04-21T00:00:00Z',
      bands: { lapse: [['2026-04-01T00:00:00Z', '2026-04-11T00:00:00Z']] },
      says: ['Lapsed from 2026-04-01 00:00 UTC until 2026-04-11 00:00 UTC: no term was in force.'],
    },
    {
      why: 'an edition that is sold for one term only',
      chain: chainOf([march]),
      now: '2026-03-20T00:00:00Z',
      past: { renewable: false },
      bands: { window: [] },
      says: ['Orders of this edition are not renewed.'],
    },
    {
      why: 'a first term that lies ahead',
      chain: chainOf([march], { status: 'scheduled' }),
      now: '2026-02-20T00:00:00Z',
      bands: { lapse: [], suspended: [] },
      says: ['Now, 2026-02-20 00:00 UTC: the first term has not begun.'],
      saysNot: /in force/,
    },
  ]
  for (const { why, chain, now, past = {}, bands, says, saysNot } of table)
    test(why, () => {
      const { picture, marks, line, sentences } = drawn(chain, now, past)
      const instants = [
        ...chain.orders.flatMap(({ termStart, termEnd }) => [termStart, termEnd]),
        ...chain.orders.map(({ termEnd }) =>
          chain.cancelAt === null ? termEnd + (past.graceDays ?? 0) * 86_400 : termEnd,
        ),
        ...(chain.cancelAt === null ? [] : [chain.cancelAt]),
        at(now),
      ]
      const iso = (instant: number): string => new Date(instant * 1000).toISOString()
      const [from, until] = [iso(Math.min(...instants)), iso(Math.max(...instants))]
      for (const [kind, intervals] of Object.entries(bands)) {
        const found = marks(`band ${kind}`)
        expect(found.length, kind).toBe(intervals.length)
        intervals.forEach(([begin, end], index) => {
          expect(found[index]?.x, `${kind} begins`).toBeCloseTo(place(from, until, begin), 1)
          expect(found[index]?.width, `${kind} lasts`).toBeCloseTo(
            place(from, until, end) - place(from, until, begin),
            1,
          )
        })
        const legend = picture.slice(picture.lastIndexOf('class="now"'))
        expect(legend.includes(`class="band ${kind}"`), `${kind} in the legend`).toBe(intervals.length > 0)
      }
      for (const sentence of says) expect(sentences).toContain(sentence)
      if (saysNot) expect(sentences.join(' ')).not.toMatch(saysNot)
      const end = line('end')
      if (chain.cancelAt === null) expect(end).toBeUndefined()
      else expect(end).toBeCloseTo(place(from, until, iso(chain.cancelAt)), 1)
    })

  test('of a cancelled term the part that is not used looks different', () => {
    const chain = chainOf([march], { status: 'cancelled', cancelAt: at('2026-03-11T00:00:00Z') })
    const { marks } = drawn(chain, '2026-03-20T00:00:00Z')
    const [used, unused] = [marks('term')[0], marks('term unused')[0]]
    expect((used?.width as number) / (unused?.width as number)).toBeCloseTo(10 / 21, 2)
    expect(unused?.x).toBeCloseTo((used?.x as number) + (used?.width as number), 1)
  })
})

describe('readers', () => {
  test('the drawing is an image whose title and description are the words of the list', () => {
    const { picture, sentences } = drawn(chainOf([march, april]), '2026-03-16T12:00:00Z')
    expect(picture).toContain('role="img" aria-labelledby="t-title t-words"')
    expect(/<title id="t-title">([^<]*)/.exec(picture)?.[1]).toBe('Terms of the chain of order O1')
    expect(/<desc id="t-words">([^<]*)/.exec(picture)?.[1]).toBe(sentences.join(' '))
    expect(sentences.length).toBe(4)
  })

  test('instants in the list are ones that a script can read', () => {
    const { text } = drawn(chainOf([march]), '2026-03-16T12:00:00Z')
    expect(text).toContain('datetime="2026-03-01T00:00:00.000Z"')
  })

  test('patterns are found by the id of the drawing, so that several may stand on one page', () => {
    const { picture } = drawn(chainOf([march]), '2026-03-16T12:00:00Z')
    for (const [, id] of picture.matchAll(/url\(#([^)]*)\)/g))
      expect(picture).toContain(`<pattern id="${id}"`)
    const ids = [...picture.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id as string)
    expect(ids.every((id) => id.startsWith('t-'))).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('of many orders the earlier ones share a row and, as long as nothing lapsed, a bar', () => {
    const many = Array.from({ length: 60 }, (_, month) => {
      const start = new Date(Date.UTC(2021, month, month < 20 ? 1 : 2)).toISOString()
      return order(
        `O${month + 1}`,
        start,
        new Date(Date.UTC(2021, month + 1, month < 19 ? 1 : 2)).toISOString(),
      )
    })
    many[19] = order('O20', '2022-08-05T00:00:00.000Z', '2022-09-02T00:00:00.000Z')
    const { picture, marks, sentences, text } = drawn(chainOf(many), '2025-12-10T00:00:00Z')
    const labels = [...picture.matchAll(/<text class="order"[^>]*>([^<]*)/g)].map(([, label]) => label)
    expect(labels.length).toBe(8)
    expect(labels[0]).toBe('53 earlier orders from O1 on')
    expect(labels.at(-1)).toBe('O60 · 20 × oo-lite')
    expect(marks('term(?: in-force)?').length).toBe(2 + 7)
    expect(marks('band lapse').length).toBe(1)
    expect(sentences.filter((sentence) => sentence?.startsWith('Renewal')).length).toBe(24)
    expect(sentences[1]).toBe(
      'Before: 36 orders and 1 suspension, grace or lapse, which began from 2021-01-01 00:00 UTC to 2023-12-02 00:00 UTC.',
    )
    expect(text.length).toBeLessThan(20_000)
  })

  test('text of callers is text, wherever it stands', () => {
    const hostile = `"><script>alert(1)</script><b x='`
    const chain = {
      ...chainOf([order(hostile, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', { product: '<i>' })]),
      remoteId: hostile,
    }
    const { text, sentences } = drawn(chain, '2026-03-16T12:00:00Z')
    expect(text).not.toMatch(/<script|<b x|<i>/)
    expect(text).toContain('&lt;script&gt;')
    expect(sentences.join(' ')).toContain('&lt;i&gt;')
  })

  test('long ids are clipped in the drawing and whole in the words', () => {
    const long = 'Ж'.repeat(255)
    const { picture, sentences } = drawn(
      chainOf([order(long, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z')]),
      '2026-03-16T12:00:00Z',
    )
    expect(/<text class="order"[^>]*>([^<]*)/.exec(picture)?.[1]).toBe(`${'Ж'.repeat(25)}… · 20 × oo-lite`)
    expect(sentences.join(' ')).toContain(long)
  })

  test('nothing carries a style of its own, which the security policy would not let through', () => {
    expect(drawn(chainOf([march, april]), '2026-03-16T12:00:00Z').text).not.toMatch(/style=|<style|on\w+=/)
  })
})
