/**
 * PostgreSQL is stopped and started under a service that is being called, read and listened to: as an upgrade would, and
 * at once, as a crash would. Meanwhile the service tells the truth, and afterwards nobody has missed anything.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openService, type Service } from '../../src/service.ts'
import { type Installation, install, Postgres } from '../faults/postgres.ts'
import { temporaryFolder } from '../folder.ts'
import { type HttpAnswer, TestPartner } from '../house.ts'
import { AheadClock, configOf, Receiver, until } from './house.ts'

let folder: string
let installation: Installation
beforeAll(async () => {
  folder = await temporaryFolder('tenure-restart')
  installation = await install(folder, fileURLToPath(new URL('../..', import.meta.url)))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const silent = { debug() {}, info() {}, warn() {}, error() {} }

async function openOn(postgres: Postgres): Promise<{ service: Service; partner: TestPartner }> {
  const service = await openService({
    clock: new AheadClock(),
    log: silent,
    retrySchedule: [0, 0.2, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
    backlogMilliseconds: 0,
    config: { ...configOf(postgres.url), dataDirectory: `${postgres.directory}.tenure` },
  })
  const operator = new TestPartner(service.url, service.initialKey as string, 0)
  const { partner, apiKey } = await operator.call('createPartner', { name: 'a partner' })
  return { service, partner: new TestPartner(service.url, apiKey, partner as number) }
}

/** The answer to a call; while the database is away it is sent again until there is one. */
async function settled(partner: TestPartner, call: object, refused: HttpAnswer[]): Promise<unknown> {
  for (;;) {
    const answer = await partner.post(call)
    if (answer.status === 200) return answer.json
    refused.push(answer)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Something that goes on until it is told to end. */
function goingOn(step: () => Promise<void>): { end: () => Promise<void> } {
  let going = true
  const ended = (async () => {
    while (going) await step()
  })()
  return {
    async end() {
      going = false
      await ended
    },
  }
}

const statusOf = async ({ url }: Service, path: string) => (await fetch(url + path)).status

describe.concurrent.each([
  ['stopped', 'SIGINT'],
  ['stopped at once', 'SIGQUIT'],
] as const)('a database that is %s and started again', (name, signal) => {
  test('loses nothing, doubles nothing in the feed, and is told of truly', { timeout: 90_000 }, async () => {
    const postgres = await Postgres.copy(installation, join(folder, name.replaceAll(' ', '-')))
    await postgres.start()
    const { service, partner } = await openOn(postgres)
    await using receiver = await Receiver.open()
    await partner.call('createWebhookEndpoint', { url: receiver.url })
    const refused: HttpAnswer[] = []
    const seen: { seq: number; id: string }[] = []
    let made = 0
    const writers = Array.from({ length: 3 }, () =>
      goingOn(async () => {
        const id = `C${made++}`
        await settled(partner, { method: 'createCustomer', params: { id, name: id } }, refused)
      }),
    )
    const reader = goingOn(async () => {
      const params = { after: seen.at(-1)?.seq ?? 0, waitSeconds: 1 }
      const answer = await settled(partner, { method: 'listEvents', params }, refused)
      for (const { seq, object } of (answer as { events: { seq: number; object: { id: string } }[] }).events)
        seen.push({ seq, id: object.id })
    })
    const more = async (): Promise<void> => {
      const [read, arrived] = [seen.length + 40, receiver.arrivals.length + 40]
      await until(
        () => [seen.length >= read, receiver.arrivals.length >= arrived],
        (both) => both.every(Boolean),
        30_000,
      )
    }
    try {
      await more()
      expect(await statusOf(service, '/readyz')).toBe(200)
      await postgres.stop(signal)
      const before = refused.length
      expect(await statusOf(service, '/readyz')).toBe(503)
      expect(await statusOf(service, '/healthz')).toBe(200)
      expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(/^tenure_database_up 0$/m)
      await until(
        () => refused.length,
        (count) => count > before + 3,
        15_000,
      )
      await postgres.start()
      await until(
        () => statusOf(service, '/readyz'),
        (status) => status === 200,
      )
      expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(/^tenure_database_up 1$/m)
      await more()
      await Promise.all(writers.map((writer) => writer.end()))
      const [kept] = await postgres.query<{ events: number; customers: number }>(
        `select (select count(*)::int from event where partner_id = ${partner.number}) as events,
          (select count(*)::int from customer where partner_id = ${partner.number}) as customers`,
      )
      // Every call was answered in the end, each was done once, and each has its one event.
      expect(kept).toEqual({ events: made, customers: made })
      const dense = Array.from({ length: made }, (_, index) => index + 1)
      await until(
        () => seen.length,
        (count) => count >= made,
      )
      await reader.end()
      expect(seen.map(({ seq }) => seq)).toEqual(dense)
      expect(new Set(seen.map(({ id }) => id)).size).toBe(made)
      const sorted = () => [...new Set(receiver.seqs)].sort((one, other) => one - other)
      await until(sorted, (seqs) => seqs.length >= made, 40_000)
      expect(sorted()).toEqual(dense)
    } finally {
      // Whoever still calls is answered, and ends.
      if (!postgres.runs) await postgres.start()
      await Promise.all([...writers, reader].map((one) => one.end()))
      await service.close()
      await postgres.remove()
    }
    for (const { status, headers, json } of refused) {
      expect({ status, json }).toMatchObject({
        status: 503,
        json: { error: { data: { reason: 'unavailable', retryable: true } } },
      })
      expect(headers.get('retry-after')).toBe('1')
    }
  })
})
