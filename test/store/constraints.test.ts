/**
 * Each rule that the code decides stands in the schema a second time. Here every named constraint is broken once,
 * directly in SQL, starting from rows that the service itself has written; and every constraint of the schema must
 * stand in this table, so that a new one without a test is noticed.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../house.ts'
import { buy, partnerWithCustomer } from '../methods/orders/stage.ts'

let house: House
let client: pg.Client
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'O1', { startsAt: '2026-02-10' })
  await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })
  await partner.call('changeOrder', { id: 'O1', licenses: 11, product: 'oo-std' })
  await partner.call('suspendOrder', { id: 'O1' })
  await partner.call('resumeOrder', { id: 'O1' })
  await partner.call('createLicense', { customer: 'C', edition: 'oo-lite', id: 'L1' })
  await partner.call('createLicense', { customer: 'C', edition: 'oo-lite', id: 'L2', isActive: false })
  const l2 = { id: 'L2', product: 'oo' }
  await partner.call('updateLicense', { ...l2, isActive: true })
  for (const id of ['U1', 'U2'])
    await partner.call('createConsumer', { customer: 'C', id, email: `${id}@example.com` })
  for (const consumer of ['U1', 'U2']) await partner.call('grantAccess', { customer: 'C', consumer })
  client = new pg.Client({ connectionString: house.databaseUrl })
  await client.connect()
  await client.query(`insert into idempotency values (1, 'k', 'r', 'a', now());
    insert into webhook_endpoint values
      (1, gen_random_uuid(), 'https://example.com', null, 's', null, null, null, null, null, 1, now(), now());
    insert into webhook_cursor select 1, endpoint_id, 0, null from webhook_endpoint;
    insert into webhook_delivery select 1, 1, endpoint_id, gen_random_uuid(), gen_random_uuid(), 't', 'delivered', 1,
      now(), null, 200, null, null from webhook_endpoint;
    insert into webhook_redelivery select 1, gen_random_uuid(), endpoint_id, 1, null, now() from webhook_endpoint;
    insert into shop_source values (1, gen_random_uuid(), 'n', 'stripe', 's', null, 1, now(), now());
    insert into shop_sku select 1, source_id, 'price', 'oo-lite', now() from shop_source;
    insert into inbox_receipt select 1, gen_random_uuid(), source_id, '{}', '', now() from shop_source;
    insert into inbox_item select 1, gen_random_uuid(), source_id, 'e', 1, 't', receipt_id, null, 'received', null,
      now(), 1 from inbox_receipt;
    insert into inbox_replay select 1, gen_random_uuid(), source_id, inbox_id, now() from inbox_item;
    insert into shop_object select 1, source_id, 'order', 'o', null, null, null, null, false, null, null from shop_source;
    insert into shop_license select 1, source_id, 'order', 'o', '1', 'price', license_id
      from shop_source cross join license where remote_id = 'L1'`)
})
afterAll(async () => {
  await client?.end()
  await house?.close()
})

const nobody = '00000000-0000-7000-8000-000000000000'
const anotherUuid = '00000000-0000-7000-8000-000000000001'

/** One more row like one that is there, but for some columns. */
function copy(table: string, where: string, changes: Record<string, unknown>): string {
  const row = `(jsonb_populate_record(o, '${JSON.stringify(changes)}')).*`
  return `insert into ${table} select ${row} from ${table} o where ${where} limit 1`
}

/** A row as it is there, but for some columns. */
function change(table: string, where: string, to: string): string {
  return `update ${table} set ${to} where ${where}`
}

const firstTerm = "remote_id = 'O1'"
const secondTerm = "remote_id = 'O2'"
const ownLicense = "remote_id = 'L1'"
const chainLicense = 'chain_id is not null'
/** A third term that would be right: it follows the renewal, which ends on 10 April. */
const third = {
  remote_id: 'O3',
  order_id: 3,
  position: 3,
  previous_end: '2026-04-10T00:00:00Z',
  term_start: '2026-04-10T00:00:00Z',
  term_end: '2026-05-10T00:00:00Z',
}

