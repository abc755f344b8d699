/** `listPartners`: who uses this installation, for operators alone. */
import { expect, test } from 'vitest'
import { openHouse } from '../../house.ts'

test('all of them by number, page by page, without their keys', async () => {
  await using house = await openHouse()
  for (const name of ['One', 'Two', 'Three']) await house.partner({ name, sandbox: name === 'Two' })
  const { items, next } = await house.operator.call('listPartners', {})
  expect([items.map(({ partner, name, sandbox }) => [partner, name, sandbox]), next]).toEqual([
    [
      [0, 'House', false],
      [1, 'One', false],
      [2, 'Two', true],
      [3, 'Three', false],
    ],
    null,
  ])
  const first = await house.operator.call('listPartners', { limit: 3 })
  const rest = await house.operator.call('listPartners', { limit: 3, cursor: first.next as string })
  expect([...first.items, ...rest.items]).toEqual(items)
  expect(rest.next).toBeNull()
  const partner = await house.partner()
  expect((await partner.post({ method: 'listPartners' })).status).toBe(403)
})
