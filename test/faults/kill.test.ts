/**
 * The service is killed, and its connections are cut, at random moments under load. Whatever a caller was told before,
 * during and after that must be true of what is there in the end. FAULT_SEED brings a run back, as far as chance of
 * this kind can be brought back.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestPartner } from '../house.ts'
import { complaints, type Found, lookAround, type Step } from './history.ts'
import { ServiceProcess } from './process.ts'
import { Answers, type Caller, random, Worker } from './workers.ts'

const seed = Number(process.env.FAULT_SEED || Math.floor(Math.random() * 2 ** 31))
/** Each is followed by a kill. */
const rounds = [
  ['terminate', 'after commit arrived', 'after commit arrived'],
  ['after commit arrived', 'before commit arrives', 'terminate'],
  ['terminate', 'after commit arrived', 'after commit arrived'],
  ['before commit arrives', 'after commit arrived', 'after commit arrived'],
  ['terminate', 'before commit arrives', 'after commit arrived'],
] as const
const workerCount = 8

let service: ServiceProcess
beforeAll(async () => {
  service = await ServiceProcess.open()
  await service.start()
})
afterAll(() => service.close())

async function partners(count: number): Promise<Caller[]> {
  const operator = new TestPartner(await service.url, await service.initialKey(), 0)
  const made = Array.from({ length: count }, (_, index) =>
    operator.call('createPartner', { name: `under fire ${index}` }),
  )
  return (await Promise.all(made)).map(({ partner, apiKey }) => ({ partner: partner as number, key: apiKey }))
}

/** Lets the workers work while one fault after the other strikes; answers how many connections were terminated. */
async function underFire(workers: readonly Worker[], answers: Answers): Promise<number> {
  const chance = random(seed)
  const over = new AbortController()
  const working = Promise.all(workers.map((worker) => worker.work(over.signal)))
  let terminated = 0
  for (const fault of rounds.flatMap((round) => [...round, 'kill' as const])) {
    await Promise.race([answers.more(10 + Math.floor(chance() * 40)), working])
    // A few milliseconds more or less put the blow before, into or after somebody's COMMIT.
    await new Promise((resolve) => setTimeout(resolve, chance() * 12))
    if (fault === 'terminate') {
      terminated += await service.terminateConnections()
    } else if (fault === 'kill') {
      await service.kill()
      await service.start()
    } else {
      service.proxy.cutNext(fault)
    }
  }
  await Promise.race([answers.more(100), working])
  over.abort()
  await working
  return terminated
}

let history: Step[]
let found: Found

test('what was told before, during and after every fault is true', { timeout: 180_000 }, async () => {
  const answers = new Answers()
  const callers = await partners(2)
  const workers = Array.from(
    { length: workerCount },
    (_, index) =>
      new Worker(service, callers[index % callers.length] as Caller, `w${index}`, answers, seed + index),
  )
  const terminated = await underFire(workers, answers)
  history = workers.flatMap((worker) => worker.history)
  const open = history.filter(({ outcome }) => outcome === 'unknown')
  expect(complaints(history, await lookAround(service.databaseUrl)), `FAULT_SEED=${seed}`).toEqual([])

  for (const worker of workers) await worker.settle()
  found = await lookAround(service.databaseUrl)
  expect(complaints(history, found), `after settling, FAULT_SEED=${seed}`).toEqual([])
  expect(history.filter(({ outcome }) => outcome === 'unknown')).toEqual([])
  const own = open.filter(({ method, params }) => method === 'createCustomer' && params.id.startsWith('w'))
  expect(own.filter(({ outcome }) => outcome !== 'ok')).toEqual([])

  // The faults must have struck something, or nothing was tested.
  expect(terminated).toBeGreaterThan(0)
  expect(service.proxy.cuts).toBeGreaterThan(5)
  expect(history.filter(({ unsettled }) => unsettled > 0).length + open.length).toBeGreaterThan(5)
  expect(history.filter(({ outcome }) => outcome === 'refused').length).toBeGreaterThan(20)
  expect(history.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThan(200)
})

describe('the checker finds', () => {
  const acknowledged = (method: string) =>
    history.find((step) => step.method === method && step.outcome === 'ok') as Step
  const falsified: Record<string, [RegExp, (there: Found) => void]> = {
    'an acknowledged order that is gone': [
      /^order .* was acknowledged and is there 0 times/,
      ({ orders }) => {
        const { partner, params } = acknowledged('createRenewalOrder')
        remove(orders, (order) => order.partner === partner && order.id === params.id)
      },
    ],
    'an acknowledged customer that is there twice': [
      /^customer .* was acknowledged and is there 2 times/,
      ({ customers }) => {
        const { partner, params } = acknowledged('createCustomer')
        customers.push({ partner, id: params.id })
      },
    ],
    'a refused order that is there all the same': [
      /^order .* was refused and is there 1 times/,
      ({ orders, chains }) => {
        const { partner, params } = history.find(
          ({ method, outcome }) => method === 'createFirstOrder' && outcome === 'refused',
        ) as Step
        orders.push({ partner, id: params.id, chain: chains[0]?.chain as number, position: 2 })
      },
    ],
    'a thing nobody asked for': [
      /nobody asked for it/,
      ({ customers }) => void customers.push({ partner: 1, id: 'GHOST' }),
    ],
    'an event that was told twice': [
      /^order.created .* was announced 2 times/,
      ({ events }) => {
        const event = events.find(({ type }) => type === 'order.created') as Found['events'][number]
        events.push({ ...event, seq: events.filter(({ partner }) => partner === event.partner).length + 1 })
      },
    ],
    'a position that is missing': [
      /has position 4 at place 3/,
      ({ events }) => remove(events, ({ seq }) => seq === 3),
    ],
    'a licence that is missing': [/drives 0 licences/, ({ licenses }) => void licenses.pop()],
    'a verb that was lost': [
      /tells .* and owes .*/,
      ({ events }) => {
        const index = events.findIndex(({ type }) => type === 'order.suspended')
        events[index] = { ...(events[index] as Found['events'][number]), type: 'order.changed' }
      },
    ],
  }

  test.each(Object.keys(falsified))('%s', (what) => {
    const [told, falsify] = falsified[what] as (typeof falsified)[string]
    const there = structuredClone(found)
    falsify(there)
    expect(complaints(history, there)).toEqual(expect.arrayContaining([expect.stringMatching(told)]))
  })
})

/** Takes out the first that fits. */
function remove<Item>(items: Item[], fits: (item: Item) => boolean): void {
  items.splice(items.findIndex(fits), 1)
}
