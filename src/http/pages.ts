/**
 * Doors that show pages to people: what of a request they need is taken out of it here, failures are caught, and each
 * request is told of like those of every other door.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Hono } from 'hono'
import { Fault } from '../faults.ts'
import type { Caller } from '../rpc/method.ts'
import { CallerGone, readWhole } from './body.ts'
import type { RequestRecord } from './requests.ts'
import { standing } from './rpc.ts'

/** What such a door learns of a request. */
export interface PageRequest {
  readonly verb: 'GET' | 'POST'
  readonly url: URL
  readonly part: (name: string) => string
  readonly headers: IncomingHttpHeaders
  readonly address: string
  readonly requestId: string
  readonly read: (most: number) => Promise<Buffer>
}

export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Who is signed in. */
  readonly caller?: Caller
}

/** One address, and the page that is there. */
export interface PageDoor {
  readonly verb: 'GET' | 'POST'
  readonly path: string
  answer(request: PageRequest): Promise<PageAnswer>
  /** Says no in the look of the other pages, where `answer` could not. */
  refuse(fault: Fault, requestId: string): PageAnswer
}

interface Surroundings {
  readonly isDraining: () => boolean
  /** Told of each request that comes in; what it answers is told how the request ended. */
  readonly begin?: (incoming: IncomingMessage, requestId: string) => RequestRecord
  readonly onError: (error: unknown, requestId: string) => void
}

/** Gives each door its address. */
export function mountPages(
  app: Hono<{ Bindings: HttpBindings }>,
  doors: readonly PageDoor[],
  { isDraining, ...told }: Surroundings,
): void {
  for (const door of doors)
    app.on(door.verb, door.path, async ({ env, req }) => {
      const answer = await answerPage(door, env.incoming, (name) => req.param(name) ?? '', told)
      if (!answer) env.outgoing.destroy()
      else {
        const length = { 'content-length': String(Buffer.byteLength(answer.body)) }
        const closing = isDraining() ? { connection: 'close' } : {}
        env.outgoing.writeHead(answer.status, { ...answer.headers, ...length, ...closing })
        // A HEAD is asked as a GET, and its answer goes without the body.
        env.outgoing.end(env.incoming.method === 'HEAD' ? '' : answer.body)
      }
      return RESPONSE_ALREADY_SENT
    })
}

/** Carries out one request to such a door; resolves to null when the caller has gone away. */
async function answerPage(
  door: PageDoor,
  incoming: IncomingMessage,
  part: (name: string) => string,
  { begin, onError }: Omit<Surroundings, 'isDraining'>,
): Promise<PageAnswer | null> {
  const headers = standing(incoming)
  const requestId = headers['x-request-id'] as string
  const record = begin?.(incoming, requestId)
  const told = (answer: PageAnswer): PageAnswer => {
    record?.ended({ status: answer.status, caller: answer.caller, door: nameOf(door) })
    return { ...answer, headers: { ...headers, ...answer.headers } }
  }
  try {
    const answer = await door.answer({
      verb: door.verb,
      url: new URL(`http://here.invalid${incoming.url ?? '/'}`),
      part,
      headers: incoming.headers,
      address: incoming.socket.remoteAddress ?? '',
      requestId,
      read: (most) => readWhole(incoming, most),
    })
    return told(answer)
  } catch (error) {
    if (error instanceof CallerGone) {
      record?.ended({ status: null, door: nameOf(door) })
      return null
    }
    if (!(error instanceof Fault)) onError(error, requestId)
    const fault = error instanceof Fault ? error : new Fault('internal', { requestId })
    return told(door.refuse(fault, requestId))
  }
}

function nameOf({ verb, path }: PageDoor): string {
  return `${verb} ${path}`
}
