/** The HTTP server: listens, answers, and stops without dropping a call that is under way. */
import type { Server, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
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
  options: Omit<AppOptions, 'isDraining'> & { port: number; host: string },
): Promise<Listening> {
  let draining = false
  const app = openApp({
    ...options,
    isReady: async () => !draining && (await options.isReady()),
    isDraining: () => draining,
  })
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: limits.bodySeconds * 1_000,
      // The body has its own, earlier limit with an answer in JSON; this one ends what slips past it.
      requestTimeout: (limits.bodySeconds + 5) * 1_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 1_000,
    },
  }) as Server
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
      await closeGently(server)
    },
  }
}

async function closeGently(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  const deadline = setTimeout(() => server.closeAllConnections(), drainMilliseconds)
  await closed
  clearInterval(idle)
  clearTimeout(deadline)
}

/** What is not even HTTP, or did not come in time, is answered in JSON like everything else. */
function answerBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Socket & { _httpMessage?: ServerResponse },
): void {
  if (!socket.writable || socket._httpMessage?.headersSent) {
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
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
