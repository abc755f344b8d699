/** Tells of calls that took too long whose doing that was: the call's own, that of others beside it, or the machine's. */
import { Agent } from 'node:http'
import type { Waited } from './idle.ts'
import { type HostileRequest, send } from './send.ts'
import type { Noted, SlowCall } from './served.ts'

/** Milliseconds that no call may take; one that waits for events may wait besides. */
export const most = 1_000

/** How many of the slowest are sent once more. */
const again = 10

export function tooSlow({ slow }: Noted): SlowCall[] {
  return slow
    .filter(({ method, began, ended }) => ended - began > (method === 'listEvents' ? most + 1_000 : most))
    .sort((one, other) => other.ended - other.began - (one.ended - one.began))
}

/** A sentence for each; the slowest are sent again, one by one, while nobody else is there. */
export async function slowSentences(
  url: string,
  slow: readonly SlowCall[],
  { within }: Waited,
  requests: ReadonlyMap<string, HostileRequest>,
): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const sentences: string[] = []
  for (const [place, call] of slow.entries()) {
    const { method, requestId, began, ended, computed, longestTurn, others } = call
    const request = place < again ? requests.get(requestId) : undefined
    const alone = request && (await timed(() => send(url, request, agent)))
    sentences.push(
      `${method} took ${Math.round(ended - began)} ms. Meanwhile the service's thread computed ${Math.round(computed)} ms, ` +
        `its longest turn was ${Math.round(longestTurn)} ms, and the machine kept an idle thread waiting for ` +
        `${Math.round(within[place] ?? 0)} ms; ${others} calls of other requests were under way before it.` +
        (alone === undefined
          ? ''
          : ` Its request, sent again alone, took ${Math.round(alone)} ms: ${String(request?.body).slice(0, 500)}`),
    )
  }
  agent.destroy()
  return sentences
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
