/**
 * Faults: servers are killed, connections to the database break, receivers misbehave in every way they can. Whatever
 * was committed is delivered, and with one guard taken out the same test finds what was lost.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { lineOpener } from '../../src/outbox/post.ts'
import { Targets } from '../../src/outbox/targets.ts'
import { TestPartner } from '../house.ts'
import { type Behaviour, good, makeEvents, type OutboxHouse, openOutbox, Receiver, until } from './house.ts'

const child = new URL('./child.ts', import.meta.url).pathname

async function spawnService(databaseUrl: string, mode = ''): Promise<{ process: ChildProcess; url: string }> {
  const started = spawn(process.execPath, [child, databaseUrl, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [url] = (await once(started.stdout, 'data')) as [Buffer]
  return { process: started, url: String(url).trim() }
}

async function kill(started: ChildProcess): Promise<void> {
  if (started.exitCode !== null || started.signalCode !== null) return
  const gone = once(started, 'exit')
  started.kill('SIGKILL')
  await gone
}

/** The positions that a partner's feed has and that a receiver was not sent. */
async function missing(house: OutboxHouse, receiver: Receiver): Promise<number[]> {
  const rows = await house.sql<{ seq: string }>('select seq from event where partner_id = 1 order by seq')
  const arrived = new Set(receiver.seqs)
  return rows.map(({ seq }) => Number(seq)).filter((seq) => !arrived.has(seq))
}

/** Kills a service in the middle of its deliveries; answers what was lost once another has done all there is. */
async function lostByKilling(mode: string): Promise<number[]> {
  await using house = await openOutbox()
  await using receiver = await Receiver.open((_arrival, response) => {
    setTimeout(() => response.writeHead(204).end(), 20)
  })
  const { key, number } = await house.partner()
  await house.services[0]?.close()
  let service = await spawnService(house.url, mode)
  try {
    const partner = new TestPartner(service.url, key, number)
    await partner.call('createWebhookEndpoint', { url: receiver.url })
    await makeEvents(partner, 400)
    if (mode === '')
      await until(
        () => receiver.seqs.length,
        (count) => count > 20,
      )
    else
      await until(
        () => jobsLeft(house),
        (left) => left === 0,
      )
    await kill(service.process)
    expect(receiver.seqs.length).toBeLessThan(400)
    service = await spawnService(house.url, mode)
    // A job that was being worked at is found abandoned after some seconds.
    if (mode === '')
      await until(
        () => missing(house, receiver),
        (lost) => lost.length === 0,
        45_000,
      )
    else
      await until(
        () => jobsLeft(house),
        (left) => left === 0,
        45_000,
      )
    return await missing(house, receiver)
  } finally {
    await kill(service.process)
  }
}

async function jobsLeft(house: OutboxHouse): Promise<number> {
  const [queue] = await house.sql<{ there: boolean }>("select to_regclass('pgboss.job') is not null as there")
  if (!queue?.there) return 1
  const [row] = await house.sql<{ left: number }>(
    `select (select count(*) from pgboss.job where name = 'webhook' and state < 'completed')::int
      + (select sum(p.last_seq - c.delivered_through) from webhook_cursor c join partner p using (partner_id))::int as left`,
  )
  return row?.left as number
}

describe.concurrent('a service killed in the middle of its deliveries', () => {
  test('loses none', { timeout: 75_000 }, async () => {
    expect(await lostByKilling('')).toEqual([])
  })

  test('control: loses some when a delivery is marked before it is sent', { timeout: 75_000 }, async () => {
    expect((await lostByKilling('marked-first')).length).toBeGreaterThan(0)
  })
})

test.concurrent('connections to the database that break lose nothing', { timeout: 75_000 }, async () => {
  await using house = await openOutbox({ servers: 2 })
  await using receiver = await Receiver.open((_arrival, response) => {
    setTimeout(() => response.writeHead(204).end(), 5)
  })
  const partner = await house.partner()
  await partner.call('createWebhookEndpoint', { url: receiver.url })
  for (let round = 0; round < 3; round++) {
    await makeEvents(partner, 200, `${round}-`)
    await house.sql(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  await until(
    () => missing(house, receiver),
    (lost) => lost.length === 0,
    45_000,
  )
  await until(
    () => jobsLeft(house),
    (left) => left === 0,
    45_000,
  )
  const [row] = await house.sql<{ delivered: number; attempts: number }>(
    `select count(*) filter (where state = 'delivered')::int as delivered from webhook_delivery`,
  )
  expect(row?.delivered).toBe(600)
})

test.concurrent('a receiver that fails in every way is sent every event, and can bring them in order', {
  timeout: 75_000,
}, async () => {
  const openLine = lineOpener(new Targets(['127.0.0.0/8']), 400)
  await using house = await openOutbox({ openLine })
  const ways: Behaviour[] = [
    (_arrival, response) => void response.writeHead(500).end('no'),
    () => {},
    (_arrival, response) => void response.destroy(),
    (_arrival, response) => {
      response.on('error', () => {})
      response.writeHead(503)
      response.end(Buffer.alloc(10_000_000))
    },
    (_arrival, response) => void response.writeHead(302, { location: '/elsewhere' }).end(),
  ]
  const versions = new Map<string, number>()
  await using receiver = await Receiver.open((arrival, response, count) => {
    const way = ways[count % (ways.length + 4)]
    if (way) {
      way(arrival, response, count)
      return
    }
    const { id, version } = arrival.event.object
    // What a receiver does with what comes late: the greater version wins.
    versions.set(id, Math.max(version, versions.get(id) ?? 0))
    good(arrival, response, count)
  })
  const partner = await house.partner()
  const { endpointId } = await partner.call('createWebhookEndpoint', { url: receiver.url })
  await makeEvents(partner, 40)
  for (let number = 0; number < 40; number++)
    await partner.call('updateCustomer', { id: `C${number}`, name: 'Another name' })
  const list = () => partner.call('listDeliveries', { endpointId, limit: 500 })
  await until(list, ({ items }) => items.filter(({ state }) => state === 'delivered').length === 80, 45_000)
  expect([...versions.values()]).toEqual(Array.from({ length: 40 }, () => 2))
  const problems = (await list()).items.map(({ attempts }) => attempts)
  expect(Math.max(...problems)).toBeGreaterThan(1)
})

test.concurrent('a receiver that does not answer is given 15 s', { timeout: 40_000 }, async () => {
  await using house = await openOutbox()
  const gone: number[] = []
  await using receiver = await Receiver.open((arrival, response) => {
    response.on('close', () => gone.push(performance.now() - arrival.at))
  })
  const partner = await house.partner()
  await partner.call('createWebhookEndpoint', { url: receiver.url })
  await makeEvents(partner, 1)
  const deliveries = async () => (await partner.call('listDeliveries', {})).items
  const [first] = await until(deliveries, (items) => items.length === 1, 25_000)
  expect(first).toMatchObject({ state: 'pending', status: null, problem: 'no answer within 15 s' })
  expect(gone[0]).toBeGreaterThan(14_500)
  expect(gone[0]).toBeLessThan(17_000)
})
