/**
 * Puts the house together, from the settings up to the corridor that every door leads to. The service and the command
 * line both begin here; only the service opens the HTTP door.
 */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import packageFile from '../package.json' with { type: 'json' }
import type { Config } from './config.ts'
import { Ledger } from './ledger/commit.ts'
import { Lanes, type WatchGroup } from './ledger/lane.ts'
import { KeptCatalogue } from './ledger/loads/further.ts'
import { Lookups } from './ledger/lookups.ts'
import { openMint } from './ledger/mint.ts'
import { needs } from './ledger/needs.ts'
import type { Mint, World } from './ledger/world.ts'
import { registry } from './methods/index.ts'
import { Tail } from './outbox/tail.ts'
import { type LookUp, Targets } from './outbox/targets.ts'
import { Authenticator } from './rpc/auth.ts'
import { Dispatcher, type DispatcherOptions } from './rpc/dispatch.ts'
import { openRpcDocument } from './rpc/openrpc.ts'
import { keyBytes, makeKey } from './rules/apiKey.ts'
import type { Instant } from './rules/time.ts'
import { openEmbedded } from './store/embedded.ts'
import { type Failure, failureOf } from './store/failures.ts'
import { migrate } from './store/migrate.ts'
import { openStore, type Store } from './store/open.ts'
import { Statistics } from './store/statistics.ts'

/** What time it is. Only the top of the house reads the machine's clock; everything below is told. */
export interface Clock {
  /** Whole Unix seconds. */
  now(): Instant
  milliseconds(): number
}

export const version: string = packageFile.version

/** Where things are told that nobody asked for; pino has this shape. */
export interface Log {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
  debug(facts: object, message: string): void
}

export interface Tenure {
  readonly config: Config
  readonly clock: Clock
  readonly store: Store
  readonly ledger: Ledger
  readonly lanes: Lanes
  readonly authenticator: Authenticator
  readonly dispatcher: Dispatcher
  readonly document: ReturnType<typeof openRpcDocument>
  /** Under which address people reach the service: as set, or where it turned out to listen. */
  readonly reachable: { at: string }
  /** Where the database is, the embedded one included. */
  readonly databaseUrl: string
  readonly mint: Mint
  /** Who waits at the end of which feed. */
  readonly tail: Tail
  /** Where webhooks may go. */
  readonly targets: Targets
  /** Told whenever events have been committed here. */
  readonly onEvents: Set<() => void>
  /** Told whenever a partner has made a source here, or has asked for something in its inbox to be applied once more. */
  readonly onInboxNews: Set<() => void>
  /** Lets what is under way finish, and closes the database. */
  close(): Promise<void>
}

export interface TenureOptions {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly onCall?: DispatcherOptions['onCall']
  /** Told of each group of calls that was committed, with what it had staged. */
  readonly onGroup?: (calls: number, world: World) => void
  /** Told of each group as it begins, and when it is over. */
  readonly watchGroup?: WatchGroup
  /** Told of each attempt at a group that failed, and what kind of failure it was. */
  readonly onGroupFailed?: (cause: Failure) => void
  /** How names of webhook receivers are looked up; the system's way unless said otherwise. */
  readonly lookUp?: LookUp
}

/** Opens the database, brings it up to date, and puts machinery and methods together. */
export async function openTenure(options: TenureOptions): Promise<Tenure> {
  const { config, clock, log } = options
  const embedded =
    config.databaseUrl === undefined
      ? await openEmbedded({ dataDirectory: config.dataDirectory, log: (line) => log.info({}, line) })
      : undefined
  const databaseUrl = embedded?.url ?? (config.databaseUrl as string)
  let isClosing = false
  const store = openStore(databaseUrl, {
    connections: config.databaseConnections,
    // The pool has ended before its connections have, and those may still be told that the server ends.
    onError: (error) =>
      isClosing || log.warn({ error: error.message }, 'a database connection broke while idle'),
  })
  const close = async (): Promise<void> => {
    isClosing = true
    await store.close()
    await embedded?.close()
  }
  try {
    for (const name of await migrate(store.pool)) log.info({ migration: name }, 'migrated')
  } catch (error) {
    await close()
    throw error
  }
  const house = putTogether(options, store)
  return {
    ...house,
    config,
    clock,
    store,
    databaseUrl,
    async close() {
      house.tail.close()
      await house.lanes.drained()
      await house.statistics.settled()
      await close()
    },
  }
}

