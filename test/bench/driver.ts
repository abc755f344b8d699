/** Starts the driver process, hands it rounds, and notes beside each what the service and PostgreSQL spent on it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { BenchServer } from './database.ts'
import type { Job, Load } from './load.ts'
import type { BenchService } from './service.ts'

/** Microseconds of CPU time per call; undefined where it cannot be known. */
export interface Cost {
  readonly service: number | undefined
  readonly postgres: number | undefined
  readonly driver: number | undefined
}

export interface Measured extends Load {
  /** Calls per second. */
  readonly rate: number
  readonly cost: Cost
}

export interface Driver {
  /** Carries out one round; rejects when any call of it was answered otherwise than it should be. */
  round(job: Omit<Job, 'port' | 'key' | 'wire' | 'seconds' | 'most'> & Partial<Job>): Promise<Measured>
  /** Ends the process in the middle of a round, which then rejects. */
  interrupt(): void
  close(): Promise<void>
}

export function startDriver(service: BenchService, server: BenchServer): Driver {
  const child = fork(new URL('./load.ts', import.meta.url), { stdio: 'inherit' })
  // Whatever goes wrong with the process shows in its end, which every round looks out for.
  child.on('error', () => undefined)
  const ended = once(child, 'exit')
  const drive = async (job: Job): Promise<Load> => {
    const answer = once(child, 'message')
    child.send(job)
    const lost = ended.then(() => [{ error: 'the driver process ended' }])
    const [{ load, error }] = (await Promise.race([answer, lost])) as [{ load?: Load; error?: string }]
    if (!load) throw new Error(`${job.call}: ${error}`)
    return load
  }
  return {
    async round(job) {
      const whole: Job = {
        port: service.port,
        key: service.key,
        wire: 'bare',
        most: Number.MAX_SAFE_INTEGER,
        seconds: 600,
        ...job,
      }
      const before = { service: service.cpu(), postgres: server.cpu() }
      const load = await drive(whole)
      const after = { service: service.cpu(), postgres: server.cpu() }
      if (load.failed > 0)
        throw new Error(`${load.failed} of ${load.sent} calls of ${job.call} failed: ${load.unexpected[0]}`)
      const per = (one: number | undefined, other: number | undefined) =>
        one === undefined || other === undefined ? undefined : ((other - one) / load.ok) * 1e6
      return {
        ...load,
        rate: load.ok / load.seconds,
        cost: {
          service: per(before.service, after.service),
          postgres: per(before.postgres, after.postgres),
          driver: (load.cpu / load.ok) * 1e6,
        },
      }
    },
    interrupt: () => void child.kill(),
    async close() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
