/** Requests: calls in the envelopes of both dialects, well made or not, with headers and verbs that may be odd. */
import type { JsonSchema } from '../../src/rpc/schema.ts'
import { type Known, objectText, type Walk } from './grammar.ts'
import type { Chance } from './random.ts'
import type { HostileRequest } from './send.ts'
import { fragments, hostile } from './values.ts'

/** A method as the OpenRPC document describes it: the schema of its params, put together from their descriptors. */
export interface Described {
  readonly name: string
  readonly params: JsonSchema
  /** Groups of params of which one is wanted. */
  readonly either: readonly (readonly string[])[]
}

const customer = ['customer', 'customerId']
const consumer = ['consumer', 'consumerId']

/** What the schemas leave to the sentences of the reference: which params stand for one another. */
const either: Record<string, readonly (readonly string[])[]> = {
  updateCustomer: [['id', 'customerId']],
  renameCustomer: [['id', 'customerId']],
  getCustomer: [['id', 'customerId']],
  createFirstOrder: [customer],
  createLicense: [customer],
  updateLicense: [['licenseId', 'id']],
  getLicense: [['licenseId', 'id']],
  revokeLicenses: [customer, ['contract', 'order', 'subscription', 'licenseIds']],
  checkEntitlement: [
    [...customer, ...consumer],
    ['edition', 'product'],
  ],
  createConsumer: [customer],
  updateConsumer: [['id', 'consumerId']],
  getConsumer: [['id', 'consumerId', 'email']],
  grantAccess: [customer, consumer],
  revokeAccess: [customer, consumer],
  advanceClock: [['days', 'seconds']],
}

/** Whoever calls: a key, and what the caller knows of. */
export interface Caller {
  readonly name: string
  readonly key: string
  readonly known: Known
}

/** The methods of an OpenRPC document. */
export function methodsOf(document: unknown): Described[] {
  const { methods } = document as {
    methods: { name: string; params: { name: string; required?: boolean; schema: JsonSchema }[] }[]
  }
  return methods.map(({ name, params }) => ({
    name,
    either: either[name] ?? [],
    params: {
      type: 'object',
      properties: Object.fromEntries(params.map((param) => [param.name, param.schema])),
      required: params.filter(({ required }) => required).map((param) => param.name),
    },
  }))
}

const quoted = (value: unknown): string => JSON.stringify(value)

export class Envelopes {
  readonly #methods: readonly Described[]

  constructor(methods: readonly Described[]) {
    this.#methods = methods
  }

  /** One request: mostly a single call, else an array of some. */
  request(chance: Chance, { key, known }: Caller): HostileRequest & { readonly body: string } {
    const isArray = chance.percent(12)
    const body = isArray ? this.#array(chance, known) : this.#call(chance, known, chance.percent(50))
    return {
      verb: verb(chance, body),
      path: chance.percent(0.5) ? `/rpc?${encodeURIComponent(chance.one(fragments))}` : '/rpc',
      headers: headers(chance, key),
      body: chance.percent(1) ? damaged(chance, body) : body,
    }
  }

  #array(chance: Chance, known: Known): string {
    const length = chance.percent(0.5) ? chance.one([0, 200, 1_001]) : 1 + chance.below(12)
    const members = Array.from({ length }, () =>
      chance.percent(4) ? hostile(chance) : this.#call(chance, known, true),
    )
    return `[${members.join(',')}]`
  }

  /** One call. How much of it is spoiled differs from call to call, so that some fit altogether. */
  #call(chance: Chance, known: Known, strict: boolean): string {
    const spoiled = chance.one([0, 0, 3, 8, 25])
    const method = chance.one(this.#methods)
    const params = this.#params(method, { chance, known, spoiled })
    const name = chance.percent(1.5) ? oddName(chance, method.name) : quoted(method.name)
    const members = [`"method":${name}`, `"params":${chance.percent(2) ? hostile(chance) : params}`]
    if (strict) members.unshift(`"jsonrpc":${chance.percent(2) ? hostile(chance) : '"2.0"'}`)
    if (chance.percent(strict ? 93 : 15)) members.push(`"id":${id(chance)}`)
    if (chance.percent(1))
      members.push(
        chance.one([
          '"__proto__":{"method":"getClock"}',
          '"jsonrpc":"2.0"',
          '"method":"getClock"',
          '"extra":1',
          '"result":1',
          '"error":{}',
        ]),
      )
    if (chance.percent(20)) members.reverse()
    return `{${members.join(',')}}`
  }

  #params({ name, params, either: groups }: Described, walk: Walk): string {
    if (name !== 'preview' || !walk.chance.percent(80)) return objectText(params, walk, groups)
    // What preview plays has params of its own.
    const played = walk.chance.one(this.#methods)
    return `{"method":${quoted(played.name)},"params":${objectText(played.params, walk, played.either)}}`
  }
}

