/** An axis of time: where an instant stands between two others, in percent of the width, and which dates to name. */
import { addMonths, type Instant, secondsPerDay } from '../../rules/time.ts'
import { day, month, year } from './said.ts'

export interface Axis {
  readonly from: Instant
  readonly until: Instant
}

/** One named date on the axis. */
export interface Tick {
  readonly at: Instant
  readonly label: string
}

/** How much room is left beside the first and the last instant, as a part of what lies between them. */
const room = 0.03

/** The axis on which all of these instants are seen. */
export function axisOver(instants: readonly Instant[]): Axis {
  const [first, last] = [Math.min(...instants), Math.max(...instants)]
  const beside = Math.max(3_600, Math.round((last - first) * room))
  return { from: first - beside, until: last + beside }
}

/** Where an instant stands, in percent from the left; what lies outside stands at the edge. */
export function placeOf(axis: Axis, instant: Instant): number {
  const part = (instant - axis.from) / (axis.until - axis.from)
  return rounded(Math.min(1, Math.max(0, part)) * 100)
}

/** Where an interval stands: its left edge and its width, in percent. What is very short stays visible. */
export function spanOf(axis: Axis, from: Instant, until: Instant): { x: number; width: number } {
  const x = placeOf(axis, from)
  return { x, width: Math.max(leastWidth, rounded(placeOf(axis, until) - x)) }
}

const leastWidth = 0.4

function rounded(percent: number): number {
  return Math.round(percent * 100) / 100
}

/** On which side of its place a text fits: near an edge it must run inwards. */
export function anchorAt(percent: number): 'start' | 'middle' | 'end' {
  if (percent < 10) return 'start'
  return percent > 90 ? 'end' : 'middle'
}

/** So many labels fit side by side on a narrow screen. */
const ticksMost = 5
const monthSteps = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200]

/** Round dates on the axis, few enough to be read on a narrow screen. */
export function ticksOf(axis: Axis): Tick[] {
  const days = (axis.until - axis.from) / secondsPerDay
  if (days <= 62) return weeks(axis)
  for (const step of monthSteps) {
    const ticks = months(axis, step)
    if (ticks.length <= ticksMost) return ticks
  }
  return []
}

/** Weeks, or every second one, from the first Monday on. */
function weeks(axis: Axis): Tick[] {
  const firstMonday = 4 * secondsPerDay
  for (const step of [7, 14, 28]) {
    const seconds = step * secondsPerDay
    const first = firstMonday + Math.ceil((axis.from - firstMonday) / seconds) * seconds
    const ticks: Tick[] = []
    for (let at = first; at <= axis.until; at += seconds) ticks.push({ at, label: day(at) })
    if (ticks.length <= ticksMost) return ticks
  }
  return []
}

/** Every so many months, counted from a January. */
function months(axis: Axis, step: number): Tick[] {
  const origin = Date.UTC(1970, 0, 1) / 1000
  const begun = new Date(axis.from * 1000)
  const monthsBefore = (begun.getUTCFullYear() - 1970) * 12 + begun.getUTCMonth()
  const ticks: Tick[] = []
  for (let count = Math.floor(monthsBefore / step) * step; ; count += step) {
    const at = addMonths(origin, count)
    if (at > axis.until || ticks.length > ticksMost) return ticks
    if (at >= axis.from) ticks.push({ at, label: step >= 12 ? year(at) : `${month(at)} ${year(at)}` })
  }
}
