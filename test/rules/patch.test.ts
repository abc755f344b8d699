/** What a PATCH does: absent stays, null clears, everything else replaces. */
import { expect, test } from 'vitest'
import { merged } from '../../src/rules/patch.ts'

const kept = { name: 'A', email: 'a@example.com', phone: null as string | null }

const table: [what: string, patch: Record<string, unknown>, whole: object, dropped: object][] = [
  ['nothing', {}, kept, kept],
  ['absent, said as undefined', { name: undefined }, kept, kept],
  ['a new value', { name: 'B' }, { ...kept, name: 'B' }, { ...kept, name: 'B' }],
  ['null', { email: null }, { ...kept, email: null }, { name: 'A', phone: null }],
  ['a value that is false or empty', { name: '' }, { ...kept, name: '' }, { ...kept, name: '' }],
  ['null of what was never there', { city: null }, { ...kept, city: null }, kept],
  ['a new member', { city: 'Ulm' }, { ...kept, city: 'Ulm' }, { ...kept, city: 'Ulm' }],
]
test.each(table)('%s', (_what, patch, whole, dropped) => {
  const before = structuredClone(kept)
  expect(merged(kept, patch)).toEqual(whole)
  expect(merged(kept, patch, 'drop')).toEqual(dropped)
  expect(Object.keys(merged(kept, patch, 'drop'))).toEqual(Object.keys(dropped))
  expect(kept).toEqual(before)
})
