/** UUIDs of version 7, as RFC 9562 lays them out. */
import { expect, test } from 'vitest'
import { uuidV7 } from '../../src/rules/uuid.ts'

const bytes = (fill: number): Uint8Array => new Uint8Array(10).fill(fill)

const table: [milliseconds: number, fill: number, uuid: string][] = [
  // Time and layout of the example in appendix A.6 of RFC 9562; the random part is our own.
  [0x017f22e279b0, 0x00, '017f22e2-79b0-7000-8000-000000000000'],
  [0x017f22e279b0, 0xff, '017f22e2-79b0-7fff-bfff-ffffffffffff'],
  [0, 0x00, '00000000-0000-7000-8000-000000000000'],
  [2 ** 48 - 1, 0xab, 'ffffffff-ffff-7bab-abab-abababababab'],
]
test.each(table)('at %i with bytes of %i: %s', (milliseconds, fill, uuid) => {
  expect(uuidV7(milliseconds, bytes(fill))).toBe(uuid)
})

test('they sort by the time at which they were made', () => {
  const times = [0, 1, 255, 256, 65_536, 1_684_313_717_000, 1_684_313_717_001, 253_402_300_799_000]
  const made = times.map((time, index) => uuidV7(time, bytes(255 - index * 30)))
  expect([...made].sort()).toEqual(made)
})

test('the random part is taken from where it lies in a larger buffer', () => {
  const drawn = Uint8Array.from({ length: 30 }, (_, index) => index)
  expect(uuidV7(0, drawn.subarray(10, 20))).toBe('00000000-0000-7a0b-8c0d-0e0f10111213')
})
