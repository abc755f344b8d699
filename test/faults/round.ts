/**
 * One round: a scene is opened, callers call, the fault strikes again and again, everything left open is settled, and
 * what callers were told is held against what is there.
 */
import { Answers } from './calls.ts'
import { pause, random, waitUntil } from './chance.ts'
import type { Fault } from './fault.ts'
import { type Complaint, complaints, type Step } from './history.ts'
import { type Found, lookAround, repeatComplaints } from './look.ts'
import type { Installation } from './postgres.ts'
import { Scene } from './scene.ts'
import { Worker } from './workers.ts'

const workerCount = 24
const day = 86_400

export interface RoundOptions {
  readonly installation: Installation
  readonly root: string
  readonly seed: number
  /** How long the fault goes on striking. */
  readonly seconds: number
}

export interface Round {
  readonly seed: number
  readonly strikes: number
  readonly acknowledged: number
  readonly refused: number
  /** Calls that had no answer at least once. */
  readonly unknown: number
  readonly complaints: readonly Complaint[]
  readonly seconds: number
  readonly history: readonly Step[]
  readonly found: Found
  /** The last words of the services, where something was wrong. */
  readonly said: readonly string[]
}

export async function playRound(fault: Fault, options: RoundOptions): Promise<Round> {
  const began = performance.now()
  const { installation, root, seed } = options
  const scene = await Scene.open({ ...fault.scene, installation, root })
  try {
    const answers = new Answers()
    const doors = scene.services.map(({ door }) => door.url)
    const startsAt = Math.floor(Date.now() / 1000) - 20 * day
    const workers = Array.from({ length: workerCount }, (_, index) => {
      const caller = scene.callers[index % scene.callers.length] as Scene['callers'][number]
      return new Worker({ doors, caller, name: `w${index}`, answers, seed: seed + index, startsAt })
    })
    const strikes = await underFire(fault, scene, workers, answers, options)
    const history = workers.flatMap((worker) => worker.history)
    const unknown = history.filter(({ unsettled, outcome }) => unsettled > 0 || outcome === 'unknown').length
    const { told, found } = await judge(scene, workers, history)
    const count = (outcome: Step['outcome']) => history.filter((step) => step.outcome === outcome).length
    return {
      seed,
      strikes,
      acknowledged: count('ok'),
      refused: count('refused'),
      unknown,
      complaints: told,
      seconds: (performance.now() - began) / 1000,
      history,
      found,
      said: told.length > 0 ? scene.services.map(({ said }) => said) : [],
    }
  } catch (error) {
    // A service that ended by itself explains everything that came of it.
    if (scene.troubles.length === 0) throw error
    throw new Error(scene.troubles.join('\n'), { cause: error })
  } finally {
    await scene.close()
  }
}

/** Lets the callers call while the fault strikes; answers how often it did. */
async function underFire(
  fault: Fault,
  scene: Scene,
  workers: readonly Worker[],
  answers: Answers,
  { seed, seconds }: RoundOptions,
): Promise<number> {
  const chance = random(seed)
  const over = new AbortController()
  const working = Promise.all(workers.map((worker) => worker.work(over.signal)))
  const enough = (count: number) => Promise.race([answers.more(count), working])
  let strikes = 0
  try {
    await enough(40)
    const end = performance.now() + seconds * 1000
    do {
      await enough(5 + Math.floor(chance() * 30))
      // A few milliseconds more or less put the blow before, into or after somebody's COMMIT.
      await pause(chance() * 12)
      await Promise.race([fault.strike({ scene, answers, chance }), working])
      strikes += 1
    } while (performance.now() < end && strikes < (fault.strikes ?? Number.POSITIVE_INFINITY))
    await enough(40)
  } finally {
    over.abort()
    await working
  }
  return strikes
}

/** Holds the history against what is there: as it was left, once it is settled, and once all was sent again. */
async function judge(
  scene: Scene,
  workers: readonly Worker[],
  history: readonly Step[],
): Promise<{ told: Complaint[]; found: Found }> {
  const told: Complaint[] = scene.troubles.map((what) => ({ kind: 'wrong', what }))
  const look = () => lookAround(scene.postgres.url)
  told.push(...complaints(history, await look()))
  await Promise.all(workers.map((worker) => worker.settle()))
  told.push(...complaints(history, await look()))
  const door = scene.services[0]?.door.url as string
  told.push(...(await repeatComplaints(door, scene.callers, history)))
  const found = await look()
  const arrivals = scene.receiver?.arrivals
  if (arrivals)
    await waitUntil('all webhooks', () => found.events.every(({ id }) => arrivals.has(id)), 45_000).catch(
      // The complaints tell which are missing.
      () => undefined,
    )
  told.push(...complaints(history, found, arrivals))
  const each = new Map(told.map((complaint) => [complaint.what, complaint]))
  return { told: [...each.values()], found }
}
