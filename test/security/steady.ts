/** A partner who calls at a steady pace, whatever the answers take: what waits in line is counted as waiting. */
import type { Sender } from './sender.ts'

export interface Pace {
  readonly perSecond: number
  readonly seconds: number
  /** The calls, in turn. */
  readonly calls: readonly { method: string; params: object }[]
}

/** Milliseconds of each call in ascending order, counted from when it was due, and how many were not answered well. */
export async function steady(
  sender: Sender,
  key: string,
  { perSecond, seconds, calls }: Pace,
): Promise<{ times: number[]; failed: number }> {
  const began = performance.now()
  const times: number[] = []
  let failed = 0
  const one = async (number: number): Promise<void> => {
    const due = began + (number * 1_000) / perSecond
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
    const status = await sender.send(key, JSON.stringify(calls[number % calls.length]))
    times.push(performance.now() - due)
    if (status !== 200) failed += 1
  }
  await Promise.all(Array.from({ length: perSecond * seconds }, (_, number) => one(number)))
  return { times: times.sort((one, other) => one - other), failed }
}
