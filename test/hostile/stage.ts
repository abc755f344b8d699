/** Whom an attack is played with: a partner who must not notice anything, and callers of every scope around them. */
import type pg from 'pg'
import type { ScopeName } from '../../src/objects.ts'
import type { Caller } from './envelopes.ts'
import type { Known } from './grammar.ts'

/** Makes one call that has to succeed. */
export type Call = (key: string, method: string, params: object) => Promise<Record<string, unknown>>

export interface Stage {
  readonly callers: readonly Caller[]
  /** The number of the partner who must not notice anything; nobody who may change partners names it. */
  readonly victim: number
  /** Texts that only the victim's answers may hold; the second is its key. */
  readonly secrets: readonly string[]
  /** Comes to the doors beside `/rpc`, with every scope of a sandbox of its own. */
  readonly guest: Caller
}

const marker = 'only-the-victim-may-read-this'

export function callOn(url: string): Call {
  return async (key, method, params) => {
    const response = await fetch(`${url}/rpc`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ method, params }),
    })
    const answer = (await response.json()) as Record<string, unknown>
    if (response.status !== 200) throw new Error(`${method} was refused: ${JSON.stringify(answer)}`)
    return answer
  }
}

/** What one partner owns, so that calls have something to be about. */
async function furnish(
  call: Call,
  key: string,
  prefix: string,
  name: string,
): Promise<Record<string, string>> {
  const id = (kind: string): string => `${prefix}${kind}`
  const email = `${prefix}p@example.com`
  await call(key, 'createCustomer', { id: id('c'), name, email, tags: [name], metadata: { note: name } })
  const { customerId } = await call(key, 'getCustomer', { id: id('c') })
  const sale = { customer: id('c'), id: id('o'), product: 'oo-lite', licenses: 5, duration: 'yearly' }
  const { licenseId: chainLicense } = await call(key, 'createFirstOrder', {
    ...sale,
    references: { contract: name },
  })
  const begun = Math.floor(Date.now() / 1_000) - 20 * 86_400
  const due = { ...sale, id: id('due'), duration: 'monthly', startsAt: begun }
  await call(key, 'createFirstOrder', due)
  const license = { customer: id('c'), edition: 'erp-std', id: id('l'), name, references: { contract: 'k' } }
  const { licenseId } = await call(key, 'createLicense', license)
  const consumer = { customer: id('c'), id: id('p'), email, displayName: name }
  const { consumerId } = await call(key, 'createConsumer', consumer)
  const { endpointId } = await call(key, 'createWebhookEndpoint', { url: 'https://hooks.invalid/' })
  const { keyId } = await call(key, 'createApiKey', { name, scopes: ['read'] })
  // Several, because an attack deletes one now and then.
  const sources: Record<string, unknown> = {}
  for (const place of ['source1', 'source2', 'source3', 'source4', 'source5', 'source6']) {
    const { sourceId } = await call(key, 'createSource', { name, shop: 'stripe', secret: 'a secret' })
    await call(key, 'mapSku', { sourceId, sku: 'sku', edition: 'oo-lite' })
    sources[place] = sourceId
  }
  await call(key, 'updateCustomer', { id: id('c'), phone: '1' })
  const deliveryId = await delivered(call, key)
  return {
    customerId,
    chainLicense,
    licenseId,
    consumerId,
    endpointId,
    keyId,
    ...sources,
    deliveryId,
  } as Record<string, string>
}

/** The id of a delivery, once there is one whose fate is settled. */
async function delivered(call: Call, key: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const { items } = (await call(key, 'listDeliveries', { state: 'failed' })) as {
      items: { deliveryId: string }[]
    }
    if (items[0]) return items[0].deliveryId
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('No delivery was tried within ten seconds.')
}

export async function setStage(call: Call, operator: string): Promise<Stage> {
  const partner = async (sandbox: boolean) =>
    (await call(operator, 'createPartner', { name: 'a partner', sandbox })) as {
      partner: number
      apiKey: string
    }
  const victim = await partner(true)
  const theirs = await furnish(call, victim.apiKey, 'v', marker)
  const [sandbox, live, guest] = [await partner(true), await partner(false), await partner(true)]
  const ofSandbox = await furnish(call, sandbox.apiKey, '', 'Own')
  const ofLive = await furnish(call, live.apiKey, '', 'Own')
  const ofGuest = await furnish(call, guest.apiKey, '', 'Own')
  const withScope = async (scope: ScopeName): Promise<Caller> => {
    const { key } = await call(live.apiKey, 'createApiKey', { name: scope, scopes: [scope] })
    return { name: `${scope}, live`, key: key as string, known: knownTo(ofLive, theirs, live.partner) }
  }
  const everything = { key: sandbox.apiKey, known: knownTo(ofSandbox, theirs, sandbox.partner) }
  const operators = { key: operator, known: knownTo(ofLive, theirs, live.partner) }
  const callers: Caller[] = [
    // Who gets furthest comes most often.
    { name: 'all of a sandbox', ...everything },
    { name: 'all of a sandbox', ...everything },
    { name: 'all of a live partner', key: live.apiKey, known: knownTo(ofLive, theirs, live.partner) },
    { name: 'operator', ...operators },
    ...(await Promise.all((['orders', 'licenses', 'read', 'admin'] as const).map(withScope))),
  ]
  const known = knownTo(ofGuest, theirs, guest.partner)
  const secrets = [marker, victim.apiKey]
  return { callers, victim: victim.partner, secrets, guest: { name: 'guest', key: guest.apiKey, known } }
}

