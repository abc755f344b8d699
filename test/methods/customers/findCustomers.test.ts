/** `findCustomers`: who has this e-mail address, their own or their administrator's, in any case. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../../house.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse()
  partner = await house.partner()
  await partner.call('createCustomer', { id: 'own', name: 'A', email: 'Info@Example.com' })
  await partner.call('createCustomer', { id: 'admin', name: 'B', admin: { email: 'INFO@example.COM' } })
  await partner.call('createCustomer', {
    id: 'both',
    name: 'C',
    email: 'x@x.de',
    admin: { email: 'info@example.com' },
  })
  await partner.call('createCustomer', { id: 'accents', name: 'D', email: 'JÖRG@Müller.example' })
  await partner.call('createCustomer', { id: 'changed', name: 'E', email: 'old@example.com' })
  await partner.call('updateCustomer', { id: 'changed', email: 'new@example.com', isActive: false })
})
afterAll(() => house.close())

const table: [email: string, found: string[]][] = [
  ['info@example.com', ['own', 'admin', 'both']],
  ['iNFO@eXAMPLE.com', ['own', 'admin', 'both']],
  ['x@x.de', ['both']],
  ['info@example.co', []],
  ['_nfo@example.com', []],
  ['jörg@müller.example', ['accents']],
  ['old@example.com', []],
  ['new@example.com', ['changed']],
]
test.each(table)('%s: %j', async (email, found) => {
  const { items } = await partner.call('findCustomers', { email })
  expect(items.map(({ remoteId }) => remoteId)).toEqual(found)
})

test('another partner’s customers are not found, and what is no address is refused', async () => {
  const other = await house.partner()
  expect(await other.call('findCustomers', { email: 'info@example.com' })).toEqual({ items: [] })
  expect((await other.refusal('findCustomers', { email: 'info' })).data.reason).toBe('params_invalid')
})
