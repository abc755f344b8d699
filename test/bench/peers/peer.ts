/** Starts a peer on a database of its own, and proves that it answers as it should before it is measured. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { makeKey } from '../../../src/rules/apiKey.ts'
import { migrate } from '../../../src/store/migrate.ts'
import { openStore } from '../../../src/store/open.ts'
import { withClient } from '../../database.ts'
import { padded, type Wire } from '../calls.ts'
import { type BenchServer, count } from '../database.ts'
import { cpuOf, memoryOf } from '../processes.ts'
import type { BenchService } from '../service.ts'
import { uuid } from './order.ts'

/** What is measured beside Tenure: how its rows are called, its program, its wire, and whether it takes arrays. */
export const peers = [
  { name: 'express', title: 'Express, jayson, pg: a transaction per call', wire: 'strict', arrays: true },
  { name: 'drizzle', title: 'Fastify, drizzle: a transaction per call', wire: 'route', arrays: false },
  { name: 'functions', title: 'Fastify, pg, one SQL function per method', wire: 'route', arrays: true },
] as const satisfies readonly { name: string; title: string; wire: Wire; arrays: boolean }[]

type PeerKind = (typeof peers)[number]

export interface Peer extends BenchService {
  readonly kind: PeerKind
  /** Makes calls of every kind and looks at answers and rows; throws when anything is not as it should be. */
  prove(): Promise<void>
}

/** The tables to which one order adds one row each. */
const writtenTables = ['orders', 'chain', 'license', 'event'] as const

