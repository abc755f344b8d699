-- The methods of the peer that works inside PostgreSQL: one order, and a set of orders in one statement.

create function order_reply(number bigint, customer text, id text, product text, licenses integer, duration text,
  term_start timestamptz, term_end timestamptz, window_days integer, license uuid) returns json
language sql stable as $$
  select json_build_object('id', number, 'partner', 0, 'remoteId', id, 'parent', null, 'customer', customer,
    'product', product, 'licenses', licenses, 'duration', duration,
    'termStart', extract(epoch from term_start)::bigint, 'termEnd', extract(epoch from term_end)::bigint,
    'status', 'active', 'renewableFrom', extract(epoch from term_end)::bigint - window_days * 86400,
    'licenseId', license, 'createdAt', extract(epoch from term_start)::bigint)
$$;

create function create_first_order(asked_customer text, asked_id text, asked_product text, asked_licenses integer,
  asked_duration text, asked_request text, new_license uuid, new_event uuid) returns text
language plpgsql as $$
declare
  known record;
  basis record;
  moment timestamptz := date_trunc('second', now());
  months integer := case asked_duration when 'yearly' then 12 else 1 end;
  finish timestamptz := moment + make_interval(months => months);
  number bigint;
  told text;
begin
  select request, reply into known from orders where partner_id = 0 and remote_id = asked_id;
  if found then
    if known.request = asked_request then return known.reply; end if;
    raise exception using errcode = 'T0001', message = 'order_exists';
  end if;
  select c.customer_id, c.is_active, e.version, coalesce(e.window_days, p.window_days) as window_days into basis
    from customer_remote_id r
    join customer c on c.partner_id = r.partner_id and c.customer_id = r.customer_id
    join partner p on p.partner_id = r.partner_id
    left join edition e on e.code = asked_product
    where r.partner_id = 0 and r.remote_id = asked_customer;
  if not found then raise exception using errcode = 'T0001', message = 'customer_unknown'; end if;
  if not basis.is_active then raise exception using errcode = 'T0001', message = 'customer_inactive'; end if;
  if basis.version is null then raise exception using errcode = 'T0001', message = 'edition_unknown'; end if;
  number := nextval('peer_order');
  told := order_reply(number, asked_customer, asked_id, asked_product, asked_licenses, asked_duration, moment, finish,
    basis.window_days, new_license)::text;
  insert into license (partner_id, license_id, customer_id, chain_id, "references", created_at)
    values (0, new_license, basis.customer_id, number, '{}', moment);
  insert into chain (partner_id, chain_id, customer_id, license_id, first_start, latest_end, edition, renewal_due_told,
      expiry_told, cancellation_told, next_due_at, settled_at, version)
    values (0, number, basis.customer_id, new_license, moment, finish, asked_product, false, false, false,
      finish - make_interval(days => basis.window_days), moment, 1);
  insert into orders (partner_id, chain_id, position, order_id, remote_id, anchor, end_month, term_start, term_end,
      licenses, duration, edition, edition_version, "references", metadata, created_at, request, reply)
    values (0, number, 1, number, asked_id, moment, months, moment, finish, asked_licenses, asked_duration,
      asked_product, basis.version, '{}', '{}', moment, asked_request, told);
  insert into event (partner_id, seq, event_id, type, at, object_kind, object_id, object_version, data, actor)
    values (0, nextval('peer_event'), new_event, 'order.created', moment, 'order', asked_id, 1, told::json, 'key:peer');
  return told;
end
$$;

-- Answers one reply per call in their order, or raises: then nothing of the set is done.
create function create_first_orders(calls jsonb) returns setof text
language plpgsql as $$
declare
  moment timestamptz := date_trunc('second', now());
  replies text[];
begin
  with asked as materialized (
    select a.*, c.customer_id, e.version, coalesce(e.window_days, p.window_days) as window_days,
      nextval('peer_order') as number, case a.duration when 'yearly' then 12 else 1 end as months
    from rows from (jsonb_to_recordset(calls) as (customer text, id text, product text, licenses integer, duration text,
      request text, license uuid, event uuid)) with ordinality
      as a(customer, id, product, licenses, duration, request, license, event, place)
    join customer_remote_id r on r.partner_id = 0 and r.remote_id = a.customer
    join customer c on c.partner_id = 0 and c.customer_id = r.customer_id and c.is_active
    join partner p on p.partner_id = 0
    join edition e on e.code = a.product
  ), told as materialized (
    select asked.*, moment + make_interval(months => months) as finish,
      order_reply(number, customer, id, product, licenses, duration, moment, moment + make_interval(months => months),
        window_days, license)::text as reply
    from asked
  ), l as (
    insert into license (partner_id, license_id, customer_id, chain_id, "references", created_at)
      select 0, license, customer_id, number, '{}', moment from told
  ), c as (
    insert into chain (partner_id, chain_id, customer_id, license_id, first_start, latest_end, edition,
        renewal_due_told, expiry_told, cancellation_told, next_due_at, settled_at, version)
      select 0, number, customer_id, license, moment, finish, product, false, false, false,
        finish - make_interval(days => window_days), moment, 1 from told
  ), o as (
    insert into orders (partner_id, chain_id, position, order_id, remote_id, anchor, end_month, term_start, term_end,
        licenses, duration, edition, edition_version, "references", metadata, created_at, request, reply)
      select 0, number, 1, number, id, moment, months, moment, finish, licenses, duration, product, version, '{}', '{}',
        moment, request, reply from told
  ), v as (
    insert into event (partner_id, seq, event_id, type, at, object_kind, object_id, object_version, data, actor)
      select 0, nextval('peer_event'), event, 'order.created', moment, 'order', id, 1, reply::json, 'key:peer' from told
  )
  select array_agg(reply order by place) into replies from told;
  if coalesce(cardinality(replies), 0) < jsonb_array_length(calls) then
    raise exception using errcode = 'T0001', message = 'not_as_a_set';
  end if;
  return query select unnest(replies);
end
$$;
