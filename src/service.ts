/** The service: the house with its HTTP door open. `main.ts` starts one; tests start several. */
import { type Page, referencePage } from './http/docs.ts'
import { Metrics } from './http/metrics.ts'
import { serve } from './http/serve.ts'
import { RateLimiter, WrongKeys } from './http/throttle.ts'
import { importRoutes } from './import/routes.ts'
import { disablingEntry, sweepingEntry } from './ledger/endpoints.ts'
import { registry } from './methods/index.ts'
import { lineOpener, type OpenLine } from './outbox/post.ts'
import { Sweep } from './outbox/sweep.ts'
import { Webhooks } from './outbox/webhooks.ts'
import { isMigrated } from './store/migrate.ts'
import { makeInitialKey, openTenure, type Tenure, type TenureOptions, version } from './tenure.ts'

export interface Service {
  readonly tenure: Tenure
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** The very first API key, on the start that made it. */
  readonly initialKey: string | undefined
  /** Stops taking calls, lets those under way finish, and closes the database. Idempotent. */
  close(): Promise<void>
}

export interface ServiceOptions extends Omit<TenureOptions, 'onCall' | 'onGroup'> {
  /** Seconds before each attempt at a webhook; the schedule of Standard Webhooks unless said otherwise. */
  readonly retrySchedule?: readonly number[]
  /** How webhooks are sent; over the network unless said otherwise. */
  readonly openLine?: OpenLine
}

export async function openService(options: ServiceOptions): Promise<Service> {
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
    let opened = false
    const isReady = readiness(tenure)
    const listening = await serve({
      port: config.port,
      host: config.host,
      metrics,
      document: JSON.stringify(tenure.document),
      reference: onceMade(() => referencePage(registry, version)),
      isReady: async () => opened && (await isReady()),
      uploads: importRoutes({
        dispatcher: tenure.dispatcher,
        now: () => clock.now(),
        onError: (error, requestId) =>
          log.error({ err: error, requestId }, 'rows of an import failed unexpectedly'),
      }),
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
    const url = `http://${host}:${listening.port}`
    if (config.publicUrl === undefined) tenure.reachable.at = url
    // Only a service that could open its door makes the first key, since it is told just once.
    const initialKey = await makeInitialKey(tenure).catch(async (error: unknown) => {
      await listening.close()
      throw error
    })
    opened = true
    const background = beginBackground(tenure, options)
    let closing: Promise<void> | undefined
    return {
      tenure,
      url,
      initialKey,
      close() {
        // Whoever waits for events is let go first, so that the door can close.
        tenure.tail.close()
        closing ??= Promise.all([listening.close(), background.close()]).then(() => tenure.close())
        return closing
      },
    }
  } catch (error) {
    await tenure.close()
    throw error
  }
}

/** What goes on without being called for: the sweep of what time brings, and the webhooks. */
function beginBackground(
  tenure: Tenure,
  { clock, config, log, retrySchedule, openLine }: ServiceOptions,
): { close(): Promise<void> } {
  const { store, lanes, mint, targets, onEvents } = tenure
  const now = (): number => clock.now()
  const sweep = new Sweep({
    pool: store.pool,
    now,
    eventRetentionDays: config.eventRetentionDays,
    settle: async (partnerId) => {
      const outcome = await lanes.submit(partnerId, sweepingEntry(now()))
      if (outcome.kind === 'failed')
        log.error({ partnerId, err: outcome.error }, 'what is due could not be told')
      return outcome.kind === 'done' && (outcome.result as { more: boolean }).more
    },
    onTrouble: (error) => log.warn({ err: error }, 'a sweep failed; the next one comes in a second'),
  })
  const webhooks = new Webhooks({
    pool: store.pool,
    databaseUrl: tenure.databaseUrl,
    now,
    uuid: () => mint.uuid(),
    openLine: openLine ?? lineOpener(targets),
    ...(retrySchedule ? { schedule: retrySchedule } : {}),
    disable: async ({ partnerId, endpointId, version }, reason) => {
      await lanes.submit(partnerId, disablingEntry(endpointId, version, reason, now()))
    },
    onTrouble: (error) => log.warn({ err: error }, 'webhooks met trouble and go on'),
  })
  const news = (): void => webhooks.news()
  onEvents.add(news)
  return {
    async close() {
      onEvents.delete(news)
      await Promise.all([sweep.close(), webhooks.close()])
    },
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

/** What takes a while to make and may never be asked for is made when it is, and kept. */
function onceMade(make: () => Page): () => Page {
  let made: Page | undefined
  return () => {
    made ??= make()
    return made
  }
}
