/** The pages of an action: the form, what would come of it, what was made and is never told again. */
import { randomUUID } from 'node:crypto'
import { html } from 'hono/html'
import type { ParamIssue, WireError } from '../../faults.ts'
import type { Json } from '../../rules/canonical.ts'
import type { Visit } from '../door.ts'
import { address } from '../links.ts'
import { type Content, csrfField, facts, field as line, type Markup } from '../parts.ts'
import type { PageAnswer } from '../request.ts'
import type { Action, Answer, Field, Identity, Subject, Values } from './action.ts'
import { difference, told, toldAnew } from './facts.ts'
import { fieldMarks, problemList } from './fields.ts'
import { refusedBox } from './refused.ts'
import { memberAt } from './values.ts'

/** An action that somebody has opened: which thing it is about, and what can be filled in. */
export interface Opened {
  readonly action: Action
  readonly given: Values
  readonly subject: Subject | undefined
  readonly fields: readonly Field[]
}

/** What stands in a form, what it began with, and the version that it is about. */
export interface Entered {
  readonly values: Values
  readonly was: Values
  readonly version: number | null
}

export interface Refused {
  readonly error: WireError
  readonly status: number
}

/** Asks which thing is meant, where the link does not say. */
export function askPage(visit: Visit, action: Action, missing: readonly Identity[]): PageAnswer {
  const given = [...visit.query].filter(([name]) => !missing.some(({ names }) => names.includes(name)))
  const body = html`<form action="${address(`/console/do/${action.method}`)}">
${given.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${missing.map(({ names, label }) => line({ name: names[0], label, isRequired: true }))}
<button class="main">Go on</button></form>`
  return visit.page({ title: action.title, here: action.place, body })
}

/** The form, with what was wrong the last time. */
export function formPage(
  visit: Visit,
  open: Opened,
  entered: Entered,
  problem: { issues?: readonly ParamIssue[]; error?: WireError; status?: number } = {},
): PageAnswer {
  const { action, fields, subject } = open
  const { issues = [], error, status = 200 } = problem
  const shownFields = { fields, values: entered.values, issues }
  const body = html`${error ? refusedBox(error) : ''}${problemList(shownFields)}
${action.about ? html`<p>${action.about}</p>` : ''}
<form method="post" action="${formAddress(open)}">${csrfField(visit.session)}${kept(entered)}
<div class="fields">${fieldMarks(shownFields)}</div>
<p class="doing"><button class="main" name="step" value="preview">Preview</button> ${back(subject)}</p></form>`
  return visit.page({ title: action.title, here: action.place, above: subject?.words, body }, status)
}

/** What would come of it, and the button that does it. */
export function confirmPage(
  visit: Visit,
  open: Opened,
  entered: Entered,
  shown: { params: Record<string, Json>; result: Answer | null },
): PageAnswer {
  const { action, fields, subject } = open
  const hidden = (name: string, value: string): Markup =>
    html`<input type="hidden" name="${name}" value="${value}">`
  const body = html`${action.about ? html`<p>${action.about}</p>` : ''}
<section aria-labelledby="foretold"><h2 id="foretold">${shown.result ? 'What would happen' : 'What is to be done'}</h2>
${shown.result ? foretold(open, shown.result) : ''}${summary(untold(open, shown.result ?? {}), entered)}</section>
<p>Nothing has been changed yet.</p>
<form method="post" action="${formAddress(open)}">${csrfField(visit.session)}${kept(entered)}
${hidden('params', JSON.stringify(shown.params))}${hidden('once', randomUUID())}
${fields.map(({ name }) => hidden(name, entered.values[name] ?? ''))}
<p class="doing"><button class="${action.isRisky ? 'risky' : 'main'}" name="step" value="confirm">${action.button}</button>
${fields.length > 0 ? html`<button name="step" value="change" class="plain">Back to the form</button>` : ''} ${back(subject)}</p></form>`
  return visit.page({ title: action.title, here: action.place, above: subject?.words, body })
}

function foretold({ action, subject }: Opened, result: Answer): Content {
  const already = result.changed === false ? html`<p>It is so already; nothing would be changed.</p>` : ''
  if (action.makes || !subject) return html`${already}${toldAnew(action.facts, result)}`
  if (already) return already
  const then = { ...result, ...action.follows?.(result, subject) }
  return difference(action.facts, subject.now, then) ?? html`<p>Nothing would be different.</p>`
}

/** Fields of which the answer of a method does not speak, so that they are told as they were filled in. */
function untold({ action, fields }: Opened, result: Answer): Field[] {
  return fields.filter(({ name }) => {
    const [member] = name.split('.') as [string]
    return name !== 'id' && (action.edits ? !(member in result) : memberAt(result, name) === undefined)
  })
}

/** What was filled in. */
function summary(fields: readonly Field[], { values, was }: Entered): Content {
  const filled = fields.filter(({ name }) => (values[name] ?? '') !== '' || (was[name] ?? '') !== '')
  if (filled.length === 0) return ''
  return facts(
    filled.map((field) => {
      const [now, before] = [wordsFor(field, values[field.name]), wordsFor(field, was[field.name])]
      if (before === '' || before === now) return [field.label, now]
      return [field.label, html`<strong>${now === '' ? 'none' : now}</strong> (now: ${before})`]
    }),
  )
}

/** What was typed, or the words of what was chosen. */
function wordsFor({ kind, choices = [] }: Field, text = ''): string {
  if (kind === 'secret') return text === '' ? '' : 'as typed'
  const lines = text.split('\n').map((value) => choices.find(([word]) => word === value)?.[1] ?? value)
  return lines.join(', ')
}

/** What is shown once: whoever leaves this page without it has to make another. */
export function secretPage(
  visit: Visit,
  { action, subject }: Opened,
  result: Answer,
  next: string,
): PageAnswer {
  const secrets = action.secrets ?? []
  const body = html`<div class="told good" role="status"><p>Done. Keep this now: it is not shown again.</p></div>
${secrets.map(([member, label]) => html`<h2>${label}</h2><pre tabindex="0" aria-label="${label}">${told(member, result[member])}</pre>`)}
${toldAnew(action.facts, result)}
<p class="doing"><a class="button main" href="${next}">I have kept it</a></p>`
  return visit.page({ title: action.title, here: action.place, above: subject?.words, body })
}

function formAddress({ action, given }: Opened): string {
  return address(`/console/do/${action.method}`, given)
}

/** What a form carries along: what it began with, and the version. */
function kept({ was, version }: Entered): Markup {
  return html`<input type="hidden" name="was" value="${JSON.stringify(was)}">${
    version === null ? '' : html`<input type="hidden" name="version" value="${version}">`
  }`
}

function back(subject: Subject | undefined): Content {
  return subject ? html`<a href="${subject.at}">Leave it as it is</a>` : ''
}
