/** How API keys look, and which texts cannot be one. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashKey, keyBytes, keyIdOf, makeKey } from '../../src/rules/apiKey.ts'

const random = Uint8Array.from({ length: keyBytes }, (_, index) => (index * 37 + 5) % 256)

test('a key names its mode and its id, and says its whole self in its hash', () => {
  const { keyId, key, secretHash } = makeKey(random, false)
  expect(key).toMatch(/^tk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
  expect(key.split('_')[2]).toBe(keyId)
  expect(keyIdOf(key)).toBe(keyId)
  expect(secretHash).toBe(createHash('sha256').update(key).digest('hex'))
  expect(hashKey(key)).toBe(secretHash)
})

test('a key of a sandbox says test, and is another key', () => {
  const [live, sandbox] = [makeKey(random, false), makeKey(random, true)]
  expect(sandbox.key).toMatch(/^tk_test_/)
  expect(sandbox.secretHash).not.toBe(live.secretHash)
  expect(keyIdOf(sandbox.key.replace('tk_test_', 'tk_live_'))).toBeUndefined()
})

test('every random byte counts', () => {
  const { key } = makeKey(random, false)
  for (let place = 0; place < keyBytes; place++) {
    const other = Uint8Array.from(random)
    other[place] = (other[place] as number) ^ 1
    expect(makeKey(other, false).key, `byte ${place}`).not.toBe(key)
  }
})

test('one wrong, missing or swapped character is noticed without a query', () => {
  const { key } = makeKey(random, false)
  for (let place = 8; place < key.length; place++) {
    if (key[place] === '_') continue
    const wrong = key[place] === 'x' ? 'y' : 'x'
    expect(keyIdOf(key.slice(0, place) + wrong + key.slice(place + 1)), `character ${place}`).toBeUndefined()
    expect(keyIdOf(key.slice(0, place) + key.slice(place + 1)), `without ${place}`).toBeUndefined()
  }
  const swapped = key.slice(0, 30) + key[31] + key[30] + key.slice(32)
  expect(swapped).not.toBe(key)
  expect(keyIdOf(swapped)).toBeUndefined()
})

test.each(['', 'tk_live_', 'Bearer x', ' ', 'tk_prod_aaaaaaaaaaaa_'])('%j is no key', (text) => {
  expect(keyIdOf(text)).toBeUndefined()
})

test('nothing may stand around a key', () => {
  const { key } = makeKey(random, false)
  for (const text of [` ${key}`, `${key} `, `${key}\n`, key.toUpperCase(), `${key}a`])
    expect(keyIdOf(text)).toBeUndefined()
})
