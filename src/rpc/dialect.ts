/**
 * Bytes to calls and answers to text, in the two dialects of the wire: strict JSON-RPC 2.0, known by its member
 * `jsonrpc` or by being an array, and bare `{method, params}` as enterprise systems post it.
 */
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'
import type { Json } from '../rules/canonical.ts'

export type Dialect = 'strict' | 'bare'
export type Id = string | number | null

/** One member of a body: a call that can be dispatched, or what is wrong with it. */
export type Member =
  | { kind: 'call'; id: Id | undefined; method: string; params: Json | undefined }
  | { kind: 'invalid'; id: Id; fault: Fault }

/** What a body turned out to be. `fault` stands for a body that is refused as a whole. */
export type Reading =
  | { kind: 'body'; dialect: Dialect; isArray: boolean; members: Member[] }
  | { kind: 'unreadable'; dialect: Dialect; fault: Fault; stage: 'parse' | 'request' }

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads a body. Nothing is carried out, and no part of a refused body is. */
export function readBody(bytes: Uint8Array): Reading {
  let text: string
  let parsed: Json
  try {
    text = utf8.decode(bytes)
    parsed = JSON.parse(text) as Json
  } catch {
    return unreadable('parse', new Fault('parse_error', {}))
  }
  const dialect = dialectOf(parsed)
  // JSON.parse takes any depth, but what comes after it recurses.
  if (isDeeperThan(text, limits.jsonDepth)) {
    const message = `Arrays and objects may stand at most ${limits.jsonDepth} deep.`
    return unreadable('request', invalid(message), dialect)
  }
  if (Array.isArray(parsed)) return readArray(parsed)
  if (parsed === null || typeof parsed !== 'object')
    return unreadable('request', invalid('A request is an object, or an array of them.'))
  const member = dialect === 'bare' ? readBare(parsed) : readStrict(parsed)
  return { kind: 'body', dialect, isArray: false, members: [member] }
}

/** An object without the member `jsonrpc` is bare; everything else is strict. */
function dialectOf(parsed: Json): Dialect {
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) return 'strict'
  return Object.hasOwn(parsed, 'jsonrpc') ? 'strict' : 'bare'
}

function unreadable(stage: 'parse' | 'request', fault: Fault, dialect: Dialect = 'strict'): Reading {
  return { kind: 'unreadable', dialect, stage, fault }
}

function invalid(message: string): Fault {
  return new Fault('invalid_request', {}, { message })
}

function readArray(members: Json[]): Reading {
  if (members.length === 0) return unreadable('request', invalid('An array of calls must not be empty.'))
  if (members.length > limits.arrayMembers) {
    const data = { limit: limits.arrayMembers, members: members.length }
    return unreadable('request', new Fault('batch_too_large', data))
  }
  return { kind: 'body', dialect: 'strict', isArray: true, members: members.map(readStrict) }
}

function readStrict(member: Json): Member {
  if (member === null || typeof member !== 'object' || Array.isArray(member))
    return { kind: 'invalid', id: null, fault: invalid('Each call must be an object.') }
  const own = (name: string): Json | undefined => (Object.hasOwn(member, name) ? member[name] : undefined)
  const id = own('id')
  if (id !== undefined && !isId(id))
    return {
      kind: 'invalid',
      id: null,
      fault: invalid(
        'The id must be a text of at most 255 characters, a number that JSON can hold exactly, or null.',
      ),
    }
  const { method, params } = { method: own('method'), params: own('params') }
  const problem =
    own('jsonrpc') !== '2.0' ? 'The member jsonrpc must be exactly "2.0".' : problemWith(method, params)
  if (problem) return { kind: 'invalid', id: id ?? null, fault: invalid(problem) }
  return { kind: 'call', id: id as Id | undefined, method: method as string, params }
}

function readBare(member: { [name: string]: Json }): Member {
  const method = Object.hasOwn(member, 'method') ? member.method : undefined
  const params = Object.hasOwn(member, 'params') ? member.params : undefined
  const problem = problemWith(method, params)
  if (problem) return { kind: 'invalid', id: null, fault: invalid(problem) }
  return { kind: 'call', id: null, method: method as string, params }
}

function problemWith(method: Json | undefined, params: Json | undefined): string | undefined {
  if (typeof method !== 'string') return 'The member method must be a text.'
  if (params !== undefined && (params === null || typeof params !== 'object'))
    return 'The member params must be an object.'
  return undefined
}

function isId(id: Json): id is Id {
  if (id === null) return true
  if (typeof id === 'string') return [...id].length <= limits.remoteIdCharacters && id.isWellFormed()
  return typeof id === 'number' && Number.isFinite(id) && (!Number.isInteger(id) || Number.isSafeInteger(id))
}

/** Whether arrays and objects of a JSON text nest deeper than allowed. The text must be valid JSON. */
export function isDeeperThan(text: string, most: number): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index)
    if (inString) {
      if (character === backslash) index++
      else if (character === quote) inString = false
    } else if (character === quote) inString = true
    else if (character === openBrace || character === openBracket) {
      if (++depth > most) return true
    } else if (character === closeBrace || character === closeBracket) depth--
  }
  return false
}

const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** A refusal of a whole request, in the dialect that the request was written in. */
export function refusalBody(dialect: Dialect, fault: Fault): string {
  const error = fault.toWire()
  return JSON.stringify(dialect === 'bare' ? { error } : { jsonrpc: '2.0', error, id: null })
}
