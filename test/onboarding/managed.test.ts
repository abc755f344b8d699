/**
 * Managed: a sign-up service of the vendor makes every call itself. Whatever the payment provider says, it says to that
 * service.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { namedStoryOf, storyOf, verdictOn } from './story.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
})
afterAll(() => house.close())

const freshVendor = () => house.partner({ sandbox: true })

/** What the service sends once the payment is made: all in one body, carried out in order. */
const signUp = (account: string, person: string, order: string) => [
  {
    method: 'createCustomer',
    params: { id: account, name: 'Acme Ltd', email: 'licensing@acme.example' },
  },
  {
    method: 'createConsumer',
    params: { customer: account, id: person, email: 'ann@acme.example', displayName: 'Ann Lee' },
  },
  { method: 'grantAccess', params: { customer: account, consumer: person } },
  {
    method: 'createFirstOrder',
    params: {
      customer: account,
      id: order,
      product: 'oo-lite',
      licenses: 5,
      duration: 'monthly',
      references: { subscription: 'sub_of_provider' },
    },
  },
]
const signedUp = ['customer.created', 'consumer.created', 'access.granted', 'order.created']

async function resultsOf(vendor: TestPartner, calls: ReturnType<typeof signUp>): Promise<unknown[]> {
  const answers = await vendor.batch(calls)
  expect(answers.filter(({ error }) => error)).toEqual([])
  return answers.map(({ result }) => result)
}

test('from the sign-up through a renewal to the end', async () => {
  const vendor = await freshVendor()
  await resultsOf(vendor, signUp('K001', 'U-17', 'O-1'))
  expect(await verdictOn(vendor, { consumer: 'U-17' }, 'oo-lite')).toBe('entitled 5')

  // The event says that the window is open; the provider has collected the next month.
  await vendor.call('advanceClock', { days: 20 })
  expect(await storyOf(vendor)).toEqual([...signedUp, 'order.renewal_due'])
  await vendor.call('createRenewalOrder', { parent: 'O-1', id: 'O-2' })

  await vendor.call('cancelOrder', { id: 'O-1', at: 'termEnd' })
  const { cancelAt } = await vendor.call('getOrder', { id: 'O-1' })
  expect(cancelAt).toBe(Date.UTC(2026, 4, 1, 12) / 1_000)
  expect(await verdictOn(vendor, { consumer: 'U-17' }, 'oo-lite')).toBe('entitled 5')

  await vendor.call('setClock', { at: '2026-05-01T12:00:00Z' })
  expect(await verdictOn(vendor, { consumer: 'U-17' }, 'oo-lite')).toBe('revoked 0')
  expect(await storyOf(vendor)).toEqual([
    ...signedUp,
    'order.renewal_due',
    'order.renewed',
    'order.cancellation_scheduled',
    'order.cancelled',
  ])
})

describe('what is sent twice or only in part', () => {
  test('the whole body once more: the same answers, and nothing happens', async () => {
    const vendor = await freshVendor()
    const first = await resultsOf(vendor, signUp('K001', 'U-17', 'O-1'))
    const second = await resultsOf(vendor, signUp('K001', 'U-17', 'O-1'))
    // A grant has no id of the caller's own, so it says that it was there already.
    expect(second).toEqual(first.with(2, { ...(first[2] as object), changed: false }))
    expect(await storyOf(vendor)).toEqual(signedUp)
  })

  test.each([1, 2, 3])('a service that died after %i calls sends all of them', async (done) => {
    const vendor = await freshVendor()
    const calls = signUp('K001', 'U-17', 'O-1')
    await resultsOf(vendor, calls.slice(0, done))
    await resultsOf(vendor, calls)
    expect(await storyOf(vendor)).toEqual(signedUp)
    expect(await verdictOn(vendor, { consumer: 'U-17' }, 'oo-lite')).toBe('entitled 5')
  })

  test('two at the same moment sign up once', async () => {
    const vendor = await freshVendor()
    await Promise.all([1, 2, 3].map(() => resultsOf(vendor, signUp('K001', 'U-17', 'O-1'))))
    expect(await storyOf(vendor)).toEqual(signedUp)
  })

  test('another account under a number that is taken is refused, and what follows it changes nothing', async () => {
    const vendor = await freshVendor()
    await resultsOf(vendor, signUp('K001', 'U-17', 'O-1'))
    const answers = await vendor.batch([
      { method: 'createCustomer', params: { id: 'K001', name: 'Somebody else' } },
      {
        method: 'createFirstOrder',
        params: { customer: 'K001', id: 'O-1', product: 'oo-std', licenses: 1, duration: 'monthly' },
      },
    ])
    expect(answers.map(({ error }) => error?.data)).toMatchObject([
      { reason: 'customer_exists', differs: ['email', 'name'], retryable: false },
      { reason: 'order_exists', retryable: false },
    ])
    expect(await storyOf(vendor)).toEqual(signedUp)
  })
})

test('somebody who returns signs in, is known by the e-mail address, and stays one customer', async () => {
  const vendor = await freshVendor()
  await resultsOf(vendor, signUp('K001', 'U-17', 'O-1'))
  await vendor.call('cancelOrder', { id: 'O-1' })
  expect(await verdictOn(vendor, { consumer: 'U-17' }, 'oo-lite')).toBe('revoked 0')

  const { remoteId, customer } = await vendor.call('getConsumer', { email: 'Ann@Acme.example' })
  expect([remoteId, customer]).toEqual(['U-17', 'K001'])
  await vendor.call('createFirstOrder', {
    customer: customer as string,
    id: 'O-9',
    product: 'oo-lite',
    licenses: 2,
    duration: 'yearly',
  })
  expect(await verdictOn(vendor, { consumer: 'U-17' }, 'oo-lite')).toBe('entitled 2')
  expect((await vendor.call('listCustomers', {})).items).toHaveLength(1)
  expect(await namedStoryOf(vendor)).toEqual([
    'customer.created K001',
    'consumer.created U-17',
    'access.granted U-17',
    'order.created K001',
    'order.cancelled K001',
    'order.created K001',
  ])
})

test('a new e-mail address is a change of the customer and of the person, and of nothing else', async () => {
  const vendor = await freshVendor()
  await resultsOf(vendor, signUp('K001', 'U-17', 'O-1'))
  await vendor.call('updateCustomer', { id: 'K001', email: 'it@acme.example' })
  await vendor.call('updateConsumer', { id: 'U-17', email: 'ann.lee@acme.example' })
  expect((await vendor.call('findCustomers', { email: 'IT@acme.example' })).items).toMatchObject([
    { remoteId: 'K001' },
  ])
  expect((await vendor.call('findCustomers', { email: 'licensing@acme.example' })).items).toEqual([])
  expect(await vendor.call('getConsumer', { email: 'ann.lee@acme.example' })).toMatchObject({
    remoteId: 'U-17',
  })
  expect(await verdictOn(vendor, { consumer: 'U-17' }, 'oo-lite')).toBe('entitled 5')
  // The sign-up once more, with the old address in it, is still the same request and undoes nothing.
  await resultsOf(vendor, signUp('K001', 'U-17', 'O-1'))
  expect(await vendor.call('getCustomer', { id: 'K001' })).toMatchObject({ email: 'it@acme.example' })
  expect(await storyOf(vendor)).toEqual([...signedUp, 'customer.updated', 'consumer.updated'])
})
