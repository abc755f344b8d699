/**
 * The examples of section 7 of the JSON-RPC 2.0 specification, one by one and in its order, with our methods in the
 * place of its own. `sum`, `update`, `foobar` and `foo.get` stand as they are, because nobody knows them here either.
 * Params by position are refused here with -32602: a call of twenty members cannot be told apart by their order.
 */
export interface Refusal {
  code: number
  reason: string
  id: string | number | null
}

/** What one example is answered: a result under an id, or a refusal. */
export type Told = { id: string | number; result: unknown } | Refusal

export interface Example {
  readonly title: string
  readonly sends: string
  readonly status: number
  /** One answer, several in an array, or nothing at all. */
  readonly answers: Told | Told[] | 'nothing'
}

const positional = { code: -32602, reason: 'params_invalid' }
const invalid = { code: -32600, reason: 'invalid_request', id: null }
const unparsable = { code: -32700, reason: 'parse_error', id: null }

/** The clock of the house that plays the examples stands still, so the answer of `getClock` is known. */
export const examples = (now: number): Example[] => {
  const clock = { now, sandbox: false }
  return [
    {
      title: 'positional parameters',
      sends: '{"jsonrpc": "2.0", "method": "getClock", "params": [42, 23], "id": 1}',
      status: 200,
      answers: { ...positional, id: 1 },
    },
    {
      title: 'positional parameters, the other way round',
      sends: '{"jsonrpc": "2.0", "method": "getClock", "params": [23, 42], "id": 2}',
      status: 200,
      answers: { ...positional, id: 2 },
    },
    {
      title: 'named parameters',
      sends: '{"jsonrpc": "2.0", "method": "listEvents", "params": {"after": 42, "limit": 23}, "id": 3}',
      status: 200,
      answers: { id: 3, result: { events: [], next: 42 } },
    },
    {
      title: 'named parameters, in the other order',
      sends: '{"jsonrpc": "2.0", "method": "listEvents", "params": {"limit": 23, "after": 42}, "id": 4}',
      status: 200,
      answers: { id: 4, result: { events: [], next: 42 } },
    },
    {
      title: 'a notification',
      sends: '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}',
      status: 200,
      answers: 'nothing',
    },
    {
      title: 'a notification without params',
      sends: '{"jsonrpc": "2.0", "method": "foobar"}',
      status: 200,
      answers: 'nothing',
    },
    {
      title: 'a method that does not exist',
      sends: '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
      status: 200,
      answers: { code: -32601, reason: 'method_unknown', id: '1' },
    },
    {
      title: 'invalid JSON',
      sends: '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
      status: 400,
      answers: unparsable,
    },
    {
      title: 'an invalid Request object',
      sends: '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
      status: 400,
      answers: invalid,
    },
    {
      title: 'an array, invalid JSON',
      sends:
        '[ {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, {"jsonrpc": "2.0", "method" ]',
      status: 400,
      answers: unparsable,
    },
    { title: 'an empty array', sends: '[]', status: 400, answers: invalid },
    {
      title: 'an invalid array that is not empty',
      sends: '[1]',
      status: 200,
      answers: [invalid],
    },
    {
      title: 'an array of invalid members',
      sends: '[1,2,3]',
      status: 200,
      answers: [invalid, invalid, invalid],
    },
    {
      title: 'an array of all kinds',
      sends: `[
        {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
        {"jsonrpc": "2.0", "method": "getClock", "params": [7]},
        {"jsonrpc": "2.0", "method": "getClock", "params": [42,23], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "getClock", "id": "9"}
      ]`,
      status: 200,
      answers: [
        { code: -32601, reason: 'method_unknown', id: '1' },
        { ...positional, id: '2' },
        invalid,
        { code: -32601, reason: 'method_unknown', id: '5' },
        { id: '9', result: clock },
      ],
    },
    {
      title: 'an array of notifications only',
      sends: `[
        {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
      ]`,
      status: 200,
      answers: 'nothing',
    },
  ]
}
