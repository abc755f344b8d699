/** Fills a partner with many rows of everything, behind the service's back, as years of business would. */
import type { House } from '../house.ts'

/** How many customers there are, each with one chain and its licence; half of the chains are renewed once. */
export const crowd = 30_000

/** Statements that fill a partner (`$1`); the rows hold together as the ledger's do. */
const statements = [
  `insert into customer (partner_id, customer_id, id, remote_id, kind, name, is_active, email, tags, metadata, version, created_at, updated_at)
   select $1, md5('k' || n)::uuid, n, 'K' || n, 'organization', 'Customer number ' || n, true, 'mail' || n || '@example.com',
     '{}', '{}', 1, timestamptz '2025-01-01' + n * interval '10 minutes', timestamptz '2026-01-01'
   from generate_series(1, $2::integer) n`,
  `insert into customer_remote_id (partner_id, remote_id, customer_id, request, reply)
   select partner_id, remote_id, customer_id, '{}', '{}' from customer where partner_id = $1 and $2::integer > 0`,
  `insert into license (partner_id, license_id, customer_id, chain_id, "references", created_at)
   select $1, md5('l' || n)::uuid, md5('k' || n)::uuid, n, jsonb_build_object('contract', 'C' || n), timestamptz '2026-01-01'
   from generate_series(1, $2::integer) n`,
  `insert into chain (partner_id, chain_id, customer_id, license_id, first_start, latest_end, edition, suspended_at, suspended_by,
     renewal_due_told, expiry_told, cancellation_told, next_due_at, settled_at, version)
   select $1, n, md5('k' || n)::uuid, md5('l' || n)::uuid, starts, ends, 'oo-std', case when n % 100 = 0 then timestamptz '2026-02-20' end,
     case when n % 100 = 0 then 'key:none' end, true, false, false, ends, timestamptz '2026-02-01', 1
   from (select n, timestamptz '2025-03-03 12:00+00' + (n % 360) * interval '1 day' as starts,
     timestamptz '2026-03-03 12:00+00' + (n % 360) * interval '1 day' as ends from generate_series(1, $2::integer) n) each`,
  `insert into orders (partner_id, chain_id, position, order_id, remote_id, anchor, end_month, term_start, term_end, licenses, duration,
     edition, edition_version, "references", metadata, created_at, request, reply)
   select partner_id, chain_id, 1, chain_id, 'O' || chain_id, first_start, 12, first_start, latest_end, 5, 'yearly', edition, 1, '{}', '{}',
     first_start, '{}', '{}' from chain where partner_id = $1 and $2::integer > 0`,
  `insert into license (partner_id, license_id, customer_id, "references", product, edition, edition_version, quantity, valid_from,
     valid_until, next_due_at, features, limitations, variables, expiry_told, remote_id, created_at)
   select $1, md5('s' || n)::uuid, md5('k' || n)::uuid, '{}', 'erp', 'erp-std', 1, 3, timestamptz '2025-06-01', ends, ends, '{}', '{}', '{}',
     false, 'L' || n, timestamptz '2025-06-01'
   from (select n, timestamptz '2026-03-02 12:00+00' + (n % 700) * interval '1 day' as ends
     from generate_series(1, $2::integer / 3) n) each`,
  `insert into consumer (partner_id, consumer_id, customer_id, remote_id, kind, email, display_name, version, created_at, updated_at)
   select $1, md5('c' || n)::uuid, md5('k' || n)::uuid, 'U' || n, 'person', 'user' || n || '@example.com', 'User ' || n, 1,
     timestamptz '2026-01-01', timestamptz '2026-01-01' from generate_series(1, $2::integer / 2) n`,
  `insert into consumer_access (partner_id, consumer_id, customer_id, number, granted_at, granted_by)
   select partner_id, consumer_id, customer_id, 1, created_at, 'key:none' from consumer where partner_id = $1 and $2::integer > 0`,
  `insert into event (partner_id, seq, event_id, type, at, object_kind, object_id, object_version, data, actor)
   select $1, n, md5('e' || n)::uuid, case when n % 1000 = 0 then 'customer.renamed' else 'order.created' end, timestamptz '2026-01-01',
     'order', 'O' || n, 1, '{}', 'key:none' from generate_series(1, $2::integer) n`,
  `update partner set last_customer_id = $2, last_order_id = $2, last_seq = $2 where partner_id = $1`,
]

export async function fill(house: House, partner: number, rows = crowd): Promise<void> {
  for (const statement of statements) await house.sql(statement, [partner, rows])
  await house.sql('analyze')
}
