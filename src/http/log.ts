/**
 * The log: one JSON object a line on standard error. What callers sent never gets into it, nor what their rows hold:
 * of an error only those members are told that cannot carry a value.
 */
import { type DestinationStream, type Logger, pino } from 'pino'

/** Opens the log; to standard error unless said otherwise. */
export function openLog(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, serializers: { err: errorFacts } }
  return pino(options, destination ?? pino.destination({ fd: 2, sync: false }))
}

/** What PostgreSQL says of an error without quoting a row. Its `detail`, `where` and `internalQuery` do quote them. */
const harmless = [
  'code',
  'severity',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'routine',
] as const

/** Causes, and errors of a bundle, that are followed. */
const followed = 3

/** An error as it is told in the log. */
export function errorFacts(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error }
  const facts: Record<string, unknown> = { type: error.name, message: withoutValues(error) }
  for (const name of harmless) {
    const value = (error as unknown as Record<string, unknown>)[name]
    if (typeof value === 'string') facts[name] = value
  }
  facts.stack = framesOf(error)
  if (depth < followed && error.cause !== undefined) facts.cause = errorFacts(error.cause, depth + 1)
  if (depth < followed && error instanceof AggregateError)
    facts.errors = error.errors.slice(0, followed).map((one) => errorFacts(one, depth + 1))
  return facts
}

/** The places in our code. What comes before them in the stack is the message, which has been told already. */
function framesOf({ stack = '', message }: Error): string[] {
  const told = stack.indexOf(message)
  const frames = told === -1 ? stack : stack.slice(told + message.length)
  return frames.split('\n').filter((line) => /^\s+at /.test(line))
}

/** The message; where it is about a value that could not be read, what it quotes of it is left out. */
function withoutValues(error: Error): string {
  const { code } = error as { code?: unknown }
  const quotes = error instanceof SyntaxError || (typeof code === 'string' && /^22.{3}$/.test(code))
  return quotes ? error.message.replace(/"[\s\S]*"|'[\s\S]*'/g, '"…"') : error.message
}
