/**
 * One spelling for one request. Two calls are the same request when their params say the same: the order of
 * members does not count, and a member that is null counts as absent. Nothing else is smoothed over.
 */
import type { ParamIssue } from '../faults.ts'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** The canonical text of params: members sorted by name, members without a value left out, no white space. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  let text = ''
  for (const name of Object.keys(value).sort()) {
    const member = value[name] as Json
    if (member === null) continue
    text += `${text ? ',' : ''}${JSON.stringify(name)}:${canonical(member)}`
  }
  return `{${text}}`
}

/** Where two requests differ: the paths of the deepest members that are not the same, sorted. */
export function differingPaths(ours: Json, theirs: Json, path = ''): string[] {
  if (canonical(ours) === canonical(theirs)) return []
  if (!isObject(ours) || !isObject(theirs)) return [path]
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)])
  return [...names].sort().flatMap((name) => {
    const inside = path ? `${path}.${name}` : name
    return differingPaths(ownMember(ours, name), ownMember(theirs, name), inside)
  })
}

function ownMember(object: { [name: string]: Json }, name: string): Json {
  return Object.hasOwn(object, name) ? (object[name] as Json) : null
}

function isObject(value: Json): value is { [name: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** The same value without members that are null, at any depth, because on the wire null means absent. */
export function withoutNulls(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(withoutNulls)
  const kept: { [name: string]: Json } = {}
  for (const name of Object.keys(value)) {
    const member = value[name] as Json
    if (member !== null) kept[name] = withoutNulls(member)
  }
  return kept
}

/**
 * What no text and no member name may contain, wherever it stands: NUL, which PostgreSQL cannot keep, half a
 * surrogate pair, which is not Unicode text, and the name `__proto__`, which copying would lose silently.
 */
export function unstorable(value: Json, path = ''): ParamIssue[] {
  if (typeof value === 'string') return textIssues(value, path)
  if (value === null || typeof value !== 'object') return []
  if (Array.isArray(value))
    return value.flatMap((item, index) => unstorable(item, inside(path, String(index))))
  const issues: ParamIssue[] = []
  for (const name of Object.keys(value)) {
    if (name === '__proto__')
      issues.push({ path: inside(path, name), message: 'is not a name that can be used' })
    else if (textIssues(name, path).length > 0)
      issues.push({ path, message: 'has a member whose name is not storable text' })
    issues.push(...unstorable(value[name] as Json, inside(path, name)))
  }
  return issues
}

function inside(path: string, name: string): string {
  return path ? `${path}.${name}` : name
}

function textIssues(text: string, path: string): ParamIssue[] {
  if (text.includes('\u0000')) return [{ path, message: 'must not contain the character NUL' }]
  if (!text.isWellFormed()) return [{ path, message: 'must be valid Unicode text, without lone surrogates' }]
  return []
}
