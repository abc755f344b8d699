/**
 * The way of every action: a form; what the method would answer, beside what is now; and, once that is confirmed, the
 * call with exactly the params that were shown. Nothing is changed before, and sending the last form twice does no
 * more than sending it once.
 */
import { Fault, type ParamIssue } from '../../faults.ts'
import { limits } from '../../limits.ts'
import { registry } from '../../methods/index.ts'
import { isDeeperThan } from '../../rpc/dialect.ts'
import type { AnyCommand } from '../../rpc/method.ts'
import { readParams } from '../../rpc/params.ts'
import type { Json } from '../../rules/canonical.ts'
import type { Route, Visit } from '../door.ts'
import { seeOther } from '../door.ts'
import { may } from '../parts.ts'
import { sayNo } from '../refusals.ts'
import { type PageAnswer, Refusal } from '../request.ts'
import type { Action, Answer, Field, Subject, Values } from './action.ts'
import { doneQuery } from './done.ts'
import { actions } from './index.ts'
import { askPage, confirmPage, formPage, type Opened, type Refused, secretPage } from './pages.ts'
import { paramsOf, shown, typed } from './values.ts'

const path = '/console/do/:method'

export const actionRoutes: readonly Route[] = [
  { verb: 'GET', path, show: (visit) => opened(visit, showForm) },
  { verb: 'POST', path, show: (visit) => opened(visit, takeForm) },
]

/** Finds the action, holds the key against the scopes of its method, and reads what it is about. */
async function opened(
  visit: Visit,
  go: (visit: Visit, open: Opened) => Promise<PageAnswer>,
): Promise<PageAnswer> {
  const { session, request, query } = visit
  const action = actions.get(request.part('method'))
  if (!action) return sayNo({ title: 'Not found', status: 404, body: 'There is no such form.', session })
  const method = registry[action.method] as AnyCommand
  if (!may(session, action.method)) throw new Fault('forbidden', { scope: method.scopes.join(' or ') })
  const given: Record<string, string> = {}
  for (const name of action.identity.flatMap(({ names }) => names)) {
    const value = query.get(name)
    if (value !== null && value !== '') given[name] = value
  }
  const missing = action.identity.filter(
    ({ names, isOptional }) => !isOptional && !names.some((name) => name in given),
  )
  if (missing.length > 0) return askPage(visit, action, missing)
  const subject = await subjectOf(visit, action, given)
  const fields = await withChoices(
    visit,
    action.fields.filter(
      ({ onlyWith, onlyWithout }) =>
        (onlyWith === undefined || onlyWith in given) &&
        (onlyWithout === undefined || !(onlyWithout in given)),
    ),
  )
  return go(visit, { action, given, subject, fields })
}

/**
 * What the action is about. When the last form comes, it may be gone because that form came before; the call itself
 * then tells whether it did.
 */
async function subjectOf(visit: Visit, action: Action, given: Values): Promise<Subject | undefined> {
  try {
    return await action.subject?.(visit, given)
  } catch (error) {
    const reason = error instanceof Refusal ? error.error.data.reason : error instanceof Fault && error.reason
    if (visit.form.get('step') === 'confirm' && String(reason).endsWith('_unknown')) return undefined
    throw error
  }
}

/** The fields, with what the catalogue has to choose from. */
async function withChoices(visit: Visit, fields: readonly Field[]): Promise<Field[]> {
  const read = async (from: Field['choicesFrom']): Promise<readonly (readonly [string, string])[]> => {
    const { items } = await visit.call(from === 'products' ? 'listProducts' : 'listEditions', {})
    return items.map(({ code, name }) => [code, `${name} (${code})`] as const)
  }
  return Promise.all(
    fields.map(async (field) =>
      field.choicesFrom === undefined ? field : { ...field, choices: await read(field.choicesFrom) },
    ),
  )
}

/** What the fields begin with: what is there now, and what the link says. */
function beginning(
  { action, fields, subject }: Opened,
  link: URLSearchParams,
): { values: Values; was: Values } {
  const was = Object.fromEntries(
    fields.map((field) => [field.name, action.edits && subject ? shown(field, subject.now) : '']),
  )
  const values = Object.fromEntries(
    fields.map((field) => {
      const { name, kind, initial } = field
      const said = link.get(name)
      const told = kind === 'yesNo' && said !== null ? (/^(?:yes|true|1)$/.test(said) ? 'yes' : 'no') : said
      return [name, told ?? (action.edits ? was[name] : initial) ?? '']
    }),
  )
  return { values, was }
}

async function showForm(visit: Visit, open: Opened): Promise<PageAnswer> {
  const { values, was } = beginning(open, visit.query)
  if (open.fields.length === 0) return preview(visit, open, values, was, open.subject?.version ?? null)
  return formPage(visit, open, { values, was, version: open.subject?.version ?? null })
}

