/** What tests of the shops' methods begin with. */
import type { Result, TestPartner } from '../../house.ts'

export const secret = 'whsec_of_a_shop'

export function createSource(partner: TestPartner, name = 'Web shop'): Promise<Result<'createSource'>> {
  return partner.call('createSource', { name, shop: 'stripe', secret })
}