/** Starts a peer; it finds the same schema as Tenure does, and as many customers. */
export async function startPeer(kind: PeerKind, server: BenchServer, customers: number): Promise<Peer> {
  const databaseUrl = await server.freshDatabase()
  const { key, keyId, secretHash } = makeKey(crypto.getRandomValues(new Uint8Array(55)), false)
  await prepare(databaseUrl, customers, { keyId, secretHash })
  const child = fork(new URL(`./${kind.name}.ts`, import.meta.url), {
    env: { ...process.env, NODE_ENV: 'production', PEER_DATABASE_URL: databaseUrl },
    execArgv: ['--max-semi-space-size=16', '--v8-pool-size=1'],
  })
  const ended = once(child, 'exit')
  const lost = ended.then(([code]) => [{ port: 0, code }])
  const [{ port }] = (await Promise.race([once(child, 'message'), lost])) as [{ port: number }]
  if (port === 0) throw new Error(`The peer ${kind.name} ended instead of listening.`)
  const pid = child.pid as number
  const caller = { port, key, wire: kind.wire }
  let proofs = 0
  return {
    kind,
    pid,
    port,
    key,
    databaseUrl,
    cpu: () => cpuOf(pid),
    memory: () => memoryOf(pid),
    prove: () => prove(kind, caller, databaseUrl, `proof${++proofs}-`),
    async close() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

async function prepare(
  url: string,
  customers: number,
  key: { keyId: string; secretHash: string },
): Promise<void> {
  const store = openStore(url, { connections: 1 })
  await migrate(store.pool)
  await store.close()
  const functions = await readFile(new URL('./functions.sql', import.meta.url), 'utf8')
  const uuids = Array.from({ length: customers }, uuid)
  const names = uuids.map((_, number) => `customer${padded(number)}`)
  await withClient(url, async (client) => {
    await client.query(`create sequence peer_order; create sequence peer_event; ${functions}`)
    await client.query(
      `insert into api_key (partner_id, key_id, name, scopes, secret_hash, created_at)
        values (0, $1, 'the benchmark', '{orders}', decode($2, 'hex'), now())`,
      [key.keyId, key.secretHash],
    )
    await client.query(
      `insert into customer (partner_id, customer_id, id, remote_id, kind, name, is_active, tags, metadata, version,
          created_at, updated_at)
        select 0, u, n, r, 'organization', 'ABC Company', true, '{}', '{}', 1, now(), now()
        from unnest($1::uuid[], $2::text[]) with ordinality as t(u, r, n)`,
      [uuids, names],
    )
    await client.query(
      `insert into customer_remote_id (partner_id, remote_id, customer_id)
        select 0, r, u from unnest($1::uuid[], $2::text[]) as t(u, r)`,
      [uuids, names],
    )
  })
}

interface Caller {
  readonly port: number
  readonly key: string
  readonly wire: Wire
}

async function post(caller: Caller, path: string, body: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${caller.port}${path}`, {
    method: 'POST',
    headers: { 'x-api-key': caller.key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, text: await response.text() }
}

function ask(caller: Caller, params: object): Promise<{ status: number; text: string }> {
  if (caller.wire === 'route') return post(caller, '/createFirstOrder', params)
  return post(caller, '/rpc', { jsonrpc: '2.0', id: 1, method: 'createFirstOrder', params })
}

function askAll(caller: Caller, all: readonly object[]): Promise<{ status: number; text: string }> {
  if (caller.wire === 'route') return post(caller, '/createFirstOrders', all)
  const calls = all.map((params, id) => ({ jsonrpc: '2.0', id, method: 'createFirstOrder', params }))
  return post(caller, '/rpc', calls)
}

async function prove(kind: PeerKind, caller: Caller, url: string, prefix: string): Promise<void> {
  const order = { customer: `customer${padded(0)}`, product: 'oo-lite', licenses: 20, duration: 'monthly' }
  const must = (what: string, holds: boolean, told: { text: string }) => {
    if (!holds) throw new Error(`The peer ${kind.name} answers wrongly: ${what}: ${told.text.slice(0, 300)}`)
  }
  const rows = async () => {
    const counted: number[] = []
    for (const table of writtenTables) counted.push(await count(url, `select count(*) from ${table}`))
    return counted
  }
  const before = await rows()
  const first = await ask(caller, { ...order, id: `${prefix}1` })
  must('a good order', first.text.includes(`"${prefix}1"`), first)
  const again = await ask(caller, { ...order, id: `${prefix}1` })
  must('the same order again', again.text === first.text, again)
  const refusals: [string, object, Caller?][] = [
    ['order_exists', { ...order, id: `${prefix}1`, licenses: 21 }],
    ['customer_unknown', { ...order, id: `${prefix}2`, customer: 'nobody' }],
    ['edition_unknown', { ...order, id: `${prefix}2`, product: 'nothing' }],
    ['licenses', { ...order, id: `${prefix}2`, licenses: 0 }],
    ['unauthenticated', { ...order, id: `${prefix}2` }, { ...caller, key: 'another' }],
  ]
  for (const [reason, params, by = caller] of refusals) {
    const told = await ask(by, params)
    const isRefused =
      !told.text.includes('"remoteId"') && (told.status >= 400 || told.text.includes('"error"'))
    must(`refuses for ${reason}`, isRefused && (reason === 'licenses' || told.text.includes(reason)), told)
  }
  let made = 1
  if (kind.arrays) {
    const mixed = await askAll(caller, [
      { ...order, id: `${prefix}1` },
      { ...order, id: `${prefix}3` },
      { ...order, id: `${prefix}4`, customer: 'nobody' },
    ])
    must(
      'an array with a repeat and a refusal',
      mixed.text.includes(`${prefix}3`) && mixed.text.includes('unknown'),
      mixed,
    )
    const good = await askAll(
      caller,
      [5, 6, 7].map((number) => ({ ...order, id: `${prefix}${number}` })),
    )
    must(
      'an array',
      [5, 6, 7].every((number) => good.text.includes(`"${prefix}${number}"`)),
      good,
    )
    made += 4
  }
  const after = await rows()
  const isWritten = after.every((counted, index) => counted === (before[index] as number) + made)
  must('rows are written once for each order', isWritten, { text: `${before} then ${after}` })
}
