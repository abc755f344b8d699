/** The service: the house with its HTTP door open. `main.ts` starts one; tests start several. */
import { Metrics } from './http/metrics.ts'
import { serve } from './http/serve.ts'
import { RateLimiter, WrongKeys } from './http/throttle.ts'
import { isMigrated } from './store/migrate.ts'
import { makeInitialKey, openTenure, type Tenure, type TenureOptions } from './tenure.ts'

export interface Service {
  readonly tenure: Tenure
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** The very first API key, on the start that made it. */
  readonly initialKey: string | undefined
  /** Stops taking calls, lets those under way finish, and closes the database. Idempotent. */
  close(): Promise<void>
}

export async function openService(options: Omit<TenureOptions, 'onCall' | 'onGroup'>): Promise<Service> {
  const { config, clock, log } = options
  const metrics = new Metrics()
  const tenure = await openTenure({
    ...options,
    onGroup: (calls) => metrics.group(calls),
    onCall: ({ method, reason, milliseconds, request }) => {
      metrics.call(method, reason, milliseconds)
      const { requestId, caller } = request
      log.debug(
        { requestId, method, reason, partner: caller.partnerId, key: caller.keyId, milliseconds },
        'call',
      )
    },
  })
  try {
    const initialKey = await makeInitialKey(tenure)
    const listening = await serve({
      port: config.port,
      host: config.host,
      metrics,
      document: JSON.stringify(tenure.document),
      isReady: readiness(tenure),
      rpc: {
        dispatcher: tenure.dispatcher,
        authenticator: tenure.authenticator,
        rateLimiter: new RateLimiter(config.rateLimit),
        wrongKeys: new WrongKeys(),
        now: () => clock.now(),
        onRefusal: (fault) => metrics.refusal(fault.reason),
        onError: (error, requestId) => log.error({ err: error, requestId }, 'a request failed unexpectedly'),
      },
    })
    const host = config.host.includes(':') ? `[${config.host}]` : config.host
    let closing: Promise<void> | undefined
    return {
      tenure,
      url: `http://${host}:${listening.port}`,
      initialKey,
      close() {
        closing ??= listening.close().then(() => tenure.close())
        return closing
      },
    }
  } catch (error) {
    await tenure.close()
    throw error
  }
}

/** Whether the database can be reached and has every migration. */
function readiness({ store }: Tenure): () => Promise<boolean> {
  return async () => {
    try {
      return await isMigrated(store.pool)
    } catch {
      // Not ready is the whole answer; the log has what the pool met.
      return false
    }
  }
}
