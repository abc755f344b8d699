/** The import over HTTP: what becomes of rows, that it is what calls would have done, and that nothing is doubled. */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { counts, csv, type Option, send, summary } from './files.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const names = async (partner: TestPartner): Promise<Record<string, string>> => {
  const { items } = await partner.call('listCustomers', { limit: 500 })
  return Object.fromEntries(items.map(({ remoteId, name }) => [remoteId as string, name]))
}

test('all columns arrive where they belong', async () => {
  const partner = await house.partner()
  const row = {
    Customer_Number: 'ABC',
    'Customer ID': '0190A0B1-0000-7000-8000-00000000000F',
    'Company Name': 'ABC, Company',
    'Customer Type': 'person',
    Street: '1 Main St',
    ZIP: '01234',
    City: 'Zürich',
    Country: 'CH',
    'e-mail': 'office@example.com',
    Tags: 'gold|eu',
    'metadata.Region Code': '007',
    admin_email: 'test3@example.com',
    'is active': 'no',
    tz: 'Europe/Zurich',
  }
  const file = csv([Object.keys(row), Object.values(row)])
  expect(counts(await summary(partner, file))).toBe('1 = 1 + 0 + 0, omitted')
  expect(await partner.call('getCustomer', { id: 'ABC' })).toMatchObject({
    customerId: '0190a0b1-0000-7000-8000-00000000000f',
    name: 'ABC, Company',
    kind: 'person',
    isActive: false,
    address: { line1: '1 Main St', postalCode: '01234', city: 'Zürich', country: 'CH' },
    email: 'office@example.com',
    tags: ['gold', 'eu'],
    metadata: { 'Region Code': '007' },
    admin: { email: 'test3@example.com' },
    timeZone: 'Europe/Zurich',
  })
  expect(counts(await summary(partner, file))).toBe('1 = 0 + 0 + 1, omitted')
})

describe('customers that exist', () => {
  const uuid = '0190a0b1-0000-7000-8000-000000000001'
  const cases: [string, Option[], string, string, Record<string, string>][] = [
    ['equal', [], 'id,name\nA,Anna\n', '1 = 0 + 0 + 1, omitted', { A: 'Anna' }],
    [
      'equal in what the file has',
      [],
      'id,email\nA,a@example.com\n',
      '1 = 0 + 0 + 1, omitted',
      { A: 'Anna' },
    ],
    ['different', [], 'id,name\nA,Anne\n', '1 = 0 + 0 + 0, omitted 2', { A: 'Anna' }],
    [
      'different, to be updated',
      ['overwriteExisting'],
      'id,name\nA,Anne\n',
      '1 = 0 + 1 + 0, omitted',
      { A: 'Anne' },
    ],
    [
      'equal, to be updated',
      ['overwriteExisting'],
      'id,name\nA,Anna\n',
      '1 = 0 + 0 + 1, omitted',
      { A: 'Anna' },
    ],
    [
      'an empty cell clears nothing',
      ['overwriteExisting'],
      'id,name,email\nA,,\n',
      '1 = 0 + 0 + 1, omitted',
      { A: 'Anna' },
    ],
    [
      'by UUID',
      ['overwriteExisting'],
      `customerId,name\n${uuid.toUpperCase()},Anne\n`,
      '1 = 0 + 1 + 0, omitted',
      { A: 'Anne' },
    ],
    [
      'another UUID',
      ['overwriteExisting'],
      `id,customerId,name\nA,${uuid.replace('1', '2')},Anne\n`,
      '1 = 0 + 0 + 0, omitted 2',
      { A: 'Anna' },
    ],
    [
      'the UUID of another',
      ['overwriteExisting'],
      `id,customerId,name\nB,${uuid},Bert\n`,
      '1 = 0 + 0 + 0, omitted 2',
      { A: 'Anna' },
    ],
    [
      'twice in the file, equal',
      [],
      'id,name\nB,Bert\nB,Bert\n',
      '2 = 1 + 0 + 1, omitted',
      { A: 'Anna', B: 'Bert' },
    ],
    [
      'twice in the file, different',
      [],
      'id,name\nB,Bert\nB,Bart\n',
      '2 = 1 + 0 + 0, omitted 3',
      { A: 'Anna', B: 'Bert' },
    ],
    [
      'twice in the file, the last counts',
      ['overwriteExisting'],
      'id,name\nB,Bert\nB,Bart\n',
      '2 = 1 + 1 + 0, omitted',
      { A: 'Anna', B: 'Bart' },
    ],
  ]
  test.each(cases)('%s', async (_, options, file, counted, expected) => {
    const partner = await house.partner()
    await partner.call('createCustomer', { id: 'A', customerId: uuid, name: 'Anna', email: 'a@example.com' })
    const dry = await summary(partner, file, { options: [...options, 'dryRun'] })
    expect(await names(partner)).toEqual({ A: 'Anna' })
    const found = await summary(partner, file, { options })
    expect(counts(found)).toBe(counted)
    expect(dry).toEqual(found)
    expect(await names(partner)).toEqual(expected)
    for (const { errors } of found.omitted)
      expect(errors).toMatchObject([
        { reason: 'customer_exists', message: expect.stringMatching(/^Line \d(?:, column|:)/) },
      ])
  })
})

