/** What is wrong with an answer, whatever was asked: nothing undeclared, nothing internal, nothing of somebody else's. */
import { type AnyReason, allFaults, type WireError } from '../../src/faults.ts'
import { limits } from '../../src/limits.ts'
import { registry } from '../../src/methods/index.ts'
import type { HostileAnswer, HostileRequest } from './send.ts'

/** What became of one call, for the table. */
export interface Outcome {
  readonly method: string
  readonly outcome: string
}

export interface Verdict {
  readonly outcomes: readonly Outcome[]
  readonly problems: readonly string[]
}

const statuses = new Set([200, 400, 401, 403, 404, 405, 409, 413, 415, 431])

/** Words that only the inside of the service uses. They are looked for in sentences, not in what is echoed. */
const inside =
  /\b(select|insert|update .* set|delete from|constraint|column|relation|violates|syntax|postgres|sql|pg_|zod|undefined|NaN|TypeError|RangeError|SyntaxError|node_modules|Invalid input)\b|\.ts\b|\[object|\bat \S+:\d+/i

/** What no request contains, and so no answer may, wherever it stands. */
const never =
  /node_modules|\.ts:\d+|violates|duplicate key value|\bat \S+ \(|errorMissingColumn|SQLSTATE|pg_catalog/

type Reply = { id?: unknown; result?: unknown; error?: WireError }
type Sent = { method?: unknown; id?: unknown; params?: unknown }

/** Looks at one answer. `secrets` are texts that belong to others, and names of the inside. */
export function judge(request: HostileRequest, answer: HostileAnswer, secrets: readonly string[]): Verdict {
  const { status, headers, text } = answer
  // Whoever goes on sending what is refused at its first byte may be cut off before the answer is read.
  if (status === 0 && Buffer.byteLength(request.body) > limits.bodyBytes)
    return { outcomes: [{ method: '(none)', outcome: 'too large' }], problems: [] }
  const problems: string[] = []
  if (!statuses.has(status)) problems.push(`the status ${status}`)
  for (const name of ['x-request-id', 'cache-control', 'x-content-type-options'])
    if (status !== 431 && headers[name] === undefined) problems.push(`no header ${name}`)
  problems.push(...insideOf(answer, secrets))
  const sent = readSent(String(request.body))
  const members = Array.isArray(sent) ? (sent as Sent[]) : [(sent ?? {}) as Sent]
  const refusedWhole = (): Outcome[] => {
    const outcome = wholeReason(text, problems) ?? `status ${status}`
    return [{ method: Array.isArray(sent) ? '(array)' : nameOf(members[0] as Sent), outcome }]
  }
  if (request.verb === 'HEAD') return { outcomes: [{ method: '(none)', outcome: 'HEAD' }], problems }
  if (text === '') {
    if (status !== 200) problems.push('an empty refusal')
    return {
      outcomes: members.map((member) => ({ method: nameOf(member), outcome: 'notification' })),
      problems,
    }
  }
  const parsed = parse(text, problems)
  if (Array.isArray(sent) && Array.isArray(parsed))
    return { outcomes: array(members, parsed as Reply[], problems), problems }
  if (Array.isArray(sent) || Array.isArray(parsed) || sent === undefined)
    return { outcomes: refusedWhole(), problems }
  const isStrict = Object.hasOwn(Object(sent), 'jsonrpc')
  const bare = (parsed ?? {}) as Reply
  const reply = isStrict || status !== 200 ? bare : { result: parsed }
  return { outcomes: [one(members[0] as Sent, reply, problems)], problems }
}

/** What no answer of any door may hold. */
export function insideOf({ headers, text }: HostileAnswer, secrets: readonly string[]): string[] {
  return [
    ...(headers['x-injected'] === undefined ? [] : ['a header that the request made up']),
    ...(never.test(text) ? ['words of the inside'] : []),
    ...secrets.filter((secret) => text.includes(secret)).map((secret) => `tells ${secret}`),
  ]
}

/** What is wrong with a refusal as such, whichever door says it; `quotes` where its sentences have words of the caller. */
export function refusalProblems(error: WireError, quotes: boolean): string[] {
  const problems: string[] = []
  reasonOf(error, problems)
  return quotes ? problems.filter((problem) => !problem.startsWith('the sentence')) : problems
}

function array(members: Sent[], replies: Reply[], problems: string[]): Outcome[] {
  // A notification that is valid is not answered; one that is not a call at all is, with the id null.
  const answered = members.filter((member) => !isNotification(member))
  if (answered.length !== replies.length)
    problems.push(`${replies.length} answers to ${answered.length} calls of an array`)
  const silent = members.filter(isNotification)
  return [
    ...answered.map((member, index) => one(member, replies[index] ?? {}, problems)),
    ...silent.map((member) => ({ method: nameOf(member), outcome: 'notification' })),
  ]
}

function isNotification(member: Sent): boolean {
  if (member === null || typeof member !== 'object' || Array.isArray(member)) return false
  const { jsonrpc, method, params } = member as Sent & { jsonrpc?: unknown }
  const isCall =
    jsonrpc === '2.0' && typeof method === 'string' && (params === undefined || Object(params) === params)
  return isCall && !Object.hasOwn(member, 'id')
}

/** One reply against what its method declares. */
function one(member: Sent, { result, error }: Reply, problems: string[]): Outcome {
  const method = nameOf(member)
  const declared = Object.hasOwn(registry, method) ? registry[method] : undefined
  if (error === undefined) {
    if (method !== 'rpc.discover' && declared?.result.safeParse(result).success !== true)
      problems.push(`a result that ${method} does not promise`)
    return { method, outcome: 'ok' }
  }
  const reason = reasonOf(error, problems)
  const own: readonly string[] = declared?.faults ?? []
  if (!own.includes(reason) && !protocol.has(reason)) problems.push(`${method} does not declare ${reason}`)
  return { method, outcome: reason }
}

const protocol = new Set<string>([
  'parse_error',
  'invalid_request',
  'batch_too_large',
  'method_unknown',
  'params_invalid',
  'unauthenticated',
  'forbidden',
] satisfies AnyReason[])

function reasonOf(error: WireError, problems: string[]): string {
  const { code, message, data } = error
  const { reason, retryable, ...facts } = data ?? {}
  const definition = Object.hasOwn(allFaults, reason) ? allFaults[reason] : undefined
  if (!definition || definition.code !== code || typeof retryable !== 'boolean')
    problems.push(`the undeclared refusal ${JSON.stringify(error).slice(0, 200)}`)
  else if (!definition.data.safeParse(facts).success) problems.push(`facts that ${reason} does not have`)
  const issues = (Array.isArray(facts.issues) ? facts.issues : []) as { message: string }[]
  for (const sentence of [message, ...issues.map((issue) => issue.message)])
    if (inside.test(sentence)) problems.push(`the sentence “${sentence}”`)
  return reason
}

function wholeReason(text: string, problems: string[]): string | undefined {
  const { error } = (parse(text, []) ?? {}) as Reply
  return error === undefined ? undefined : reasonOf(error, problems)
}

function nameOf(member: Sent): string {
  const method = member !== null && typeof member === 'object' ? member.method : undefined
  if (typeof method !== 'string') return '(none)'
  return Object.hasOwn(registry, method) || method === 'rpc.discover' ? method : '(unknown)'
}

/** What was sent, as JSON has it: of a name that stands twice the second counts. */
function readSent(body: string): unknown {
  try {
    // A byte order mark before the text is no part of it.
    return JSON.parse(body.replace(/^\ufeff/, ''))
  } catch {
    // Not JSON, which the service has to say too.
    return undefined
  }
}

function parse(text: string, problems: string[]): unknown {
  try {
    return JSON.parse(text)
  } catch {
    problems.push('an answer that is no JSON')
    return undefined
  }
}
