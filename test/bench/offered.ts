/**
 * How long calls take when they come at a fixed rate, below what the service can do: each is sent at its own instant,
 * whether or not earlier ones were answered, and its time counts from that instant.
 */
import type { CallName } from './calls.ts'
import type { BenchServer } from './database.ts'
import { resetPeak } from './processes.ts'
import { connections, customers, type Existing, everyCustomer, rowOf, Stage } from './stage.ts'

export interface Offered {
  readonly call: CallName
  /** Calls per second when the next follows the answer. */
  readonly saturation: number
  readonly steps: {
    /** How much of saturation is offered. */
    share: number
    offered: number
    rate: number
    p50: number
    p99: number
    /** Megabytes of the service, the most during the step. */
    memory: number | undefined
  }[]
}

const shares = [0.25, 0.5, 0.75]
/** More than are needed, so that no call waits for a connection while the service keeps up. */
const pacedConnections = 4 * connections

export async function measureOffered(
  server: BenchServer,
  seconds: number,
  tell: (line: string) => void,
): Promise<Offered[]> {
  const stage = await Stage.open(server)
  try {
    await stage.fill('createCustomer', 'customer', customers)
    const bought = await stage.fill('createFirstOrder', 'bought', 20_000)
    const subjects: [CallName, Existing][] = [
      ['createFirstOrder', everyCustomer],
      ['getOrder', bought],
    ]
    const found: Offered[] = []
    for (const [call, existing] of subjects) {
      const { rate: saturation } = await stage.round(rowOf(call), call, { seconds }, existing)
      const steps: Offered['steps'] = []
      for (const share of shares) {
        resetPeak(stage.service.pid)
        const pace = saturation * share
        const row = rowOf(call, { connections: pacedConnections })
        const { rate, p50, p99 } = await stage.round(row, call, { seconds, pace }, existing)
        steps.push({ share, offered: pace, rate, p50, p99, memory: stage.service.memory()?.most })
        tell(`${call} at ${Math.round(share * 100)} %: p99 ${p99.toFixed(1)} ms`)
      }
      found.push({ call, saturation, steps })
    }
    return found
  } finally {
    await stage.close()
  }
}
