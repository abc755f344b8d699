/** Where the tests of licence sync play: a small catalogue, a sandbox partner, and a customer to sell to. */
import type { House, Params, TestPartner } from '../../house.ts'
import { openHouse } from '../../house.ts'

export const opening = '2026-03-01T12:00:00Z'

const editions: Params<'createEdition'>[] = [
  {
    code: 'cad-lite',
    product: 'cad',
    name: 'CAD Lite',
    features: ['draw'],
    limitations: { files: 10 },
    variables: { region: 'eu' },
  },
  {
    code: 'cad-pro',
    product: 'cad',
    name: 'CAD Pro',
    features: ['draw', 'render'],
    limitations: { files: 100, plots: 5 },
    variables: { region: 'us', tone: 'loud' },
  },
  { code: 'cad-grace', product: 'cad', name: 'CAD with grace', features: ['draw'], graceDays: 7 },
  { code: 'cad-floating', product: 'cad', name: 'CAD Floating', provisioningMode: 'floating' },
  { code: 'cad-devices', product: 'cad', name: 'CAD Devices', clientType: 'devices' },
  { code: 'cam-std', product: 'cam', name: 'CAM' },
]

/** A house with the products `cad` and `cam`. */
export async function openStage(): Promise<House> {
  const house = await openHouse({ now: opening })
  await house.operator.call('createProduct', { code: 'cad', name: 'CAD' })
  await house.operator.call('createProduct', { code: 'cam', name: 'CAM' })
  for (const edition of editions) await house.operator.call('createEdition', edition)
  return house
}

/** A fresh sandbox partner with the customer K001. */
export async function partnerWithCustomer(
  house: House,
  options: Partial<Params<'createPartner'>> = {},
): Promise<TestPartner> {
  const partner = await house.partner({ sandbox: true, ...options })
  await partner.call('createCustomer', { id: 'K001', name: 'Kunde GmbH' })
  return partner
}

/** Begins the chain O1 of K001 and answers the UUID of the licence that it drives. */
export async function licenseOfChain(
  partner: TestPartner,
  given: Partial<Params<'createFirstOrder'>> = {},
): Promise<string> {
  const { licenseId } = await partner.call('createFirstOrder', {
    customer: 'K001',
    id: 'O1',
    product: 'cad-lite',
    licenses: 3,
    duration: 'monthly',
    ...given,
  })
  return licenseId as string
}

/** The types of the events from a position on. */
export async function eventTypes(partner: TestPartner, after = 0): Promise<string[]> {
  return (await partner.events()).slice(after).map(({ type }) => type)
}

/** The reasons of an array's replies, `ok` for what was done. */
export const reasons = (replies: { error?: { data: { reason: string } } }[]): string[] =>
  replies.map(({ error }) => error?.data.reason ?? 'ok')

/** Paths of the issues that a call with bad params is told. */
export async function issuePaths(
  partner: TestPartner,
  method: Parameters<TestPartner['refusal']>[0],
  params: Record<string, unknown>,
): Promise<string[]> {
  const { data } = await partner.refusal(method, params)
  if (data.reason !== 'params_invalid') return [data.reason]
  return (data.issues as { path: string }[]).map(({ path }) => path)
}
