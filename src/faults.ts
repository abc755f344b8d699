/**
 * The glossary of refusals: everything Tenure can say no to, with its number, its HTTP status on the bare wire
 * and the facts that travel with it. The name (`reason`) and the number are one to one and never change meaning.
 */
import { z } from 'zod'

/** What one refusal looks like: its number, bare HTTP status, sentence and the shape of its facts. */
export interface FaultDefinition<Data extends z.ZodType = z.ZodType> {
  readonly code: number
  readonly status: number
  readonly message: string
  readonly data: Data
  readonly retryable: boolean
}

function refusal<Data extends z.ZodType>(
  code: number,
  status: number,
  message: string,
  data: Data,
  retryable = false,
): FaultDefinition<Data> {
  return { code, status, message, data, retryable }
}

const Id = z.strictObject({ id: z.string() })
const Taken = z.strictObject({ id: z.string(), differs: z.array(z.string()) })
const Since = z.strictObject({ since: z.int() })
const Nothing = z.strictObject({})

/** Refusals of methods. Their codes are positive; clients may rely on `reason` and on `code` alike. */
export const faults = {
  customer_unknown: refusal(1001, 404, 'There is no customer with this id.', Id),
  order_unknown: refusal(1002, 404, 'There is no order with this id.', Id),
  license_unknown: refusal(1003, 404, 'There is no licence with this id.', Id),
  consumer_unknown: refusal(1004, 404, 'There is no consumer with this id.', Id),
  edition_unknown: refusal(1005, 404, 'There is no edition with this code.', Id),
  product_unknown: refusal(1006, 404, 'There is no product with this code.', Id),
  endpoint_unknown: refusal(1007, 404, 'There is no webhook endpoint with this id.', Id),
  key_unknown: refusal(1008, 404, 'There is no API key with this id.', Id),
  partner_unknown: refusal(1009, 404, 'There is no partner with this number.', Id),
  source_unknown: refusal(1010, 404, 'There is no shop source with this id.', Id),
  sku_unknown: refusal(1011, 404, 'This name of a shop has never been mapped to an edition.', Id),
  inbox_unknown: refusal(1012, 404, 'There is no inbox item with this id.', Id),
  delivery_unknown: refusal(1013, 404, 'There is no webhook delivery with this id.', Id),

  customer_exists: refusal(1101, 409, 'This customer id is already taken by a different request.', Taken),
  order_exists: refusal(1102, 409, 'This order id is already taken by a different request.', Taken),

  license_exists: refusal(1103, 409, 'This licence id is already taken by a different request.', Taken),
  consumer_exists: refusal(
    1104,
    409,
    'This consumer id or e-mail address is already taken by a different request.',
    Taken,
  ),
  edition_exists: refusal(1105, 409, 'This edition code is already taken by a different request.', Taken),
  product_exists: refusal(1106, 409, 'This product code is already taken by a different request.', Taken),

  customer_inactive: refusal(
    1201,
    409,
    'The customer is deactivated, so nothing new can be sold to it.',
    z.strictObject({ customer: z.string() }),
  ),
  order_not_first: refusal(
    1202,
    409,
    'This is the id of a renewal; the id of the first order belongs here.',
    z.strictObject({ parent: z.string() }),
  ),
  order_cancelled: refusal(1203, 409, 'The order is cancelled.', Since),
  order_suspended: refusal(
    1204,
    409,
    'The order is suspended; resume it first with resumeOrder.',
    z.strictObject({ since: z.int(), hint: z.literal('resumeOrder') }),
  ),
  order_ending: refusal(
    1205,
    409,
    'The order is cancelled at the end of its term; withdraw that with uncancelOrder before renewing.',
    z.strictObject({ endsAt: z.int() }),
  ),
  renewal_too_early: refusal(
    1206,
    409,
    'More of the current term is left than the renewal window allows.',
    z.strictObject({
      termEnd: z.int(),
      renewableFrom: z.int(),
      windowDays: z.int(),
      retryAt: z.int(),
    }),
    true,
  ),
  not_renewable: refusal(
    1207,
    409,
    'Orders of this edition cannot be renewed.',
    z.strictObject({ edition: z.string() }),
  ),

  license_governed_by_order: refusal(
    1301,
    409,
    'What this licence carries and how long it is valid follows from its order; change the order instead.',
    z.strictObject({ order: z.string() }),
  ),
  license_revoked: refusal(1302, 409, 'The licence is revoked.', Since),
  edition_incompatible: refusal(
    1303,
    409,
    'A licence can only move to an edition of the same product, provisioning mode and client type.',
    z.strictObject({ edition: z.string(), from: z.string() }),
  ),

  version_conflict: refusal(
    1401,
    409,
    'The object has changed since the version you named.',
    z.strictObject({ version: z.int() }),
  ),
  events_gone: refusal(
    1402,
    409,
    'Events after this position are no longer kept; go on from the one that the answer names.',
    z.strictObject({ after: z.int(), firstKept: z.int() }),
  ),
  not_sandbox: refusal(1403, 409, 'Only a sandbox partner has a clock of its own.', Nothing),
} as const satisfies Record<string, FaultDefinition>

