/**
 * The calls that are measured, as texts. Every number in them has the same width, so that a driver can prepare a whole
 * request once and write only digits into it.
 */

/** What makes the calls of one round differ from those of another. */
export interface Subject {
  /** Which ids the things that are created get: this text and a number from 0. */
  readonly prefix: string
  /** Customers or chains that are there already: this text and a number from 0 up to `existing`. */
  readonly of: string
  readonly existing: number
}

/**
 * How a call is put: `bare` and `strict` are the two dialects of `/rpc`; `route` posts the params to a path that has the
 * method's name, and an array of params to its plural.
 */
export type Wire = 'bare' | 'strict' | 'route'

/** Numbers have so many digits, with zeros in front. */
export const digits = 9

/** Characters that stand where digits will be written: three kinds of numbers. */
export const marks = { own: '\u0001', each: '\u0002', any: '\u0003' } as const

/** The call's own number in its round. */
const own = marks.own.repeat(digits)
/** One of what is there already, one after the other. */
const each = marks.each.repeat(digits)
/** One of what is there already, in an order that no cache of pages likes. */
const any = marks.any.repeat(digits)

/** The number as it stands in an id. */
export function padded(number: number): string {
  return String(number).padStart(digits, '0')
}

interface Call {
  readonly method: string
  readonly params: (subject: Subject) => string
  /** A text that only the expected answer contains, once. */
  readonly answer: string
  /** The status of a single bare call; 200 unless said otherwise. */
  readonly status?: number
}

const day = 86_400

function firstOrder({ prefix, of }: Subject, more = ''): string {
  return `{"customer":"${of}${each}","id":"${prefix}${own}","product":"oo-lite","licenses":20,"duration":"monthly"${more}}`
}

export const calls = {
  createCustomer: {
    method: 'createCustomer',
    params: ({ prefix }) =>
      `{"id":"${prefix}${own}","name":"ABC Company","admin":` +
      `{"email":"admin${own}@example.com","phone":"111111111","displayName":"Isa Aswath"}}`,
    answer: '"isActive":true',
  },
  createFirstOrder: {
    method: 'createFirstOrder',
    params: (subject) => firstOrder(subject),
    answer: '"remoteId"',
  },
  /** A chain whose first term ends in about ten days, so that it can be renewed at once. */
  createRenewableOrder: {
    method: 'createFirstOrder',
    params: (subject) => firstOrder(subject, `,"startsAt":${Math.floor(Date.now() / 1000) - 20 * day}`),
    answer: '"remoteId"',
  },
  createRenewalOrder: {
    method: 'createRenewalOrder',
    params: ({ prefix, of }) => `{"parent":"${of}${own}","id":"${prefix}${own}"}`,
    answer: '"remoteId"',
  },
  createLicense: {
    method: 'createLicense',
    params: ({ prefix, of }) =>
      `{"customer":"${of}${each}","edition":"oo-lite","id":"${prefix}${own}","quantity":20}`,
    answer: '"licenseId":"',
  },
  getOrder: {
    method: 'getOrder',
    params: ({ of }) => `{"id":"${of}${any}"}`,
    answer: '"suspendedAt":null',
  },
  getCustomer: {
    method: 'getCustomer',
    params: ({ of }) => `{"id":"${of}${any}"}`,
    answer: '"displayName":"Isa Aswath"',
  },
  listOrders: {
    method: 'listOrders',
    params: ({ of }) => `{"customer":"${of}${any}","limit":50}`,
    answer: '"items":[{',
  },
  checkEntitlement: {
    method: 'checkEntitlement',
    params: ({ of }) => `{"customer":"${of}${any}","edition":"oo-lite"}`,
    answer: '"entitled":true',
  },
  /** Refused for its params, after the key was looked at and before a database is: the cost of the wire alone. */
  refusedParams: {
    method: 'getOrder',
    params: () => '{"order":"ABC"}',
    answer: '"reason":"params_invalid"',
    status: 400,
  },
} satisfies Record<string, Call>

export type CallName = keyof typeof calls

export function callOf(name: CallName): Call {
  return calls[name]
}

/** A path and a body with one call, or with an array of them; marks stand for the digits. */
export function requestOf(
  name: CallName,
  subject: Subject,
  perBody: number,
  wire: Wire,
): { path: string; body: string } {
  const { method, params } = callOf(name)
  const given = params(subject)
  if (wire === 'route' && perBody === 1) return { path: `/${method}`, body: given }
  const strict = (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${given}}`
  const member = (index: number) => (wire === 'route' ? given : strict(index))
  const path = wire === 'route' ? `/${method}s` : '/rpc'
  if (perBody > 1)
    return { path, body: `[${Array.from({ length: perBody }, (_, index) => member(index)).join(',')}]` }
  return { path, body: wire === 'strict' ? strict(0) : `{"method":"${method}","params":${given}}` }
}
