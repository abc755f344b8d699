/**
 * What lists filter by in SQL against what the rules say: the same chains, looked at from many moments. Whatever
 * `statusAt` makes of a chain, `hasStatus` of exactly that state must find it, and no other.
 */
import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ChainStatus, statusAt } from '../../src/rules/chain.ts'
import { anchoredTerm, type Conditions, expiresAt, nextTerm, renewableFrom } from '../../src/rules/term.ts'
import { hasStatus, renewableFrom as renewableFromInSql, renewalDueBy } from '../../src/store/chainState.ts'
import { type House, openHouse } from '../house.ts'
import { partnerWithCustomer } from '../methods/orders/stage.ts'
import { at } from '../rules/calendar.ts'

const states: ChainStatus[] = ['scheduled', 'active', 'grace', 'expired', 'suspended', 'cancelled']
const day = 86_400

interface Generated {
  chainId: number
  terms: ReturnType<typeof anchoredTerm>[]
  suspendedAt: number | null
  cancelAt: number | null
  conditions: Conditions
}

/** The editions of the walk: rules of their own, none, and one that cannot be renewed. */
const editions = [
  { code: 'oo-lite', windowDays: null, graceDays: null, renewable: true },
  { code: 'tight', windowDays: 0, graceDays: 0, renewable: true },
  { code: 'wide', windowDays: 27, graceDays: 27, renewable: true },
  { code: 'once', windowDays: null, graceDays: 3, renewable: false },
]
const ofPartner = { windowDays: 12, graceDays: 5 }

let house: House
let db: Kysely<Record<string, Record<string, unknown>>>
let chains: Generated[]
let partnerId: number
beforeAll(async () => {
  house = await openHouse()
  const partner = await partnerWithCustomer(house, ofPartner)
  partnerId = partner.number
  for (const { code, windowDays, graceDays, renewable } of editions.slice(1)) {
    const rules = {
      ...(windowDays === null ? {} : { windowDays }),
      ...(graceDays === null ? {} : { graceDays }),
    }
    await house.operator.call('createEdition', { code, product: 'oo', name: code, renewable, ...rules })
  }
  chains = generate()
  await insert(chains)
  const pool = new pg.Pool({ connectionString: house.databaseUrl, max: 1 })
  db = new Kysely({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] })
})
afterAll(async () => {
  await db?.destroy()
  await house?.close()
})

/** Chains with one to three terms, with and without gaps, suspended or not, cancelled at, before or after their end. */
function generate(): Generated[] {
  const found: Generated[] = []
  for (const [number, edition] of editions.entries())
    for (const start of ['2026-01-31T10:00:00Z', '2026-02-14T00:00:00Z', '2026-03-20T12:00:00Z'])
      for (const renewals of [[], [0], [40 * day], [0, 35 * day]])
        for (const suspended of [null, -3 * day, 50 * day])
          for (const cancelled of [null, -1 * day, 20 * day, 45 * day]) {
            const conditions = {
              windowDays: edition.windowDays ?? ofPartner.windowDays,
              graceDays: edition.graceDays ?? ofPartner.graceDays,
              renewable: edition.renewable,
            }
            const terms = [anchoredTerm(at(start), number % 2 ? 'yearly' : 'monthly')]
            for (const late of renewals) {
              const latest = terms.at(-1) as Generated['terms'][number]
              terms.push(nextTerm(latest, latest.termEnd + late, 'monthly', conditions))
            }
            const from = (offset: number | null) => (offset === null ? null : at(start) + offset)
            const decided = { suspendedAt: from(suspended), cancelAt: from(cancelled) }
            found.push({ chainId: 0, terms, conditions, ...decided })
          }
  return found.map(
    (chain, index) => ({ ...chain, chainId: 1_000 + index, edition: editionOf(index) }) as Generated,
  )

  function editionOf(index: number): string {
    return (editions[Math.floor(index / (found.length / editions.length))] as { code: string }).code
  }
}

/** The rows behind the service's back: only what the lists look at has to be right. */
async function insert(all: Generated[]): Promise<void> {
  const rows = all.map((chain) => ({
    ...chain,
    first: chain.terms[0]?.termStart,
    latest: chain.terms.at(-1)?.termEnd,
  }))
  await house.sql(
    `with given as (select * from json_to_recordset($2::json) as g ("chainId" bigint, edition text, first bigint,
        latest bigint, "suspendedAt" bigint, "cancelAt" bigint)),
      ids as (select g.*, gen_random_uuid() as license_id, k.customer_id from given g, customer k where k.partner_id = $1),
      licensed as (insert into license (partner_id, license_id, customer_id, chain_id, "references", created_at)
        select $1, license_id, customer_id, "chainId", '{}', now() from ids returning license_id)
    insert into chain (partner_id, chain_id, customer_id, license_id, first_start, latest_end, edition, suspended_at,
        suspended_by, cancel_at, cancelled_by, renewal_due_told, expiry_told, cancellation_told, settled_at, version)
      select $1, "chainId", customer_id, license_id, to_timestamp(first), to_timestamp(latest), edition,
        to_timestamp("suspendedAt"), case when "suspendedAt" is null then null else 'x' end,
        to_timestamp("cancelAt"), case when "cancelAt" is null then null else 'x' end, false, false, false, now(), 1
      from ids where exists (select from licensed)`,
    [partnerId, JSON.stringify(rows)],
  )
}

