/**
 * A peer, the hard one: Fastify and pg with one SQL function per method; a single call is one statement, and so is an
 * array of calls, as a set. It checks the key, validates by JSON Schema, and does all the rest inside PostgreSQL,
 * recognising a repeat included. It does not lock the partner: positions in its feed may have gaps and may become
 * visible out of order. An array goes in as a whole; where any of its calls would be refused or is a repeat, the set is
 * taken back and the calls are made one by one.
 */
import Fastify, { type FastifyReply } from 'fastify'
import { isTaken, Keys, type OrderParams, Refusal, requestText, uuid } from './order.ts'
import { peerPool, serving } from './process.ts'
import { paramsSchema } from './schema.ts'

const pool = peerPool()
const keys = new Keys(pool)

/** Refusals are raised by the functions under this code. */
const refused = 'T0001'

async function call(name: string, text: string, values: unknown[]): Promise<string[]> {
  try {
    const { rows } = await pool.query<{ reply: string }>({ name, text, values })
    return rows.map(({ reply }) => reply)
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === refused) throw new Refusal(message)
    throw error
  }
}

async function one(params: OrderParams): Promise<string> {
  const { customer, id, product, licenses, duration } = params
  const values = [customer, id, product, licenses, duration, requestText(params), uuid(), uuid()]
  const attempt = async () =>
    (
      await call('one', 'select create_first_order($1, $2, $3, $4, $5, $6, $7, $8) as reply', values)
    )[0] as string
  try {
    return await attempt()
  } catch (error) {
    // Somebody else took the id a moment ago; now the function sees it.
    if (isTaken(error)) return attempt()
    throw error
  }
}

async function many(calls: readonly OrderParams[]): Promise<string> {
  const asked = calls.map((params) => ({
    ...params,
    request: requestText(params),
    license: uuid(),
    event: uuid(),
  }))
  try {
    return `[${(await call('many', 'select reply from create_first_orders($1) as reply', [JSON.stringify(asked)])).join(',')}]`
  } catch (error) {
    if (!isTaken(error) && !(error instanceof Refusal)) throw error
  }
  const replies: string[] = []
  for (const params of calls) {
    const told = await one(params).catch((error) => {
      if (error instanceof Refusal) return JSON.stringify({ error: error.reason })
      throw error
    })
    replies.push(told)
  }
  return `[${replies.join(',')}]`
}

async function answer(reply: FastifyReply, act: () => Promise<string>): Promise<string | FastifyReply> {
  reply.type('application/json')
  try {
    return await act()
  } catch (error) {
    if (error instanceof Refusal) return reply.code(409).send(JSON.stringify({ error: error.reason }))
    throw error
  }
}

const app = Fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: false } } })
app.addHook('onRequest', async (request, reply) => {
  if (!(await keys.knows(request.headers['x-api-key'] as string | undefined)))
    return reply.code(401).send({ error: 'unauthenticated' })
})
app.post<{ Body: OrderParams }>('/createFirstOrder', { schema: { body: paramsSchema } }, (request, reply) =>
  answer(reply, () => one(request.body)),
)
app.post<{ Body: OrderParams[] }>(
  '/createFirstOrders',
  { schema: { body: { type: 'array', minItems: 1, maxItems: 500, items: paramsSchema } } },
  (request, reply) => answer(reply, () => many(request.body)),
)
await app.listen({ port: 0, host: '127.0.0.1' })
serving(app.server, pool)
