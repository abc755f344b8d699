/**
 * Manual: people bring customers and licences in, by a file over HTTP or at the command line, and by the forms of the
 * console.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshFolder, run } from '../cli/process.ts'
import { Clerk } from '../console/clerk.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { counts, csv, send, summary } from '../import/files.ts'
import { namedStoryOf, storyOf, verdictOn } from './story.ts'

let house: House
let vendor: TestPartner
let clerk: Clerk
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
})
afterAll(() => house.close())

const customers = csv([
  ['number', 'name', 'email'],
  ['K001', 'Acme Ltd', 'licensing@acme.example'],
  ['K002', 'Baker Ltd', 'nobody'],
])
const licenses = csv([
  [
    'license_key',
    'customer_number',
    'edition',
    'quantity',
    'start_date',
    'valid_until',
    'references.contract',
  ],
  ['CON-4/1', 'K001', 'oo-std', '10', '2026-03-01', '2026-12-31', 'CON-4'],
  ['CON-5/1', 'K002', 'oo-lite', '3', '2026-03-01', '', 'CON-5'],
])

test('two files: rehearsed, imported, mended, and sent again', async () => {
  vendor = await house.partner()
  const all = { options: ['resumeOnError'] as const }
  const rehearsed = await summary(vendor, customers, { options: ['dryRun', 'resumeOnError'] })
  expect(await storyOf(vendor)).toEqual([])
  expect(await summary(vendor, customers, all)).toEqual(rehearsed)
  expect(counts(rehearsed)).toBe('2 = 1 + 0 + 0, omitted 3')

  const rejected = await send(vendor, customers, { ...all, headers: { accept: 'text/csv' } })
  const mended = (await rejected.text()).replace('nobody', 'it@baker.example')
  expect(counts(await summary(vendor, mended))).toBe('1 = 1 + 0 + 0, omitted')
  expect(counts(await summary(vendor, licenses, { kind: 'licenses' }))).toBe('2 = 2 + 0 + 0, omitted')
  expect(counts(await summary(vendor, licenses, { kind: 'licenses' }))).toBe('2 = 0 + 0 + 2, omitted')

  expect(await verdictOn(vendor, { customer: 'K001' }, 'oo-std')).toBe('entitled 10')
  expect(await verdictOn(vendor, { customer: 'K002' }, 'oo-lite')).toBe('entitled 3')
  const { validUntil } = await vendor.call('checkEntitlement', { customer: 'K001', edition: 'oo-std' })
  expect(validUntil).toBe(Date.UTC(2027, 0, 1) / 1_000)
  expect(await namedStoryOf(vendor)).toEqual([
    'customer.created K001',
    'customer.created K002',
    'license.created K001',
    'license.created K002',
  ])
})

test('the command line does the same beside the running service', async () => {
  vendor = await house.partner()
  const folder = await freshFolder()
  const [first, second] = [join(folder, 'customers.csv'), join(folder, 'licenses.csv')]
  await writeFile(first, customers.replace('nobody', 'it@baker.example'))
  await writeFile(second, licenses)
  const tenure = (kind: string, file: string) =>
    run(['import', kind, file, '--partner', String(vendor.number), '--json'], {
      environment: { DATABASE_URL: house.databaseUrl },
    })
  expect(await tenure('customers', first)).toMatchObject({ code: 0, errors: '' })
  expect(await tenure('licenses', second)).toMatchObject({ code: 0, errors: '' })
  expect(await verdictOn(vendor, { customer: 'K001' }, 'oo-std')).toBe('entitled 10')
  expect(await storyOf(vendor)).toEqual([
    'customer.created',
    'customer.created',
    'license.created',
    'license.created',
  ])
})

test('the console: a customer on the telephone, who returns, moves, and leaves', async () => {
  vendor = await house.partner()
  clerk = await Clerk.signedIn(vendor)
  const create = '/console/do/createCustomer'
  const filled = { id: 'K003', name: 'Acme Ltd', email: 'jane@acme.example' }
  const { previewed } = await clerk.act(create, filled)
  expect(previewed.text).toContain('Acme Ltd')
  const { done } = await clerk.act('/console/do/createLicense?customer=K003', {
    edition: 'oo-lite',
    id: 'CON-7/1',
    quantity: '2',
    'references.contract': 'CON-7',
  })
  expect(done.status).toBe(303)
  expect(await verdictOn(vendor, { customer: 'K003' }, 'oo-lite')).toBe('entitled 2')

  // Confirmed twice: the id that the clerk has given says that it is the same.
  await clerk.submit(previewed, 'confirm')
  expect(await storyOf(vendor)).toEqual(['customer.created', 'license.created'])

  await clerk.act('/console/do/updateCustomer?id=K003', { email: 'it@acme.example' })
  expect((await vendor.call('findCustomers', { email: 'it@acme.example' })).items).toHaveLength(1)

  const { licenseId } = await vendor.call('getLicense', { id: 'CON-7/1', product: 'oo' })
  await clerk.act(`/console/do/revokeLicenses?customer=K003&licenseIds=${licenseId}`)
  expect(await verdictOn(vendor, { customer: 'K003' }, 'oo-lite')).toBe('revoked 0')

  await clerk.act('/console/do/createLicense?customer=K003', {
    edition: 'oo-lite',
    id: 'CON-8/1',
    quantity: '4',
  })
  expect(await verdictOn(vendor, { customer: 'K003' }, 'oo-lite')).toBe('entitled 4')
  expect(await storyOf(vendor)).toEqual([
    'customer.created',
    'license.created',
    'customer.updated',
    'license.revoked',
    'license.created',
  ])
})

test('a file with what has changed updates, where that is asked for', async () => {
  vendor = await house.partner()
  const list = (email: string) =>
    csv([
      ['number', 'name', 'email'],
      ['K001', 'Acme Ltd', email],
    ])
  await summary(vendor, list('licensing@acme.example'))
  const changed = list('it@acme.example')
  const { omitted } = await summary(vendor, changed)
  expect(omitted.map(({ errors }) => errors[0]?.reason)).toEqual(['customer_exists'])
  expect(counts(await summary(vendor, changed, { options: ['overwriteExisting'] }))).toBe(
    '1 = 0 + 1 + 0, omitted',
  )
  expect((await vendor.call('findCustomers', { email: 'it@acme.example' })).items).toHaveLength(1)
  expect(await storyOf(vendor)).toEqual(['customer.created', 'customer.updated'])
})
