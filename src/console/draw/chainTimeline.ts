/**
 * The drawing of a chain of orders: one row for each order's term, and across them the renewal window, suspensions,
 * grace, lapses, the end and the present moment. Places across are percentages and places down are pixels, so that
 * it fills any width and its letters keep their size. Kinds differ by pattern as well as by colour.
 */
import { html } from 'hono/html'
import type { Instant } from '../../rules/time.ts'
import { count, type Markup } from '../parts.ts'
import { type Axis, anchorAt, axisOver, placeOf, spanOf, ticksOf } from './axis.ts'
import { type ChainPast, type ChainSights, type ChainToDraw, sightsOf } from './chain.ts'
import { chainWords } from './chainWords.ts'
import { clipped, marked, plain } from './said.ts'

/** Rows that are drawn at most; of a longer chain the earlier orders share the first row. */
const rowsMost = 8
const rowHeight = 32
const top = 18
const barHeight = 11
const axisHeight = 22
const legendHeight = 18

type Row = { readonly label: string; readonly terms: ChainSights['terms'] }

/** Kinds of bands, in the order of the legend, with what the legend calls them. */
const bandKinds = {
  window: 'renewal window',
  suspended: 'suspended',
  grace: 'grace',
  lapse: 'lapsed, no term',
} as const
type BandKind = keyof typeof bandKinds

interface Entry {
  readonly mark: Markup
  readonly words: string
}

interface Band {
  readonly kind: BandKind
  readonly from: Instant
  readonly until: Instant
}

/** The drawing and the same in words. `id` tells several drawings on one page apart; letters, digits and hyphens. */
export function chainTimeline(id: string, chain: ChainToDraw, past: ChainPast, now: Instant): Markup {
  const sights = sightsOf(chain, past, now)
  const words = chainWords(chain, sights)
  const axis = axisOf(sights)
  const rows = rowsOf(sights)
  const bands = bandsOf(sights)
  const entries = legend(id, bands, sights)
  const bottom = top + rows.length * rowHeight
  const height = bottom + axisHeight + Math.ceil(entries.length / 2) * legendHeight
  return html`<figure class="drawing"><svg class="timeline" role="img" aria-labelledby="${id}-title ${id}-words" width="100%" height="${height}">
<title id="${id}-title">Terms of the chain of order ${chain.remoteId}</title><desc id="${id}-words">${words.map(plain).join(' ')}</desc>
${patterns(id)}
${axisLines(axis, bottom)}
${bands.map((band) => bandMark(id, band, axis, bottom))}
${rows.map((row, place) => rowMarks(row, place, sights, axis))}
${endLine(sights, axis, bottom)}${nowLine(now, axis, bottom)}
${entries.map((entry, place) => legendMark(entry, place, bottom + axisHeight))}
</svg><details class="words"><summary>The same in words</summary><ul>${words.map((sentence) => html`<li>${marked(sentence)}</li>`)}</ul></details></figure>`
}

function axisOf({ terms, suspensions, graces, endsAt, window, now }: ChainSights): Axis {
  return axisOver([
    now,
    ...terms.flatMap(({ termStart, termEnd }) => [termStart, termEnd]),
    ...suspensions.map(({ from }) => from),
    ...graces.map(({ until }) => until),
    ...(window === null ? [] : [window.from]),
    ...(endsAt === null ? [] : [endsAt]),
  ])
}

function rowsOf({ terms }: ChainSights): Row[] {
  const label = ({ remoteId, licenses, product }: ChainSights['terms'][number]): string =>
    `${clipped(remoteId, 26)} · ${count(licenses)} × ${clipped(product, 16)}`
  const single = (term: ChainSights['terms'][number]): Row => ({ label: label(term), terms: [term] })
  if (terms.length <= rowsMost) return terms.map(single)
  const earlier = terms.slice(0, 1 - rowsMost)
  return [
    {
      label: `${earlier.length} earlier orders from ${clipped(earlier[0]?.remoteId ?? '', 26)} on`,
      terms: unbroken(earlier),
    },
    ...terms.slice(1 - rowsMost).map(single),
  ]
}

/** Terms that follow each other without a gap, as one bar each time. */
function unbroken(terms: ChainSights['terms']): ChainSights['terms'] {
  const bars: ChainSights['terms'][number][] = []
  for (const term of terms) {
    const last = bars.at(-1)
    if (last?.termEnd !== term.termStart) bars.push(term)
    else bars[bars.length - 1] = { ...last, termEnd: term.termEnd, inForce: last.inForce || term.inForce }
  }
  return bars
}