/** What a caller has heard of: what is its own, what is the victim's, and what is nobody's. */
function knownTo(own: Record<string, string>, theirs: Record<string, string>, partner: number): Known {
  const fresh = (kind: string): string[] => Array.from({ length: 40 }, (_, index) => `${kind}-${index}`)
  const both = (name: string): string[] => [own[name] as string, theirs[name] as string]
  const dates = ['2026-03-01', '2026-03-01T12:00:00Z', '2031-01-31', 1_772_366_400, 0]
  const licenseIds = [...both('licenseId'), ...both('chainLicense')]
  const cursors = [[1], [2, 1], [1, own.endpointId], [own.licenseId], [theirs.licenseId], [0, 'x']]
  return {
    id: ['c', 'o', 'due', 'l', 'p', 'vc', 'vo', 'vdue', 'vl', 'vp', ...fresh('new')],
    parent: ['o', 'due', 'due', 'vdue', 'vo', ...fresh('new').slice(0, 5)],
    newId: ['c', 'vc', ...fresh('renamed')],
    customer: ['c', 'c', 'vc', 'nobody', ...fresh('new').slice(0, 4)],
    consumer: ['p', 'p', 'vp', ...fresh('new').slice(0, 4)],
    customerId: both('customerId'),
    consumerId: both('consumerId'),
    licenseId: licenseIds,
    licenseIds,
    keyId: both('keyId'),
    endpointId: both('endpointId'),
    deliveryId: both('deliveryId'),
    sourceId: Object.keys(own)
      .filter((name) => name.startsWith('source'))
      .flatMap(both),
    sku: ['sku', ...fresh('sku').slice(0, 5)],
    product: ['oo-lite', 'oo-std', 'erp-std', 'erp', 'erp'],
    edition: ['oo-lite', 'oo-std', 'erp-std', 'none'],
    code: ['oo', 'oo-lite', 'erp-lim', ...fresh('code')],
    email: ['p@example.com', 'vp@example.com', 'nobody@example.com'],
    url: ['https://hooks.invalid/', 'https://hooks.invalid/2'],
    cursor: cursors.map((keys) => Buffer.from(JSON.stringify(keys)).toString('base64url')),
    timeZone: ['UTC', 'Europe/Berlin', 'Pacific/Apia', 'Mars/Olympus'],
    country: ['DE', 'CA', 'XX'],
    contract: ['k', 'none'],
    order: ['o', 'vo', 'none'],
    subscription: ['s', 'none'],
    search: ['c', '%', '_', 'Own', 'only'],
    method: [
      'createCustomer',
      'cancelOrder',
      'createRenewalOrder',
      'updateLicense',
      'grantAccess',
      'getClock',
    ],
    scopes: ['read', 'orders', 'licenses', 'admin', 'operator'],
    partner: [partner, 0],
    waitSeconds: [0, 0, 0, 1],
    after: [0, 1, 5, 1_000_000],
    days: [0, 1, 30],
    seconds: [0, 1, 86_400],
    ifVersion: [1, 2, 3],
    startsAt: dates,
    validFrom: dates,
    validUntil: [...dates, '2040-01-01'],
    updatedSince: dates,
    renewableBefore: dates,
    expiresAt: ['2040-01-01'],
    at: ['now', 'termEnd', ...dates],
  }
}

/** All that the database keeps of one partner, as one fingerprint for each table. */
export async function fingerprints(client: pg.Client, partner: number): Promise<Record<string, string>> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.columns
      where table_schema = 'public' and column_name = 'partner_id' order by table_name`,
  )
  const found: Record<string, string> = {}
  for (const { name } of tables) {
    const { rows } = await client.query<{ print: string | null; rows: string }>(
      `select count(*) as rows, md5(string_agg(t::text, chr(10) order by t::text)) as print
        from ${name} t where partner_id = $1`,
      [partner],
    )
    found[name] = `${rows[0]?.rows} ${rows[0]?.print}`
  }
  return found
}

/** Names of constraints and indexes, which no answer may tell. */
export async function namesOfTheInside(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select conname as name from pg_constraint union select indexname from pg_indexes where schemaname = 'public'`,
  )
  return rows.map(({ name }) => name).filter((name) => /_(?:pkey|fkey|key|check|idx)\d*$|_by_/.test(name))
}
