/** Every example of every method fits the shapes of the method, and says enough to be shown. */
import { describe, expect, test } from 'vitest'
import { registry } from '../../src/methods/index.ts'
import { readParams } from '../../src/rpc/params.ts'
import type { Json } from '../../src/rules/canonical.ts'

/** The methods that keep an ERP or CRM in step, each of which must be shown. */
const shown = [
  ...['createLicense', 'updateLicense', 'revokeLicenses', 'getLicense', 'listLicenses', 'checkEntitlement'],
  ...['createConsumer', 'updateConsumer', 'getConsumer', 'listConsumers', 'grantAccess', 'revokeAccess'],
  ...['createProduct', 'createEdition', 'updateEdition', 'listProducts', 'listEditions'],
]

test.each(shown)('%s has an example', (name) => {
  expect(registry[name]?.examples.length).toBeGreaterThan(0)
})

const examples = Object.entries(registry).flatMap(([name, method]) =>
  method.examples.map((example) => ({ name, method, ...example })),
)

describe('examples', () => {
  test.each(examples)('$name: $summary', ({ method, params, result, summary }) => {
    expect(() => readParams(method, params as Json)).not.toThrow()
    expect(method.result.safeParse(result).error).toBeUndefined()
    expect(summary).not.toMatch(/\.$/)
  })
})

test('no method shows two examples of one name', () => {
  const names = examples.map(({ name, summary }) => `${name}: ${summary}`)
  expect(names).toHaveLength(new Set(names).size)
})