const table: [constraint: string, why: string, statement: string][] = [
  ['partner_number', 'numbers are from 0', copy('partner', 'partner_id = 1', { partner_id: -1 })],
  [
    'partner_window',
    'a window is shorter than any term',
    change('partner', 'partner_id = 1', 'window_days = 28'),
  ],
  ['partner_window', 'and not negative', change('partner', 'partner_id = 1', 'window_days = -1')],
  [
    'partner_grace',
    'a grace is shorter than any term',
    change('partner', 'partner_id = 1', 'grace_days = 28'),
  ],
  [
    'partner_clock',
    'a live partner has no clock of its own',
    change('partner', 'partner_id = 1', 'clock_at = now()'),
  ],
  ['partner_clock', 'a sandbox has one', change('partner', 'partner_id = 1', 'is_sandbox = true')],
  ['catalogue_only_row', 'there is one catalogue', 'insert into catalogue values (false, 0)'],

  ['api_key_hash', 'a hash has 32 bytes', change('api_key', 'partner_id = 1', "secret_hash = 'short'")],
  ['api_key_scopes', 'a key has a scope', change('api_key', 'partner_id = 1', "scopes = '{}'")],
  ['api_key_scopes', 'and only known ones', change('api_key', 'partner_id = 1', "scopes = '{orders,root}'")],
  [
    'api_key_operator',
    'only partner 0 operates',
    change('api_key', 'partner_id = 1', "scopes = '{operator}'"),
  ],
  [
    'api_key_id',
    'an id belongs to one key of one partner',
    copy('api_key', 'partner_id = 0', { partner_id: 1, scopes: ['read'] }),
  ],

  ['product_creation', 'a request comes with its answer', change('product', "code = 'oo'", "request = '{}'")],
  [
    'edition_provisioning_mode',
    'named or floating',
    change('edition', "code = 'oo-lite'", "provisioning_mode = 'x'"),
  ],
  ['edition_client_type', 'devices or users', change('edition', "code = 'oo-lite'", "client_type = 'x'")],
  ['edition_window', 'shorter than any term', change('edition', "code = 'oo-lite'", 'window_days = 28')],
  ['edition_grace', 'shorter than any term', change('edition', "code = 'oo-lite'", 'grace_days = -1')],
  [
    'edition_creation',
    'a request comes with its answer',
    change('edition', "code = 'oo-lite'", "reply = '{}'"),
  ],

  ['customer_kind', 'an organization or a person', change('customer', 'id = 1', "kind = 'robot'")],
  [
    'customer_number',
    'a number belongs to one customer',
    copy('customer', 'id = 1', { customer_id: nobody }),
  ],
  ['customer_remote_id_length', 'an id is not empty', copy('customer_remote_id', 'true', { remote_id: '' })],
  [
    'customer_remote_id_length',
    'nor longer than 255',
    copy('customer_remote_id', 'true', { remote_id: 'x'.repeat(256) }),
  ],
  ['customer_remote_id_taken', 'an id is never reused', copy('customer_remote_id', 'true', {})],
  [
    'customer_remote_id_customer',
    'it names a customer',
    copy('customer_remote_id', 'true', { remote_id: 'X', customer_id: nobody }),
  ],
  [
    'customer_remote_id_creation',
    'a request comes with its answer',
    change('customer_remote_id', 'true', 'reply = null'),
  ],

  ['chain_drives_one_license', 'and a licence of its own', copy('chain', 'true', { chain_id: 99 })],
  ['chain_suspension', 'somebody suspended it', change('chain', 'true', 'suspended_at = now()')],
  ['chain_cancellation', 'somebody cancelled it', change('chain', 'true', 'cancel_at = now()')],
  ['chain_end_told', 'an end that is told has come', change('chain', 'true', 'cancellation_told = true')],

  ['order_remote_id_length', 'an id is not empty', change('orders', secondTerm, "remote_id = ''")],
  [
    'order_remote_id_taken',
    'an id belongs to one order',
    copy('orders', secondTerm, { ...third, remote_id: 'O1' }),
  ],
  [
    'order_edition',
    'of an edition in one of its versions',
    change('orders', firstTerm, 'edition_version = 9'),
  ],
  ['orders_pkey', 'terms do not end together', copy('orders', secondTerm, { remote_id: 'O3', order_id: 3 })],
  [
    'order_follows',
    'a term follows one that is there',
    copy('orders', secondTerm, { ...third, previous_end: '2026-04-01' }),
  ],
  [
    'order_followed_once',
    'a chain does not fork',
    copy('orders', secondTerm, { ...third, previous_end: '2026-03-10T00:00:00Z' }),
  ],
  [
    'order_starts_after_previous',
    'terms do not overlap',
    change('orders', secondTerm, "term_start = previous_end - interval '1 second'"),
  ],
  ['order_term', 'a term ends after it starts', change('orders', secondTerm, 'term_start = term_end')],
  ['order_term', 'and does not start before its anchor', change('orders', secondTerm, 'anchor = term_end')],
  ['order_months', 'it lasts at least a month', change('orders', firstTerm, 'end_month = 0')],
  [
    'order_position',
    'the first follows nothing',
    copy('orders', secondTerm, { ...third, position: 1, order_id: 1 }),
  ],
  ['order_position', 'and every other one something', change('orders', secondTerm, 'previous_end = null')],
  ['order_first', 'the first order names the chain', change('orders', firstTerm, 'order_id = 7')],
  ['order_first', 'and no other does', change('orders', secondTerm, 'order_id = chain_id')],
  ['order_licenses', 'at least one licence', change('orders', firstTerm, 'licenses = 0')],
  ['order_licenses', 'and at most ten million', change('orders', firstTerm, 'licenses = 10000001')],
  ['order_duration', 'monthly or yearly', change('orders', firstTerm, "duration = 'weekly'")],

  ['order_suspension_chain', 'of a chain that is there', copy('order_suspension', 'true', { chain_id: 9 })],
  [
    'order_suspension_interval',
    'resumed after it was suspended',
    change('order_suspension', 'true', "resumed_at = suspended_at - interval '1 second'"),
  ],
  ['order_change_chain', 'of a chain that is there', copy('order_change', 'true', { chain_id: 9 })],
  [
    'order_change_edition',
    'to an edition in one of its versions',
    change('order_change', 'true', 'edition_version = 9'),
  ],
  ['order_change_positions', 'from a term on', change('order_change', 'true', 'from_position = 0')],
  [
    'order_change_positions',
    'through a later one',
    change('order_change', 'true', 'from_position = through_position + 1'),
  ],
  ['order_change_licenses', 'at least one licence', change('order_change', 'true', 'licenses = 0')],
  [
    'order_change_something',
    'something changes',
    change('order_change', 'true', 'licenses = null, edition = null'),
  ],

  [
    'license_customer',
    'a licence has a customer',
    change('license', ownLicense, `customer_id = '${nobody}'`),
  ],
  ['license_remote_id_length', 'an id is not empty', change('license', ownLicense, "remote_id = ''")],
  [
    'license_remote_id_taken',
    'it is unique per product',
    copy('license', ownLicense, { license_id: anotherUuid }),
  ],
  ['license_quantity', 'at least one', change('license', ownLicense, 'quantity = 0')],
  [
    'license_governed_by_chain',
    'what a chain says, the licence does not',
    change('license', chainLicense, 'quantity = 3'),
  ],
  [
    'license_own_contents',
    'what no chain says, the licence does',
    change('license', ownLicense, 'quantity = null'),
  ],
  ['license_validity', 'it ends after it begins', change('license', ownLicense, 'valid_until = valid_from')],
  ['license_suspension', 'somebody switched it off', change('license', ownLicense, 'suspended_at = now()')],
  ['license_revocation', 'somebody revoked it', change('license', ownLicense, "revoked_by = 'x'")],
  [
    'license_edition',
    'of an edition in one of its versions',
    change('license', ownLicense, 'edition_version = 9'),
  ],
  ['license_creation', 'a request comes with its answer', change('license', ownLicense, 'request = null')],
  [
    'license_suspension_license',
    'of a licence that is there',
    copy('license_suspension', 'true', { license_id: nobody }),
  ],
  [
    'license_suspension_interval',
    'on again after it was off',
    change('license_suspension', 'true', "resumed_at = suspended_at - interval '1 second'"),
  ],

  [
    'consumer_remote_id_length',
    'an id is not empty',
    change('consumer', "remote_id = 'U1'", "remote_id = ''"),
  ],
  ['consumer_kind', 'a person or a device', change('consumer', "remote_id = 'U1'", "kind = 'robot'")],
  [
    'consumer_remote_id_taken',
    'an id belongs to one',
    change('consumer', "remote_id = 'U1'", "remote_id = 'U2'"),
  ],
  [
    'consumer_email_taken',
    'so does an address, in any case',
    change('consumer', "remote_id = 'U1'", "email = 'u2@EXAMPLE.com'"),
  ],
  [
    'consumer_customer',
    'of a customer that is there',
    change('consumer', "remote_id = 'U1'", `customer_id = '${nobody}'`),
  ],
  [
    'consumer_creation',
    'a request comes with its answer',
    change('consumer', "remote_id = 'U1'", 'reply = null'),
  ],
  [
    'consumer_access_consumer',
    'for a consumer that is there',
    copy('consumer_access', 'true', { consumer_id: nobody }),
  ],
  [
    'consumer_access_customer',
    'to a customer that is there',
    copy('consumer_access', 'true', { customer_id: nobody }),
  ],
  [
    'consumer_access_interval',
    'revoked after it was granted',
    change('consumer_access', 'true', "revoked_at = granted_at - interval '1 second', revoked_by = 'x'"),
  ],
  ['consumer_access_revocation', 'by somebody', change('consumer_access', 'true', 'revoked_at = granted_at')],
  ['consumer_access_once', 'one at a time', copy('consumer_access', 'true', { number: 99 })],

  ['event_position', 'positions are from 1', copy('event', 'true', { seq: 0 })],
  ['event_pkey', 'and each is there once', copy('event', 'true', {})],

  [
    'webhook_endpoint_secret',
    'an endpoint has a secret',
    change('webhook_endpoint', 'true', 'secret = null'),
  ],
  [
    'webhook_endpoint_previous_secret',
    'an old one ends',
    change('webhook_endpoint', 'true', "previous_secret = 'x'"),
  ],
  [
    'webhook_endpoint_disabled',
    'disabled for a reason',
    change('webhook_endpoint', 'true', 'disabled_at = now()'),
  ],
  [
    'webhook_endpoint_reason',
    'which is known',
    change('webhook_endpoint', 'true', "disabled_at = now(), disabled_reason = 'x'"),
  ],
  [
    'webhook_cursor_position',
    'positions are from 0',
    change('webhook_cursor', 'true', 'delivered_through = -1'),
  ],
  [
    'webhook_cursor_endpoint',
    'of an endpoint that is there',
    copy('webhook_cursor', 'true', { endpoint_id: nobody }),
  ],
  [
    'webhook_delivery_state',
    'delivered, pending or failed',
    change('webhook_delivery', 'true', "state = 'lost'"),
  ],
  [
    'webhook_delivery_attempts',
    'attempts are counted up',
    change('webhook_delivery', 'true', 'attempts = -1'),
  ],
  ['webhook_delivery_id', 'an id belongs to one', copy('webhook_delivery', 'true', { seq: 2 })],
  [
    'webhook_delivery_endpoint',
    'of an endpoint that is there',
    copy('webhook_delivery', 'true', { endpoint_id: nobody, delivery_id: nobody }),
  ],
  [
    'webhook_delivery_next',
    'only what is pending has a next attempt',
    change('webhook_delivery', 'true', 'next_attempt_at = now()'),
  ],
  [
    'webhook_redelivery_endpoint',
    'of an endpoint that is there',
    copy('webhook_redelivery', 'true', { endpoint_id: nobody, redelivery_id: nobody }),
  ],
  [
    'webhook_redelivery_what',
    'one event, or all since one',
    change('webhook_redelivery', 'true', 'since_seq = 1'),
  ],

  ['shop_source_shop', 'a shop that is known', change('shop_source', 'true', "shop = 'x'")],
  ['shop_source_secret', 'a source has a secret', change('shop_source', 'true', 'secret = null')],
  ['shop_sku_length', 'a name says something', copy('shop_sku', 'true', { sku: '' })],
  ['shop_sku_source', 'of a source that is there', copy('shop_sku', 'true', { source_id: nobody })],
  [
    'inbox_receipt_source',
    'of a source that is there',
    copy('inbox_receipt', 'true', { source_id: nobody, receipt_id: nobody }),
  ],
  [
    'inbox_item_event_length',
    'an event has an id',
    copy('inbox_item', 'true', { event_id: '', inbox_id: nobody }),
  ],
  ['inbox_item_state', 'a state that is known', change('inbox_item', 'true', "state = 'lost'")],
  ['inbox_item_once', 'an event is there once', copy('inbox_item', 'true', { inbox_id: nobody })],
  ['inbox_item_position', 'places are from 0', change('inbox_item', 'true', 'position = -1')],
  ['inbox_item_reason', 'parked for a reason', change('inbox_item', 'true', "state = 'parked'")],
  [
    'inbox_item_source',
    'of a source that is there',
    copy('inbox_item', 'true', { source_id: nobody, inbox_id: nobody }),
  ],
  [
    'inbox_item_receipt',
    'from a request that is there',
    change('inbox_item', 'true', `receipt_id = '${nobody}'`),
  ],
  [
    'inbox_replay_source',
    'of a source that is there',
    copy('inbox_replay', 'true', { source_id: nobody, replay_id: nobody }),
  ],
  [
    'inbox_replay_item',
    'of an item that is there',
    copy('inbox_replay', 'true', { inbox_id: nobody, replay_id: nobody }),
  ],
  ['shop_object_kind', 'a kind that is known', copy('shop_object', 'true', { kind: 'x' })],
  ['shop_object_id_length', 'an object has an id', copy('shop_object', 'true', { object_id: '' })],
  ['shop_object_source', 'of a source that is there', copy('shop_object', 'true', { source_id: nobody })],
  [
    'shop_object_customer',
    'of a customer who is there',
    change('shop_object', 'true', `customer_id = '${nobody}'`),
  ],
  ['shop_object_told', 'told by an item', change('shop_object', 'true', 'told_at = 1')],
  ['shop_object_paid', 'paid as told', change('shop_object', 'true', 'paid_told_at = 1')],
  [
    'shop_license_item_length',
    'an item has an id',
    copy('shop_license', 'true', { item_id: '', license_id: nobody }),
  ],
  ['shop_license_object', 'of an object that is there', change('shop_license', 'true', "object_id = 'x'")],
  [
    'shop_license_license',
    'a licence that is there',
    change('shop_license', 'true', `license_id = '${nobody}'`),
  ],
  ['shop_license_of_one_item', 'sold once', copy('shop_license', 'true', { item_id: '2' })],
]

