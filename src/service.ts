/** The service: the house with its HTTP door open. `main.ts` starts one; tests start several. */
import { consoleRoutes } from './console/routes.ts'
import { BacklogReader } from './http/backlog.ts'
import { type Page, referencePage } from './http/docs.ts'
import { Gauges } from './http/gauges.ts'
import { hooksOf } from './http/hooks.ts'
import { Metrics } from './http/metrics.ts'
import { Requests } from './http/requests.ts'
import type { RpcDoor } from './http/rpc.ts'
import { serve } from './http/serve.ts'
import { RateLimiter, WrongKeys } from './http/throttle.ts'
import { openTraces } from './http/traces.ts'
import { importWhole } from './import/door.ts'
import { kinds } from './import/kinds.ts'
import { importRoutes } from './import/routes.ts'
import { templateOf } from './import/template.ts'
import { Inbox } from './inbox/inbox.ts'
import { disablingEntry, sweepingEntry } from './ledger/endpoints.ts'
import { registry } from './methods/index.ts'
import { lineOpener, type OpenLine } from './outbox/post.ts'
import { SenderThread } from './outbox/senderThread.ts'
import type { Stuck } from './outbox/setAside.ts'
import { Sweep } from './outbox/sweep.ts'
import { Webhooks } from './outbox/webhooks.ts'
import { isMigrated } from './store/migrate.ts'
import { type Log, makeInitialKey, openTenure, type Tenure, type TenureOptions, version } from './tenure.ts'

export interface Service {
  readonly tenure: Tenure
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** The very first API key, on the start that made it. */
  readonly initialKey: string | undefined
  /** Stops taking calls, lets those under way finish, and closes the database. Idempotent. */
  close(): Promise<void>
}

export interface ServiceOptions extends Omit<TenureOptions, keyof ReturnType<typeof hooksOf>> {
  /** Seconds before each attempt at a webhook; the schedule of Standard Webhooks unless said otherwise. */
  readonly retrySchedule?: readonly number[]
  /** Webhook jobs that are done at the same time; 200 unless said otherwise. */
  readonly webhookJobsAtOnce?: number
  /** How webhooks are sent; over the network unless said otherwise. */
  readonly openLine?: OpenLine
  /** How long figures that were read from the database are told again; some seconds unless said otherwise. */
  readonly backlogMilliseconds?: number
}

