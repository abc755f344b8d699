/** `createPartner`: one more owner, whose first key is shown once and kept unreadable. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, seconds, TestPartner } from '../../house.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
})
afterAll(() => house.close())

test('the whole answer, with what is so unless said otherwise', async () => {
  const { partner, apiKey, ...rest } = await house.operator.call('createPartner', { name: 'Shop' })
  expect(partner).toBeGreaterThan(0)
  expect(apiKey).toMatch(/^tk_live_/)
  const usual = { windowDays: 15, graceDays: 0, timeZone: 'UTC', version: 1, createdAt: seconds(now) }
  expect(rest).toEqual({ name: 'Shop', sandbox: false, ...usual })
  const given = { name: 'Lab', sandbox: true, windowDays: 0, graceDays: 27, timeZone: 'Asia/Tokyo' }
  const second = await house.operator.call('createPartner', given)
  expect(second).toMatchObject({ ...given, partner: (partner as number) + 1 })
  expect(second.apiKey).toMatch(/^tk_test_/)
})

test('its first key has every scope but operator', async () => {
  const partner = await house.partner()
  expect((await partner.call('listApiKeys', {})).items).toMatchObject([
    { partner: partner.number, scopes: ['orders', 'licenses', 'read', 'admin'], revokedAt: null },
  ])
  expect((await partner.post({ method: 'createPartner', params: { name: 'X' } })).status).toBe(403)
})

test.each([
  { windowDays: 28 },
  { windowDays: -1 },
  { graceDays: 28 },
  { timeZone: 'Mars/Olympus' },
  { name: '' },
])('%j is not valid', async (given) => {
  const error = await house.operator.refusal('createPartner', { name: 'X', ...given })
  expect(error.data.reason).toBe('params_invalid')
})

describe('sent again with the header idempotency-key', () => {
  const send = (key: string, params: object) =>
    house.operator.post({ method: 'createPartner', params }, { 'idempotency-key': key })

  test('the same answer with the same key of the partner, and one partner', async () => {
    const answers = await Promise.all(['once', 'once', 'once'].map((key) => send(key, { name: 'Once' })))
    const first = answers[0]?.json as { partner: number; apiKey: string }
    for (const { status, json } of answers) expect([status, json]).toEqual([200, first])
    expect(answers.filter(({ headers }) => headers.has('x-replayed'))).toHaveLength(2)
    const works = new TestPartner(house.operator.url, first.apiKey, first.partner)
    expect(await works.call('getClock', {})).toMatchObject({ sandbox: false })
    const rows = await house.sql("select 1 from partner where name = 'Once'")
    expect(rows).toHaveLength(1)
  })

  test('other params are refused', async () => {
    await send('other', { name: 'A' })
    const { status, json } = await send('other', { name: 'B' })
    expect([status, json]).toMatchObject([
      400,
      { error: { data: { reason: 'params_invalid', issues: [{ path: 'idempotency-key' }] } } },
    ])
  })

  test('neither the key nor its answer can be read from what is kept', async () => {
    const { json } = await send('secret words', { name: 'Readable name' })
    const { apiKey } = json as { apiKey: string }
    const kept = await house.sql<Record<string, unknown>>(
      `select encode(key_digest, 'escape') || encode(request_digest, 'escape') || encode(reply, 'escape') as bytes,
        encode(reply, 'hex') as reply from idempotency`,
    )
    expect(kept.length).toBeGreaterThan(0)
    const dump = JSON.stringify(kept)
    for (const secret of [
      apiKey,
      apiKey.slice(8),
      'secret words',
      'Readable name',
      Buffer.from('Readable name').toString('hex'),
    ])
      expect(dump).not.toContain(secret)
    const keys = await house.sql<{ row: string }>('select to_jsonb(api_key)::text as row from api_key')
    for (const { row } of keys) expect(row).not.toContain(apiKey.slice(-49))
  })
})