describe('each constraint refuses what it forbids', () => {
  test.each(table)('%s: %s', async (constraint, _why, statement) => {
    await client.query('begin')
    let refused: { constraint?: string | undefined } = {}
    try {
      const { rowCount } = await client.query(statement)
      refused = { constraint: `nothing; ${rowCount} rows were written` }
    } catch (error) {
      refused = error as pg.DatabaseError
    } finally {
      await client.query('rollback')
    }
    expect(refused.constraint).toBe(constraint)
  })
})

test('the rows of the table are right but for what each breaks: a third term as it should be is taken', async () => {
  await client.query('begin')
  try {
    expect((await client.query(copy('orders', secondTerm, third))).rowCount).toBe(1)
  } finally {
    await client.query('rollback')
  }
})

/** Names that PostgreSQL makes itself: keys and references that say no more than that they are there. */
const unnamed = /_(pkey|fkey|key|check|not_null)$/

test('every named constraint of the schema stands in the table, and none that is not there', async () => {
  const { rows } = await client.query<{ name: string }>(
    `select conname as name from pg_constraint where connamespace = 'public'::regnamespace
     union select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
       where i.indisunique and c.relnamespace = 'public'::regnamespace`,
  )
  const there = rows.map(({ name }) => name)
  const broken = new Set(table.map(([name]) => name))
  expect(there.filter((name) => !unnamed.test(name) && !broken.has(name)).sort()).toEqual([])
  expect([...broken].filter((name) => !there.includes(name))).toEqual([])
})

test('every table has its constraints checked here from rows that are there', async () => {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  )
  for (const { name } of rows) {
    const { rowCount } = await client.query(`select from ${name} limit 1`)
    expect(rowCount, `rows in ${name}`).toBe(1)
  }
})