const Issues = z.strictObject({ issues: z.array(z.strictObject({ path: z.string(), message: z.string() })) })

/** Refusals of the protocol itself. They keep the numbers that JSON-RPC gives them. */
export const protocolFaults = {
  parse_error: refusal(-32700, 400, 'The body is not valid JSON.', Nothing),
  invalid_request: refusal(-32600, 400, 'The request is not a valid call.', Nothing),
  batch_too_large: refusal(
    -32600,
    400,
    'The array has too many members.',
    z.strictObject({ limit: z.int(), members: z.int() }),
  ),
  method_unknown: refusal(-32601, 404, 'There is no such method.', z.strictObject({ method: z.string() })),
  params_invalid: refusal(-32602, 400, 'The params are not valid.', Issues),
  internal: refusal(-32603, 500, 'Internal error', z.strictObject({ requestId: z.string() })),
  unauthenticated: refusal(-32001, 401, 'A valid API key is needed in the x-api-key header.', Nothing),
  forbidden: refusal(
    -32003,
    403,
    'The API key lacks the scope that this method needs.',
    z.strictObject({ scope: z.string() }),
  ),
  rate_limited: refusal(
    -32029,
    429,
    'Too many calls in a minute with this key.',
    z.strictObject({ retryAfterSeconds: z.int() }),
    true,
  ),
  unavailable: refusal(
    -32008,
    503,
    'The service cannot do this at the moment; send the same call again.',
    z.strictObject({ outcome: z.enum(['not_done', 'unknown']), retryAfterSeconds: z.int() }),
    true,
  ),
} as const satisfies Record<string, FaultDefinition>

export type Faults = typeof faults
export type FaultReason = keyof Faults
export type ProtocolFaults = typeof protocolFaults
export type ProtocolReason = keyof ProtocolFaults
export type AnyReason = FaultReason | ProtocolReason
export type FaultData<R extends AnyReason> = z.output<(Faults & ProtocolFaults)[R]['data']>

export const allFaults: Record<AnyReason, FaultDefinition> = { ...faults, ...protocolFaults }

/** One problem with the params of a call: where, and what is expected there. */
export interface ParamIssue {
  path: string
  message: string
}

/**
 * A refusal on its way to the caller. It is thrown, because only `throw` lets TypeScript narrow what follows,
 * and it carries nothing internal: whatever is in it may be shown.
 */
export class Fault<R extends AnyReason = AnyReason> extends Error {
  readonly reason: R
  readonly data: FaultData<R>
  /** HTTP status where it differs from the usual one, as for 405, 408, 413 and 415. */
  readonly status: number
  readonly retryable: boolean

  constructor(
    reason: R,
    data: FaultData<R>,
    options: { message?: string; status?: number; retryable?: boolean } = {},
  ) {
    const definition = allFaults[reason]
    // Where in the code a rule refused says nothing that the reason does not, and noting it takes longer than the rule.
    const frames = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(options.message ?? definition.message)
    Error.stackTraceLimit = frames
    this.reason = reason
    this.data = data
    this.status = options.status ?? definition.status
    this.retryable = options.retryable ?? definition.retryable
  }

  get code(): number {
    return allFaults[this.reason].code
  }

  /** The error object as it goes over the wire: `{code, message, data: {reason, retryable, …}}`. */
  toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      data: { reason: this.reason, retryable: this.retryable, ...(this.data as Record<string, unknown>) },
    }
  }
}

/** An error object on the wire. */
export interface WireError {
  code: number
  message: string
  data: Record<string, unknown> & { reason: AnyReason; retryable: boolean }
}

/** All problems of one call's params at once. */
export function paramsInvalid(issues: ParamIssue[]): Fault<'params_invalid'> {
  return new Fault('params_invalid', { issues })
}
