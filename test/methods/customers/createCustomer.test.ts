/** `createCustomer`: the first call of every integration; whose ids are taken for ever, and what a repeat is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type Params, seconds, type TestPartner } from '../../house.ts'
import { expectPrecedence, expectRepeat, lengthOfFeed } from '../orders/stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now, servers: 2 })
})
afterAll(() => house.close())

const uuid = '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e5f'
const everything: Params<'createCustomer'> = {
  id: 'ABC',
  customerId: uuid,
  name: 'ABC Company',
  kind: 'person',
  admin: { email: 'Admin@Example.com', phone: '111', displayName: 'Isa' },
  email: 'info@example.com',
  phone: '+49 1',
  address: { line1: 'Road 1', line2: 'Yard', postalCode: '12345', city: 'Ulm', region: 'BW', country: 'DE' },
  tags: ['b', 'a'],
  metadata: { size: 3, vip: true, note: '' },
  timeZone: 'Europe/Berlin',
}

test('the seven members of the enterprise wire; admin holds only the e-mail, and is left out without one', async () => {
  const partner = await house.partner()
  const created = { id: 1, partner: partner.number, remoteId: 'ABC', name: 'ABC Company', isActive: true }
  expect(await partner.call('createCustomer', everything)).toEqual({
    ...created,
    createdAt: seconds(now),
    admin: { email: 'Admin@Example.com' },
  })
  const without = await partner.call('createCustomer', { id: 'B', name: 'B', admin: { phone: '1' } })
  expect(without).toEqual({
    id: 2,
    partner: partner.number,
    remoteId: 'B',
    name: 'B',
    isActive: true,
    createdAt: seconds(now),
  })
})

test('all that was given is kept, and the rest is null or empty', async () => {
  const partner = await house.partner()
  await partner.call('createCustomer', everything)
  const { counts: _counts, links: _links, ...kept } = await partner.call('getCustomer', { id: 'ABC' })
  const { id: remoteId, ...given } = everything
  const times = { version: 1, createdAt: seconds(now), updatedAt: seconds(now) }
  expect(kept).toEqual({ ...given, id: 1, partner: partner.number, remoteId, isActive: true, ...times })
  await partner.call('createCustomer', { id: 'B', name: 'B' })
  expect(await partner.call('getCustomer', { id: 'B' })).toMatchObject({
    kind: 'organization',
    admin: null,
    email: null,
    phone: null,
    address: null,
    tags: [],
    metadata: {},
    timeZone: null,
  })
  expect((await partner.events())[0]).toMatchObject({
    type: 'customer.created',
    at: seconds(now),
    object: { kind: 'customer', id: 'ABC', version: 1 },
    data: kept,
  })
})

describe('ids', () => {
  test('without an id of the caller’s the UUID is the remote id, given or generated', async () => {
    const partner = await house.partner()
    const given = await partner.call('createCustomer', { customerId: uuid.toUpperCase(), name: 'A' })
    expect(given.remoteId).toBe(uuid)
    const generated = await partner.call('createCustomer', { name: 'B' })
    expect(await partner.call('getCustomer', { customerId: generated.remoteId as string })).toMatchObject({
      customerId: generated.remoteId,
      name: 'B',
    })
  })

  test('a generated UUID is taken like any other id', async () => {
    const partner = await house.partner()
    const { remoteId } = await partner.call('createCustomer', { name: 'A' })
    for (const params of [
      { id: remoteId as string, name: 'A' },
      { customerId: remoteId as string, name: 'A' },
    ])
      expect((await partner.refusal('createCustomer', params)).data).toMatchObject({
        reason: 'customer_exists',
        differs: ['id'],
      })
  })

  const unfit = ['', 'a\nb', 'a\u200eb', '\u2028', 'x'.repeat(256), 'tab\t']
  test.each(unfit)('%j is not 1 to 255 printable characters', async (id) => {
    const error = await house.operator.refusal('createCustomer', { id, name: 'A' })
    expect(error.data).toMatchObject({ reason: 'params_invalid', issues: [{ path: 'id' }] })
  })

  test('255 characters are characters, not bytes; spaces inside and letters of any script are printable', async () => {
    const partner = await house.partner()
    for (const id of ['😀'.repeat(255), 'Ж 7/ä', 'x'.repeat(255)])
      expect(await partner.call('createCustomer', { id, name: 'A' })).toMatchObject({ remoteId: id })
  })

  test('the case of letters counts, and another partner’s ids are its own', async () => {
    const [one, other] = [await house.partner(), await house.partner()]
    await one.call('createCustomer', { id: 'abc', name: 'A' })
    expect(await one.call('createCustomer', { id: 'ABC', name: 'A' })).toMatchObject({ id: 2 })
    expect(await other.call('createCustomer', { id: 'abc', customerId: uuid, name: 'Z' })).toMatchObject({
      id: 1,
    })
  })
})

test('the only refusal, told before nothing else can be wrong', async () => {
  const partner = await house.partner()
  await partner.call('createCustomer', { id: 'ABC', name: 'A' })
  await expectPrecedence(partner, 'createCustomer', [
    ['customer_exists', { id: 'ABC', name: 'B' }],
    ['done', { id: 'NEW', name: 'B' }],
  ])
})

describe('repeats', () => {
  test('the same call answers the first answer, after changes, a renaming, a deactivation', async () => {
    const partner = await house.partner()
    const first = await partner.call('createCustomer', everything)
    await partner.call('updateCustomer', { id: 'ABC', name: 'New', admin: null, isActive: false })
    await partner.call('renameCustomer', { id: 'ABC', newId: 'XYZ' })
    await expectRepeat(partner, 'createCustomer', everything, first)
    const { name, ...rest } = everything
    await expectRepeat(partner, 'createCustomer', { timeZone: 'Europe/Berlin', ...rest, name }, first)
  })

  const table: [
    what: string,
    first: Params<'createCustomer'>,
    second: Params<'createCustomer'>,
    id: string,
    differs: string[],
  ][] = [
    ['another name', { id: 'A', name: 'A' }, { id: 'A', name: 'B' }, 'A', ['name']],
    ['a member more', { id: 'A', name: 'A' }, { id: 'A', name: 'A', tags: [] }, 'A', ['tags']],
    [
      'inside admin',
      { id: 'A', name: 'A', admin: { phone: '1' } },
      { id: 'A', name: 'A', admin: { phone: '2' } },
      'A',
      ['admin.phone'],
    ],
    [
      'the default said aloud',
      { id: 'A', name: 'A' },
      { id: 'A', name: 'A', kind: 'organization' },
      'A',
      ['kind'],
    ],
    [
      'the UUID left out',
      { id: 'A', customerId: uuid, name: 'A' },
      { id: 'A', name: 'A' },
      'A',
      ['customerId'],
    ],
    [
      'the UUID taken under another id',
      { id: 'A', customerId: uuid, name: 'A' },
      { id: 'B', customerId: uuid, name: 'A' },
      'B',
      ['id'],
    ],
    [
      'the UUID of another as an id',
      { customerId: uuid, name: 'A' },
      { id: uuid, name: 'A' },
      uuid,
      ['customerId', 'id'],
    ],
  ]
  test.each(table)('%s makes it a different request', async (_what, first, second, id, differs) => {
    const partner = await house.partner()
    await partner.call('createCustomer', first)
    const before = await lengthOfFeed(partner)
    const error = await partner.refusal('createCustomer', second)
    expect(error.data).toEqual({ reason: 'customer_exists', id, differs, retryable: false })
    expect(await lengthOfFeed(partner)).toBe(before)
  })

  test('an id taken through a renaming counts as taken', async () => {
    const partner = await house.partner()
    await partner.call('createCustomer', { id: 'A', name: 'A' })
    await partner.call('renameCustomer', { id: 'A', newId: 'B' })
    expect((await partner.refusal('createCustomer', { id: 'B', name: 'A' })).data).toMatchObject({
      differs: ['id'],
    })
  })

  test('two at the same moment on two servers: one is done, both get its answer', async () => {
    const partner = await house.partner()
    const elsewhere = Object.assign(Object.create(Object.getPrototypeOf(partner)), partner, {
      url: house.services[1]?.url,
    }) as TestPartner
    const answers = await Promise.all(
      [partner, elsewhere, partner, elsewhere].map((server) =>
        server.post({ method: 'createCustomer', params: everything }),
      ),
    )
    for (const answer of answers) expect([answer.status, answer.json]).toEqual([200, answers[0]?.json])
    expect(await partner.events()).toHaveLength(1)
  })
})

describe('without an id, by idempotency key', () => {
  const params = { name: 'No id' }
  const send = (partner: TestPartner, key: string, body: object = params) =>
    partner.post({ method: 'createCustomer', params: body }, { 'idempotency-key': key })

  test('the same key and call answer the first answer; another key makes another customer', async () => {
    const partner = await house.partner()
    const first = await send(partner, 'k1')
    const again = await send(partner, 'k1')
    expect([again.json, again.headers.get('x-replayed')]).toEqual([first.json, '1'])
    expect((await send(partner, 'k2')).json).not.toEqual(first.json)
    expect(await partner.events()).toHaveLength(2)
  })

  test('the same key with another call is refused, and makes nothing', async () => {
    const partner = await house.partner()
    await send(partner, 'k1')
    const { status, json } = await send(partner, 'k1', { name: 'Other' })
    expect([status, json]).toMatchObject([
      400,
      { error: { data: { issues: [{ path: 'idempotency-key' }] } } },
    ])
    expect(await partner.events()).toHaveLength(1)
  })

  test('quoted or plain it is the same key; it may have 1 to 255 characters', async () => {
    const partner = await house.partner()
    const first = await send(partner, 'k1')
    expect((await send(partner, '"k1"')).json).toEqual(first.json)
    for (const key of ['""', 'x'.repeat(256)]) expect((await send(partner, key)).status).toBe(400)
  })

  test('another API key’s idempotency keys are its own', async () => {
    const partner = await house.partner()
    const other = await house.withScopes(partner, ['orders'])
    const first = await send(partner, 'k1')
    expect((await send(other, 'k1')).json).not.toEqual(first.json)
  })

  test('with an id of the caller’s the header means nothing: the id is the key', async () => {
    const partner = await house.partner()
    const first = await send(partner, 'k1', { id: 'A', name: 'A' })
    expect((await send(partner, 'k1', { id: 'B', name: 'B' })).json).toMatchObject({ remoteId: 'B' })
    expect((await send(partner, 'k9', { id: 'A', name: 'A' })).json).toEqual(first.json)
  })

  test('it is kept for 72 hours of the database’s clock, however wrong a server’s is', async () => {
    await using own = await openHouse({ now })
    const partner = await own.partner()
    const first = await send(partner, 'k1')
    own.clock.advance({ days: 40 })
    expect((await send(partner, 'k1')).json).toEqual(first.json)
    const age = (text: string) => own.sql(`update idempotency set created_at = now() - interval '${text}'`)
    await age('71 hours 59 minutes')
    expect((await send(partner, 'k1')).json).toEqual(first.json)
    await age('72 hours')
    expect((await send(partner, 'k1')).json).not.toEqual(first.json)
  })
})
