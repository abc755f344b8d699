/** `revokeLicenses`: by document or by ids, now or at a moment; the licence of a chain through its chain. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, type Params, seconds, type TestPartner } from '../../house.ts'
import { eventTypes, issuePaths, licenseOfChain, opening, openStage, partnerWithCustomer } from './stage.ts'

let house: House
beforeAll(async () => {
  house = await openStage()
})
afterAll(() => house.close())

async function licensed(partner: TestPartner, given: Partial<Params<'createLicense'>> = {}): Promise<string> {
  const params = { customer: 'K001', edition: 'cad-lite', ...given }
  return (await partner.call('createLicense', params)).licenseId as string
}

describe('which licences', () => {
  let partner: TestPartner
  const ids: Record<string, string> = {}
  beforeAll(async () => {
    partner = await partnerWithCustomer(house)
    await partner.call('createCustomer', { id: 'K002', name: 'Another' })
    ids.both = await licensed(partner, { references: { contract: 'C1', order: 'D1', subscription: 'S1' } })
    ids.contract = await licensed(partner, { references: { contract: 'C1' } })
    ids.foreign = await licensed(partner, { customer: 'K002', references: { contract: 'C1' } })
    ids.chain = await licenseOfChain(partner, {
      id: 'D1',
      references: { contract: 'C2', subscription: 'S2' },
    })
    await partner.call('setClock', { at: '2026-03-25' })
    await partner.call('createRenewalOrder', { parent: 'D1', id: 'D2', references: { contract: 'C3' } })
  })

  test.each([
    ['a contract', { contract: 'C1' }, ['both', 'contract']],
    ['a subscription', { subscription: 'S1' }, ['both']],
    ['an order by its reference and by its id', { order: 'D1' }, ['both', 'chain']],
    ['a renewal', { order: 'D2' }, ['chain']],
    ['the contract that a renewal brought', { contract: 'C3' }, ['chain']],
    ['the contract in whose place it came', { contract: 'C2' }, []],
    ['a subscription of a chain', { subscription: 'S2' }, ['chain']],
    ['the document of another kind', { order: 'C1' }, []],
    ['a document of nothing', { contract: 'nothing' }, []],
    ['ids, one of them twice', { licenseIds: ['contract', 'both', 'contract'] }, ['both', 'contract']],
  ])('%s', async (_what, selector, expected) => {
    const { licenseIds, ...named } = { licenseIds: undefined, ...selector } as { licenseIds?: string[] }
    const params = {
      customer: 'K001',
      ...named,
      ...(licenseIds ? { licenseIds: licenseIds.map((name) => ids[name] as string) } : {}),
    }
    const { ok, result } = (await partner.call('preview', { method: 'revokeLicenses', params })) as {
      ok: boolean
      result: { revoked: string[] }
    }
    expect(ok).toBe(true)
    expect(result.revoked).toEqual(expected.map((name) => ids[name]).sort())
  })

  test('by UUID of the customer too, and nothing of what was previewed has happened', async () => {
    const { customerId } = await partner.call('getCustomer', { id: 'K001' })
    const params = { customerId: customerId as string, contract: 'C3' }
    expect(await partner.call('revokeLicenses', params)).toEqual({ revoked: [ids.chain] })
    const states = (await partner.call('listLicenses', {})).items.map(({ licenseId, state }) => [
      licenseId,
      state,
    ])
    expect(new Map(states as [string, string][])).toEqual(
      new Map([
        [ids.both, 'active'],
        [ids.contract, 'active'],
        [ids.foreign, 'active'],
        [ids.chain, 'revoked'],
      ]),
    )
  })
})

describe('a licence of its own', () => {
  test('ends at once, is told once, and answers the same again', async () => {
    const partner = await partnerWithCustomer(house)
    const licenseId = await licensed(partner)
    const params = { customer: 'K001', licenseIds: [licenseId.toUpperCase()] }
    expect(await partner.call('revokeLicenses', params)).toEqual({ revoked: [licenseId] })
    expect(await partner.call('revokeLicenses', params)).toEqual({ revoked: [licenseId] })
    const data = await partner.call('getLicense', { licenseId })
    expect(data).toMatchObject({ state: 'revoked', validUntil: seconds(opening), version: 2 })
    const events = (await partner.events()).slice(2)
    expect(events).toMatchObject([
      { type: 'license.revoked', at: seconds(opening), object: { version: 2 }, data },
    ])
    expect(await partner.call('checkEntitlement', { customer: 'K001', edition: 'cad-lite' })).toMatchObject({
      entitled: false,
      reason: 'revoked',
    })
  })

  test('ends at a moment, told then; later calls bring it forward and never put it off', async () => {
    const partner = await partnerWithCustomer(house, { timeZone: 'Europe/Berlin' })
    const licenseId = await licensed(partner, { validUntil: '2026-12-31' })
    const revoke = (at: string) =>
      partner.call('revokeLicenses', { customer: 'K001', licenseIds: [licenseId], at })
    await revoke('2026-05-01')
    await revoke('2026-06-01')
    const ending = { state: 'active', validUntil: seconds('2026-04-30T22:00:00Z'), version: 2 }
    expect(await partner.call('getLicense', { licenseId })).toMatchObject(ending)
    expect(await partner.call('checkEntitlement', { customer: 'K001', edition: 'cad-lite' })).toMatchObject({
      entitled: true,
      validUntil: ending.validUntil,
    })
    await revoke('2026-04-01')
    await partner.call('setClock', { at: '2027-06-01' })
    const told = (await partner.events()).slice(2).map(({ type, at }) => [type, at])
    expect(told).toEqual([
      ['license.updated', seconds(opening)],
      ['license.updated', seconds(opening)],
      ['license.revoked', seconds('2026-03-31T22:00:00Z')],
    ])
    expect(await partner.call('getLicense', { licenseId })).toMatchObject({ state: 'revoked' })
  })

  test('one that has run out can still be revoked', async () => {
    const partner = await partnerWithCustomer(house)
    const licenseId = await licensed(partner, { validUntil: '2026-03-31' })
    await partner.call('setClock', { at: '2026-05-01' })
    await partner.call('revokeLicenses', { customer: 'K001', licenseIds: [licenseId] })
    expect(await partner.call('getLicense', { licenseId })).toMatchObject({
      state: 'revoked',
      validUntil: seconds('2026-04-01'),
    })
    expect(await eventTypes(partner, 2)).toEqual(['license.expired', 'license.revoked'])
  })
})

describe('the licence of a chain', () => {
  const revoked = async (partner: TestPartner, at?: string) => {
    await partner.call('revokeLicenses', { customer: 'K001', order: 'O1', ...(at ? { at } : {}) })
    return partner.call('getOrder', { id: 'O1' })
  }

  test('is revoked by cancelling the chain, in both directions', async () => {
    const partner = await partnerWithCustomer(house)
    const licenseId = await licenseOfChain(partner)
    expect(await revoked(partner)).toMatchObject({ status: 'cancelled', cancelAt: seconds(opening) })
    expect(await revoked(partner, '2026-04-01')).toMatchObject({ cancelAt: seconds(opening) })
    expect(await eventTypes(partner, 2)).toEqual(['order.cancelled'])
    const other = await partnerWithCustomer(house)
    const governed = await licenseOfChain(other)
    await other.call('cancelOrder', { id: 'O1' })
    for (const [of, id] of [
      [partner, licenseId],
      [other, governed],
    ] as const)
      expect(await of.call('getLicense', { licenseId: id })).toMatchObject({
        state: 'revoked',
        validUntil: seconds(opening),
      })
  })

  test.each([
    ['before the end of the term: then', '2026-03-15', '2026-03-15T00:00:00Z', opening],
    ['after the end of the term: at that end', '2027-01-01', '2026-04-01T12:00:00Z', opening],
    ['in grace, before its end: then', '2026-04-05', '2026-04-05T00:00:00Z', '2026-04-03'],
    ['in grace, after its end: at that end', '2026-05-05', '2026-04-08T12:00:00Z', '2026-04-03'],
    ['when all is over: now', '2026-07-05', '2026-06-01T00:00:00Z', '2026-06-01'],
  ])('%s', async (_what, at, cancelAt, now) => {
    const partner = await partnerWithCustomer(house)
    await licenseOfChain(partner, { product: 'cad-grace' })
    await partner.call('setClock', { at: now })
    expect(await revoked(partner, at)).toMatchObject({ cancelAt: seconds(cancelAt) })
    await partner.call('setClock', { at: '2028-01-01' })
    const cancelled = (await partner.events()).filter(({ type }) => type === 'order.cancelled')
    expect(cancelled).toMatchObject([{ at: seconds(cancelAt) }])
  })

  test('needs the scope orders too, and without it nothing is revoked', async () => {
    const partner = await partnerWithCustomer(house)
    const licenseId = await licensed(partner, { references: { order: 'O1' } })
    await licenseOfChain(partner)
    const caller = await house.withScopes(partner, ['licenses'])
    const params = { customer: 'K001', order: 'O1' }
    expect((await caller.refusal('revokeLicenses', params)).data).toMatchObject({
      reason: 'forbidden',
      scope: 'orders',
    })
    expect(await partner.call('getLicense', { licenseId })).toMatchObject({ state: 'active' })
    expect((await partner.call('revokeLicenses', params)).revoked).toHaveLength(2)
  })
})

test('refusals, in order of precedence', async () => {
  const partner = await partnerWithCustomer(house)
  await partner.call('createCustomer', { id: 'K002', name: 'Another' })
  const foreign = await licensed(partner, { customer: 'K002' })
  const own = await licensed(partner)
  const unknown = [randomUUID()]
  const refused = async (params: object) => (await partner.refusal('revokeLicenses', { ...params })).data
  const past = { customer: 'NOBODY', licenseIds: unknown, at: '2026-02-28' }
  expect(await refused(past)).toMatchObject({ reason: 'params_invalid' })
  expect(await refused({ customer: 'NOBODY', licenseIds: unknown })).toMatchObject({
    reason: 'customer_unknown',
    id: 'NOBODY',
  })
  expect(await refused({ customer: 'K001', licenseIds: unknown })).toMatchObject({
    reason: 'license_unknown',
    id: unknown[0],
  })
  expect(await refused({ customer: 'K001', licenseIds: [own, foreign] })).toMatchObject({
    reason: 'license_unknown',
    id: foreign,
  })
  expect(await partner.call('getLicense', { licenseId: own })).toMatchObject({ state: 'active' })
  const stranger = await partnerWithCustomer(house)
  const theirs = await stranger.refusal('revokeLicenses', { customer: 'K001', licenseIds: [own] })
  expect(theirs.data.reason).toBe('license_unknown')
})

describe('bad input', () => {
  test.each([
    ['no customer', { contract: 'C' }, ['']],
    ['no selector', { customer: 'K001' }, ['']],
    ['two selectors', { customer: 'K001', contract: 'C', order: 'O' }, ['']],
    ['no ids', { customer: 'K001', licenseIds: [] }, ['licenseIds']],
    ['ids that are not', { customer: 'K001', licenseIds: ['L1'] }, ['licenseIds.0']],
    ['a moment that is none', { customer: 'K001', contract: 'C', at: 'soon' }, ['at']],
  ])('%s', async (_what, params, paths) => {
    expect(await issuePaths(await house.partner(), 'revokeLicenses', params)).toEqual(paths)
  })
})
