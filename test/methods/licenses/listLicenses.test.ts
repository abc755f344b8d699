/** `listLicenses`: by whom, of what, under which document, in which state; page by page. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type House, type Params, seconds, type TestPartner } from '../../house.ts'
import { issuePaths, licenseOfChain, openStage, partnerWithCustomer } from './stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openStage()
  partner = await partnerWithCustomer(house)
  await partner.call('createCustomer', { id: 'K002', name: 'Another' })
  const references = { contract: 'C1', order: 'D1', subscription: 'S1', product: 'SKU', purchaseOrder: 'PO' }
  const given: Omit<Params<'createLicense'>, 'customer'>[] = [
    { id: 'all', edition: 'cad-lite', references },
    { id: 'contract', edition: 'cad-pro', references: { contract: 'C1' } },
    { id: 'later', edition: 'cam-std', validFrom: '2026-12-01' },
    { id: 'off', edition: 'cad-lite', isActive: false },
    { id: 'out', edition: 'cad-lite', validFrom: 0, validUntil: '2026-02-20' },
    { id: 'grace', edition: 'cad-grace', validFrom: 0, validUntil: '2026-02-26' },
    { id: 'over', edition: 'cad-lite' },
  ]
  for (const one of given) await partner.call('createLicense', { customer: 'K001', ...one })
  await partner.call('createLicense', { customer: 'K002', edition: 'cad-lite', id: 'other' })
  const over = await partner.call('getLicense', { id: 'over', product: 'cad' })
  await partner.call('revokeLicenses', { customer: 'K001', licenseIds: [over.licenseId as string] })
  await licenseOfChain(partner, { id: 'D1', references: { contract: 'C2' } })
  await licenseOfChain(partner, { id: 'D9', product: 'cad-pro' })
  await partner.call('suspendOrder', { id: 'D9' })
  const stranger = await partnerWithCustomer(house)
  await stranger.call('createLicense', { customer: 'K001', edition: 'cad-lite', id: 'foreign', references })
})
afterAll(() => house.close())

/** A licence of its own by its key, one of a chain by the chain's first order. */
const named = (items: { remoteId: string | null; order: string | null }[]) =>
  items.map(({ remoteId, order }) => remoteId ?? `chain ${order}`).sort()

const everything = [
  'all',
  'contract',
  'later',
  'off',
  'out',
  'grace',
  'over',
  'other',
  'chain D1',
  'chain D9',
]

describe('filters', () => {
  test.each([
    [{}, everything],
    [{ customer: 'K002' }, ['other']],
    [{ customer: 'NOBODY' }, []],
    [{ edition: 'cad-pro' }, ['contract', 'chain D9']],
    [{ product: 'cam' }, ['later']],
    [{ product: 'nothing' }, []],
    [{ contract: 'C1' }, ['all', 'contract']],
    [{ contract: 'C2' }, ['chain D1']],
    [{ order: 'D1' }, ['all', 'chain D1']],
    [{ order: 'D9' }, ['chain D9']],
    [{ subscription: 'S1' }, ['all']],
    [{ productReference: 'SKU' }, ['all']],
    [{ purchaseOrder: 'PO' }, ['all']],
    [{ purchaseOrder: 'C1' }, []],
    [{ contract: 'C1', edition: 'cad-pro' }, ['contract']],
    [{ state: 'active' as const }, ['all', 'contract', 'other', 'chain D1']],
    [{ state: 'scheduled' as const }, ['later']],
    [{ state: 'suspended' as const }, ['off', 'chain D9']],
    [{ state: 'expired' as const }, ['out']],
    [{ state: 'grace' as const }, ['grace']],
    [{ state: 'revoked' as const }, ['over']],
  ])('%j', async (filter, expected) => {
    const { items, next } = await partner.call('listLicenses', filter)
    expect(named(items)).toEqual([...expected].sort())
    expect(next).toBeNull()
  })

  test('by the UUID of a customer and by an id it had before', async () => {
    const own = await partnerWithCustomer(house)
    await own.call('createLicense', { customer: 'K001', edition: 'cad-lite', id: 'L' })
    const { customerId } = await own.call('renameCustomer', { id: 'K001', newId: 'K009' })
    for (const who of [{ customerId: customerId as string }, { customer: 'K001' }, { customer: 'K009' }])
      expect(named((await own.call('listLicenses', who)).items)).toEqual(['L'])
  })

  test('a chain that has moved to another edition is found by that', async () => {
    const own = await partnerWithCustomer(house)
    await licenseOfChain(own)
    await own.call('changeOrder', { id: 'O1', product: 'cam-std' })
    expect((await own.call('listLicenses', { edition: 'cad-lite' })).items).toEqual([])
    expect(named((await own.call('listLicenses', { product: 'cam' })).items)).toEqual(['chain O1'])
  })
})

test('pages follow one another without a gap, each item as getLicense answers it', async () => {
  const seen = []
  let cursor: string | undefined
  do {
    const page = await partner.call('listLicenses', { limit: 3, ...(cursor ? { cursor } : {}) })
    expect(page.items.length).toBeLessThanOrEqual(3)
    seen.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor)
  expect(named(seen)).toEqual([...everything].sort())
  for (const item of seen)
    expect(await partner.call('getLicense', { licenseId: item.licenseId as string })).toEqual(item)
})

test('the states are those of the sandbox’s own clock', async () => {
  const own = await partnerWithCustomer(house)
  await own.call('createLicense', {
    customer: 'K001',
    edition: 'cad-lite',
    validUntil: '2026-03-31',
    id: 'L',
  })
  await own.call('setClock', { at: seconds('2026-05-01') })
  expect(named((await own.call('listLicenses', { state: 'expired' })).items)).toEqual(['L'])
})

describe('bad input', () => {
  test.each([
    ['two customers', { customer: 'K001', customerId: '00000000-0000-4000-8000-000000000000' }, ['']],
    ['an unknown state', { state: 'cancelled' }, ['state']],
    ['too much at once', { limit: 501 }, ['limit']],
    ['a cursor of nobody’s', { cursor: 'x' }, ['cursor']],
    ['a forged cursor', { cursor: Buffer.from('["x"]').toString('base64url') }, ['cursor']],
    ['a cursor of another list', { cursor: Buffer.from('[1]').toString('base64url') }, ['cursor']],
  ])('%s', async (_what, params, paths) => {
    expect(await issuePaths(partner, 'listLicenses', params)).toEqual(paths)
  })
})

test('document numbers are found by their indexes, however many licences there are', async () => {
  const own = await partnerWithCustomer(house)
  await house.sql(
    `insert into license (partner_id, license_id, customer_id, "references", created_at, product, edition,
       edition_version, quantity, valid_from)
     select $1, gen_random_uuid(), c.customer_id, jsonb_build_object('contract', 'CON-' || n), now(), 'cad', 'cad-lite',
       1, 1, now() from customer c, generate_series(1, 20000) n where c.partner_id = $1`,
    [own.number],
  )
  await house.sql('analyze license')
  // PostgreSQL counts what a connection has done up to a second later.
  await vi.waitUntil(
    async () => {
      const found = await own.call('listLicenses', { contract: 'CON-777' })
      expect(found.items).toMatchObject([{ references: { contract: 'CON-777' } }])
      const [read] = await house.sql<{ scans: number }>(
        `select pg_stat_get_numscans('license_contract'::regclass)::int as scans`,
      )
      return Number(read?.scans) > 0
    },
    { timeout: 15_000, interval: 250 },
  )
})
