/** Why each refusal happens and what to do about it, for the reference and for `docs/errors.md`. */
import type { AnyReason } from '../../faults.ts'

export interface Advice {
  readonly why: string
  readonly todo: string
}

function unknown(thing: string, hint: string): Advice {
  return {
    why: `Your partner has no ${thing} of the id in \`id\`. What belongs to other partners does not exist for you.`,
    todo: hint,
  }
}

function taken(thing: string, hint: string): Advice {
  return {
    why: `A different request made ${thing} under this id. \`differs\` names the params in which yours is not that request.`,
    todo: `If you meant the same ${thing.replace(/^an? /, '')}, send the params of the first request. ${hint} Otherwise take another id: ids are never given out twice.`,
  }
}

/** By reason. A refusal without advice turns a test red. */
export const advice: { readonly [reason in AnyReason]?: Advice } = {
  customer_unknown: unknown('customer', 'Create it with createCustomer, or look for it with findCustomers.'),
  order_unknown: unknown('order', 'Look for it with listOrders. Chains of all states are found.'),
  license_unknown: unknown(
    'licence',
    'Remote ids of licences are unique per product: name the right product.',
  ),
  consumer_unknown: unknown('consumer', 'Create it with createConsumer, or look for it with listConsumers.'),
  edition_unknown: {
    why: 'No edition of the installation has the code in `id`.',
    todo: 'Take a code from listEditions. The catalogue is kept by the operator of the installation.',
  },
  product_unknown: {
    why: 'No product of the installation has the code in `id`.',
    todo: 'Take a code from listProducts, or have the operator create it with createProduct.',
  },
  endpoint_unknown: unknown('webhook endpoint', 'Take an id from listWebhookEndpoints.'),
  key_unknown: unknown(
    'API key',
    'Take an id from listApiKeys: it is the part between the second and third `_`.',
  ),
  partner_unknown: {
    why: 'The installation has no partner of the number in `id`.',
    todo: 'Take a number from listPartners.',
  },
  source_unknown: unknown(
    'shop source',
    'Take an id from listSources. One that is deleted is gone for good.',
  ),
  sku_unknown: {
    why: 'The source has never had a mapping for the name in `id`.',
    todo: 'Take a name from listSkus, written exactly as it stands there.',
  },
  inbox_unknown: unknown('inbox item', 'Take an id from listInbox.'),
  delivery_unknown: unknown('webhook delivery', 'Take an id from listDeliveries.'),

  customer_exists: taken('a customer', 'To change it, call updateCustomer.'),
  order_exists: taken('an order', 'First orders and renewals share one set of ids.'),
  license_exists: taken('a licence', 'To change it, call updateLicense.'),
  consumer_exists: taken('a consumer', 'E-mail addresses of consumers are unique, too.'),
  edition_exists: taken('an edition', 'To change it, call updateEdition.'),
  product_exists: taken('a product', 'Codes are shared by the whole installation.'),

  customer_inactive: {
    why: 'The customer in `customer` has been deactivated. What it has stays, but nothing new can be sold to it.',
    todo: 'Activate it again with updateCustomer and `isActive: true`.',
  },
  order_not_first: {
    why: 'A chain is named by its first order, and the id you sent is that of a renewal.',
    todo: 'Send the same call with the id in `parent`.',
  },
  order_cancelled: {
    why: 'The chain is over since `since`. A cancelled chain never comes back.',
    todo: 'Sell a new first order.',
  },
  order_suspended: {
    why: 'The chain has been suspended since `since`, and a suspended chain is not renewed.',
    todo: 'Call resumeOrder with the id of the first order, then send the same call again.',
  },
  order_ending: {
    why: 'The chain was cancelled at the end of its term, `endsAt`, so there is nothing to renew.',
    todo: 'If the customer stays, call uncancelOrder before `endsAt`, then renew.',
  },
  renewal_too_early: {
    why: 'More than `windowDays` days are left until `termEnd`. Exactly that many are allowed.',
    todo: 'Send the same call again at `renewableFrom` or later; `retryAt` says the same.',
  },
  not_renewable: {
    why: 'The edition in `edition` is sold for one term only.',
    todo: 'Move the chain to another edition with changeOrder, or sell a new first order.',
  },
  license_governed_by_order: {
    why: 'The licence belongs to the chain of `order`: quantity, validity and state follow from what was bought.',
    todo: 'Use changeOrder, suspendOrder, resumeOrder or cancelOrder with that id.',
  },
  license_revoked: {
    why: 'The licence was revoked at `since`. That is final.',
    todo: 'Create a new licence.',
  },
  edition_incompatible: {
    why: 'The licence is of edition `from`. `edition` is of another product, provisioning mode or client type.',
    todo: 'Revoke the licence and create one of the other edition.',
  },
  version_conflict: {
    why: 'You sent `ifVersion`, and the object has been changed since; it is now at `version`.',
    todo: 'Read the object again, decide anew, and send its present version.',
  },
  events_gone: {
    why: 'The installation keeps events for a limited time, and those after the position you sent are gone.',
    todo: 'Bring your copy up to date with the lists or with reconcile, then go on with the `after` that the answer names.',
  },
  not_sandbox: {
    why: 'The clock of a live partner is the real one.',
    todo: 'Make a sandbox with createPartner and `sandbox: true`.',
  },

  parse_error: {
    why: 'What arrived is no JSON, or its bytes are no UTF-8.',
    todo: 'Look at what your system really sends; a proxy may have changed it.',
  },
  invalid_request: {
    why: 'The body is JSON but no call, or the request was sent in a way that the wire does not know; the message says which.',
    todo: 'Send `{"method", "params"}`, or with `"jsonrpc": "2.0"` and an id, by POST with `content-type: application/json`.',
  },
  batch_too_large: {
    why: 'As the answer to the whole array: it may have `limit` members, yours has `members`, and nothing of it was carried out. As the answer to one of its lists: the lists before it have answered `limit` bytes already, and this one was not read.',
    todo: 'Send the array in several parts.',
  },
  method_unknown: {
    why: 'There is no method of the name in `method`. Names are case-sensitive.',
    todo: 'Compare with the reference at `/docs`.',
  },
  params_invalid: {
    why: 'One or more params do not fit. `issues` has all of them, each with its path and what is expected there.',
    todo: 'Mend them all and send the call again.',
  },
  internal: {
    why: 'Something went wrong that nobody expected. Nothing is told about it to the outside.',
    todo: 'Send the same call again. If it stays so, give the operator the `requestId`.',
  },
  unauthenticated: {
    why: 'There was no API key, or it is wrong, expired or revoked. Nothing was carried out.',
    todo: 'Send the key in the header `x-api-key`, or as `authorization: Bearer`. It never belongs into the address.',
  },
  forbidden: {
    why: 'The key is good, but it was not given the scope in `scope`.',
    todo: 'Use a key that has it, or make one with createApiKey.',
  },
  rate_limited: {
    why: 'The operator allows so many calls a minute for one key, and this one has used them up. Nothing was carried out.',
    todo: 'Wait for `retryAfterSeconds`, then send the same again.',
  },
  unavailable: {
    why: 'The database is away for the moment, or the queue of your partner is full.',
    todo: 'Wait for `retryAfterSeconds` and send the same call again, also where `outcome` is `unknown`: that settles it.',
  },
}
