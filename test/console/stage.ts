/** A partner with a little of everything: customers, chains in every state, licences, consumers, webhooks, events. */
import type { House, TestPartner } from '../house.ts'

/** Names as somebody would send them who wants to break pages. */
export const hostile = `<script>alert("x")</script>'"><img src=x onerror=alert(1)>`

export const day = 86_400

/** Everything is done at moments after `start`, which the clock of the house is moved to. */
export async function furnish(house: Pick<House, 'clock' | 'partner'>, start: number): Promise<TestPartner> {
  const { clock } = house
  clock.set(start)
  const partner = await house.partner({ name: 'Nordwind Software' })
  const call: TestPartner['call'] = (method, params) => partner.call(method, params)
  await call('createCustomer', {
    id: 'K001',
    name: 'Kunde GmbH',
    admin: { email: 'ann@kunde.example', displayName: 'Ann Lee' },
    email: 'office@kunde.example',
    phone: '+49 30 123456',
    address: { line1: 'Hafenstraße 7', postalCode: '10115', city: 'Berlin', country: 'DE' },
    tags: ['key account'],
  })
  await call('createCustomer', { id: 'K002', name: 'Baxter & Sons Ltd', email: 'it@baxter.example' })
  await call('createCustomer', { id: 'K003', name: hostile, email: 'odd@example.com' })
  await call('createCustomer', { id: 'K004', name: 'Silent Shipping', email: 'hello@silent.example' })
  const buy = (
    customer: string,
    id: string,
    licenses: number,
    duration: 'monthly' | 'yearly',
    product = 'oo-std',
  ) =>
    call('createFirstOrder', {
      customer,
      id,
      product,
      licenses,
      duration,
      references: { contract: `C-${id}` },
    })
  await buy('K001', 'A-100', 20, 'monthly')
  await buy('K002', 'A-200', 5, 'monthly')
  await buy('K004', 'A-300', 250, 'yearly', 'oo-ent')
  await buy('K001', 'A-400', 8, 'monthly', 'oo-lite')
  clock.advance({ days: 20 })
  await call('createRenewalOrder', { parent: 'A-100', id: 'A-101', licenses: 25 })
  clock.advance({ days: 10 })
  await call('suspendOrder', { id: 'A-300', reason: 'Invoice 4711 is open' })
  clock.advance({ days: 20 })
  await call('resumeOrder', { id: 'A-300' })
  await call('createRenewalOrder', { parent: 'A-100', id: 'A-102' })
  await call('renameCustomer', { id: 'K004', newId: 'K-4000' })
  await buy('K002', 'A-500', 40, 'monthly', 'oo-ent')
  await buy('K-4000', 'A-600', 12, 'yearly')
  await call('createLicense', {
    customer: 'K001',
    edition: 'erp-std',
    id: 'ERP-7',
    quantity: 3,
    validUntil: '2026-05-25',
    references: { contract: 'CON-77' },
  })
  await call('createLicense', { customer: 'K002', edition: 'erp-lim', quantity: 1 })
  await call('createConsumer', {
    customer: 'K001',
    id: 'U-1',
    email: 'ann@kunde.example',
    displayName: 'Ann Lee',
  })
  await call('createConsumer', { customer: 'K001', id: 'U-2', kind: 'device', displayName: 'Reception' })
  await call('grantAccess', { customer: 'K001', consumer: 'U-1' })
  clock.advance({ days: 20 })
  await call('suspendOrder', { id: 'A-100', reason: 'Card declined' })
  clock.advance({ days: 3 })
  return partner
}
