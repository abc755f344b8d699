/** The API keys of one partner, or of all: what listing them and finding one among them have in common. */
import type { z } from 'zod'
import { Fault } from '../faults.ts'
import type { ApiKey } from '../shapes.ts'
import { Refused } from './failure.ts'
import type { House } from './house.ts'

/** Every key of the partner with this number; without one, of all partners, in the order of their numbers. */
export async function keysOf(house: House, partner?: number): Promise<z.output<typeof ApiKey>[]> {
  const keys = []
  const partners = await house.every(0, 'listPartners')
  const wanted = partners.filter((one) => partner === undefined || one.partner === partner)
  if (wanted.length === 0) throw new Refused(new Fault('partner_unknown', { id: String(partner) }).toWire())
  for (const one of wanted) keys.push(...(await house.every(one.partner as number, 'listApiKeys')))
  return keys
}