/** What lasts is drawn until now; what comes nobody knows. */
function bandsOf({ window, suspensions, graces, lapses, now }: ChainSights): Band[] {
  return [
    ...(window === null ? [] : [{ kind: 'window' as const, ...window }]),
    ...graces.map((grace) => ({ kind: 'grace' as const, ...grace })),
    ...lapses.map(({ from, until }) => ({ kind: 'lapse' as const, from, until: until ?? now })),
    ...suspensions.map(({ from, until }) => ({ kind: 'suspended' as const, from, until: until ?? now })),
  ]
}

/** Each kind has a pattern of its own: dots, and lines in three directions. */
function patterns(id: string): Markup {
  return html`<defs>
<pattern id="${id}-window" width="6" height="6" patternUnits="userSpaceOnUse"><circle class="ink-window" cx="3" cy="3" r="1"/></pattern>
<pattern id="${id}-suspended" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ink-suspended" width="2" height="6"/></pattern>
<pattern id="${id}-grace" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="ink-grace" width="6" height="1.5"/></pattern>
<pattern id="${id}-lapse" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="ink-lapse" width="1" height="6"/></pattern>
</defs>`
}

function axisLines(axis: Axis, bottom: number): Markup {
  const lines = ticksOf(axis).map(({ at, label }) => {
    const x = placeOf(axis, at)
    return html`<line class="tick" x1="${x}%" x2="${x}%" y1="${top}" y2="${bottom + 4}"/><text class="date" x="${x}%" y="${bottom + 16}" text-anchor="${anchorAt(x)}">${label}</text>`
  })
  return html`<line class="axis" x1="0%" x2="100%" y1="${bottom}" y2="${bottom}"/>${lines}`
}

function bandMark(id: string, { kind, from, until }: Band, axis: Axis, bottom: number): Markup {
  const { x, width } = spanOf(axis, from, until)
  return html`<rect class="band ${kind}" fill="url(#${id}-${kind})" x="${x}%" width="${width}%" y="${top}" height="${bottom - top}"/>`
}

function rowMarks({ label, terms }: Row, place: number, { endsAt }: ChainSights, axis: Axis): Markup {
  const y = top + place * rowHeight
  const bars = terms.map(({ termStart, termEnd, inForce }) => {
    const used = endsAt === null ? termEnd : Math.max(termStart, Math.min(termEnd, endsAt))
    const bar = (from: Instant, until: Instant, kind: string): Markup | string => {
      if (until <= from) return ''
      const { x, width } = spanOf(axis, from, until)
      return html`<rect class="${kind}" x="${x}%" width="${width}%" y="${y + 17}" height="${barHeight}" rx="2"/>`
    }
    return html`${bar(termStart, used, inForce ? 'term in-force' : 'term')}${bar(used, termEnd, 'term unused')}`
  })
  return html`<text class="order" x="3" y="${y + 12}">${label}</text>${bars}`
}

function endLine({ endsAt }: ChainSights, axis: Axis, bottom: number): Markup | string {
  if (endsAt === null) return ''
  const x = placeOf(axis, endsAt)
  return html`<line class="end" x1="${x}%" x2="${x}%" y1="${top - 4}" y2="${bottom}"/>`
}

function nowLine(now: Instant, axis: Axis, bottom: number): Markup {
  const x = placeOf(axis, now)
  return html`<line class="now" x1="${x}%" x2="${x}%" y1="${top - 4}" y2="${bottom + 4}"/><text class="now-label" x="${x}%" y="${top - 7}" text-anchor="${anchorAt(x)}">now</text>`
}

/** What the marks mean, for those that occur; two to a line, which a narrow screen still holds. */
function legend(id: string, bands: readonly Band[], { endsAt, now }: ChainSights): Entry[] {
  const kinds = (Object.keys(bandKinds) as BandKind[]).filter((kind) =>
    bands.some((band) => band.kind === kind),
  )
  const entries: Entry[] = kinds.map((kind) => ({
    mark: html`<rect class="band ${kind}" fill="url(#${id}-${kind})" x="1" y="3" width="16" height="11"/>`,
    words: bandKinds[kind],
  }))
  const dates = { mark: html`<line class="tick" x1="9" x2="9" y1="2" y2="15"/>`, words: 'dates are UTC' }
  if (endsAt === null) return [...entries, dates]
  const mark = html`<line class="end" x1="9" x2="9" y1="2" y2="15"/>`
  return [...entries, { mark, words: endsAt <= now ? 'cancelled' : 'ends by cancellation' }, dates]
}

function legendMark({ mark, words }: Entry, place: number, y: number): Markup {
  const [x, line] = [place % 2 === 0 ? 0 : 50, y + Math.floor(place / 2) * legendHeight]
  return html`<svg x="${x}%" y="${line}" width="50%" height="${legendHeight}">${mark}<text class="date" x="23" y="13">${words}</text></svg>`
}