const facts = ({ terms, suspendedAt, cancelAt }: Generated) => ({
  terms: terms.map((term, index) => ({
    ...term,
    position: index + 1,
    licenses: 1,
    duration: 'monthly' as const,
    edition: '',
    editionVersion: 1,
    createdAt: 0,
  })),
  suspensions: [],
  changes: [],
  suspendedAt,
  cancelAt,
})

/** Every instant at which anything about any of the chains begins or ends, with the seconds around some of them. */
function moments(): number[] {
  const edges = new Set<number>()
  for (const { terms, conditions, suspendedAt, cancelAt } of chains) {
    const latest = terms.at(-1) as Generated['terms'][number]
    const instants = [terms[0]?.termStart as number, latest.termEnd, expiresAt(latest.termEnd, conditions)]
    for (const edge of [...instants, renewableFrom(latest.termEnd, conditions), suspendedAt, cancelAt])
      if (edge !== null) edges.add(edge)
  }
  return [...edges].sort((one, other) => one - other).flatMap((edge) => [edge - 1, edge])
}

/** The chain as the rows hold it has no gaps, so the rules are asked about moments outside of gaps only. */
function isInGap({ terms }: Generated, now: number): boolean {
  return terms.some((term, index) => {
    const next = terms[index + 1]
    return next !== undefined && now >= term.termEnd && now < next.termStart
  })
}

test('in every state, at every edge, SQL and the rules see the same', async () => {
  const wrong: string[] = []
  let compared = 0
  for (const now of moments()) {
    // The database tells only suspensions that last; those of the past belong to the rules alone.
    const found = await statesInSql(now)
    for (const chain of chains) {
      if (isInGap(chain, now) || (chain.suspendedAt !== null && chain.suspendedAt > now)) continue
      const expected = statusAt(facts(chain), chain.conditions, now)
      const seen = found.get(chain.chainId) ?? []
      compared += 1
      if (seen.length !== 1 || seen[0] !== expected)
        wrong.push(`${chain.chainId} at ${now}: ${seen}, not ${expected}`)
    }
  }
  expect(wrong.slice(0, 5)).toEqual([])
  expect(compared).toBeGreaterThan(50_000)
})

async function statesInSql(now: number): Promise<Map<number, ChainStatus[]>> {
  const columns = states.map((state) => sql`(${hasStatus(state, now)}) as ${sql.ref(state)}`)
  const { rows } = await sql<Record<string, unknown>>`select c.chain_id, ${sql.join(columns)}
    from chain c join edition e on e.code = c.edition join partner p on p.partner_id = c.partner_id
    where c.partner_id = ${partnerId} and c.chain_id >= 1000`.execute(db)
  return new Map(rows.map((row) => [Number(row.chainId), states.filter((state) => row[state] === true)]))
}

test('what is due for renewal is what the rules would let be renewed, until it has run out', async () => {
  const wrong: string[] = []
  const soon = 4 * day
  for (const now of moments().filter((_, index) => index % 3 === 0)) {
    const { rows } = await sql<{ chainId: string; due: boolean; opens: number }>`select c.chain_id,
        (${renewalDueBy(now + soon, now)}) as due, extract(epoch from ${renewableFromInSql})::float8 as opens
      from chain c join edition e on e.code = c.edition join partner p on p.partner_id = c.partner_id
      where c.partner_id = ${partnerId} and c.chain_id >= 1000`.execute(db)
    const found = new Map(rows.map((row) => [Number(row.chainId), row]))
    for (const { chainId, terms, conditions, suspendedAt, cancelAt } of chains) {
      const { termEnd } = terms.at(-1) as Generated['terms'][number]
      const opens = renewableFrom(termEnd, conditions)
      const goesOn = suspendedAt === null && cancelAt === null && conditions.renewable
      const due = goesOn && opens <= now + soon && now < expiresAt(termEnd, conditions)
      const seen = found.get(chainId)
      if (seen?.due !== due || seen?.opens !== opens)
        wrong.push(`${chainId} at ${now}: ${seen?.due}, not ${due}`)
    }
  }
  expect(wrong.slice(0, 5)).toEqual([])
})
