/**
 * The service, the ceilings and the peers take turns at the same work on one database server, so that whatever else the
 * machine does is shared fairly; ratios are taken within a round.
 */
import { withClient } from '../database.ts'
import { type Ceiling, ceilingClients, openCeiling, type Sample } from './ceiling.ts'
import type { BenchServer } from './database.ts'
import { type Driver, startDriver } from './driver.ts'
import type { Options } from './options.ts'
import { type Peer, peers, startPeer } from './peers/peer.ts'
import type { Report } from './report.ts'
import {
  arrayCalls,
  arrayRowOf,
  customers,
  everyCustomer,
  measuredRound,
  type OpenRow,
  rowOf,
  type Stage,
} from './stage.ts'

type Tell = (line: string) => void

interface Rival {
  readonly peer: Peer
  readonly driver: Driver
  readonly singles: OpenRow
  readonly arrays: OpenRow | undefined
}

/** Measures all rounds on a stage that has its customers. */
export async function measureTurns(
  stage: Stage,
  server: BenchServer,
  options: Options,
  report: Report,
  tell: Tell,
): Promise<void> {
  const { only, rounds, seconds } = options
  const singles = rowOf('createFirstOrder')
  const arrays = arrayRowOf('createFirstOrder')
  if (only.has('singles')) report.rows.push(singles)
  if (only.has('arrays')) report.rows.push(arrays)
  const ceiling = only.has('ceiling') ? await openCeilingFor(stage, server, report) : undefined
  const rivals = only.has('peers') ? await openRivals(server, report) : []
  const say = (what: string, rate: number | undefined) => tell(`${what} ${Math.round(rate ?? 0)} calls/s`)
  try {
    for (let round = 0; round < rounds; round++) {
      if (only.has('singles')) {
        say('createFirstOrder', (await stage.round(singles, 'createFirstOrder', { seconds })).rate)
        report.memory = stage.service.memory()
      }
      if (ceiling) say('ceiling', await ceilingRound(ceiling, 'free', seconds, report))
      for (const rival of rivals) say(rival.singles.by, await rivalRound(rival, rival.singles, seconds))
      if (only.has('arrays'))
        say('createFirstOrder in arrays', (await stage.round(arrays, 'createFirstOrder', { seconds })).rate)
      if (ceiling) say('ceiling in sets', await ceilingRound(ceiling, 'set', seconds, report))
      for (const rival of rivals)
        if (rival.arrays) say(`${rival.arrays.by} in arrays`, await rivalRound(rival, rival.arrays, seconds))
    }
    if (ceiling) await ceilingRound(ceiling, 'locked', seconds, report)
  } finally {
    for (const { peer, driver } of rivals) {
      await driver.close()
      await peer.close()
    }
  }
}

async function ceilingRound(
  ceiling: Ceiling,
  variant: 'free' | 'locked' | 'set',
  seconds: number,
  report: Report,
): Promise<number> {
  const round = await ceiling.round(variant, seconds)
  report.ceilingRounds[variant].push(round)
  return round.rate
}

async function openCeilingFor(stage: Stage, server: BenchServer, report: Report): Promise<Ceiling> {
  const ceiling = await openCeiling(server, await sampleOf(stage))
  const { tool, isSubstitute } = ceiling
  report.ceiling = { tool, isSubstitute, clients: ceilingClients }
  return ceiling
}

/** The texts that the service keeps of an order. */
async function sampleOf(stage: Stage): Promise<Sample> {
  await stage.fill('createFirstOrder', 'sample', arrayCalls)
  return withClient(stage.service.databaseUrl, async (client) => {
    const { rows } = await client.query<Sample>(`select o.request, o.reply, e.data::text as data
      from orders o join event e on e.partner_id = o.partner_id and e.object_id = o.remote_id limit 1`)
    return rows[0] as Sample
  })
}

/** Orders that a peer has taken before its first round, so that plans are made for tables that are not empty. */
const warmOrders = 2_000

async function openRivals(server: BenchServer, report: Report): Promise<Rival[]> {
  const rivals: Rival[] = []
  for (const kind of peers) {
    const peer = await startPeer(kind, server, customers)
    const driver = startDriver(peer, server)
    const singles = { ...rowOf('createFirstOrder'), by: kind.name }
    const arrays = kind.arrays ? { ...arrayRowOf('createFirstOrder'), by: kind.name } : undefined
    report.rows.push(singles, ...(arrays ? [arrays] : []))
    rivals.push({ peer, driver, singles, arrays })
    const subject = { prefix: 'warm', ...everyCustomer }
    const { wire } = kind
    await driver.round({
      call: 'createFirstOrder',
      subject,
      connections: 10,
      perBody: 1,
      wire,
      most: warmOrders,
    })
    await withClient(peer.databaseUrl, (client) => client.query('vacuum analyze'))
  }
  return rivals
}

async function rivalRound({ peer, driver }: Rival, row: OpenRow, seconds: number): Promise<number> {
  await peer.prove()
  const { wire } = peer.kind
  const job = { ...everyCustomer, seconds, wire }
  return (await measuredRound(driver, peer.databaseUrl, row, 'createFirstOrder', job)).rate
}
