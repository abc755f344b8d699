/**
 * The service is killed, its connections are cut, and its database is lost, at random moments under load. Whatever a
 * caller was told before, during and after that must be true of what is there in the end. FAULT_SEED brings a run back,
 * as far as chance of this kind can be brought back. `npm run faults` plays more, and longer.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../folder.ts'
import { guessedDone } from './controls/lookUp.ts'
import { type Complaint, complaints, type Step } from './history.ts'
import type { Found } from './look.ts'
import { mixed } from './mixed.ts'
import { type Installation, install } from './postgres.ts'
import { playRound, type Round } from './round.ts'
import { copySources } from './sources.ts'
import { standby } from './strikes/standby.ts'

const seed = Number(process.env.FAULT_SEED || Math.floor(Math.random() * 2 ** 31))

let folder: string
let installation: Installation
let root: string
beforeAll(async () => {
  folder = await temporaryFolder('tenure-faults')
  root = await copySources(join(folder, 'sources'))
  installation = await install(folder, root)
})
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))

let round: Round

test('what was told before, during and after every fault is true', { timeout: 120_000 }, async () => {
  round = await playRound(mixed(), { installation, root, seed, seconds: 60 })
  expect(round.complaints, `FAULT_SEED=${seed}`).toEqual([])

  // The faults must have struck something, or nothing was tested.
  expect(round.strikes).toBe(12)
  expect(round.unknown).toBeGreaterThan(5)
  expect(round.refused).toBeGreaterThan(10)
  expect(round.acknowledged).toBeGreaterThan(100)
})

test('nothing is lost with the machine of the database', { timeout: 120_000 }, async () => {
  const lost = await playRound(standby, { installation, root, seed, seconds: 1 })
  expect(lost.complaints, `FAULT_SEED=${seed}`).toEqual([])
  expect(lost.strikes).toBe(1)
  expect(lost.acknowledged).toBeGreaterThan(50)
})

test('control: much is lost where a COMMIT is taken to be done', { timeout: 120_000 }, async () => {
  const { fault, patches } = guessedDone
  const without = await copySources(join(folder, 'without'), patches, root)
  const { complaints: told } = await playRound(fault, { installation, root: without, seed, seconds: 1 })
  expect(told.filter(({ kind }) => kind === 'lost').length).toBeGreaterThan(0)
})

describe('the checker finds', () => {
  const acknowledged = (method: string) =>
    round.history.find((step) => step.method === method && step.outcome === 'ok') as Step
  const falsified: Record<string, [Complaint['kind'], RegExp, (there: Found) => void]> = {
    'an acknowledged order that is gone': [
      'lost',
      /^order .* was acknowledged and is there 0 times/,
      ({ orders }) => {
        const { partner, params } = acknowledged('createRenewalOrder')
        remove(orders, (order) => order.partner === partner && order.id === params.id)
      },
    ],
    'an acknowledged customer that is there twice': [
      'doubled',
      /^customer .* is there 2 times/,
      ({ customers }) => {
        const { partner, params } = acknowledged('createCustomer')
        customers.push({ partner, id: params.id as string, as: {} })
      },
    ],
    'an acknowledged licence that is not as it was told': [
      'wrong',
      /^license .* was answered with quantity \d+ and has 0/,
      ({ licenses }) => {
        const { partner, params } = acknowledged('createLicense')
        const license = licenses.find((one) => one.partner === partner && one.name === params.name)
        Object.assign(license?.as ?? {}, { quantity: 0 })
      },
    ],
    'a refused order that is there all the same': [
      'wrong',
      /^order .* was refused and is there 1 times/,
      ({ orders }) => {
        const { partner, params } = round.history.find(
          ({ method, outcome }) => method === 'createFirstOrder' && outcome === 'refused',
        ) as Step
        orders.push({ ...(orders[0] as Found['orders'][number]), partner, id: params.id as string })
      },
    ],
    'a thing nobody asked for': [
      'wrong',
      /nobody asked for it/,
      ({ customers }) => void customers.push({ partner: 1, id: 'GHOST', as: {} }),
    ],
    'an event that was told twice': [
      'doubled',
      /^order.created .* was announced 2 times/,
      ({ events }) => {
        const event = events.find(({ type }) => type === 'order.created') as Found['events'][number]
        events.push({ ...event, seq: events.filter(({ partner }) => partner === event.partner).length + 1 })
      },
    ],
    'a position that is missing': [
      'lost',
      /has position 4 at place 3/,
      ({ events }) => remove(events, ({ seq }) => seq === 3),
    ],
    'an event that goes back in time': [
      'wrong',
      /^order .* goes back to 1, /,
      ({ events }) => {
        const event = events.findLast(({ type }) => type === 'order.suspended') as Found['events'][number]
        Object.assign(event, { at: 1 })
      },
    ],
    'a licence that is missing': [
      'lost',
      /drives 0 licences/,
      ({ licenses }) => remove(licenses, ({ chain }) => chain !== null),
    ],
    'a term that follows the same one as another': [
      'doubled',
      /^chain .* forks/,
      ({ orders }) => {
        const renewal = orders.findIndex(({ position }) => position === 2)
        orders.splice(renewal, 0, { ...(orders[renewal] as Found['orders'][number]), id: 'FORK' })
      },
    ],
    'a verb that was lost': [
      'wrong',
      /tells .* and owes .*/,
      ({ events }) => {
        const event = events.find(({ type }) => type === 'order.suspended') as Found['events'][number]
        Object.assign(event, { type: 'order.resumed' })
      },
    ],
  }

  test.each(Object.keys(falsified))('%s', (what) => {
    const [kind, told, falsify] = falsified[what] as (typeof falsified)[string]
    const there = structuredClone(round.found)
    falsify(there)
    const expected = { kind, what: expect.stringMatching(told) }
    expect(complaints(round.history, there)).toEqual(expect.arrayContaining([expected]))
  })

  test('a webhook that was never sent', () => {
    const sent = new Map(round.found.events.slice(1).map(({ id }) => [id, 1]))
    const told = complaints(round.history, round.found, sent)
    expect(told).toEqual([{ kind: 'lost', what: expect.stringMatching(/^1 events were not sent/) }])
  })

  test('an answer that the service has no excuse for', () => {
    const [first, ...others] = round.history as [Step]
    expect(complaints([{ ...first, internal: 1 }, ...others], round.found)).toEqual([
      { kind: 'wrong', what: expect.stringMatching(/^1 calls were answered with an internal error/) },
    ])
  })
})

/** Takes out the first that fits. */
function remove<Item>(items: Item[], fits: (item: Item) => boolean): void {
  items.splice(items.findIndex(fits), 1)
}