function oddName(chance: Chance, name: string): string {
  return chance.one([
    quoted(name.toUpperCase()),
    quoted(`${name} `),
    quoted(`rpc.${name}`),
    quoted('__proto__'),
    quoted('constructor'),
    quoted('toString'),
    quoted('x'.repeat(300)),
    quoted(''),
    hostile(chance),
  ])
}

function id(chance: Chance): string {
  if (chance.percent(85))
    return chance.one(['1', '"a"', '0', '-1', '1.5', quoted(`id-${chance.below(1_000)}`)])
  return chance.one(['null', '""', '-0', '1e400', '9007199254740993', '{}', '[1]', 'true', hostile(chance)])
}

/** GET for what is bare, now and then for what is not, and verbs that nobody should use. */
function verb(chance: Chance, body: string): string {
  if (chance.percent(1)) return chance.one(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'])
  const isBare = body.startsWith('{') && !body.includes('"jsonrpc"')
  return chance.percent(isBare ? 25 : 1) ? 'GET' : 'POST'
}

function headers(chance: Chance, key: string): Record<string, string | string[]> {
  const sent: Record<string, string | string[]> = chance.percent(10)
    ? { authorization: `${chance.one(['Bearer', 'bearer'])} ${key}` }
    : { 'x-api-key': key }
  if (chance.percent(95))
    sent['content-type'] = chance.one(['application/json', 'application/json; charset=utf-8'])
  if (!chance.percent(6)) return sent
  const [name, value] = oddHeader(chance)
  return { ...sent, [name]: value }
}

/** A header that nobody should send, or not like this. */
export function oddHeader(chance: Chance): [name: string, value: string] {
  return chance.one<[string, string]>([
    [
      'content-type',
      chance.one([
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        ';',
        'application/json; charset=utf-16',
        'x'.repeat(4_000),
      ]),
    ],
    ['content-encoding', chance.one(['gzip', 'identity', 'br', ''])],
    ['x-request-id', chance.one(['<script>', "' or 1=1", 'x'.repeat(5_000), '\t', 'ok-1'])],
    [
      'idempotency-key',
      chance.one(['"quoted"', '""', '', 'x'.repeat(255), 'x'.repeat(256), "'; --", '\u00e9']),
    ],
    ['accept', chance.one(['*/*', 'text/html', 'application/xml', ''])],
    ['host', chance.one(['hooks.invalid', '127.0.0.1', 'localhost:1'])],
    ['x-forwarded-for', chance.one(['127.0.0.1', "' or 1=1", '::1'])],
    ['x-http-method-override', 'DELETE'],
    ['origin', 'https://attacker.invalid'],
    ['cookie', 'session=1; __proto__=1'],
    ['range', 'bytes=0-1'],
    ['if-none-match', '*'],
    [
      'traceparent',
      chance.one(['00-0-0-00', `00-${'f'.repeat(32)}-${'0'.repeat(16)}-ff`, "'", 'x'.repeat(3_000)]),
    ],
    ['x-odd', 'x'.repeat(10_000)],
  ])
}

/** A body with a piece cut out, doubled, or replaced by something that is no text. */
function damaged(chance: Chance, body: string): string {
  const from = chance.below(body.length)
  const to = from + chance.below(20)
  const cut = body.slice(from, to)
  const instead = chance.one(['', cut + cut, '\u0000', '\ufeff', '//', "'", 'NaN', '\n'])
  return body.slice(0, from) + instead + body.slice(to)
}
