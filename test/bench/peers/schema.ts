/** What the peers on Fastify accept, as JSON Schema. */
export const paramsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['customer', 'id', 'product', 'licenses', 'duration'],
  properties: {
    customer: { type: 'string', minLength: 1, maxLength: 255 },
    id: { type: 'string', minLength: 1, maxLength: 255 },
    product: { type: 'string', minLength: 1, maxLength: 100 },
    licenses: { type: 'integer', minimum: 1, maximum: 10_000_000 },
    duration: { enum: ['monthly', 'yearly'] },
  },
} as const
