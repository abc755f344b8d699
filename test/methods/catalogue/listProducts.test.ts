/** `listProducts`: what is sold, the same for every partner. */
import { expect, test } from 'vitest'
import { openHouse } from '../../house.ts'

test('the products that are there from the start, in order of their codes', async () => {
  await using house = await openHouse()
  const partner = await house.partner()
  for (const caller of [house.operator, partner]) {
    const { items, next } = await caller.call('listProducts', {})
    expect([items.map(({ code, name }) => [code, name]), next]).toEqual([
      [
        ['erp', 'ERP'],
        ['oo', 'OneOffice'],
      ],
      null,
    ])
  }
})
