/**
 * The endpoint of the webhook rounds. It stands for a machine of somebody else's, so it takes as little of this one as
 * can be: it finds the event's id in the head of each request, answers that it is well, and looks at nothing else.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface Receiver {
  readonly url: string
  /** Resolves when so many different events have come; rejects when that takes too long. */
  until(events: number): Promise<void>
  close(): void
}

const patience = 120_000
const well = 'HTTP/1.1 204 No Content\r\n\r\n'

export async function openReceiver(): Promise<Receiver> {
  const seen = new Set<string>()
  const sockets = new Set<Socket>()
  let wanted = Number.POSITIVE_INFINITY
  let reached = (): void => undefined
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // The service closes its connections when a job is done, which is nothing to tell.
    socket.on('error', () => socket.destroy())
    let rest = ''
    socket.on('data', (chunk) => {
      const { ids, left } = requestsIn(rest + chunk.toString('latin1'))
      rest = left
      for (const id of ids) seen.add(id)
      if (ids.length > 0) socket.write(well.repeat(ids.length))
      if (seen.size >= wanted) reached()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    async until(events) {
      if (seen.size >= events) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      wanted = events
      reached = resolve
      const late = () =>
        reject(new Error(`The endpoint got ${seen.size} of ${events} events within ${patience} ms.`))
      const timer = setTimeout(late, patience)
      await promise.finally(() => clearTimeout(timer))
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** The events of all requests that have come whole, and what has come of the next one. */
export function requestsIn(text: string): { ids: string[]; left: string } {
  const ids: string[] = []
  let at = 0
  for (;;) {
    const head = text.indexOf('\r\n\r\n', at)
    if (head === -1) break
    const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(at, head + 2)) ?? []
    const [, id] = /\r\nwebhook-id: (\S+)\r\n/i.exec(text.slice(at, head + 2)) ?? []
    if (length === undefined || id === undefined) throw new Error('This is no webhook.')
    const end = head + 4 + Number(length)
    if (text.length < end) break
    ids.push(id)
    at = end
  }
  return { ids, left: text.slice(at) }
}
