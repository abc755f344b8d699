/** Doors to which whole files are sent: who sends one is looked at here, what is in it is for the door. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault } from '../faults.ts'
import type { Caller } from '../rpc/method.ts'
import { authenticate, type RpcDoor, refusal, standing } from './rpc.ts'

/** A request whose sender is known. */
export interface Upload {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly caller: Caller
  readonly requestId: string
  /** What every answer carries. */
  readonly headers: Readonly<Record<string, string>>
}

export interface UploadDoor {
  readonly verb: 'GET' | 'POST'
  readonly path: string
  /** Reads the body as it comes and answers; throws a `Fault` as long as nothing has been answered. */
  answer(upload: Upload): Promise<void>
}

/** How long the rest of a body that nobody reads any more is still taken, so that its sender sees the answer. */
const patience = 30_000

/** Carries out one request to such a door. */
export async function answerUpload(
  rpc: RpcDoor,
  door: UploadDoor,
  { incoming, outgoing }: Pick<Upload, 'incoming' | 'outgoing'>,
): Promise<void> {
  const headers = standing(incoming)
  const requestId = headers['x-request-id'] as string
  const record = rpc.begin?.(incoming, requestId)
  let caller: Caller | undefined
  try {
    caller = await authenticate(rpc, incoming)
    Object.assign(headers, rpc.rateLimiter.take(caller.keyId, 1))
    await door.answer({ incoming, outgoing, caller, requestId, headers })
  } catch (error) {
    if (!(error instanceof Fault) && !incoming.destroyed) rpc.onError(error, requestId)
    if (outgoing.headersSent || outgoing.destroyed) {
      outgoing.destroy()
      return
    }
    const fault = error instanceof Fault ? error : new Fault('internal', { requestId })
    rpc.onRefusal(fault, requestId)
    const { status, body, headers: told } = refusal('bare', fault, headers)
    outgoing.writeHead(status, told).end(body)
  } finally {
    const status = outgoing.headersSent ? outgoing.statusCode : null
    record?.ended({ status, caller, door: `${door.verb} ${door.path}` })
    readOut(incoming)
  }
}

function readOut(incoming: IncomingMessage): void {
  if (incoming.complete || incoming.destroyed) return
  const timer = setTimeout(() => incoming.destroy(), patience)
  incoming.once('close', () => clearTimeout(timer))
  incoming.resume()
}
