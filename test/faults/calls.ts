/**
 * One call as a careful integration makes it: what got no answer that settles it is sent again, with the same id, a
 * little later each time, to whichever server; and what was told is written down.
 */
import { pause, pick } from './chance.ts'
import type { Step } from './history.ts'
import type { Caller } from './scene.ts'

/** How long callers wait for an answer before the call counts as lost on the way: most of them not long. */
const patience = { short: 3_000, long: 20_000 }
/** How long a caller goes on about one call. Every fault is over by then. */
const givesUpAfter = 90_000

type Told = 'ok' | 'refused' | 'not done' | 'unknown'

/** The answers of all callers together; a fault waits until so many have come. */
export class Answers {
  /** Calls that were done. */
  done = 0
  /** Calls of which the service said that they were certainly not done. */
  notDone = 0
  #count = 0
  #waiting: { at: number; resolve: () => void }[] = []

  get count(): number {
    return this.#count
  }

  add(told: Told): void {
    this.#count += 1
    if (told === 'ok') this.done += 1
    if (told === 'not done') this.notDone += 1
    for (const { resolve } of this.#waiting.filter(({ at }) => at <= this.#count)) resolve()
    this.#waiting = this.#waiting.filter(({ at }) => at > this.#count)
  }

  more(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ at: this.#count + count, resolve })
    })
  }
}

export interface Wire {
  /** The doors of all servers. */
  readonly doors: readonly string[]
  readonly caller: Caller
  readonly answers: Answers
  readonly chance: () => number
}

/** Sends a call until it is settled; one that may stay open is sent once. */
export async function send(wire: Wire, step: Step, mayStayOpen = false): Promise<void> {
  const began = performance.now()
  for (let tries = 0; ; tries++) {
    const { told, json, late } = await post(wire, step)
    wire.answers.add(told)
    if (told === 'ok' || told === 'refused') {
      step.outcome = told
      step.answer = json as Record<string, unknown>
      return
    }
    // With several servers an attempt that was not answered may still be decided after the next one.
    if (late || (told === 'unknown' && wire.doors.length > 1)) step.late += 1
    // What is certainly not done may be left at that, and then must not be there.
    if (mayStayOpen && told === 'not done' && step.unsettled === 0) step.outcome = 'refused'
    step.unsettled += 1
    if (mayStayOpen) return
    if (performance.now() - began > givesUpAfter)
      throw new Error(
        `${step.method} ${JSON.stringify(step.params)} was not settled in ${givesUpAfter / 1000} s`,
      )
    await pause(Math.min(20 * 2 ** tries, 500) * (0.5 + wire.chance()))
  }
}

async function post(wire: Wire, step: Step): Promise<{ told: Told; json?: unknown; late?: boolean }> {
  const { method, params, idempotencyKey } = step
  const signal = AbortSignal.timeout(wire.chance() < 0.75 ? patience.short : patience.long)
  try {
    const response = await fetch(`${pick(wire.doors, wire.chance)}/rpc`, {
      method: 'POST',
      headers: {
        'x-api-key': wire.caller.key,
        'content-type': 'application/json',
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify({ method, params }),
      signal,
    })
    const json = (await response.json()) as { error?: { data: { reason: string; outcome?: string } } }
    if (response.status === 200) return { told: 'ok', json }
    if (response.status === 503)
      return { told: json.error?.data.outcome === 'not_done' ? 'not done' : 'unknown' }
    if (response.status < 500) return { told: 'refused', json }
    // No fault of the machine excuses it, but what became of the call must be found out like any other.
    step.internal = (step.internal ?? 0) + 1
    return { told: 'unknown' }
  } catch {
    // The connection broke, could not be made, or nothing came in time: what became of the call is not known.
    return { told: 'unknown', late: signal.aborted }
  }
}
