/**
 * The drawing of a year: for each month how many terms run (bars up) and how many lapse (bars down, hatched). Places
 * across are percentages and places down are pixels; both kinds share one scale.
 */
import { html } from 'hono/html'
import type { Instant } from '../../rules/time.ts'
import { count, type Markup } from '../parts.ts'
import { compact, month, year } from './said.ts'

export interface MonthToDraw {
  /** The first instant of the month. */
  readonly start: Instant
  /** Terms in force at some moment of the month. */
  readonly running: number
  /** Terms that end in the month without a following one. */
  readonly lapsing: number
}

const top = 16
const most = 84
const monthsHeight = 18
const legendHeight = 20

/** The drawing, and the same as a table of numbers. `id` tells several drawings on one page apart. */
export function yearChart(id: string, months: readonly MonthToDraw[], now: Instant): Markup {
  const largest = Math.max(1, ...months.flatMap(({ running, lapsing }) => [running, lapsing]))
  const up = heightOf(Math.max(0, ...months.map(({ running }) => running)), largest)
  const down = heightOf(Math.max(0, ...months.map(({ lapsing }) => lapsing)), largest)
  const axis = top + up
  const height = axis + monthsHeight + down + 16 + legendHeight
  const columns = months.map((one, place) =>
    columnMarks(id, one, { place, among: months.length, largest, axis, isNow: isIn(months, place, now) }),
  )
  return html`<figure class="drawing"><svg class="year" role="img" aria-labelledby="${id}-title ${id}-words" width="100%" height="${height}">
<title id="${id}-title">${titleOf(months)}</title><desc id="${id}-words">${wordsOf(months, now)}</desc>
<defs><pattern id="${id}-lapsing" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ink-lapsing" width="2" height="5"/></pattern></defs>
<line class="axis" x1="0%" x2="100%" y1="${axis}" y2="${axis}"/>${columns}
${legendMarks(id, height - legendHeight)}
</svg>${table(months, now)}</figure>`
}

function titleOf(months: readonly MonthToDraw[]): string {
  const [first, last] = [months[0], months.at(-1)]
  if (!first || !last) return 'Terms running and lapsing'
  return `Terms running and lapsing, ${month(first.start)} ${year(first.start)} to ${month(last.start)} ${year(last.start)}`
}

function wordsOf(months: readonly MonthToDraw[], now: Instant): string {
  const told = months.map(
    ({ start, running, lapsing }, place) =>
      `${month(start)} ${year(start)}${isIn(months, place, now) ? ' (now)' : ''}: ${count(running)} running, ${count(lapsing)} lapsing.`,
  )
  return told.length === 0 ? 'There is nothing to show.' : told.join(' ')
}

/** Whether `now` lies in that month: the last one whose beginning is past. */
function isIn(months: readonly MonthToDraw[], place: number, now: Instant): boolean {
  const [own, next] = [months[place], months[place + 1]]
  return own !== undefined && own.start <= now && (next ? now < next.start : now < own.start + 31 * 86_400)
}

/** One thing among millions is still a pixel high. */
function heightOf(number: number, largest: number): number {
  return number === 0 ? 0 : Math.max(1, Math.round((number / largest) * most))
}

interface Column {
  readonly place: number
  readonly among: number
  readonly largest: number
  readonly axis: number
  readonly isNow: boolean
}

function columnMarks(id: string, { start, running, lapsing }: MonthToDraw, column: Column): Markup {
  const { place, among, largest, axis, isNow } = column
  const percent = (part: number): string => `${Math.round(((place + part) / among) * 10_000) / 100}%`
  const width = `${Math.round((0.6 / among) * 10_000) / 100}%`
  const [up, down] = [heightOf(running, largest), heightOf(lapsing, largest)]
  const below = axis + monthsHeight
  return html`<rect class="running" x="${percent(0.2)}" width="${width}" y="${axis - up}" height="${up}"/>
<text class="count" x="${percent(0.5)}" y="${axis - up - 4}" text-anchor="middle">${compact(running)}</text>
<text class="${isNow ? 'date present' : 'date'}" x="${percent(0.5)}" y="${axis + 13}" text-anchor="middle">${month(start)}</text>
${
  lapsing === 0
    ? ''
    : html`<rect class="lapsing" fill="url(#${id}-lapsing)" x="${percent(0.2)}" width="${width}" y="${below}" height="${down}"/>
<text class="count" x="${percent(0.5)}" y="${below + down + 11}" text-anchor="middle">${compact(lapsing)}</text>`
}`
}

function legendMarks(id: string, y: number): Markup {
  return html`<rect class="running" x="1" y="${y + 5}" width="16" height="11"/><text class="date" x="23" y="${y + 15}">running (up)</text>
<svg x="50%" y="${y}" width="50%" height="${legendHeight}"><rect class="lapsing" fill="url(#${id}-lapsing)" x="1" y="5" width="16" height="11"/><text class="date" x="23" y="15">lapsing (down)</text></svg>`
}

function table(months: readonly MonthToDraw[], now: Instant): Markup {
  return html`<details class="words"><summary>The same in numbers</summary><table><thead><tr><th scope="col">month</th><th scope="col" class="number">running</th><th scope="col" class="number">lapsing</th></tr></thead><tbody>
${months.map(
  ({ start, running, lapsing }, place) =>
    html`<tr><th scope="row">${month(start)} ${year(start)}${isIn(months, place, now) ? ' (now)' : ''}</th><td class="number">${count(running)}</td><td class="number">${count(lapsing)}</td></tr>`,
)}</tbody></table></details>`
}
