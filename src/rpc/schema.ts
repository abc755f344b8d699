/** JSON Schema of the shapes, with the names of the glossary, for whoever describes methods to the outside. */
import { z } from 'zod'
import * as shapes from '../shapes.ts'

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
