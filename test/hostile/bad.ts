/** Answers that must not pass, so that it is seen that the verdict finds them. */
import type { WireError } from '../../src/faults.ts'

/** Answers that must not pass, each with the word that says why. */
export const bad: [what: string, status: number, text: string, headers: object, problem: RegExp][] = [
  ['an internal error', 500, refusal('internal', -32603, { requestId: 'r' }), {}, /the status 500/],
  [
    'an internal error as a call’s own',
    409,
    refusal('internal', -32603, { requestId: 'r' }),
    {},
    /does not declare/,
  ],
  [
    'a refusal that the method does not have',
    404,
    refusal('order_unknown', 1002, { id: 'x' }),
    {},
    /does not declare/,
  ],
  ['a wrong number', 404, refusal('customer_unknown', 7, { id: 'x' }), {}, /undeclared refusal/],
  [
    'facts that were not announced',
    404,
    refusal('customer_unknown', 1001, { id: 'x', row: 1 }),
    {},
    /facts that/,
  ],
  [
    'a word of the database',
    400,
    refusal('params_invalid', -32602, { issues: [{ path: 'id', message: 'violates a constraint' }] }),
    {},
    /the sentence|words of the inside/,
  ],
  [
    'a stack',
    404,
    refusal('customer_unknown', 1001, { id: 'at run (/srv/x.ts:1:2)' }),
    {},
    /words of the inside/,
  ],
  [
    'somebody else’s name',
    404,
    refusal('customer_unknown', 1001, { id: 'their secret' }),
    {},
    /tells their secret/,
  ],
  ['half a result', 200, '{"id":1}', {}, /does not promise/],
  ['no JSON', 200, '<html>', {}, /no JSON/],
  ['an empty refusal', 400, '', {}, /empty refusal/],
  [
    'no request id',
    404,
    refusal('customer_unknown', 1001, { id: 'x' }),
    { 'x-request-id': undefined },
    /x-request-id/,
  ],
]

export function refusal(reason: string, code: number, facts: object): string {
  const error: WireError = { code, message: 'No.', data: { reason, retryable: false, ...facts } as never }
  return JSON.stringify({ error })
}
