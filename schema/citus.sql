-- Distributes a migrated database over the workers of a Citus cluster, by partner. To be carried out once, on the
-- coordinator, after `tenure migrate` and before the service starts; see docs/scaling.md, which also says what of this has
-- been run. Everything that belongs to a partner lies together on one worker, so that a group of calls is a transaction
-- on one worker, and its foreign keys hold there.
begin;

-- A reference table is on every worker, but no key may lead from it to a distributed table. Keys are found by their id
-- alone, before it is known whose they are; so they are reference tables, and lose the key that leads to their partner.
-- The same step of the code writes a partner and its first key, and neither is ever deleted.
alter table api_key drop constraint api_key_partner_id_fkey;

-- The catalogue and the keys: small, read by every call, changed seldom.
select create_reference_table('product');
select create_reference_table('edition');
select create_reference_table('edition_version');
select create_reference_table('catalogue');
select create_reference_table('api_key');

-- Partners first: all others lie where their partner lies.
select create_distributed_table('partner', 'partner_id');

select create_distributed_table('idempotency', 'partner_id', colocate_with => 'partner');
select create_distributed_table('customer', 'partner_id', colocate_with => 'partner');
select create_distributed_table('customer_remote_id', 'partner_id', colocate_with => 'partner');
select create_distributed_table('license', 'partner_id', colocate_with => 'partner');
select create_distributed_table('license_suspension', 'partner_id', colocate_with => 'partner');
select create_distributed_table('consumer', 'partner_id', colocate_with => 'partner');
select create_distributed_table('consumer_access', 'partner_id', colocate_with => 'partner');
select create_distributed_table('chain', 'partner_id', colocate_with => 'partner');
select create_distributed_table('orders', 'partner_id', colocate_with => 'partner');
select create_distributed_table('order_suspension', 'partner_id', colocate_with => 'partner');
select create_distributed_table('order_change', 'partner_id', colocate_with => 'partner');
select create_distributed_table('event', 'partner_id', colocate_with => 'partner');
select create_distributed_table('webhook_endpoint', 'partner_id', colocate_with => 'partner');
select create_distributed_table('webhook_cursor', 'partner_id', colocate_with => 'partner');
select create_distributed_table('webhook_delivery', 'partner_id', colocate_with => 'partner');
select create_distributed_table('webhook_redelivery', 'partner_id', colocate_with => 'partner');
-- A shop's source is found by its id alone; that one question goes to all workers, once for each request of a shop.
select create_distributed_table('shop_source', 'partner_id', colocate_with => 'partner');
select create_distributed_table('shop_sku', 'partner_id', colocate_with => 'partner');
select create_distributed_table('inbox_receipt', 'partner_id', colocate_with => 'partner');
select create_distributed_table('inbox_item', 'partner_id', colocate_with => 'partner');
select create_distributed_table('inbox_replay', 'partner_id', colocate_with => 'partner');
select create_distributed_table('shop_object', 'partner_id', colocate_with => 'partner');
select create_distributed_table('shop_license', 'partner_id', colocate_with => 'partner');

-- Which migrations have been carried out is asked of the coordinator alone. So are the jobs in the schema pgboss.
select citus_add_local_table_to_metadata('migration');

commit;
