/** Opens the house for one command and closes it again, whatever happens; calls methods as the doors do. */
import { constants } from 'node:os'
import { pino } from 'pino'
import type { z } from 'zod'
import { type Config, logLevels, readConfig } from '../config.ts'
import { Fault } from '../faults.ts'
import type { kinds } from '../import/kinds.ts'
import type { ImportOptions, ImportSummary, Listener } from '../import/run.ts'
import { limits } from '../limits.ts'
import type { methods } from '../methods/index.ts'
import type { Caller } from '../rpc/method.ts'
import type { Log, Tenure } from '../tenure.ts'
import { Failure, Refused } from './failure.ts'
import { sentenceFor } from './sentence.ts'

type MethodName = keyof typeof methods
type Params<M extends MethodName> = z.input<(typeof methods)[M]['params']>
/** What a method answers. */
export type Result<M extends MethodName> = z.output<(typeof methods)[M]['result']>
type ListName = 'listApiKeys' | 'listPartners'

/** The open house, as a command sees it. */
export interface House {
  /** Calls a method on behalf of a partner; throws `Refused`. */
  call<M extends MethodName>(partner: number, method: M, params: Params<M>): Promise<Result<M>>
  /** Everything that a list of a partner holds, page after page. */
  every<M extends ListName>(partner: number, method: M): Promise<Result<M>['items']>
  /** Imports a file on behalf of a partner; throws a `Failure` for one that cannot be read. */
  importFile(partner: number, file: ImportedFile, listener: Listener): Promise<ImportSummary>
}

export interface ImportedFile {
  readonly kind: keyof typeof kinds
  readonly source: AsyncIterable<Uint8Array>
  readonly options: ImportOptions
}

/** Opens the house, lets `work` use it, and closes it. */
export async function withHouse(work: (house: House) => Promise<void>): Promise<void> {
  await finishing(async () => {
    const config = readConfig()
    // Imported when it is needed: help and wrong usage should not wait until the whole house is loaded.
    const [{ machineClock }, { openTenure }] = await Promise.all([
      import('../main.ts'),
      import('../tenure.ts'),
    ])
    const tenure = await openTenure({ config, clock: machineClock, log: quietLog(config) })
    try {
      await work(houseOf(tenure))
    } finally {
      await tenure.close()
    }
  })
}

/**
 * A log on standard error that tells only what went wrong, because standard output belongs to the answer. Errors
 * are told by their message: a command ends with a sentence, not with a stack.
 */
export function quietLog(config: Config): Log {
  const level = logLevels.indexOf(config.logLevel) > logLevels.indexOf('warn') ? config.logLevel : 'warn'
  const serializers = { err: (error: unknown) => (error instanceof Error ? error.message : error) }
  return pino({ level, base: null, serializers }, pino.destination({ fd: 2, sync: true }))
}

/**
 * Lets the work be finished when a signal asks to stop, so that no database is left running behind; the same
 * signal once more ends the process at once.
 */
export async function finishing(work: () => Promise<void>): Promise<void> {
  let received: NodeJS.Signals | undefined
  const note = (signal: NodeJS.Signals): void => {
    received = signal
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, note)
  try {
    await work()
  } finally {
    for (const signal of signals) process.off(signal, note)
    if (received) process.exitCode = 128 + constants.signals[received]
  }
}

/** The command line of the machine itself may do everything. */
function callerFor(partnerId: number): Caller {
  const scopes = ['orders', 'licenses', 'read', 'admin', 'operator'] as const
  return { partnerId, actor: 'cli', keyId: 'cli', scopes, presented: '' }
}

function houseOf({ dispatcher, clock }: Tenure): House {
  return {
    async call(partner, method, params) {
      const [reply] = await dispatcher.dispatch(
        [{ kind: 'call', id: null, method, params: params as never }],
        {
          caller: callerFor(partner),
          requestId: 'cli',
          now: clock.now(),
          verb: 'POST',
        },
      )
      if (reply?.error) throw new Refused(reply.error)
      return reply?.result as never
    },
    async importFile(partner, { kind, source, options }, listener) {
      const [{ importFile }, { kinds }] = await Promise.all([
        import('../import/run.ts'),
        import('../import/kinds.ts'),
      ])
      const origin = {
        dispatcher,
        caller: callerFor(partner),
        requestId: 'cli',
        now: () => clock.now(),
        onError: (error: unknown) =>
          process.stderr.write(`${sentenceFor(error, 'A row failed unexpectedly')}\n`),
      }
      try {
        return await importFile(kinds[kind], source, options, origin, listener)
      } catch (error) {
        throw error instanceof Fault ? new Failure(error.message) : error
      }
    },
    async every(partner, method) {
      const all: never[] = []
      let cursor: string | null = null
      do {
        const params = { limit: limits.pageItems, ...(cursor === null ? {} : { cursor }) }
        const page = (await this.call(partner, method, params as never)) as {
          items: never[]
          next: string | null
        }
        all.push(...page.items)
        cursor = page.next
      } while (cursor !== null)
      return all as never
    },
  }
}
