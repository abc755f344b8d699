/** Holds what was measured against what was promised. */
import { find, type Goal, medianOf, type Report, ratio } from './report.ts'

type Compare = '>=' | '<'

/** All goals that something was measured for. */
export function goalsOf(report: Report): Goal[] {
  const goals: Goal[] = []
  const add = (
    what: string,
    compare: Compare,
    wanted: number,
    found: number | undefined,
    digits = 2,
  ): void => {
    if (found === undefined) return
    const met = compare === '<' ? found < wanted : found >= wanted
    goals.push({ what, wanted: `${compare} ${wanted}`, found: found.toFixed(digits), met })
  }
  const { ceilingRounds, memory, endurance, events, feed, shops, growth } = report
  const singles = find(report, 'createFirstOrder')
  const arrays = find(report, 'createFirstOrder', { arrays: true })
  add('createFirstOrder, singles to the ceiling', '>=', 1.2, ratio(singles?.rounds, ceilingRounds.free))
  add('createFirstOrder, arrays to the ceiling', '>=', 2.5, ratio(arrays?.rounds, ceilingRounds.free))
  add('p99 at 64 connections, ms', '<', 30, singles && medianOf(singles.rounds, ({ p99 }) => p99), 1)
  add('service memory, MB', '<', 250, memory?.now, 0)
  const ping = find(report, 'refusedParams')?.rounds
  add('checkEntitlement to the ping', '>=', 0.6, ratio(find(report, 'checkEntitlement')?.rounds, ping))
  const orders = find(report, 'createFirstOrder', { arrays: true, beside: 'createLicense' })
  const licenses = find(report, 'createLicense', { arrays: true })
  add('createLicense to createFirstOrder, arrays', '>=', 1, ratio(licenses?.rounds, orders?.rounds))
  add('a burst of 10,000 events at an endpoint, s', '<', 30, events?.seconds, 1)
  add('createFirstOrder while delivering to alone', '>=', 0.9, ratio(events?.delivering, events?.alone))
  add('feed reader behind the writer, median ms', '<', 250, feed?.p50, 1)
  add('shop events acknowledged at 500/s, p99 ms', '<', 50, shops?.p99, 1)
  const [few, many] = [growth?.[0], growth?.at(-1)]
  if (few && many && many.orders > few.orders)
    for (const [index, { name, rate }] of few.calls.entries())
      add(
        `${name} with ${many.orders} to ${few.orders} orders`,
        '>=',
        0.85,
        (many.calls[index]?.rate ?? 0) / rate,
      )
  add('last window to the first', '>=', 0.85, endurance && endurance.last / endurance.first)
  add('import to COPY', '>=', 0.2, report.imported?.ratio)
  add('reconcile, seconds', '<', 30, report.reconciled?.seconds, 1)
  return goals
}
