/** What any answer must look like, whatever was sent: a result of the promised shape, or a declared refusal. */
import { expect } from 'vitest'
import { type AnyReason, allFaults, type protocolFaults, type WireError } from '../../src/faults.ts'
import { registry } from '../../src/methods/index.ts'

/** Words that only the inside of the service uses; a caller who reads one has learnt too much. */
const inside =
  /\b(select|insert|update .* set|delete from|constraint|column|relation|violates|syntax|postgres|sql|pg_|zod|undefined|NaN|TypeError|RangeError|node_modules|Invalid input)\b|\.ts\b|\[object|\bat \S+:\d+/i

/** Holds one reply to a call of `method` against what the method declares. */
export function expectDeclared(
  method: string,
  reply: { result?: unknown; error?: WireError | undefined },
  context: unknown,
): void {
  const declared = registry[method]
  const told = JSON.stringify({ method, context, reply })
  if (reply.error === undefined) {
    const shaped = declared?.result.safeParse(reply.result)
    expect(shaped?.error?.issues, told).toBeUndefined()
    return
  }
  const { code, message, data, ...more } = reply.error
  const { reason, retryable, ...facts } = data
  const may: AnyReason[] = [
    ...(declared?.faults ?? []),
    'forbidden',
    'params_invalid',
    'method_unknown',
    'invalid_request',
  ]
  expect(may, told).toContain(reason)
  expect(more, told).toEqual({})
  expect({ code, retryable }, told).toEqual({
    code: allFaults[reason].code,
    retryable: allFaults[reason].retryable,
  })
  expect(allFaults[reason].data.safeParse(facts).error?.issues, told).toBeUndefined()
  const sentences = [
    message,
    ...((facts.issues ?? []) as { message: string }[]).map((issue) => issue.message),
  ]
  for (const sentence of sentences) {
    expect(sentence, told).not.toMatch(inside)
    expect(sentence, told).toMatch(/\S/)
  }
}

/** Holds the whole answer of a request with one body, of which nothing is known, against the forms there are. */
export function expectDeclaredForm(status: number, text: string, body: string): void {
  const context = `${body.slice(0, 500)} → ${status} ${text.slice(0, 500)}`
  expect(text, context).not.toMatch(/node_modules|\.ts:\d|violates|stack/)
  expect([200, 400, 403, 404, 405, 409], context).toContain(status)
  if (text === '') {
    expect(status, context).toBe(200)
    return
  }
  const answer: unknown = JSON.parse(text)
  for (const reply of Array.isArray(answer) ? answer : [answer]) {
    const { error } = (reply ?? {}) as { error?: WireError }
    if (error === undefined) {
      expect(status, context).toBe(200)
      continue
    }
    expect(Object.keys(allFaults), context).toContain(error.data.reason)
    expect(error.data.reason, context).not.toBe('internal' satisfies keyof typeof protocolFaults)
    expect(error.code, context).toBe(allFaults[error.data.reason].code)
    expect(error.data.retryable, context).toBe(allFaults[error.data.reason].retryable)
    expect(error.message, context).not.toMatch(inside)
  }
}
