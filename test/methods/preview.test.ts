/** `preview`: what a write would answer or refuse, now or later, without changing anything. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { methods } from '../../src/methods/index.ts'
import { type House, type MethodName, openHouse, type Params, seconds } from '../house.ts'
import { buy, firstOrder, partnerWithCustomer } from './orders/stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
})
afterAll(() => house.close())

/** A sandbox with a chain in its window and one that is suspended. */
async function stage() {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'DUE', { startsAt: '2026-02-10' })
  await buy(partner, 'OFF')
  await partner.call('suspendOrder', { id: 'OFF' })
  const preview = (method: MethodName, params: object, at?: number | string) =>
    partner.call('preview', { method, params, ...(at === undefined ? {} : { at }) } as Params<'preview'>)
  const kept = () =>
    house.sql(
      `select (select jsonb_agg(c order by c.chain_id) from chain c where partner_id = $1) as chains,
        (select count(*) from orders where partner_id = $1) as orders,
        (select jsonb_agg(k order by k.id) from customer k where partner_id = $1) as customers,
        (select jsonb_build_array(last_seq, clock_at, last_order_id, last_customer_id) from partner where partner_id = $1)`,
      [partner.number],
    )
  return { partner, preview, kept }
}

describe('what it tells is what the call then does; before that nothing has changed', () => {
  const table: [method: MethodName, params: Record<string, unknown>][] = [
    ['createCustomer', { id: 'NEW', name: 'New', admin: { email: 'a@b.de' } }],
    ['createCustomer', { id: 'C', name: 'Taken' }],
    ['updateCustomer', { id: 'C', name: 'Other', tags: ['x'] }],
    ['updateCustomer', { id: 'C', ifVersion: 9, name: 'Other' }],
    ['renameCustomer', { id: 'C', newId: 'D' }],
    ['createFirstOrder', firstOrder('NEW')],
    ['createFirstOrder', firstOrder('NEW', { customer: 'NOBODY' })],
    ['createFirstOrder', firstOrder('NEW', { startsAt: '1999-01-01' })],
    ['createRenewalOrder', { parent: 'DUE', id: 'NEXT', licenses: 3 }],
    ['createRenewalOrder', { parent: 'OFF', id: 'NEXT' }],
    ['suspendOrder', { id: 'DUE' }],
    ['suspendOrder', { id: 'OFF' }],
    ['resumeOrder', { id: 'OFF' }],
    ['cancelOrder', { id: 'DUE', at: 'termEnd' }],
    ['cancelOrder', { id: 'DUE' }],
    ['uncancelOrder', { id: 'DUE' }],
    ['changeOrder', { id: 'DUE', licenses: 4, product: 'oo-ent' }],
    ['changeOrder', { id: 'NOBODY', licenses: 4 }],
    ['changeOrder', { id: 'DUE' }],
  ]
  test.each(table)('%s %j', async (method, params) => {
    const { partner, preview, kept } = await stage()
    const before = await kept()
    const told = await preview(method, params)
    expect(await kept()).toEqual(before)
    const { status, json } = await partner.post({ method, params })
    expect(told.ok).toBe(status === 200)
    if (told.ok) expect(told.result).toEqual(withoutUnknowable(method, json as Record<string, unknown>))
    else expect(told).toEqual({ ok: false, ...(json as object) })
  })

  function withoutUnknowable(method: MethodName, answer: Record<string, unknown>) {
    const creates = method.startsWith('create')
    const unknowable = ['id', 'createdAt', ...(method === 'createFirstOrder' ? ['licenseId'] : [])]
    const shown = Object.entries(answer).map(([name, value]) => [
      name,
      unknowable.includes(name) ? null : value,
    ])
    return creates ? Object.fromEntries(shown) : answer
  }
})

test('without an id of the caller’s, the UUID and what stands for it are not known yet', async () => {
  const { preview } = await stage()
  expect(await preview('createCustomer', { name: 'New' })).toMatchObject({
    ok: true,
    result: { id: null, remoteId: null, createdAt: null, name: 'New' },
  })
})

test('a repeat is told as what it is: the first answer', async () => {
  const { partner, preview } = await stage()
  const first = await partner.call('createFirstOrder', firstOrder('AGAIN'))
  expect(await preview('createFirstOrder', firstOrder('AGAIN'))).toEqual({ ok: true, result: first })
})

