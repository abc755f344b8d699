/** Reads the params of a call by its method's shape: everything that is wrong with them is told at once. */
import type { z } from 'zod'
import { type ParamIssue, paramsInvalid } from '../faults.ts'
import { limits } from '../limits.ts'
import { type Json, unstorable, withoutNulls } from '../rules/canonical.ts'

/** The validated params; throws `params_invalid` with every issue and its path. */
export function readParams<P extends z.ZodType>(
  method: { params: P; nulls?: 'absent' | 'clear'; carries?: string },
  sent: Json,
): z.output<P> {
  if (Array.isArray(sent))
    throw paramsInvalid([{ path: '', message: 'must be an object: params are taken by name' }])
  const over = overfull(sent)
  if (over.length > 0) throw refusalOf(over)
  const unfit = unstorable(sent)
  if (unfit.length > 0) throw refusalOf(unfit)
  // Without the input in its issues zod would not tell what is missing from what has the wrong type.
  const parsed = method.params.safeParse(
    method.nulls === 'clear' ? sent : withoutOwnNulls(sent, method.carries),
    {
      reportInput: true,
    },
  )
  if (parsed.success) return parsed.data
  throw refusalOf(parsed.error.issues.filter(isTightest).flatMap((issue) => describe(issue)))
}

/** What has so many members that looking for what is wrong with each would take long. Members of lists are not looked into. */
function overfull(value: Json, path = ''): ParamIssue[] {
  if (value === null || typeof value !== 'object') return []
  const names = Array.isArray(value) ? [] : Object.keys(value)
  const [count, most] = Array.isArray(value)
    ? [value.length, limits.listMembers]
    : [names.length, limits.objectMembers]
  if (count > most) return [{ path, message: `must have at most ${most} members` }]
  const issues: ParamIssue[] = []
  for (const name of names) {
    const member = (value as { [name: string]: Json })[name] as Json
    if (typeof member === 'object') issues.push(...overfull(member, path ? `${path}.${name}` : name))
  }
  return issues
}

/** Of very many problems the first are told, and how many more there are. */
function refusalOf(issues: ParamIssue[]) {
  const more = issues.length - limits.issues
  if (more <= 0) return paramsInvalid(issues)
  return paramsInvalid([
    ...issues.slice(0, limits.issues),
    { path: '', message: `and ${more} more problems` },
  ])
}

/** The params without nulls, but for those within the param that carries what is meant for another method. */
function withoutOwnNulls(sent: Json, carries: string | undefined): Json {
  const kept = withoutNulls(sent) as { [name: string]: Json }
  if (carries === undefined || !Object.hasOwn(kept, carries)) return kept
  return { ...kept, [carries]: (sent as { [name: string]: Json })[carries] as Json }
}

/** A whole number beyond 2^53 is too large twice, as a whole number and for its member; the second tells more. */
function isTightest(issue: z.core.$ZodIssue, index: number, issues: z.core.$ZodIssue[]): boolean {
  const next = issues[index + 1]
  return (
    next?.code !== issue.code || !/^too_/.test(issue.code) || next.path.join('.') !== issue.path.join('.')
  )
}

function describe(issue: z.core.$ZodIssue): ParamIssue[] {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message: 'is not known here' }))
  if (issue.code === 'invalid_key')
    return issue.issues.map(({ message }) => ({ path, message: `has a name that ${message}` }))
  return [{ path, message: sentence(issue) }]
}

/** zod's own messages name its types; callers get the same facts in the words of the wire. */
function sentence(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required'
      return `must be ${named[issue.expected] ?? issue.expected}`
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return issue.message
      return `must be at least ${issue.minimum}`
    case 'too_big':
      if (issue.origin === 'array') return `must have at most ${issue.maximum} members`
      return `must be at most ${issue.maximum}`
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'invalid_union':
      return issue.message === unsaid ? `must be ${alternatives(issue)}` : issue.message
    default:
      return issue.message
  }
}

/** What zod says where the shape itself says nothing. */
const unsaid = 'Invalid input'

function alternatives({ errors }: z.core.$ZodIssueInvalidUnion): string {
  const expected = errors.flat().flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected] : []))
  return expected.map((type) => named[type] ?? type).join(' or ') || 'of another type'
}

const named: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
  record: 'an object',
}
