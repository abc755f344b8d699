/** `reconcile`: what is missing on either side, what differs, and what means the same however it is written. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type Params, seconds, type TestPartner } from '../../house.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
let partner: TestPartner
let uuid: string
let chainLicense: string
beforeAll(async () => {
  house = await openHouse({ now })
  partner = await house.partner({ timeZone: 'Europe/Berlin' })
  await partner.call('createCustomer', {
    id: 'ABC',
    name: 'ABC Company',
    email: 'Office@Example.com',
    admin: { email: 'test3@example.com', displayName: 'Isa Aswath' },
    tags: ['gold', 'eu'],
    metadata: { region: 'north', floors: 3 },
  })
  await partner.call('createCustomer', { id: 'OLD', name: 'Renamed' })
  await partner.call('renameCustomer', { id: 'OLD', newId: 'NEW' })
  const order = { customer: 'ABC', id: 'C1', product: 'oo-lite', licenses: 20, duration: 'monthly' } as const
  const bought = await partner.call('createFirstOrder', { ...order, startsAt: '2026-02-10' })
  chainLicense = bought.licenseId as string
  await partner.call('createRenewalOrder', { parent: 'C1', id: 'C1-2', licenses: 25 })
  for (const edition of ['oo-std', 'erp-std'])
    await partner.call('createLicense', {
      customer: 'ABC',
      id: 'K1',
      edition,
      quantity: edition === 'oo-std' ? 5 : 7,
      validUntil: '2026-12-31',
    })
  uuid = (await partner.call('getLicense', { id: 'K1', product: 'oo' })).licenseId as string
})
afterAll(() => house.close())

type Row = Params<'reconcile'>['rows'][number]
type Kind = Params<'reconcile'>['kind']

describe('what means the same', () => {
  const rows: [Kind, Row][] = [
    ['customers', { id: 'ABC' }],
    ['customers', { id: 'OLD', name: 'Renamed' }],
    ['customers', { id: 'ABC', email: 'office@example.COM', admin: { email: 'TEST3@example.com' } }],
    ['customers', { id: 'ABC', tags: ['eu', 'gold'], metadata: { floors: '3' } }],
    ['customers', { id: 'ABC', isActive: 'yes', phone: null, address: {}, timeZone: '' }],
    ['customers', { id: 'ABC', createdAt: '2026-03-01' }],
    ['customers', { id: 'ABC', createdAt: '2026-03-01T13:00:00+01:00' }],
    ['customers', { id: 'ABC', createdAt: String(seconds(now)) }],
    ['orders', { id: 'C1', licenses: '20', parent: null, termStart: '2026-02-10', product: 'oo-lite' }],
    ['orders', { id: 'C1-2', licenses: 25, parent: 'C1', termEnd: '2026-04-09T23:00:00Z' }],
    ['licenses', { id: 'K1', product: 'erp', quantity: 7, validUntil: '2026-12-31' }],
    ['licenses', { id: 'K1', edition: 'oo-std', quantity: '5', validUntil: '2026-12-31T23:00:00Z' }],
  ]
  test.each(rows)('%s %j', async (kind, row) => {
    const found = await partner.call('reconcile', { kind, rows: [row] })
    expect(found).toEqual({ missingHere: [], differing: [], matching: 1 })
  })

  test('a licence by its UUID in any case, of its own or driven by a chain', async () => {
    const rows = [
      { id: uuid.toUpperCase(), quantity: 5 },
      { id: chainLicense, quantity: 20, order: 'C1' },
    ]
    expect(await partner.call('reconcile', { kind: 'licenses', rows })).toMatchObject({ matching: 2 })
  })
})

describe('what differs', () => {
  const rows: [Kind, Row, string, unknown, unknown][] = [
    ['customers', { id: 'ABC', name: 'ABC company' }, 'name', 'ABC company', 'ABC Company'],
    ['customers', { id: 'ABC', admin: { email: '' } }, 'admin.email', '', 'test3@example.com'],
    ['customers', { id: 'ABC', metadata: { floors: '4' } }, 'metadata.floors', '4', 3],
    ['customers', { id: 'ABC', metadata: { toString: 'x' } }, 'metadata.toString', 'x', null],
    ['customers', { id: 'ABC', tags: ['eu'] }, 'tags', ['eu'], ['gold', 'eu']],
    ['customers', { id: 'ABC', phone: '1' }, 'phone', '1', null],
    ['customers', { id: 'ABC', isActive: false }, 'isActive', false, true],
    ['customers', { id: 'OLD', remoteId: 'OLD' }, 'remoteId', 'OLD', 'NEW'],
    [
      'orders',
      { id: 'C1', termStart: '2026-02-09' },
      'termStart',
      '2026-02-09',
      seconds('2026-02-09T23:00:00Z'),
    ],
    ['orders', { id: 'C1-2', licenses: 20 }, 'licenses', 20, 25],
    ['orders', { id: 'C1', status: 'cancelled' }, 'status', 'cancelled', 'active'],
    ['licenses', { id: 'K1', product: 'oo', quantity: 6 }, 'quantity', 6, 5],
    [
      'licenses',
      { id: 'K1', product: 'oo', validUntil: '2027-01-01' },
      'validUntil',
      '2027-01-01',
      seconds('2026-12-31T23:00:00Z'),
    ],
    [
      'licenses',
      { id: 'K1', product: 'oo', validUntil: '' },
      'validUntil',
      '',
      seconds('2026-12-31T23:00:00Z'),
    ],
  ]
  test.each(rows)('%s %j', async (kind, row, field, theirs, ours) => {
    const found = await partner.call('reconcile', { kind, rows: [row] })
    expect(found).toEqual({ missingHere: [], differing: [{ id: row.id, field, theirs, ours }], matching: 0 })
  })
})

const complete: [Kind, string[], string[], string[]][] = [
  ['customers', ['ABC', 'XYZ'], ['XYZ'], ['NEW']],
  ['customers', ['ABC', 'OLD'], [], []],
  ['orders', ['C1'], [], ['C1-2']],
  ['orders', [], [], ['C1', 'C1-2']],
  ['licenses', [], [], ['K1', 'K1', 'the chain']],
]
test.each(complete)('complete %s %j', async (kind, ids, missingHere, missingThere) => {
  const rows = ids.map((id) => ({ id }))
  const found = await partner.call('reconcile', { kind, rows, complete: true })
  const expected = missingThere.map((id) => (id === 'the chain' ? chainLicense : id))
  expect({ ...found, missingThere: found.missingThere?.toSorted() }).toEqual({
    missingHere,
    missingThere: expected.toSorted(),
    differing: [],
    matching: ids.length - missingHere.length,
  })
})

test('another partner sees nothing of it', async () => {
  const other = await house.partner()
  const found = await other.call('reconcile', { kind: 'customers', rows: [{ id: 'ABC' }], complete: true })
  expect(found).toEqual({ missingHere: ['ABC'], missingThere: [], differing: [], matching: 0 })
})

test('nothing is changed, and a key that may only read can ask', async () => {
  const reader = await house.withScopes(partner, ['read'])
  const before = (await partner.events()).length
  await reader.call('reconcile', { kind: 'orders', rows: [{ id: 'C1', licenses: 1 }], complete: true })
  expect(await partner.events()).toHaveLength(before)
})

const refused: [string, unknown, string][] = [
  ['an unknown kind', { kind: 'consumers', rows: [] }, 'kind'],
  ['a row without an id', { kind: 'orders', rows: [{ licenses: 1 }] }, 'rows.0.id'],
  ['an unknown member', { kind: 'orders', rows: [{ id: 'A' }, { id: 'B', seats: 1 }] }, 'rows.1.seats'],
  ['too many rows', { kind: 'orders', rows: Array.from({ length: 10_001 }, () => ({ id: 'A' })) }, 'rows'],
  ['a cursor that is none', { kind: 'orders', rows: [], complete: true, cursor: 'x' }, 'cursor'],
]
test.each(refused)('%s is refused', async (_, params, path) => {
  const { data } = await partner.refusal('reconcile', params as Record<string, unknown>)
  expect(data).toMatchObject({ reason: 'params_invalid', issues: [{ path }] })
})

test('what one answer cannot list comes with the cursor, every thing once', async () => {
  const many = await house.partner()
  const { number } = many
  await house.sql(`insert into customer (partner_id, customer_id, id, remote_id, kind, name, is_active, tags, metadata,
      version, created_at, updated_at)
    select ${number}, gen_random_uuid(), n, 'C' || n, 'person', 'x', true, '{}', '{}', 1, now(), now()
    from generate_series(1, 25000) n`)
  const told: string[] = []
  let cursor: string | undefined
  for (let pages = 1; ; pages++) {
    const params: Params<'reconcile'> = { kind: 'customers', rows: [], complete: true, cursor }
    const { missingThere = [], next } = await many.call('reconcile', params)
    told.push(...missingThere)
    if (next === undefined) {
      expect(pages).toBe(3)
      break
    }
    cursor = next
  }
  expect(new Set(told).size).toBe(25_000)
  expect(told).toHaveLength(25_000)
})