export async function openService(options: ServiceOptions): Promise<Service> {
  const { config, log } = options
  const metrics = new Metrics(version)
  const saidOfTraces = (message: string): void => log.warn({ said: message }, 'traces met trouble')
  const traces = config.traces ? await openTraces(config.traces, version, saidOfTraces) : undefined
  const tenure = await openTenure({ ...options, ...hooksOf(metrics, traces) })
  const inbox = openInbox(tenure, log)
  try {
    let opened = false
    const isReady = readiness(tenure)
    const listening = await serve({
      port: config.port,
      host: config.host,
      drainSeconds: config.drainSeconds ?? 0,
      metrics,
      document: JSON.stringify(tenure.document),
      reference: onceMade(() => referencePage(registry, version)),
      isReady: async () => opened && (await isReady()),
      shops: inbox.doors,
      ...doorsOf(tenure, log, { metrics, requests: new Requests({ metrics, log, traces }) }),
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
    const background = beginBackground(tenure, options, metrics)
    let closing: Promise<void> | undefined
    return {
      tenure,
      url,
      initialKey,
      close() {
        // Whoever waits for events is let go first, so that the door can close.
        tenure.tail.close()
        closing ??= Promise.all([listening.close(), background.close()])
          .then(() => inbox.close())
          .then(() => tenure.close())
          .finally(() => traces?.close())
        return closing
      },
    }
  } catch (error) {
    await inbox.close()
    await tenure.close()
    throw error
  }
}

/** The doors to `/rpc`, to files and to pages. What slows callers down counts for all of them together. */
function doorsOf(
  { dispatcher, authenticator, store, reachable, clock, config }: Tenure,
  log: Log,
  { metrics, requests }: { metrics: Metrics; requests: Requests },
) {
  const now = (): number => clock.now()
  const rpc: RpcDoor = {
    dispatcher,
    authenticator,
    rateLimiter: new RateLimiter(config.rateLimit),
    wrongKeys: new WrongKeys(),
    now,
    begin: (incoming, requestId) => requests.begin(incoming, requestId),
    onRefusal: (fault) => metrics.refusal(fault.reason),
    onError: (error, requestId) => log.error({ err: error, requestId }, 'a request failed unexpectedly'),
  }
  const importing = {
    dispatcher,
    now,
    onError: (error: unknown, requestId: string) =>
      log.error({ err: error, requestId }, 'rows of an import failed unexpectedly'),
  }
  const pages = consoleRoutes({
    ...rpc,
    reader: store.reader,
    publicUrl: () => reachable.at,
    erpCustomerUrl: config.erpCustomerUrl,
    importTemplate: (kind) => templateOf(kinds[kind]),
    importFile: ({ kind, file, options, caller, requestId }) =>
      importWhole(kinds[kind], file, options, { ...importing, caller, requestId }),
  })
  return { rpc, uploads: importRoutes(importing), pages }
}

/** What goes on without being called for: the sweep of what time brings, and the webhooks. */
function beginBackground(
  tenure: Tenure,
  {
    clock,
    config,
    log,
    lookUp,
    retrySchedule,
    webhookJobsAtOnce,
    openLine,
    backlogMilliseconds,
  }: ServiceOptions,
  metrics: Metrics,
): { close(): Promise<void> } {
  const { store, lanes, mint, targets, onEvents } = tenure
  const now = (): number => clock.now()
  const sweep = new Sweep({
    pool: store.pool,
    now,
    eventRetentionDays: config.eventRetentionDays,
    settle: async (partnerId, things) => {
      const outcome = await lanes.submit(partnerId, sweepingEntry(now(), things))
      return outcome.kind === 'done' ? { kind: 'done', ...(outcome.result as { stuck: Stuck[] }) } : outcome
    },
    onSetAside: ({ thing: { kind, id }, error, ...facts }) =>
      log.error(
        { ...facts, [`${kind}Id`]: id, err: error },
        'what is due could not be told and is set aside',
      ),
    onTrouble: (error) => log.warn({ err: error }, 'a sweep failed; the next one comes in a second'),
  })
  const trouble = (error: unknown): void => log.warn({ err: error }, 'webhooks met trouble and go on')
  // A way of our own to look names up cannot be handed to a thread.
  const sender = lookUp ? undefined : new SenderThread({ allowed: config.webhookAllow ?? [] }, trouble)
  const webhooks = new Webhooks({
    pool: store.pool,
    databaseUrl: tenure.databaseUrl,
    now,
    uuid: () => mint.uuid(),
    openLine: openLine ?? sender?.openLine ?? lineOpener(targets),
    ...(retrySchedule ? { schedule: retrySchedule } : {}),
    ...(webhookJobsAtOnce ? { jobsAtOnce: webhookJobsAtOnce } : {}),
    disable: async ({ partnerId, endpointId, version }, reason) => {
      await lanes.submit(partnerId, disablingEntry(endpointId, version, reason, now()))
    },
    onSent: (outcome, milliseconds) => metrics.webhook(outcome, milliseconds),
    onTrouble: trouble,
  })
  const unread = (error: unknown): void => log.warn({ err: error }, 'the backlog could not be read')
  const backlog = new BacklogReader(store.pool, unread, backlogMilliseconds)
  const milliseconds = (): number => clock.milliseconds()
  const gauges = new Gauges(metrics.registry, { ...tenure, pool: store.pool, sweep, backlog, milliseconds })
  metrics.before(() => gauges.look())
  const news = (): void => webhooks.news()
  onEvents.add(news)
  return {
    async close() {
      onEvents.delete(news)
      await Promise.all([sweep.close(), webhooks.close()])
      await sender?.close()
    },
  }
}

/** What shops send is taken in at the door and applied in the background. */
function openInbox(
  { store, lanes, mint, clock, databaseUrl, reachable, onInboxNews }: Tenure,
  log: Log,
): Inbox {
  const inbox = new Inbox({
    pool: store.pool,
    databaseUrl,
    now: () => clock.now(),
    uuid: () => mint.uuid(),
    publicUrl: () => reachable.at,
    submit: (partnerId, entry) => lanes.submit(partnerId, entry),
    onFailure: (error, item) => log.error({ ...item, err: error }, 'an event of a shop failed unexpectedly'),
    onTrouble: (error) => log.warn({ err: error }, 'the inbox met trouble and goes on'),
  })
  onInboxNews.add(() => inbox.news())
  return inbox
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
