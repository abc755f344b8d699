/** The HTTP server: listens, answers, and stops without dropping a call that is under way. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'
import { refusalBody } from '../rpc/dialect.ts'
import { type AppOptions, openApp } from './app.ts'

export interface Listening {
  /** The port that is really listened on. */
  readonly port: number
  /** Stops taking connections, lets calls under way finish, and closes what is left after the deadline. */
  close(): Promise<void>
}

/** How long a call may still take once the service is to stop. Milliseconds. */
const drainMilliseconds = 10_000

/** Listens; rejects with the system's error when the address cannot be had. */
export async function serve(
  options: Omit<AppOptions, 'isDraining'> & { port: number; host: string; drainSeconds: number },
): Promise<Listening> {
  let draining = false
  const app = openApp({
    ...options,
    isReady: async () => !draining && (await options.isReady()),
    isDraining: () => draining,
  })
  const listener = getRequestListener(app.fetch, {
    // Stands in for the header `host` where a caller sends none; nothing here depends on it.
    hostname: 'localhost',
    overrideGlobalObjects: false,
    // It would cut off whoever is still sending half a second after the answer, before that is read.
    autoCleanupIncoming: false,
    errorHandler: answerOddRequest,
  })
  const server = createServer(
    {
      headersTimeout: limits.bodySeconds * 1_000,
      // Not one for all: a file to import may take its time. `endWhenSlow` has the limit of all others.
      requestTimeout: 0,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 1_000,
      requireHostHeader: false,
    },
    (incoming, outgoing) => {
      if (draining) outgoing.setHeader('connection', 'close')
      // What is still being sent behind an early answer is taken and thrown away, so that its sender reads the answer and
      // can go on with the connection. How long that may take is bounded for each door.
      outgoing.once('finish', () => incoming.complete || incoming.resume())
      return listener(incoming, outgoing)
    },
  )
  server.on('request', endWhenSlow)
  server.on('clientError', answerBrokenRequest)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      draining = true
      // Meanwhile a load balancer sees that the service is not ready, and each answer ends its connection; so none is
      // closed in the moment in which a call is sent on it.
      await pause(options.drainSeconds * 1_000)
      await closeGently(server)
    },
  }
}

/**
 * A body has its own, earlier limit with an answer in JSON; this one ends what slips past it. Files that are imported
 * have a limit between their parts instead.
 */
function endWhenSlow(incoming: IncomingMessage): void {
  if (incoming.url?.startsWith('/import/')) return
  const timer = setTimeout(
    () => {
      const late = Object.assign(new Error('The request was not sent in time.'), {
        code: 'ERR_HTTP_REQUEST_TIMEOUT',
      })
      if (!incoming.complete) answerBrokenRequest(late, incoming.socket)
    },
    (limits.bodySeconds + 5) * 1_000,
  )
  incoming.once('close', () => clearTimeout(timer))
}

async function closeGently(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  const deadline = setTimeout(() => server.closeAllConnections(), drainMilliseconds)
  await closed
  clearInterval(idle)
  clearTimeout(deadline)
}

/** HTTP, but with an address or a host that is none. */
function answerOddRequest(): Response {
  const message = 'The address or the host of this HTTP request is not valid.'
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': randomUUID(),
  }
  return new Response(refusalBody('strict', new Fault('invalid_request', {}, { message })), {
    status: 400,
    headers,
  })
}

/**
 * What is not even HTTP, or did not come in time, is answered in JSON like everything else. Where a whole request before
 * it on the same connection is still under way, this would be taken for its answer, so there is none.
 */
function answerBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Socket & { _httpMessage?: ServerResponse },
): void {
  const answering = socket._httpMessage
  if (!socket.writable || answering?.headersSent || answering?.req.complete) {
    socket.destroy()
    return
  }
  const [status, message] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, `The whole request must have been sent within ${limits.bodySeconds} seconds.`]
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'The headers are too large.']
        : [400, 'This is not a valid HTTP request.']
  const body = refusalBody('strict', new Fault('invalid_request', {}, { message: message as string }))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status as number]}\r\ncontent-type: application/json\r\ncache-control: no-store\r\n` +
      `x-content-type-options: nosniff\r\nx-request-id: ${randomUUID()}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