describe('licences', () => {
  const cases: [string, string, string, string | null][] = [
    [
      'added by edition',
      'customer_number,legacy_license_key,template_name,start_date,expiration_date,seats\nA,K9,oo-std,2026-01-01,2026-12-31,12\n',
      '1 = 1 + 0 + 0, omitted',
      null,
    ],
    ['the same again', 'customer,id,edition,quantity\nA,K1,oo-lite,5\n', '1 = 0 + 0 + 1, omitted', null],
    [
      'another under the same key',
      'customer,id,edition,quantity\nA,K1,oo-lite,6\n',
      '1 = 0 + 0 + 0, omitted 2',
      'license_exists',
    ],
    [
      'the same key of another product',
      'customer,id,edition\nA,K1,erp-std\n',
      '1 = 1 + 0 + 0, omitted',
      null,
    ],
    [
      'twice in the file',
      'customer,id,edition\nA,K2,oo-lite\nA,K2,oo-lite\nA,K2,oo-std\n',
      '3 = 1 + 0 + 1, omitted 4',
      'license_exists',
    ],
    ['of nobody', 'customer,id,edition\nX,K3,oo-lite\n', '1 = 0 + 0 + 0, omitted 2', 'customer_unknown'],
    [
      'of an edition that is not sold',
      'customer,id,edition\nA,K4,oo-none\n',
      '1 = 0 + 0 + 0, omitted 2',
      'edition_unknown',
    ],
    [
      'for no number',
      'customer,id,edition,quantity\nA,K5,oo-lite,many\n',
      '1 = 0 + 0 + 0, omitted 2',
      'params_invalid',
    ],
    [
      'without a key',
      'customer,id,licenseId,edition\nA,,,oo-lite\n',
      '1 = 0 + 0 + 0, omitted 2',
      'params_invalid',
    ],
  ]
  test.each(cases)('%s', async (_, file, counted, reason) => {
    const partner = await house.partner()
    await partner.call('createCustomer', { id: 'A', name: 'Anna' })
    await partner.call('createLicense', { customer: 'A', id: 'K1', edition: 'oo-lite', quantity: 5 })
    const dry = await summary(partner, file, { kind: 'licenses', options: ['dryRun', 'resumeOnError'] })
    const found = await summary(partner, file, { kind: 'licenses', options: ['resumeOnError'] })
    expect(counts(found)).toBe(counted)
    expect(dry).toEqual(found)
    expect(found.omitted[0]?.errors[0]?.reason ?? null).toBe(reason)
  })
})

test('the rejected rows come back unchanged, with what is wrong, to be mended and sent again', async () => {
  const partner = await house.partner()
  const file =
    '\ufeffNumber;Name;"E-Mail"\r\nA;Anna;a@example.com\r\nB;"Bert; ""B""\r\nJr.";\r\n=C;=cmd|1;nobody\r\nD;Dora\r\n'
  const response = await send(partner, file, { options: ['resumeOnError'], headers: { accept: 'text/csv' } })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  const rejected = await response.text()
  expect(rejected).toBe(
    'Number;Name;"E-Mail";problem\r\n' +
      'B;"Bert; ""B""\r\nJr.";;"Line 3, column ""Name"" must not contain control characters."\r\n' +
      '=C;=cmd|1;nobody;"Line 5, column ""E-Mail"" must be an e-mail address."\r\n' +
      'D;Dora;"Line 6 has 2 cells, and the header has 3 columns."\r\n',
  )
  const mended = rejected
    .replace('nobody', 'c@example.com')
    .replace('\r\nJr.', ' Jr.')
    .replace('D;Dora;', 'D;Dora;;')
  expect(counts(await summary(partner, mended))).toBe('3 = 3 + 0 + 0, omitted')
  expect(await names(partner)).toEqual({ A: 'Anna', B: 'Bert; "B" Jr.', '=C': '=cmd|1', D: 'Dora' })
  const again = mended.replace('Dora', 'Dori')
  const answer = await send(partner, again, { options: ['resumeOnError'], headers: { accept: 'text/csv' } })
  expect(await answer.text()).toMatch(
    /^Number;Name;E-Mail;problem\r\nD;Dori;;"Line 4, column ""Name"": This|^Number;Name;"E-Mail";problem\r\nD;Dori;;"?Line 4, column ""Name""/,
  )
})

