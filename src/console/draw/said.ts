/** How drawings say things: short names of dates, and sentences whose instants a page may show in the viewer's zone. */
import { html } from 'hono/html'
import type { Instant } from '../../rules/time.ts'
import { type Markup, time, utcText } from '../parts.ts'

/** A sentence in its parts. A number among them is an instant. */
export type Sentence = readonly (string | Instant)[]

const dayFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' })
const monthFormat = new Intl.DateTimeFormat('en', { timeZone: 'UTC', month: 'short' })
const compactFormat = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** Such as `1 Mar`. */
export function day(instant: Instant): string {
  return dayFormat.format(instant * 1000)
}

/** Such as `Mar`. */
export function month(instant: Instant): string {
  return monthFormat.format(instant * 1000)
}

export function year(instant: Instant): string {
  return String(new Date(instant * 1000).getUTCFullYear())
}

/** Such as `1.2K`, where there is little room. */
export function compact(number: number): string {
  return compactFormat.format(number)
}

/** A sentence as plain text. */
export function plain(sentence: Sentence): string {
  return sentence.map((part) => (typeof part === 'number' ? utcText(part) : part)).join('')
}

/** A sentence whose instants stand as on every other place of a page. */
export function marked(sentence: Sentence): Markup {
  return html`${sentence.map((part) => (typeof part === 'number' ? time(part) : part))}`
}

/** Text of at most so many characters; what is longer ends in an ellipsis. */
export function clipped(text: string, most: number): string {
  const characters = [...text]
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}
