/** What the pages are put together from: instants, numbers, states, lists of facts, tables, pages of lists, forms. */
import { html } from 'hono/html'
import { registry } from '../methods/index.ts'
import type { Instant, ScopeName } from '../objects.ts'
import { allows } from '../rpc/method.ts'
import { links } from './links.ts'
import type { Session } from './session.ts'

export type Markup = ReturnType<typeof html>
/** Whatever a template takes: text is escaped, markup is not, nothing and lists are fine. */
export type Content = Markup | string | number | null | undefined | false | readonly Content[]

/** An instant in UTC, which the script turns into the viewer's zone. `day` leaves the time of day to the tooltip. */
export function time(
  instant: Instant | null | undefined,
  shows: 'minute' | 'day' | 'second' = 'minute',
): Content {
  if (instant === null || instant === undefined) return html`<span class="none">–</span>`
  const text = new Date(instant * 1000).toISOString()
  return html`<time datetime="${text}" data-shows="${shows}">${utcText(instant, shows)}</time>`
}

/** The same as plain text, for drawings and attributes: `2026-03-01 12:00 UTC`, or the day alone. */
export function utcText(instant: Instant, shows: 'minute' | 'day' | 'second' = 'minute'): string {
  const text = new Date(instant * 1000).toISOString()
  if (shows === 'day') return text.slice(0, 10)
  return `${text.slice(0, 10)} ${text.slice(11, shows === 'minute' ? 16 : 19)} UTC`
}

const grouped = new Intl.NumberFormat('en')

/** A number with its thousands apart: 12,000. */
export function count(value: number): string {
  return grouped.format(value)
}

/** `1 customer`, `2 customers`. */
export function counted(value: number, one: string, several = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : several}`
}

/** How a state looks: going well, to be looked at, gone wrong, or over. The word itself always stands there too. */
const moods: Record<string, 'good' | 'watch' | 'bad' | 'over'> = {
  active: 'good',
  delivered: 'good',
  applied: 'good',
  entitled: 'good',
  scheduled: 'watch',
  grace: 'watch',
  pending: 'watch',
  parked: 'watch',
  received: 'watch',
  suspended: 'bad',
  failed: 'bad',
  failing: 'bad',
  'not entitled': 'bad',
}

export function state(word: string): Markup {
  return html`<span class="state ${moods[word] ?? 'over'}">${word}</span>`
}

/** Facts about one thing: a name and what it is. Those without a value are left out. */
export function facts(entries: readonly (readonly [string, Content])[]): Markup {
  const told = entries.filter(
    ([, value]) => value !== null && value !== undefined && value !== '' && value !== false,
  )
  return html`<dl class="facts">${told.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`
}

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => Content
  /** Numbers stand to the right, so that they can be compared. */
  readonly isNumber?: boolean
  /** The cell that names its row. */
  readonly isName?: boolean
  /** Whether its title is only heard, as over ways to forms. */
  readonly isSilent?: boolean
}

/** A table that can be scanned; `caption` names it for those who hear it, and `none` is said where there is no row. */
export function table<Row>(options: {
  readonly caption: string
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly none: Content
}): Markup {
  const { caption, rows, columns, none } = options
  if (rows.length === 0) return html`<p class="none">${none}</p>`
  const side = ({ isNumber }: Column<Row>): string => (isNumber ? 'number' : '')
  return html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table>
<caption class="heard">${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col" class="${side(column)}">${column.isSilent ? html`<span class="heard">${column.title}</span>` : column.title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${columns.map((column) =>
        column.isName
          ? html`<th scope="row" class="${side(column)}">${column.cell(row)}</th>`
          : html`<td class="${side(column)}">${column.cell(row)}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`
}

/** The way to the next page of a list, and back to its beginning. */
export function pager(options: {
  readonly next: string | null
  readonly first?: string | null
  readonly words?: string
}): Content {
  const { next, first, words = 'Further' } = options
  if (!next && !first) return null
  return html`<nav class="pager" aria-label="Pages">${first ? html`<a href="${first}">From the beginning</a>` : null}
${next ? html`<a href="${next}" rel="next">${words}</a>` : null}</nav>`
}

/** Whether the key of this session may use a method. */
export function may({ scopes }: { readonly scopes: readonly ScopeName[] }, method: string): boolean {
  const form = Object.hasOwn(registry, method) ? registry[method] : undefined
  return form !== undefined && allows(scopes, form.scopes)
}

/** A way to the form of a method, for those who may use it. */
export function actionLink(
  session: Session,
  method: string,
  params: Readonly<Record<string, string | number | boolean | null | undefined>>,
  words: string,
): Content {
  return may(session, method)
    ? html`<a class="button" href="${links.action(method, params)}">${words}</a>`
    : null
}

/** What every form that changes something carries. */
export function csrfField({ csrfToken }: Session): Markup {
  return html`<input type="hidden" name="csrf" value="${csrfToken}">`
}

/** A labelled field; `attributes` are names of HTML attributes that need no value of others. */
export function field(options: {
  readonly name: string
  readonly label: string
  readonly value?: string | number | null | undefined
  readonly type?: string
  readonly hint?: string
  readonly problem?: string | undefined
  readonly isRequired?: boolean
  readonly list?: readonly string[]
  readonly placeholder?: string
}): Markup {
  const { name, label, value, type = 'text', hint, problem, isRequired = false, list, placeholder } = options
  const id = `field-${name.replace(/[^\w-]/g, '-')}`
  const described = [hint ? `${id}-hint` : '', problem ? `${id}-problem` : ''].filter(Boolean).join(' ')
  return html`<div class="field"><label for="${id}">${label}</label>
<input id="${id}" name="${name}" type="${type}" value="${value ?? ''}"${placeholder ? html` placeholder="${placeholder}"` : ''}${isRequired ? html` required` : ''}${
    described ? html` aria-describedby="${described}"` : ''
  }${problem ? html` aria-invalid="true"` : ''}${list ? html` list="${id}-list"` : ''}>
${list ? html`<datalist id="${id}-list">${list.map((entry) => html`<option value="${entry}">`)}</datalist>` : ''}
${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : ''}${
  problem ? html`<p class="problem" id="${id}-problem">${problem}</p>` : ''
}</div>`
}

/** A labelled choice of one. */
export function choice(options: {
  readonly name: string
  readonly label: string
  readonly value?: string | null | undefined
  readonly choices: readonly (readonly [string, string])[]
  readonly hint?: string
}): Markup {
  const { name, label, value, choices, hint } = options
  const id = `field-${name.replace(/[^\w-]/g, '-')}`
  return html`<div class="field"><label for="${id}">${label}</label>
<select id="${id}" name="${name}"${hint ? html` aria-describedby="${id}-hint"` : ''}>${choices.map(
    ([word, text]) =>
      html`<option value="${word}"${word === (value ?? '') ? html` selected` : ''}>${text}</option>`,
  )}</select>${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : ''}</div>`
}
