/** `renameCustomer`: the ERP renumbers, and every old number stays resolvable for ever. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'
import { buy, expectPrecedence, lengthOfFeed, partnerWithCustomer } from '../orders/stage.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('the new id is told everywhere, and each id it ever had names it in every call', async () => {
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'O1')
  const renamed = await partner.call('renameCustomer', { id: 'C', newId: 'D' })
  expect(renamed).toMatchObject({ remoteId: 'D', version: 2 })
  expect((await partner.events()).at(-1)).toMatchObject({
    type: 'customer.renamed',
    at: seconds('2026-03-01T12:00:00Z'),
    object: { kind: 'customer', id: 'D', version: 2 },
    data: renamed,
  })
  await partner.call('renameCustomer', { id: 'C', newId: 'E' })
  for (const id of ['C', 'D', 'E']) {
    expect(await partner.call('getCustomer', { id })).toMatchObject({ remoteId: 'E', version: 3 })
    expect((await partner.call('listOrders', { customer: id })).items).toHaveLength(1)
  }
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ customer: 'E' })
})

test('back to an id it once had, and to a new one in the same array', async () => {
  const partner = await partnerWithCustomer(house)
  const steps = ['D', 'C', 'E', 'D'].map((newId) => ({
    method: 'renameCustomer',
    params: { id: 'C', newId },
  }))
  const replies = await partner.batch(steps)
  expect(replies.map(({ result }) => (result as unknown as { remoteId: string }).remoteId)).toEqual([
    'D',
    'C',
    'E',
    'D',
  ])
  const rows = await house.sql('select remote_id from customer_remote_id where partner_id = $1 order by 1', [
    partner.number,
  ])
  expect(rows.map(({ remote_id }) => remote_id)).toEqual(['C', 'D', 'E'])
})

test('an id that another customer has, or once had, is taken for ever', async () => {
  const partner = await partnerWithCustomer(house)
  await partner.call('createCustomer', { id: 'X', name: 'Other' })
  await partner.call('renameCustomer', { id: 'X', newId: 'Y' })
  for (const newId of ['X', 'Y'])
    expect((await partner.refusal('renameCustomer', { id: 'C', newId })).data).toEqual({
      reason: 'customer_exists',
      id: newId,
      differs: ['id'],
      retryable: false,
    })
})

test('the refusals, each before all later ones', async () => {
  const partner = await partnerWithCustomer(house)
  await partner.call('createCustomer', { id: 'X', name: 'Other' })
  await expectPrecedence(partner, 'renameCustomer', [
    ['customer_unknown', { id: 'NOBODY', newId: 'X', ifVersion: 99 }],
    ['customer_exists', { id: 'C', newId: 'X', ifVersion: 99 }],
    ['version_conflict', { id: 'C', newId: 'D', ifVersion: 99 }],
    ['done', { id: 'C', newId: 'D', ifVersion: 1 }],
  ])
})

test('to the id it has already: nothing is changed or told, however old the version', async () => {
  const partner = await partnerWithCustomer(house)
  const before = await lengthOfFeed(partner)
  expect(await partner.call('renameCustomer', { id: 'C', newId: 'C', ifVersion: 77 })).toMatchObject({
    version: 1,
  })
  expect(await lengthOfFeed(partner)).toBe(before)
})

test('two customers that want one id at the same moment: one gets it', async () => {
  const partner = await partnerWithCustomer(house)
  await partner.call('createCustomer', { id: 'X', name: 'Other' })
  const answers = await Promise.all(
    ['C', 'X'].map((id) => partner.post({ method: 'renameCustomer', params: { id, newId: 'NEW' } })),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
})
