/**
 * Sends one webhook: no redirect is followed, no proxy used, and of the answer only the beginning is read. The status
 * line decides; what the receiver does with the connection after it is its own affair.
 */
import { Agent, type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure, Agent as SecureAgent } from 'node:https'
import { limits } from '../limits.ts'
import { TargetRefused, type Targets } from './targets.ts'

/** What a receiver answered, or why there was no answer. */
export interface Answer {
  readonly status: number | null
  /** The beginning of the body, as text that the database takes. */
  readonly answer: string | null
  readonly retryAfter?: string | undefined
  readonly problem: string | null
  /** Whether the whole time that a receiver is given ran out, be it before its answer or in the middle of it. */
  readonly isLate?: boolean
}

/** The connections to one receiver; closed once its job is done. */
export interface Line {
  post(body: string, headers: Record<string, string>, signal: AbortSignal): Promise<Answer>
  close(): void
}

export type OpenLine = (url: string) => Line

/** Opens lines to receivers that may be called; a line to any other answers its refusal to each post. */
export function lineOpener(targets: Targets, milliseconds = limits.deliverySeconds * 1_000): OpenLine {
  return (text) => {
    let url: URL
    try {
      url = targets.checkUrl(text)
    } catch (error) {
      const problem = `the address ${(error as Error).message}`
      return { post: async () => ({ status: null, answer: null, problem }), close() {} }
    }
    const isSecure = url.protocol === 'https:'
    const options = { keepAlive: true, lookup: targets.lookupFor(url) }
    const agent = isSecure ? new SecureAgent(options) : new Agent(options)
    const send = isSecure ? requestSecure : requestPlain
    return {
      close: () => agent.destroy(),
      post: (body, headers, signal) =>
        new Promise((resolve, reject) => {
          const sent = send(url, { method: 'POST', agent, headers: standing(body, headers) })
          let isLate = false
          const settle = (answer: Answer): void => {
            clearTimeout(deadline)
            signal.removeEventListener('abort', stop)
            resolve({ ...answer, isLate })
          }
          const stop = (): void => {
            clearTimeout(deadline)
            sent.destroy()
            reject(new Error('The service is stopping.'))
          }
          // It settles by itself: whatever a receiver does to the connection, a job must not last for ever.
          const deadline = setTimeout(() => {
            isLate = true
            sent.destroy()
            settle({ status: null, answer: null, problem: `no answer within ${milliseconds / 1_000} s` })
          }, milliseconds)
          signal.addEventListener('abort', stop, { once: true })
          if (signal.aborted) stop()
          sent.on('response', (response) => void readBeginning(response).then((answer) => settle(answer)))
          // Nobody asked to speak another protocol. Left alone, Node would close the connection and say nothing.
          sent.on('upgrade', (_response, socket) => {
            socket.destroy()
            settle({ status: 101, answer: null, problem: 'answered 101' })
          })
          sent.on('error', (error) => settle({ status: null, answer: null, problem: wordsFor(error) }))
          sent.end(body)
        }),
    }
  }
}

function standing(body: string, headers: Record<string, string>): Record<string, string | number> {
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Tenure',
    ...headers,
  }
}

/** Reads on past what is kept, so that the connection can be used again, but not for ever. */
async function readBeginning(response: IncomingMessage): Promise<Answer> {
  const status = response.statusCode as number
  const kept: Buffer[] = []
  let read = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (read < limits.answerBytesKept) kept.push(chunk.subarray(0, limits.answerBytesKept - read))
      read += chunk.length
      if (read > limits.answerBytesRead) break
    }
  } catch {
    // The status has been told; an answer that breaks off after it is as good as a short one.
  }
  const answer = Buffer.concat(kept).toString('utf8').replaceAll('\0', '')
  const problem = status >= 200 && status < 300 ? null : `answered ${status}`
  return { status, answer, retryAfter: response.headers['retry-after'], problem }
}

/** A cause in a few words, without the addresses that Node adds to it. */
function wordsFor(error: NodeJS.ErrnoException): string {
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error
  switch (first.code) {
    case 'ECONNREFUSED':
      return 'the connection was refused'
    case 'ECONNRESET':
      return 'the connection was cut'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name has no address'
    default:
      return first instanceof TargetRefused || !first.code
        ? first.message.slice(0, 200)
        : `failed with ${first.code}`
  }
}
