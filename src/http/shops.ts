/** Doors to which shops send their events: no key is asked for, since the door knows its shops by their signatures. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'
import { CallerGone, readWhole } from './body.ts'
import { type RpcDoor, refusal, standing } from './rpc.ts'

export interface ShopDoor {
  readonly shop: string
  /** Resolves when everything in the request is kept; throws a `Fault` where it is turned away. */
  take(request: { sourceId: string; headers: IncomingMessage['headers']; body: Buffer }): Promise<void>
}

/** Carries out one request to such a door. A good one is answered 200 without a body. */
export async function answerShop(
  rpc: RpcDoor,
  door: ShopDoor,
  sourceId: string,
  { incoming, outgoing }: { incoming: IncomingMessage; outgoing: ServerResponse },
): Promise<void> {
  const headers = standing(incoming)
  const requestId = headers['x-request-id'] as string
  const record = rpc.begin?.(incoming, requestId)
  try {
    if (incoming.method !== 'POST')
      throw new Fault('invalid_request', {}, { status: 405, message: 'Events of shops are sent by POST.' })
    const body = await readWhole(incoming, limits.hookBytes)
    await door.take({ sourceId, headers: incoming.headers, body })
    outgoing.writeHead(200, { ...headers, 'content-length': '0' }).end()
  } catch (error) {
    if (error instanceof CallerGone) {
      outgoing.destroy()
      return
    }
    if (!(error instanceof Fault)) rpc.onError(error, requestId)
    const fault = error instanceof Fault ? error : new Fault('internal', { requestId })
    rpc.onRefusal(fault, requestId)
    const { status, body, headers: told } = refusal('bare', fault, headers)
    outgoing.writeHead(status, { ...told, ...(status === 405 ? { allow: 'POST' } : {}) }).end(body)
  } finally {
    const status = outgoing.headersSent ? outgoing.statusCode : null
    record?.ended({ status, door: `${incoming.method} /hooks/${door.shop}` })
  }
}
