/** The fields of a form, each with its label, its hint, and what was wrong with what stands in it. */
import { html } from 'hono/html'
import type { ParamIssue } from '../../faults.ts'
import { type Content, field as line, type Markup } from '../parts.ts'
import type { Field, Values } from './action.ts'

export interface FieldsShown {
  readonly fields: readonly Field[]
  readonly values: Values
  readonly issues: readonly ParamIssue[]
}

/** The form's fields in their order. */
export function fieldMarks({ fields, values, issues }: FieldsShown): Markup {
  return html`${fields.map((field) => {
    const problem = issuesAt(field, issues)
      .map(({ message }) => message)
      .join('; ')
    return fieldMark(field, values[field.name] ?? '', problem === '' ? undefined : `It ${problem}.`)
  })}`
}

/** The problems that are told at a field: those of its param, and of what is within it. */
function issuesAt({ name }: Field, issues: readonly ParamIssue[]): ParamIssue[] {
  return issues.filter(({ path }) => path === name || path.startsWith(`${name}.`))
}

/** What is wrong, with a way to each field, and what belongs to no field. */
export function problemList({ fields, issues }: FieldsShown): Markup | null {
  if (issues.length === 0) return null
  const items = issues.map((issue) => {
    const field = fields.find((one) => issuesAt(one, [issue]).length > 0)
    if (!field) return html`<li>${issue.path === '' ? 'It' : issue.path} ${issue.message}.</li>`
    return html`<li><a href="#${idOf(field)}">${field.label}</a> ${issue.message}.</li>`
  })
  return html`<div class="told bad" role="alert" tabindex="-1" autofocus><p>Something in the form does not fit.</p><ul>${items}</ul></div>`
}

/** The same id that `field` of the page's parts gives. */
function idOf({ name }: Field): string {
  return `field-${name.replace(/[^\w-]/g, '-')}`
}

const momentHint = 'A day such as 2026-11-21, or a moment such as 2026-11-21T08:00:00Z.'

function fieldMark(field: Field, value: string, problem: string | undefined): Markup {
  const { kind, name, label, isRequired = false } = field
  const hint = field.hint ?? (kind === 'moment' ? momentHint : undefined)
  if (kind === 'long' || kind === 'lines' || kind === 'pairs') {
    const rows = Math.min(10, Math.max(3, value.split('\n').length + 1))
    return within(
      field,
      hint,
      problem,
      (rest) => html`<textarea id="${idOf(field)}" name="${name}" rows="${rows}"${rest}>
${value}</textarea>`,
    )
  }
  if (kind === 'several') return boxes(field, value, hint, problem)
  if (kind === 'yesNo' || kind === 'choice') {
    const choices = choicesOf(field, value)
    return within(
      field,
      hint,
      problem,
      (rest) =>
        html`<select id="${idOf(field)}" name="${name}"${rest}>${choices.map(
          ([word, text]) =>
            html`<option value="${word}"${word === value ? html` selected` : ''}>${text}</option>`,
        )}</select>`,
    )
  }
  // A value that is no number would be lost in a field for numbers.
  const isNumber = kind === 'number' && /^-?\d*$/.test(value)
  const type = kind === 'secret' ? 'password' : isNumber ? 'number' : 'text'
  return line({ name, label, value, type, problem, isRequired, ...(hint === undefined ? {} : { hint }) })
}

/** What can be chosen: also nothing, where nothing has to be, and what stands there already though it is unknown. */
function choicesOf(
  { kind, choices = [], isRequired, initial }: Field,
  value: string,
): (readonly [string, string])[] {
  const all =
    kind === 'yesNo'
      ? ([
          ['yes', 'yes'],
          ['no', 'no'],
        ] as const)
      : choices
  const nothing = isRequired && (initial !== undefined || value !== '') ? [] : ([['', '–']] as const)
  const unknown = value === '' || all.some(([word]) => word === value) ? [] : ([[value, value]] as const)
  return [...nothing, ...all, ...unknown]
}

function within(
  field: Field,
  hint: string | undefined,
  problem: string | undefined,
  input: (rest: Content) => Markup,
): Markup {
  const id = idOf(field)
  const described = [hint ? `${id}-hint` : '', problem ? `${id}-problem` : ''].filter(Boolean).join(' ')
  const rest = html`${field.isRequired ? html` required` : ''}${described ? html` aria-describedby="${described}"` : ''}${
    problem ? html` aria-invalid="true"` : ''
  }`
  return html`<div class="field"><label for="${id}">${field.label}</label>
${input(rest)}${below(id, hint, problem)}</div>`
}

function boxes(field: Field, value: string, hint: string | undefined, problem: string | undefined): Markup {
  const id = idOf(field)
  const ticked = value.split('\n')
  const described = [hint ? `${id}-hint` : '', problem ? `${id}-problem` : ''].filter(Boolean).join(' ')
  return html`<fieldset id="${id}" class="field"${described ? html` aria-describedby="${described}"` : ''}><legend>${field.label}</legend>
${(field.choices ?? []).map(
  ([word, text]) =>
    html`<label class="box"><input type="checkbox" name="${field.name}" value="${word}"${ticked.includes(word) ? html` checked` : ''}> ${text}</label>`,
)}${below(id, hint, problem)}</fieldset>`
}

function below(id: string, hint: string | undefined, problem: string | undefined): Content {
  return html`${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : ''}${
    problem ? html`<p class="problem" id="${id}-problem">${problem}</p>` : ''
  }`
}
