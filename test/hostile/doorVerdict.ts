/** What is wrong with an answer of a door beside `/rpc`: of pages, of hooks, of the import, of what is open to all. */
import { limits } from '../../src/limits.ts'
import type { HostileAnswer, HostileRequest } from './send.ts'
import { insideOf, refusalProblems } from './verdict.ts'

/** Whether a request has to be taken, may get anywhere, or is turned away: by a refusal, or by the way to the sign-in. */
export type Expected = 'taken' | 'any' | 'refusal' | 'signIn'

const statuses = new Set([200, 303, 400, 401, 403, 404, 405, 408, 409, 413, 415, 431])

/** Markup that was sent as text, and must come back as text. */
const markup = /<script>alert\(1\)|<img src=x/

export function judgeDoor(
  request: HostileRequest & { readonly expected: Expected },
  answer: HostileAnswer,
  secrets: readonly string[],
): string[] {
  const { status, headers } = answer
  // Whoever goes on sending what is refused at its first byte may be cut off before the answer is read.
  if (status === 0 && Buffer.byteLength(request.body) > limits.bodyBytes) return []
  if (!statuses.has(status)) return [`the status ${status}`]
  const problems = insideOf(answer, secrets)
  for (const name of ['x-request-id', 'cache-control', 'x-content-type-options'])
    if (status !== 431 && headers[name] === undefined) problems.push(`no header ${name}`)
  const location = headers.location as string | undefined
  if ((status === 303) !== (location !== undefined)) problems.push(`the status ${status} to ${location}`)
  if (location !== undefined && !/^\/(?![/\\])[\x21-\x7e]*$/.test(location))
    problems.push(`a way that leads elsewhere: ${location}`)
  const isTurnedAway = status >= 400 || (status === 303 && location?.startsWith('/console/sign-in') === true)
  const isLarge = Buffer.byteLength(request.body) > limits.hookBytes
  if (request.expected === 'taken') {
    if (status !== (isLarge ? 413 : 200)) problems.push('not taken')
  } else if (request.expected !== 'any' && !isTurnedAway) problems.push(`let in with the status ${status}`)
  if (request.expected === 'refusal' && status < 400) problems.push('not refused')
  const type = String(headers['content-type'] ?? '')
  if (type.startsWith('text/html')) problems.push(...problemsOfPage(answer))
  if (type === 'application/json' && request.verb !== 'HEAD')
    problems.push(...problemsOfJson(request, answer))
  return problems
}

function problemsOfPage({ headers, text }: HostileAnswer): string[] {
  const problems: string[] = []
  if (markup.test(text)) problems.push('markup of the caller’s in a page')
  if (headers['content-security-policy'] === undefined) problems.push('a page without a policy')
  return problems
}

function problemsOfJson({ path }: HostileRequest, { status, text }: HostileAnswer): string[] {
  let said: { error?: unknown }
  try {
    said = JSON.parse(text) as { error?: unknown }
  } catch {
    return ['an answer that is no JSON']
  }
  return status >= 400 && said.error !== undefined
    ? refusalProblems(said.error as never, path.startsWith('/import'))
    : []
}
