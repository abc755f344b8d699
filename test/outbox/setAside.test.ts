/**
 * What cannot be told of is set aside: rows that were broken behind the service's back, each in its own way, keep nothing
 * else of their partner waiting, are shown, and are told of once they are mended.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SetAside } from '../../src/outbox/setAside.ts'
import type { TestPartner } from '../house.ts'
import { type OutboxHouse, openOutbox, until } from './house.ts'

const day = 86_400

/** Puts rows into a state that a constraint forbids, and the constraint back for all that is written from then on. */
async function breakRows(
  house: OutboxHouse,
  table: string,
  constraint: string,
  change: string,
): Promise<void> {
  const [row] = await house.sql<{ definition: string }>(
    'select pg_get_constraintdef(oid) as definition from pg_constraint where conname = $1 and conrelid = $2::regclass',
    [constraint, table],
  )
  await house.sql(`alter table ${table} drop constraint ${constraint}`)
  await house.sql(change)
  await house.sql(`alter table ${table} add constraint ${constraint} ${row?.definition} not valid`)
}

const orderOf = (customer: string, id: string) => ({
  method: 'createFirstOrder' as const,
  params: { customer, id, product: 'oo-lite', licenses: 1, duration: 'monthly' as const },
})

const expired = async (partner: TestPartner): Promise<string[]> =>
  (await partner.events()).filter(({ type }) => type.endsWith('.expired')).map(({ object }) => object.id)

async function setAside(house: OutboxHouse): Promise<number> {
  const text = await (await fetch(`${house.services[0]?.url}/metrics`)).text()
  return Number(/^tenure_sweep_set_aside (.*)$/m.exec(text)?.[1])
}

describe('rows that were broken', () => {
  /** The numbers of the chains by the ids of their orders. */
  const chains = new Map<string, number>()
  const licenses: string[] = []
  let house: OutboxHouse
  let partner: TestPartner
  let other: TestPartner

  beforeAll(async () => {
    house = await openOutbox()
    partner = await house.partner()
    other = await house.partner()
    await partner.call('createCustomer', { id: 'C', name: 'C' })
    await partner.call('createCustomer', { id: 'D', name: 'D' })
    await other.call('createCustomer', { id: 'C', name: 'C' })
    const calls = Array.from({ length: 40 }, (_, index) => orderOf(index === 7 ? 'D' : 'C', `O${index}`))
    let validUntil = 0
    for (const { result } of await partner.batch(calls)) {
      const { id, remoteId, termEnd } = result as unknown as { id: number; remoteId: string; termEnd: number }
      chains.set(remoteId, id)
      validUntil = termEnd
    }
    await other.call('createFirstOrder', orderOf('C', 'O').params)
    for (let count = 0; count < 2; count++) {
      const license = { customer: 'C', edition: 'oo-lite', validUntil }
      licenses.push((await partner.call('createLicense', license)).licenseId as string)
    }
    // The database refuses to write these again.
    const odd = `partner_id = ${partner.number} and chain_id in (${chains.get('O3')}, ${chains.get('O20')})`
    await breakRows(
      house,
      'chain',
      'chain_suspension',
      `update chain set suspended_by = 'nobody' where ${odd}`,
    )
    const empty = `update license set quantity = 0 where license_id = '${licenses[0]}'`
    await breakRows(house, 'license', 'license_quantity', empty)
    // A chain without any term: what is due on it cannot be worked out.
    await house.sql(`delete from orders where partner_id = ${partner.number} and remote_id = 'O11'`)
    // A number past what the code can hold: what belongs to this chain cannot even be read.
    await house.sql("update customer set id = 9007199254740993000 where remote_id = 'D'")
    house.clock.ahead = 40 * day
  })
  afterAll(() => house[Symbol.asyncDispose]())

  test('keep nothing else of their partner waiting, and no other partner', async () => {
    const told = await until(
      () => expired(partner),
      (ids) => ids.length >= 37,
      5_000,
    )
    const whole = [...chains.keys()].filter((id) => !['O3', 'O7', 'O11', 'O20'].includes(id))
    expect(told.toSorted()).toEqual([...whole, licenses[1]].toSorted())
    expect(await expired(other)).toEqual(['O'])
  })

  test('are shown, with their ids in the log', async () => {
    await until(
      () => setAside(house),
      (count) => count === 5,
    )
    const told = house.troubles.filter((facts) => Object.hasOwn(facts as object, 'pauseSeconds'))
    const ids = told.map((facts) => {
      const { partnerId, chainId, licenseId } = facts as Record<string, unknown>
      expect(partnerId).toBe(partner.number)
      return chainId ?? licenseId
    })
    const broken = ['O3', 'O7', 'O11', 'O20'].map((id) => String(chains.get(id)))
    expect([...new Set(ids)].toSorted()).toEqual([...broken, licenses[0]].toSorted())
    expect(told[0]).toMatchObject({ tries: 1, pauseSeconds: 2, err: expect.any(Error) })
  })

  test('leave calls as they were: what needs the broken row fails, everything else is answered', async () => {
    expect(await partner.call('getOrder', { id: 'O3' })).toMatchObject({ id: chains.get('O3') })
    expect((await partner.refusal('changeOrder', { id: 'O3', licenses: 2 })).data.reason).toBe('internal')
    expect(await partner.call('changeOrder', { id: 'O4', licenses: 2 })).toMatchObject({ changed: true })
  })

  test('are told of once they are mended, at their own instant', async () => {
    await house.sql(
      'update chain set suspended_by = null where suspended_by is not null and suspended_at is null',
    )
    await house.sql('update license set quantity = 1 where quantity = 0')
    await house.sql("update customer set id = 1000 where remote_id = 'D'")
    // As far as the pauses may have grown by now.
    house.clock.ahead += 60
    await until(
      () => setAside(house),
      (count) => count === 1,
    )
    const told = (await partner.events()).filter(({ type }) => type.endsWith('.expired'))
    expect(told).toHaveLength(41)
    expect(new Set(told.map(({ at }) => at)).size).toBe(1)
  })
})

test('what is set aside is tried again at a pause that doubles up to an hour', () => {
  const kept = new SetAside()
  const thing = { kind: 'chain', id: '7' } as const
  let now = 1_000
  const pauses: number[] = []
  for (let tries = 1; tries <= 13; tries++) {
    const { pauseSeconds, ...told } = kept.add(3, thing, now)
    expect(told).toEqual({ tries })
    expect(kept.toTry(now + pauseSeconds - 1, 10)).toEqual([])
    now += pauseSeconds
    expect(kept.toTry(now, 10)).toMatchObject([{ partnerId: 3, thing }])
    pauses.push(pauseSeconds)
  }
  expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600])
  expect(kept.lists('chain')).toEqual({ partnerIds: [3], ids: ['7'] })
  kept.remove(3, thing)
  expect(kept.size).toBe(0)
})
