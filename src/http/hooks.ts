/** What the machinery below is to tell while it works, so that it can be counted and traced. */
import type { Group, WatchGroup } from '../ledger/lane.ts'
import type { World } from '../ledger/world.ts'
import type { Request } from '../rpc/dispatch.ts'
import type { Metrics } from './metrics.ts'
import { RequestRecord } from './requests.ts'
import type { Traces } from './traces.ts'

interface CallFacts {
  readonly method: string
  readonly reason: string | null
  readonly milliseconds: number
  readonly request: Request
}

/** The hooks of one service. */
export function hooksOf(metrics: Metrics, traces: Traces | undefined) {
  const watchGroup: WatchGroup = (group: Group) => {
    metrics.groupBegun(group.waitedMilliseconds)
    const began = performance.now()
    const ended = traces?.group(group)
    return (outcomes) => {
      metrics.groupEnded(performance.now() - began)
      ended?.(outcomes)
    }
  }
  return {
    watchGroup,
    onCall({ method, reason, milliseconds, request: { mark, isArray = false } }: CallFacts): void {
      metrics.call(method, reason, milliseconds)
      if (mark instanceof RequestRecord) mark.call(method, reason, milliseconds, isArray)
    },
    onGroup(calls: number, world: World): void {
      metrics.groupCommitted(calls)
      const events = new Map<string, number>()
      for (const { type } of world.events.all()) events.set(type, (events.get(type) ?? 0) + 1)
      for (const [type, count] of events) metrics.events(type, count)
    },
    onGroupFailed: (cause: string): void => metrics.groupFailed(cause),
  }
}