test('progress comes as lines, the summary last', async () => {
  const partner = await house.partner()
  const rows = Array.from({ length: 2_500 }, (_, index) => [`C${index}`, 'x'])
  const response = await send(partner, csv([['id', 'name'], ...rows]), {
    headers: { accept: 'application/x-ndjson' },
  })
  const lines = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(response.headers.get('content-type')).toBe('application/x-ndjson')
  expect(lines.at(-1)).toEqual({ total: 2_500, imported: 2_500, updated: 0, skipped: 0, omitted: [] })
  expect(lines[0]).toEqual({ progress: { rows: expect.any(Number), bytes: expect.any(Number) } })
})

test.each(['customers', 'licenses'] as const)('a template of %s can be filled in and sent', async (kind) => {
  const { url, key } = house.operator
  const response = await fetch(`${url}/import/${kind}/template.csv`, { headers: { 'x-api-key': key } })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  const template = await response.text()
  expect(template).toMatch(/^[\w.,]+\r\n$/)
  expect(counts(await summary(house.operator, template, { kind }))).toBe('0 = 0 + 0 + 0, omitted')
})

const scopes = [
  ['customers', 'orders', 200],
  ['customers', 'licenses', 200],
  ['customers', 'admin', 200],
  ['customers', 'read', 403],
  ['licenses', 'licenses', 200],
  ['licenses', 'orders', 403],
] as const
test.each(scopes)('%s with the scope %s: %i', async (kind, scope, status) => {
  const caller = await house.withScopes(await house.partner(), [scope])
  const file = kind === 'customers' ? 'id,name\n' : 'id,customer,edition\n'
  expect((await send(caller, file, { kind })).status).toBe(status)
})

test('two imports of the same file at once do everything once', async () => {
  const partner = await house.partner()
  const rows = Array.from({ length: 3_000 }, (_, index) => [`C${index}`, `Customer ${index}`])
  const file = csv([['id', 'name'], ...rows])
  const both = await Promise.all([summary(partner, file), summary(partner, file)])
  expect(both.map(({ total, omitted }) => [total, omitted])).toEqual([
    [3_000, []],
    [3_000, []],
  ])
  expect(both.reduce((sum, { imported }) => sum + imported, 0)).toBe(3_000)
  const events = await partner.events()
  expect(events.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1))
  expect(new Set(events.map(({ object }) => object.id)).size).toBe(3_000)
})

test('a connection cut in the middle loses nothing; the same file sent again finishes it', async () => {
  const partner = await house.partner()
  const rows = Array.from({ length: 5_000 }, (_, index) => [`C${index}`, `Customer ${index}`])
  const file = csv([['id', 'name'], ...rows])
  const { url, key } = partner
  const headers = { 'x-api-key': key, 'content-type': 'text/csv', 'content-length': Buffer.byteLength(file) }
  const cut = request(`${url}/import/customers`, { method: 'POST', headers })
  const gone = new Promise((resolve) => cut.on('error', resolve))
  // The cut falls into a row, whose beginning must not be taken for the whole.
  const at = file.indexOf('C3500,') + 'C3500,Custo'.length
  cut.write(file.slice(0, at))
  const done = async () =>
    (
      await house.sql<{ n: number }>(
        `select count(*)::int n from customer where partner_id = ${partner.number}`,
      )
    )[0]?.n ?? 0
  while ((await done()) < 2_000) await new Promise((resolve) => setTimeout(resolve, 10))
  cut.destroy()
  await gone
  const before = await done()
  expect(before).toBeLessThanOrEqual(3_500)
  const again = await summary(partner, file)
  expect(again).toMatchObject({ total: 5_000, omitted: [], updated: 0 })
  expect(again.imported + again.skipped).toBe(5_000)
  expect((await partner.events()).map(({ data }) => data.name)).toEqual(rows.map(([, name]) => name))
})

test('a bad row far before the end is answered while the rest is still being sent', async () => {
  const partner = await house.partner()
  let sent = 0
  const line = Buffer.from(`A,${'x'.repeat(200)}\n`.repeat(300))
  const file = new ReadableStream({
    pull(controller) {
      if (sent === 0) controller.enqueue(Buffer.from('id,name\nA\n'))
      else controller.enqueue(line)
      sent += 1
      if (sent > 400) controller.close()
    },
  })
  expect(counts(await summary(partner, file))).toBe('1 = 0 + 0 + 0, omitted 2')
})

test('a line of 100 MB costs neither memory nor the rows around it', async () => {
  const partner = await house.partner()
  let sent = 0
  const piece = Buffer.alloc(1_000_000, 'x')
  const file = new ReadableStream({
    pull(controller) {
      controller.enqueue(
        sent === 0 ? Buffer.from('id,name\nA,Anna\nB,') : sent <= 100 ? piece : Buffer.from('\nC,Carl\n'),
      )
      sent += 1
      if (sent > 101) controller.close()
    },
  })
  const found = await summary(partner, file, { options: ['resumeOnError'] })
  expect(counts(found)).toBe('3 = 2 + 0 + 0, omitted 3')
  expect(await names(partner)).toEqual({ A: 'Anna', C: 'Carl' })
})
