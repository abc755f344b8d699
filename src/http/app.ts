/** The addresses of the service, each with the door behind it. */
import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import type { Metrics } from './metrics.ts'
import { answerRpc, keyOf, type RpcDoor } from './rpc.ts'

export interface AppOptions {
  readonly rpc: RpcDoor
  readonly metrics: Metrics
  /** The OpenRPC document as text. */
  readonly document: string
  /** Whether calls can be served: database reachable, migrated, not draining. */
  readonly isReady: () => Promise<boolean>
  readonly isDraining: () => boolean
}

const plain = { 'cache-control': 'no-store' }

export function openApp({
  rpc,
  metrics,
  document,
  isReady,
  isDraining,
}: AppOptions): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()

  app.all('/rpc', async (context) => {
    const answer = await answerRpc(rpc, context.env.incoming)
    if (!answer) {
      context.env.outgoing.destroy()
      return RESPONSE_ALREADY_SENT
    }
    const { status, body, headers } = answer
    return new Response(body, {
      status,
      headers: isDraining() ? { ...headers, connection: 'close' } : headers,
    })
  })

  app.get(
    '/openrpc.json',
    () => new Response(document, { headers: { ...plain, 'content-type': 'application/json' } }),
  )
  app.get('/healthz', (context) => context.json({ status: 'ok' }, 200, plain))
  app.get('/readyz', async (context) => {
    const ready = await isReady()
    return context.json({ status: ready ? 'ready' : 'unavailable' }, ready ? 200 : 503, plain)
  })
  app.get('/metrics', async (context) => {
    if (!(await maySeeMetrics(rpc, context.env.incoming)))
      return context.json({ status: 'forbidden' }, 403, plain)
    const type = metrics.registry.contentType
    return new Response(await metrics.text(), { headers: { ...plain, 'content-type': type } })
  })
  app.notFound((context) => context.json({ status: 'not found', hint: 'Calls go to /rpc.' }, 404, plain))
  return app
}

/** From the machine itself, or with a key of an operator. */
async function maySeeMetrics(rpc: RpcDoor, incoming: IncomingMessage): Promise<boolean> {
  if (/^(?:::ffff:)?127\.|^::1$/.test(incoming.socket.remoteAddress ?? '')) return true
  try {
    return (await rpc.authenticator.authenticate(keyOf(incoming), rpc.now())).scopes.includes('operator')
  } catch {
    // Whoever cannot be told to be an operator is not one.
    return false
  }
}
