/** The OpenRPC document is one by the official tools, and what its examples show is what the methods take and give. */
import { expect, test } from 'vitest'
import { allFaults } from '../../src/faults.ts'
import { registry } from '../../src/methods/index.ts'
import { openRpcDocument } from '../../src/rpc/openrpc.ts'
import { readParams } from '../../src/rpc/params.ts'
import type { Json } from '../../src/rules/canonical.ts'

/** Imported past the compiler, which would go on to read sources that do not compile as strictly as ours. */
const tools: string = '@open-rpc/schema-utils-js'
const { parseOpenRPCDocument, validateOpenRPCDocument } = (await import(tools)) as {
  parseOpenRPCDocument(document: object): Promise<{ methods: unknown }>
  validateOpenRPCDocument(document: object): true | Error
}

const document = JSON.parse(JSON.stringify(openRpcDocument(registry, '0.0.0')))
const examples = Object.entries(registry).flatMap(([name, method]) =>
  method.examples.map((example) => [`${name}: ${example.summary}`, method, example] as const),
)

test('the official tools find nothing wrong with it, and resolve every reference', async () => {
  expect(validateOpenRPCDocument(document)).toBe(true)
  const resolved = await parseOpenRPCDocument(document)
  const [method] = resolved.methods as { errors: { code: number; message: string }[] }[]
  expect(method?.errors[0]).toMatchObject({ code: 1101, message: allFaults.customer_exists.message })
})

test('every method has a tag, an error and an example', () => {
  const methods = document.methods as {
    name: string
    tags?: object[]
    errors: object[]
    examples?: object[]
  }[]
  const bare = methods.filter(({ name, tags, errors, examples }) =>
    name.startsWith('rpc.') ? false : !tags?.length || !errors.length || !examples?.length,
  )
  expect(bare.map(({ name }) => name)).toEqual([])
})

test.each(examples)('%s: may be sent', (_name, method, { params }) => {
  readParams(method, params as Json)
})

test.each(examples)('%s: may be answered', (_name, method, { result }) => {
  expect(method.result.parse(result)).toEqual(result)
})

test('what is required stands before what is not', () => {
  for (const { params } of document.methods as { params: { required?: boolean }[] }[]) {
    const required = params.map((param) => param.required === true)
    expect(required).toEqual([...required].sort((a, b) => Number(b) - Number(a)))
  }
})
