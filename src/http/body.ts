/**
 * Reads the body of a request off the raw stream, for GET and POST alike: the Fetch API knows no body of a GET, and
 * its streams are several times slower. Too much, too slow and the wrong kind are refused before anything is parsed.
 */
import type { IncomingMessage } from 'node:http'
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'

/** The caller went away before the whole body had come; nobody is there to be answered. */
export class CallerGone extends Error {}

const accepted = /^(?:application\/(?:json|json-rpc|jsonrequest)|[\w.!#$&^-]+\/[\w.!#$&^+-]+\+json)$/

/** Throws a 415 refusal for a body that does not say it is JSON, or comes compressed. */
export function refuseOtherTypes(incoming: IncomingMessage): void {
  const { 'content-type': type, 'content-encoding': encoding } = incoming.headers
  if (encoding !== undefined && encoding !== 'identity')
    throw new Fault('invalid_request', {}, { status: 415, message: 'Bodies must not be compressed.' })
  if (type === undefined) return
  const [kind = '', ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charset = parameters.find((part) => part.startsWith('charset='))?.slice('charset='.length)
  if (charset !== undefined && charset.replace(/"/g, '') !== 'utf-8')
    throw new Fault('invalid_request', {}, { status: 415, message: 'The body must be UTF-8.' })
  if (accepted.test(kind)) return
  const message = 'The body must be JSON; send the header content-type: application/json.'
  throw new Fault('invalid_request', {}, { status: 415, message })
}

/** The whole body. Throws refusals with the statuses 413 and 408; rejects with `CallerGone` on a broken connection. */
export function readWhole(
  incoming: IncomingMessage,
  most: number = limits.bodyBytes,
  seconds: number = limits.bodySeconds,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () =>
      new Fault('invalid_request', {}, { status: 413, message: `The body must have at most ${most} bytes.` })
    if (Number(incoming.headers['content-length'] ?? 0) > most) {
      reject(tooLarge())
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => {
      const message = `The whole request must have been sent within ${seconds} seconds.`
      stop(() => reject(new Fault('invalid_request', {}, { status: 408, message, retryable: true })))
    }, seconds * 1_000)
    const stop = (settle: () => void): void => {
      clearTimeout(timer)
      incoming.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
      settle()
    }
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      if (size > most) stop(() => reject(tooLarge()))
      else chunks.push(chunk)
    }
    const onEnd = (): void =>
      stop(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    const onGone = (): void => stop(() => reject(new CallerGone('The caller went away.')))
    incoming.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}
