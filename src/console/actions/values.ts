/** From what is typed into a form to the params of a call, and from an answer to what stands in a form. */
import type { ParamIssue } from '../../faults.ts'
import type { Json } from '../../rules/canonical.ts'
import type { Field, Values } from './action.ts'

type JsonObject = { [member: string]: Json }

/** What a field shows of an answer: the text that would be typed for it. */
export function shown({ kind, name }: Field, answer: Readonly<Record<string, unknown>>): string {
  const value = memberAt(answer, name)
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(String).join('\n')
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([key, member]) => `${key} = ${member}`)
      .join('\n')
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (kind === 'moment') return new Date(Number(value) * 1000).toISOString().replace('.000', '')
  return String(value)
}

/** What stands at a place such as `admin.email`; undefined where nothing does. */
export function memberAt(answer: unknown, path: string): unknown {
  let found = answer
  for (const member of path.split('.'))
    found = (found as Record<string, unknown> | null | undefined)?.[member]
  return found
}

/** What was sent for a field: one text; of boxes that can be ticked, a line for each. */
export function typed(fields: readonly Field[], form: URLSearchParams): Values {
  return Object.fromEntries(
    fields.map(({ name }) => [name, form.getAll(name).join('\n').replaceAll('\r\n', '\n').trim()]),
  )
}

export interface Read {
  readonly params: JsonObject
  readonly issues: readonly ParamIssue[]
}

/**
 * The params that a form means. Where something is edited, `before` is what its fields began with: only what is
 * different is sent, and what was emptied is sent as null.
 */
export function paramsOf(fields: readonly Field[], values: Values, before?: Values): Read {
  const params: JsonObject = {}
  const issues: ParamIssue[] = []
  for (const field of fields) {
    const text = values[field.name] ?? ''
    const old = before?.[field.name] ?? ''
    if (before ? text === old.trim() : text === '' && !field.isRequired) continue
    const read = before && text === '' && !field.isRequired ? null : meant(field, text, old)
    if (read instanceof Unreadable) issues.push({ path: field.name, message: read.message })
    else place(params, field.name, read)
  }
  return { params, issues }
}

/** Text of which nothing can be made. Everything else the method judges itself. */
class Unreadable {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

function meant(field: Field, text: string, old: string): Json | Unreadable {
  switch (field.kind) {
    case 'number':
      return numberIn(text)
    case 'yesNo':
      return text === 'yes' ? true : text === 'no' ? false : text
    case 'several':
    case 'lines':
      return linesIn(text)
    case 'pairs':
      return pairsIn(field, text, old)
    case 'moment':
      return /^\d+$/.test(text) ? Number(text) : text
    default:
      return text
  }
}

/** What is no number goes as it is, so that the method says what it wants. */
function numberIn(text: string): Json {
  return /^-?\d+$/.test(text) ? Number(text) : text
}

function linesIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function pairsIn({ areNumbers, isMerged }: Field, text: string, old: string): JsonObject | Unreadable {
  const was = isMerged ? new Map(linesIn(old).map((line) => [nameIn(line), line])) : new Map<string, string>()
  const pairs: [string, Json][] = []
  for (const line of linesIn(text)) {
    const name = nameIn(line)
    if (name === undefined)
      return new Unreadable(`must have a name, = and a value in each line; this one has not: ${line}`)
    if (pairs.some(([other]) => other === name)) return new Unreadable(`must not have ${name} twice`)
    const value = line.slice(endOfName(line) + 1).trim()
    if (was.get(name) !== line) pairs.push([name, areNumbers ? numberIn(value) : value])
    was.delete(name)
  }
  // Own members even where a caller names one `__proto__`.
  return Object.fromEntries([
    ...pairs,
    ...[...was.keys()].map((gone): [string, Json] => [String(gone), null]),
  ])
}

function nameIn(line: string): string | undefined {
  const name = line.slice(0, Math.max(0, endOfName(line))).trim()
  return name === '' ? undefined : name
}

/** The `=` that stands free, where there is one: a name may hold others. */
function endOfName(line: string): number {
  const free = line.indexOf(' = ')
  return free === -1 ? line.indexOf('=') : free + 1
}

function place(params: JsonObject, path: string, value: Json): void {
  const [member, inner] = path.split('.') as [string, string | undefined]
  if (inner === undefined) params[member] = value
  else params[member] = { ...(params[member] as JsonObject | undefined), [inner]: value }
}
