/** The report as a text to read. */
import { besidesOf, medianOf, type Report, rateOf, ratio } from './report.ts'

const whole = (value: number | undefined) =>
  value === undefined ? '-' : Math.round(value).toLocaleString('en-US')
const precise = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(1))
const share = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(2))

/** Lines up the cells of a table: the first column to the left, all others to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
      )
      .join('  ')
  return rows.map((row) => `  ${line(row).trimEnd()}`).join('\n')
}

const callsHead = [
  'what',
  'connections',
  'calls/s',
  'rounds',
  'to ceiling',
  'to Tenure',
  'to ping',
  'p50 ms',
  'p99 ms',
  'service us',
  'postgres us',
  'driver us',
]

function callsTable(report: Report): string {
  const measured = report.rows.map((row) => {
    const { name, by, connections, perBody, rounds } = row
    const { ceiling, tenure, ping } = besidesOf(report, row)
    return [
      `${name}${perBody > 1 ? `, arrays of ${perBody}` : ''}${by === 'tenure' ? '' : ` (${by})`}`,
      String(connections),
      whole(rateOf(rounds)),
      rounds.map(({ rate }) => whole(rate)).join(' '),
      share(ceiling),
      share(tenure),
      share(ping),
      precise(medianOf(rounds, ({ p50 }) => p50)),
      precise(medianOf(rounds, ({ p99 }) => p99)),
      whole(medianOf(rounds, ({ cost }) => cost.service)),
      whole(medianOf(rounds, ({ cost }) => cost.postgres)),
      precise(medianOf(rounds, ({ cost }) => cost.driver)),
    ]
  })
  return aligned([callsHead, ...measured, ...ceilingLines(report)])
}

const ceilingNames = {
  free: 'ceiling, one statement a call, no lock',
  locked: 'ceiling, one statement a call, partner row locked',
  set: 'ceiling, one statement for 100 calls, no lock',
} as const

function ceilingLines({ ceiling, ceilingRounds }: Report): string[][] {
  return (['free', 'locked', 'set'] as const)
    .filter((variant) => ceilingRounds[variant].length > 0)
    .map((variant) => {
      const rounds = ceilingRounds[variant]
      const line = callsHead.map(() => '-')
      line[0] = ceilingNames[variant]
      line[1] = variant === 'set' ? '4' : String(ceiling?.clients)
      line[2] = whole(rateOf(rounds))
      line[3] = rounds.map(({ rate }) => whole(rate)).join(' ')
      line[10] = whole(medianOf(rounds, ({ postgres }) => postgres))
      return line
    })
}

/** The whole report as text. */
export function textOf(report: Report): string {
  const { machine, database, goals } = report
  const facts = Object.entries({
    ...machine,
    postgres: `${database.version} (${database.kind})`,
    ...database.settings,
  })
  const parts = [facts.map(([name, value]) => `  ${name.padEnd(20)}${value}`).join('\n')]
  if (report.rows.length > 0)
    parts.push(
      `${callsTable(report)}\n\n  Rates are medians of the rounds, ratios medians of each round's ratio; us is CPU time ` +
        'per call in microseconds.\n  Arrays are held against the ceiling of sets.',
    )
  parts.push(...serviceText(report), ...offeredText(report), ...eventsText(report), ...growthText(report))
  parts.push(...filesText(report))
  if (goals.length > 0) {
    const rows = goals.map(({ what, wanted, found, met }) => [what, wanted, found, met ? 'met' : 'NOT MET'])
    parts.push(aligned([['goal', 'wanted', 'found', ''], ...rows]))
  }
  return `${parts.join('\n\n')}\n`
}

function serviceText({ ceiling, memory, endurance }: Report): string[] {
  const parts: string[] = []
  if (ceiling) parts.push(`  Ceiling by ${ceiling.tool}.`)
  if (ceiling?.isSubstitute)
    parts.push('  !! pgbench IS NOT INSTALLED: the ceiling is that of our own loop, which is lower. !!')
  if (memory)
    parts.push(
      `  Service memory: ${whole(memory.now)} MB after the singles, ${whole(memory.most)} MB at most.`,
    )
  if (endurance) {
    const { windowSeconds, first, last } = endurance
    parts.push(
      `  Endurance: ${whole(first)} calls/s in the first ${windowSeconds} s, ${whole(last)} in the last ${windowSeconds} s.`,
    )
  }
  return parts
}

function offeredText({ offered }: Report): string[] {
  return (offered ?? []).map(({ call, saturation, steps }) => {
    const rows = steps.map(({ share: part, offered: asked, rate, p50, p99, memory }) => [
      `${call} at ${Math.round(part * 100)} % of ${whole(saturation)} calls/s`,
      ...[whole(asked), whole(rate), precise(p50), precise(p99), whole(memory)],
    ])
    return aligned([['at a fixed rate', 'offered', 'answered', 'p50 ms', 'p99 ms', 'memory MB'], ...rows])
  })
}

function eventsText({ events, feed, shops }: Report): string[] {
  const parts: string[] = []
  if (events)
    parts.push(
      `  Webhooks: ${whole(events.burst)} events at an endpoint ${precise(events.seconds)} s after the first call, ` +
        `${precise(events.after)} s after the last answer;\n  createFirstOrder ${whole(rateOf(events.delivering))} calls/s ` +
        `while delivering, ${whole(rateOf(events.alone))} alone (${share(ratio(events.delivering, events.alone))}).`,
    )
  if (feed)
    parts.push(
      `  Feed: a waiting reader has an event ${precise(feed.p50)} ms (median) after its writer's answer, p99 ${precise(feed.p99)} ms.`,
    )
  if (shops)
    parts.push(
      `  Shops: ${whole(shops.events)} signed events at ${shops.pace}/s acknowledged in ${precise(shops.p50)} ms (median), ` +
        `p99 ${precise(shops.p99)} ms; ${Math.round(shops.meanwhile * 100)} % applied by then, all ${precise(shops.after)} s later.`,
    )
  return parts
}

function growthText({ growth }: Report): string[] {
  if (!growth || growth.length === 0) return []
  const head = [
    'orders present',
    'calls/s',
    'to the fewest',
    'p50 ms',
    'p99 ms',
    'service us',
    'postgres us',
    'memory MB',
  ]
  const names = growth[0]?.calls.map(({ name }) => name) ?? []
  const rows = names.flatMap((name, index) =>
    growth.map(({ orders, calls, memory }) => {
      const { rate, p50, p99, cost } = calls[index] as (typeof calls)[number]
      const fewest = growth[0]?.calls[index]?.rate as number
      return [
        `${name}, ${whole(orders)}`,
        ...[whole(rate), share(rate / fewest), precise(p50), precise(p99)],
        ...[whole(cost.service), whole(cost.postgres), whole(memory)],
      ]
    }),
  )
  return [aligned([head, ...rows])]
}

function filesText({ imported, reconciled }: Report): string[] {
  const parts: string[] = []
  if (imported)
    parts.push(
      `  Import of ${whole(imported.rows)} customers: ${whole(imported.import)} rows/s (COPY of the same: ${whole(imported.copy)}, ` +
        `ratio ${share(imported.ratio)}); again ${whole(imported.importAgain)}, dry run ${whole(imported.dryRun)}; service ` +
        `memory ${whole(imported.memory.early)} MB early, ${whole(imported.memory.most)} MB at most.`,
    )
  if (reconciled)
    parts.push(
      `  Reconcile of ${whole(reconciled.orders)} orders: ${reconciled.seconds.toFixed(1)} s, ${whole(reconciled.rate)} orders/s.`,
    )
  return parts
}
