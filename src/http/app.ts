/** The addresses of the service, each with the door behind it. */
import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import { Fault } from '../faults.ts'
import { refusalBody } from '../rpc/dialect.ts'
import type { Page } from './docs.ts'
import type { Metrics } from './metrics.ts'
import { mountPages, type PageDoor } from './pages.ts'
import { answerRpc, authenticate, type RpcDoor, standing } from './rpc.ts'
import { answerShop, type ShopDoor } from './shops.ts'
import { answerUpload, type UploadDoor } from './upload.ts'

export interface AppOptions {
  readonly rpc: RpcDoor
  readonly metrics: Metrics
  /** The OpenRPC document as text. */
  readonly document: string
  /** The reference for people; made when it is first asked for. */
  readonly reference?: () => Page
  /** Whether calls can be served: database reachable, migrated, not draining. */
  readonly isReady: () => Promise<boolean>
  readonly isDraining: () => boolean
  /** Doors to which files are sent. */
  readonly uploads?: readonly UploadDoor[]
  /** Doors to which shops send their events. */
  readonly shops?: readonly ShopDoor[]
  /** Doors to pages for people. */
  readonly pages?: readonly PageDoor[]
}

type Doorway = Context<{ Bindings: HttpBindings }>

export function openApp({
  rpc,
  metrics,
  document,
  reference,
  isReady,
  isDraining,
  uploads = [],
  shops = [],
  pages = [],
}: AppOptions): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()

  app.all('/rpc', async (context) => {
    const answer = await answerRpc(rpc, context.env.incoming)
    if (!answer) {
      context.env.outgoing.destroy()
      return RESPONSE_ALREADY_SENT
    }
    const { status, body, headers } = answer
    // Straight to Node: a Response of the Fetch API on the way costs a sixth of a call.
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    const closing = isDraining() ? { connection: 'close' } : {}
    context.env.outgoing.writeHead(status, { ...headers, ...length, ...closing }).end(body)
    return RESPONSE_ALREADY_SENT
  })

  for (const door of uploads)
    app.on(door.verb, door.path, async ({ env }) => {
      await answerUpload(rpc, door, env)
      return RESPONSE_ALREADY_SENT
    })

  for (const door of shops)
    app.all(`/hooks/${door.shop}/:sourceId`, async ({ env, req }) => {
      await answerShop(rpc, door, req.param('sourceId') ?? '', env)
      return RESPONSE_ALREADY_SENT
    })

  mountPages(app, pages, { ...rpc, isDraining })

  const plain = ({ env }: Doorway): Record<string, string> => standing(env.incoming)
  app.get('/openrpc.json', (context) =>
    context.body(document, 200, { ...plain(context), 'content-type': 'application/json' }),
  )
  if (reference)
    app.get('/docs', (context) => {
      const { body, headers } = reference()
      return context.body(body, 200, { ...plain(context), ...headers })
    })
  app.get('/healthz', (context) => context.json({ status: 'ok' }, 200, plain(context)))
  app.get('/readyz', async (context) => {
    const ready = await isReady()
    return context.json({ status: ready ? 'ready' : 'unavailable' }, ready ? 200 : 503, plain(context))
  })
  mountMetrics(app, rpc, metrics)
  app.notFound((context) =>
    context.json({ status: 'not found', hint: 'Calls go to /rpc.' }, 404, plain(context)),
  )
  app.onError((error, context) => {
    const headers = plain(context)
    const requestId = headers['x-request-id'] as string
    rpc.onError(error, requestId)
    const body = refusalBody('strict', new Fault('internal', { requestId }))
    return context.body(body, 500, { ...headers, 'content-type': 'application/json' })
  })
  return app
}

function mountMetrics(app: Hono<{ Bindings: HttpBindings }>, rpc: RpcDoor, metrics: Metrics): void {
  app.get('/metrics', async (context) => {
    const headers = standing(context.env.incoming)
    if (!(await maySeeMetrics(rpc, context.env.incoming)))
      return context.json({ status: 'forbidden' }, 403, headers)
    const type = metrics.registry.contentType
    return context.body(await metrics.text(), 200, { ...headers, 'content-type': type })
  })
}

/** From the machine itself, or with a key of an operator. */
async function maySeeMetrics(rpc: RpcDoor, incoming: IncomingMessage): Promise<boolean> {
  if (/^(?:::ffff:)?127\.|^::1$/.test(incoming.socket.remoteAddress ?? '')) return true
  try {
    return (await authenticate(rpc, incoming)).scopes.includes('operator')
  } catch {
    // Whoever cannot be told to be an operator is not one.
    return false
  }
}
