/** The calls that are measured, written as text by hand so that making them costs the driver next to nothing. */

/** What makes the calls of one round differ from those of another. */
export interface Subject {
  /** Which ids the things that are created get: this text and a number from 0. */
  readonly prefix: string
  /** Customers or chains that are there already: this text and a number from 0 up to `existing`. */
  readonly of: string
  readonly existing: number
}

/** One call of its kind, the `number`th of its round, as a method's name and params. */
type Writer = (subject: Subject, number: number) => string

/** Spreads reads over all that is there, in an order that no cache of pages likes. */
function scattered(number: number, existing: number): number {
  return (number * 7_919) % existing
}

const day = 86_400

function firstOrder({ prefix, of, existing }: Subject, number: number, more = ''): string {
  return (
    `"method":"createFirstOrder","params":{"customer":"${of}${number % existing}","id":"${prefix}${number}",` +
    `"product":"oo-lite","licenses":20,"duration":"monthly"${more}}`
  )
}

export const calls = {
  createCustomer: ({ prefix }, number) =>
    `"method":"createCustomer","params":{"id":"${prefix}${number}","name":"ABC Company","admin":` +
    `{"email":"admin${number}@example.com","phone":"111111111","displayName":"Isa Aswath"}}`,
  createFirstOrder: (subject, number) => firstOrder(subject, number),
  /** A chain whose first term ends in about ten days, so that it can be renewed at once. */
  createRenewableOrder: (subject, number) =>
    firstOrder(subject, number, `,"startsAt":${Math.floor(Date.now() / 1000) - 20 * day}`),
  createRenewalOrder: ({ prefix, of }, number) =>
    `"method":"createRenewalOrder","params":{"parent":"${of}${number}","id":"${prefix}${number}"}`,
  getOrder: ({ of, existing }, number) =>
    `"method":"getOrder","params":{"id":"${of}${scattered(number, existing)}"}`,
  checkEntitlement: ({ of, existing }, number) =>
    `"method":"checkEntitlement","params":{"customer":"${of}${scattered(number, existing)}","edition":"oo-lite"}`,
  /** Refused for its params, after the key was looked at and before a database is: the cost of the wire alone. */
  refusedParams: () => `"method":"getOrder","params":{"order":"ABC"}`,
} satisfies Record<string, Writer>

export type CallName = keyof typeof calls

/** The status of a single bare call that goes as it should. */
export function expectedStatus(name: CallName): number {
  return name === 'refusedParams' ? 400 : 200
}

/** A body with one bare call, or with an array of strict ones. */
export function bodyOf(name: CallName, subject: Subject, first: number, perBody: number): string {
  const write: Writer = calls[name]
  if (perBody === 1) return `{${write(subject, first)}}`
  const members: string[] = []
  for (let number = first; number < first + perBody; number++)
    members.push(`{"jsonrpc":"2.0","id":${number},${write(subject, number)}}`)
  return `[${members.join(',')}]`
}
