/** JSON Schema of the shapes, with the names of the glossary, for whoever describes methods to the outside. */
import { z } from 'zod'
import * as shapes from '../shapes.ts'
import type { Registry } from './method.ts'

export interface JsonSchema {
  title?: string
  description?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: JsonSchema[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  maxLength?: number
  [other: string]: unknown
}

/** The object shapes that have a name of their own. */
const names = new Map<unknown, string>(
  Object.entries(shapes)
    .filter(([, shape]) => shape instanceof z.ZodObject)
    .map(([name, shape]) => [shape, name]),
)

/** Params are described as they may be sent, results as they are answered. */
export function schemaOf(shape: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, {
    target: 'draft-7',
    io,
    reused: 'inline',
    override({ zodSchema, jsonSchema }) {
      const name = names.get(zodSchema)
      if (name !== undefined) jsonSchema.title = name
    },
  })
  return schema as JsonSchema
}

/** The named shapes that the methods take and give, by their names. */
export function namedSchemas(registry: Registry): Map<string, JsonSchema> {
  const found = new Map<string, JsonSchema>()
  for (const { params, result } of Object.values(registry))
    for (const schema of [schemaOf(params, 'input'), schemaOf(result, 'output')]) collect(schema, found)
  return found
}

function collect(schema: JsonSchema, into: Map<string, JsonSchema>): void {
  if (schema.title !== undefined) into.set(schema.title, schema)
  for (const inner of Object.values(schema.properties ?? {})) collect(inner, into)
  for (const inner of schema.anyOf ?? []) collect(inner, into)
  if (schema.items) collect(schema.items, into)
  if (typeof schema.additionalProperties === 'object') collect(schema.additionalProperties, into)
}