test('null means what it means to the method: in a PATCH it clears, elsewhere it is as if it were not there', async () => {
  const { partner, preview } = await stage()
  await partner.call('createCustomer', { id: 'NULLS', name: 'Nulls', email: 'n@example.com', phone: '1' })
  const cleared = { id: 'NULLS', email: null, customerId: undefined, ifVersion: 1 }
  expect(await preview('updateCustomer', cleared)).toMatchObject({
    ok: true,
    result: { email: null, phone: '1', version: 2 },
  })
  const created = { ...firstOrder('NEW'), metadata: null, startsAt: null }
  expect(await preview('createFirstOrder', created)).toMatchObject({ ok: true })
  const post = { method: 'preview', params: { method: 'suspendOrder', params: { id: 'DUE' }, at: null } }
  expect((await partner.post(post)).json).toMatchObject({ ok: true })
})

describe('at a later moment', () => {
  const table: [at: string, outcome: object][] = [
    ['2026-03-01T12:00:00Z', { ok: false, error: { data: { reason: 'renewal_too_early' } } }],
    ['2026-03-17T11:59:59Z', { ok: false, error: { data: { reason: 'renewal_too_early' } } }],
    [
      '2026-03-17T12:00:00Z',
      { ok: true, result: { termStart: seconds('2026-04-01T12:00:00Z'), status: 'active' } },
    ],
    [
      '2026-04-01T12:00:01Z',
      { ok: true, result: { termStart: seconds('2026-04-01T12:00:01Z'), status: 'active' } },
    ],
    ['2026-05-05', { ok: true, result: { termStart: seconds('2026-05-05T00:00:00Z') } }],
  ]
  test.each(table)('%s', async (at, outcome) => {
    const partner = await partnerWithCustomer(house)
    await buy(partner, 'O1')
    const params = { parent: 'O1', id: 'O2' }
    expect(await partner.call('preview', { method: 'createRenewalOrder', params, at })).toMatchObject(outcome)
    expect(await partner.events()).toHaveLength(2)
  })

  test('not before now, which for a sandbox is its own', async () => {
    const { partner, preview } = await stage()
    await partner.call('advanceClock', { days: 10 })
    const before = { method: 'suspendOrder', params: { id: 'DUE' }, at: seconds(now) + 10 * 86_400 - 1 }
    expect((await partner.refusal('preview', before)).data).toMatchObject({
      reason: 'params_invalid',
      issues: [{ path: 'at' }],
    })
    expect(await preview('suspendOrder', { id: 'DUE' }, before.at + 1)).toMatchObject({ ok: true })
  })

  test('the start of a first order counts from that moment', async () => {
    const { preview } = await stage()
    const outcome = await preview('createFirstOrder', firstOrder('NEW'), '2026-08-01')
    expect(outcome).toMatchObject({ ok: true, result: { termStart: seconds('2026-08-01') } })
    const startsAt = '2028-06-01'
    expect(await preview('createFirstOrder', firstOrder('NEW', { startsAt }))).toMatchObject({ ok: false })
    expect(await preview('createFirstOrder', firstOrder('NEW', { startsAt }), '2026-08-01')).toMatchObject({
      ok: true,
    })
  })
})

test('previews of one array do not see one another', async () => {
  const { partner } = await stage()
  const suspend = { method: 'preview', params: { method: 'suspendOrder', params: { id: 'DUE' } } }
  const later = { method: 'preview', params: { ...suspend.params, at: '2027-01-01' } }
  const replies = await partner.batch([
    suspend,
    later,
    suspend,
    { method: 'getOrder', params: { id: 'DUE' } },
  ])
  const results = replies.map(
    ({ result }) => result as unknown as { result?: { changed: boolean }; status?: string },
  )
  expect(results.slice(0, 3).map(({ result }) => result?.changed)).toEqual([true, true, true])
  expect(results[3]?.status).toBe('active')
})

test('it needs the scope of the method it previews, and knows the writes of customers and orders', async () => {
  const { partner } = await stage()
  const reader = await house.withScopes(partner, ['read'])
  const { status } = await reader.post({
    method: 'preview',
    params: { method: 'suspendOrder', params: { id: 'DUE' } },
  })
  expect(status).toBe(403)
  const syncing = await house.withScopes(partner, ['licenses'])
  const params = { method: 'createCustomer', params: { id: 'NEW', name: 'New' } }
  expect((await syncing.post({ method: 'preview', params })).status).toBe(200)
  for (const method of ['createApiKey', 'advanceClock', 'getOrder', 'preview', 'nothing'])
    expect((await partner.refusal('preview', { method, params: {} })).data.reason).toBe('params_invalid')
  const previewable = Object.entries(methods).flatMap(([name, form]) =>
    form.kind === 'command' && form.previewable ? [name] : [],
  )
  for (const name of [
    'createCustomer',
    'updateCustomer',
    'renameCustomer',
    'createFirstOrder',
    'createRenewalOrder',
  ])
    expect(previewable).toContain(name)
  for (const name of previewable)
    expect(await partner.call('preview', { method: name, params: { '': 1 } })).toMatchObject({
      ok: false,
      error: { data: { reason: 'params_invalid' } },
    })
})