function putTogether(options: TenureOptions, store: Store) {
  const { config, clock, log, onCall, onGroup, watchGroup, onGroupFailed, lookUp } = options
  const mint = openMint(() => clock.milliseconds())
  const catalogue = new KeptCatalogue()
  const targets = new Targets(config.webhookAllow, lookUp)
  const tail = new Tail({
    pool: store.pool,
    onTrouble: (error) => log.warn({ err: error }, 'the feeds could not be looked at'),
  })
  const onEvents = new Set<() => void>()
  const onInboxNews = new Set<() => void>()
  const authenticator = new Authenticator(store.pool)
  const statistics = new Statistics(store.pool, (error) =>
    log.warn({ err: error }, 'the tables could not be analyzed'),
  )
  const ledger = new Ledger({
    pool: store.pool,
    mint,
    catalogue,
    namedStatements: config.namedStatements ?? true,
    onCommitted: (world, calls) => {
      if (world.apiKeys.isChanged) authenticator.forget()
      if (world.events.isChanged) {
        tail.hear(world.partnerId, world.partner.lastSeq)
        for (const told of onEvents) told()
      }
      if (world.replays.isChanged || world.sources.isChanged) for (const told of onInboxNews) told()
      statistics.grown(calls)
      onGroup?.(calls, world)
    },
    onTrouble: ({ partnerId, calls, error }) => {
      onGroupFailed?.(failureOf(error))
      log.warn({ partnerId, calls, err: error }, 'a group had to be tried again')
    },
  })
  const reachable = { at: config.publicUrl ?? `http://${config.host}:${config.port}` }
  const lanes = new Lanes((partnerId, entries) => ledger.commit(partnerId, entries), watchGroup)
  const document = openRpcDocument(registry, version)
  const dispatcher = new Dispatcher({
    registry,
    lanes,
    lookups: new Lookups(store.pool, mint, catalogue),
    reader: store.reader,
    publicUrl: () => reachable.at,
    listsAtOnce: Math.max(1, Math.floor(config.databaseConnections / 2)),
    waitForEvents: (partnerId, after, milliseconds) => tail.wait(partnerId, after, milliseconds),
    unreachable: (url) => targets.refusal(url),
    document,
    ...(onCall ? { onCall } : {}),
    onError: (error, { requestId }, method) =>
      log.error({ err: error, requestId, method }, 'a call failed unexpectedly'),
  })
  return {
    ledger,
    lanes,
    authenticator,
    dispatcher,
    document,
    reachable,
    statistics,
    mint,
    targets,
    tail,
    onEvents,
    onInboxNews,
  }
}

/**
 * Makes the very first API key, of partner 0 with every scope, where the database has none at all; answers it, or
 * undefined. It is written to `initial-key` in the data directory before it counts, so that it cannot get lost.
 */
export async function makeInitialKey({ config, clock, store, ledger }: Tenure): Promise<string | undefined> {
  const { rows } = await store.pool.query<{ found: boolean }>('select exists (select from api_key) as found')
  if (rows[0]?.found) return undefined
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 })
  const file = join(config.dataDirectory, 'initial-key')
  const mint: Mint = openMint(() => clock.milliseconds())
  const made = makeKey(mint.secret(keyBytes), false)
  await writeFile(file, `${made.key}\n`, { mode: 0o600 })
  await chmod(file, 0o600)
  const [outcome] = await ledger.commit(0, [
    {
      needs: [needs.anyApiKey()],
      realNow: clock.now(),
      actor: 'first start',
      alone: true,
      request: '',
      repeat: null,
      idempotency: null,
      check: () => [],
      decide(world) {
        if (world.hasApiKeys) return { made: false }
        world.apiKeys.insert({
          partnerId: 0,
          keyId: made.keyId,
          name: 'initial key',
          scopes: ['orders', 'licenses', 'read', 'admin', 'operator'],
          secretHash: made.secretHash,
          createdAt: world.realNow,
          expiresAt: null,
          revokedAt: null,
        })
        return { made: true }
      },
    },
  ])
  if (outcome?.kind === 'done' && (outcome.result as { made: boolean }).made) return made.key
  await rm(file, { force: true })
  if (outcome?.kind === 'done') return undefined
  throw outcome?.kind === 'refused'
    ? outcome.fault
    : (outcome?.error ?? new Error('The first key could not be made.'))
}