async function takeForm(visit: Visit, open: Opened): Promise<PageAnswer> {
  const { form } = visit
  const values = typed(open.fields, form)
  const was = textsIn(form.get('was'))
  const version = Number(form.get('version') ?? '') || null
  const step = form.get('step')
  if (step === 'change') return formPage(visit, open, { values, was, version })
  if (step === 'confirm') return confirmed(visit, open, values, was)
  return preview(visit, open, values, was, version)
}

function textsIn(json: string | null): Values {
  const found = jsonIn(json ?? '{}')
  if (!Object.values(found).every((value) => typeof value === 'string')) throw unreadable()
  return found as Record<string, string>
}

function jsonIn(text: string): Record<string, Json> {
  try {
    const found = JSON.parse(text) as unknown
    const isObject = typeof found === 'object' && found !== null && !Array.isArray(found)
    if (isObject && !isDeeperThan(text, limits.jsonDepth)) return found as Record<string, Json>
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw unreadable()
}

function unreadable(): Fault {
  return new Fault('invalid_request', {}, { message: 'The form could not be read. Open the page again.' })
}

/** The params of the call: what names the thing, what was typed, and the version that was decided upon. */
function callParams(open: Opened, values: Values, was: Values, version: number | null) {
  const { action, given, subject, fields } = open
  const named = Object.entries(subject?.named ?? given).map(([name, value]): [string, Json] => {
    const isList = action.identity.some((identity) => identity.isList && identity.names[0] === name)
    return [name, isList ? [value] : value]
  })
  const { params, issues } = paramsOf(fields, values, action.edits ? was : undefined)
  const guard = version !== null && takesVersion(action.method) ? { ifVersion: version } : {}
  return { params: { ...Object.fromEntries(named), ...params, ...guard }, issues }
}

function takesVersion(method: string): boolean {
  const { params } = registry[method] as { params: { shape?: object } }
  return 'ifVersion' in (params.shape ?? {})
}

/** What would come of it, or the form once more with what is wrong. */
async function preview(
  visit: Visit,
  open: Opened,
  values: Values,
  was: Values,
  version: number | null,
): Promise<PageAnswer> {
  const { params, issues } = callParams(open, values, was, version)
  const entered = { values, was, version }
  if (issues.length > 0) return formPage(visit, open, entered, { issues, status: 400 })
  const outcome = await foretold(visit, open.action, params)
  if ('refused' in outcome) return refusedPage(visit, open, entered, outcome.refused)
  return confirmPage(visit, open, entered, { params, result: outcome.result })
}

/** What the method would answer; null for one that cannot be played, whose params are looked at all the same. */
async function foretold(
  visit: Visit,
  { method }: Action,
  params: Record<string, Json>,
): Promise<{ result: Answer | null } | { refused: Refused }> {
  const form = registry[method] as AnyCommand
  if (!form.previewable)
    try {
      readParams(form, params)
      return { result: null }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return { refused: { error: error.toWire(), status: error.status } }
    }
  const attempt = await visit.attempt('preview', { method, params })
  if (!attempt.ok) return { refused: attempt }
  const played = attempt.result as { ok: true; result: Answer } | { ok: false; error: Refused['error'] }
  return played.ok ? { result: played.result } : { refused: { error: played.error, status: 409 } }
}

/** The form once more, with the problems at their fields or the refusal in words. */
async function refusedPage(
  visit: Visit,
  open: Opened,
  entered: { values: Values; was: Values; version: number | null },
  refused: Refused,
): Promise<PageAnswer> {
  const { error, status } = refused
  if (error.data.reason === 'params_invalid') {
    const issues = error.data.issues as ParamIssue[]
    return formPage(visit, open, entered, { issues, status: 400 })
  }
  if (error.data.reason !== 'version_conflict') return formPage(visit, open, entered, { error, status })
  return formPage(visit, open, overtaken(open, entered), { error, status })
}

/** The form as it begins now, with what somebody had typed into it before the thing was changed. */
function overtaken(open: Opened, { values, was }: { values: Values; was: Values }) {
  const now = beginning(open, new URLSearchParams())
  const own = Object.entries(values).filter(
    ([name, value]) => !open.action.edits || value !== (was[name] ?? '').trim(),
  )
  return {
    values: { ...now.values, ...Object.fromEntries(own) },
    was: now.was,
    version: open.subject?.version ?? null,
  }
}

/** Does it, with the params that were shown, and leads on to where it can be seen. */
async function confirmed(visit: Visit, open: Opened, values: Values, was: Values): Promise<PageAnswer> {
  const { action, given, subject } = open
  const params = jsonIn(visit.form.get('params') ?? '')
  const attempt = await visit.attempt(action.method, params, visit.form.get('once') ?? undefined)
  const version = Number(params.ifVersion ?? 0) || null
  if (!attempt.ok) return refusedPage(visit, open, { values, was, version }, attempt)
  const result = attempt.result as Answer
  const at = action.after(given, result, subject)
  if (action.secrets) return secretPage(visit, open, result, at)
  return seeOther(
    `${at}${at.includes('?') ? '&' : '?'}${doneQuery(visit.session, action.method, result.changed !== false)}`,
  )
}
