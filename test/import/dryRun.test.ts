/** A dry run tells exactly what the run does: the same counts and the same refusals, whatever the file. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { csv, type Option, type Summary, summary } from './files.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const uuids = Array.from({ length: 6 }, (_, n) => `0190a0b1-0000-7000-8000-00000000000${n}`)

/** Few ids and few values, so that rows meet each other: in one group and across groups. */
const customerRow = fc.tuple(
  fc.constantFrom('', 'A', 'B', 'C', 'D', 'E', 'OLD', ...uuids.slice(0, 2)),
  fc.constantFrom('', '', '', ...uuids),
  fc.constantFrom('Anna', 'Bert', ''),
  fc.constantFrom('', 'a@example.com', 'nobody'),
  fc.constantFrom('', '', 'yes', 'no'),
)
const customerHeader = ['id', 'customerId', 'name', 'email', 'isActive']

const licenseRow = fc.tuple(
  fc.constantFrom('A', 'A', 'OLD', 'X'),
  fc.constantFrom('', 'K1', 'K2', 'K3'),
  fc.constantFrom('', '', ...uuids),
  fc.constantFrom('oo-lite', 'oo-std', 'erp-std', 'oo-none'),
  fc.constantFrom('', '1', '2', 'many'),
)
const licenseHeader = ['customer', 'id', 'licenseId', 'edition', 'quantity']

const options = fc.subarray(['overwriteExisting', 'resumeOnError'] satisfies Option[])
/** Rows that say nothing new lie between the others, so that small files too are decided in several groups. */
const between = fc.constantFrom(0, 0, 0, 700, 1_100)

type Kind = 'customers' | 'licenses'

async function bothWays(
  partner: TestPartner,
  kind: Kind,
  file: string,
  how: Option[],
): Promise<[Summary, Summary]> {
  const before = (await partner.events()).length
  const dry = await summary(partner, file, { kind, options: [...how, 'dryRun'] })
  expect(await partner.events()).toHaveLength(before)
  return [dry, await summary(partner, file, { kind, options: how })]
}

async function freshPartner(): Promise<TestPartner> {
  const partner = await house.partner()
  await partner.call('createCustomer', { id: 'A', name: 'Anna' })
  await partner.call('createCustomer', { id: 'FIRST', customerId: uuids[0], name: 'Bert' })
  await partner.call('createCustomer', { id: 'OLD', name: 'Anna', email: 'a@example.com' })
  await partner.call('renameCustomer', { id: 'OLD', newId: 'NEW' })
  await partner.call('createLicense', { customer: 'A', id: 'K1', edition: 'oo-lite' })
  return partner
}

const files: [Kind, string[], fc.Arbitrary<string[]>, string[]][] = [
  ['customers', customerHeader, customerRow as fc.Arbitrary<string[]>, ['A', '', 'Anna', '', '']],
  ['licenses', licenseHeader, licenseRow as fc.Arbitrary<string[]>, ['A', 'K1', '', 'oo-lite', '']],
]
test.each(files)('a dry run of %s equals the run', async (kind, header, row, known) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(row, between), { maxLength: 12 }), options, async (drawn, how) => {
      const rows = drawn.flatMap(([cells, filler]) => [cells, ...Array.from({ length: filler }, () => known)])
      const [dry, real] = await bothWays(await freshPartner(), kind, csv([header, ...rows]), how)
      expect(dry).toEqual(real)
    }),
    { numRuns: 40 },
  )
})
