/** Which drawings a report makes, by the names of their files. */
import { peers } from './peers/peer.ts'
import { find, type Report, rateOf } from './report.ts'
import { type Bar, bars, type Line, lines } from './svg.ts'

/** Every drawing for which something was measured. */
export function plotsOf(report: Report): Record<string, string> {
  const drawings: Record<string, string | undefined> = {
    singles: ratesPlot(report, false),
    arrays: ratesPlot(report, true),
    'offered-load': offeredPlot(report),
    growth: growthPlot(report),
    memory: memoryPlot(report),
  }
  return Object.fromEntries(
    Object.entries(drawings).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

function perSecond(name: string, value: number | undefined, isOurs = false): Bar[] {
  if (value === undefined) return []
  return [{ name, value, told: Math.round(value).toLocaleString('en-US'), isOurs }]
}

/** Orders per second beside the ceilings and the peers. */
function ratesPlot(report: Report, arrays: boolean): string | undefined {
  const { ceilingRounds } = report
  const ours = find(report, 'createFirstOrder', { arrays })?.rounds
  if (!ours) return undefined
  const found: Bar[] = [
    ...perSecond('Tenure', rateOf(ours), true),
    ...(arrays ? perSecond('pgbench, a statement for 100', rateOf(ceilingRounds.set)) : []),
    ...perSecond('pgbench, a statement a call', rateOf(ceilingRounds.free)),
    ...(arrays ? [] : perSecond('the same, partner locked', rateOf(ceilingRounds.locked))),
    ...peers.flatMap(({ name, title }) =>
      perSecond(title, rateOf(find(report, 'createFirstOrder', { by: name, arrays })?.rounds)),
    ),
  ]
  return bars(`createFirstOrder, ${arrays ? 'in arrays of 100' : 'single calls'}: orders per second`, found)
}

function offeredPlot({ offered }: Report): string | undefined {
  if (!offered) return undefined
  const all = offered.flatMap(({ call, steps }): Line[] =>
    (['p50', 'p99'] as const).map((percentile) => ({
      name: `${call}, ${percentile === 'p50' ? 'median' : 'p99'}`,
      points: steps.map((step) => ({ x: Math.round(step.share * 100), y: step[percentile] })),
    })),
  )
  return lines(
    'How long calls take at a fixed rate',
    { x: 'per cent of the highest rate', y: 'milliseconds' },
    all,
  )
}

function growthPlot({ growth }: Report): string | undefined {
  const names = growth?.[0]?.calls.map(({ name }) => name)
  if (!growth || !names || growth.length < 2) return undefined
  const all = names.map((name, index) => ({
    name,
    points: growth.map(({ orders, calls }) => ({ x: orders, y: calls[index]?.rate ?? 0 })),
  }))
  const axes = { x: 'orders present', y: 'calls per second', isLogarithmic: true }
  return lines('The same calls while the database grows', axes, all)
}

function memoryPlot({ memory, offered, growth, imported }: Report): string | undefined {
  const megabytes = (name: string, value: number | undefined): Bar[] =>
    value === undefined ? [] : [{ name, value, told: `${Math.round(value)} MB`, isOurs: true }]
  const found = [
    ...megabytes('single calls, as fast as they go', memory?.most),
    ...(offered ?? []).flatMap(({ call, steps }) =>
      steps.flatMap(({ share, memory: most }) => megabytes(`${call} at ${Math.round(share * 100)} %`, most)),
    ),
    ...(growth ?? []).flatMap(({ orders, memory: most }) =>
      megabytes(`${orders.toLocaleString('en-US')} orders present`, most),
    ),
    ...megabytes('import', imported?.memory.most),
  ]
  return found.length === 0 ? undefined : bars('Memory of the service, the most', found)
}
