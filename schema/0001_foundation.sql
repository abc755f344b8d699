-- Partners and their keys, the catalogue, customers, order chains with the licences that follow, and the feed.
--
-- Every table that belongs to a partner has the partner first in its keys. A rule that the code decides stands
-- here a second time as a named constraint, so that no defect in the code can write what the rules forbid.

create table partner (
  partner_id       integer primary key constraint partner_number check (partner_id >= 0),
  name             text not null,
  is_sandbox       boolean not null,
  window_days      integer not null,
  grace_days       integer not null,
  time_zone        text not null,
  clock_at         timestamptz,
  version          integer not null,
  created_at       timestamptz not null,
  last_seq         bigint not null default 0,
  last_customer_id bigint not null default 0,
  last_order_id    bigint not null default 0,
  recent_groups    uuid[] not null default '{}',
  constraint partner_window check (window_days between 0 and 27),
  constraint partner_grace check (grace_days between 0 and 27),
  constraint partner_clock check ((clock_at is not null) = is_sandbox)
);
comment on table partner is 'The owner of everything else; its row is the lock under which all its changes are made.';

create table api_key (
  partner_id  integer not null references partner,
  key_id      text not null,
  name        text not null,
  scopes      text[] not null,
  secret_hash bytea not null constraint api_key_hash check (length(secret_hash) = 32),
  created_at  timestamptz not null,
  expires_at  timestamptz,
  revoked_at  timestamptz,
  primary key (partner_id, key_id),
  constraint api_key_scopes check (
    cardinality(scopes) > 0 and scopes <@ array['orders', 'licenses', 'read', 'admin', 'operator']),
  constraint api_key_operator check (partner_id = 0 or not 'operator' = any (scopes)),
  -- A caller shows nothing but the key, so this one id is unique in the whole installation.
  constraint api_key_id unique (key_id)
);

create table idempotency (
  partner_id     integer not null references partner,
  key_digest     bytea not null,
  request_digest bytea not null,
  reply          bytea not null,
  created_at     timestamptz not null,
  primary key (partner_id, key_digest)
);
comment on table idempotency is 'First answers of calls that were sent with an idempotency-key header, readable only with that key.';
create index idempotency_created on idempotency (partner_id, created_at);

create table product (
  code       text primary key,
  name       text not null,
  created_at timestamptz not null
);

create table edition (
  code              text primary key,
  product           text not null references product,
  name              text not null,
  provisioning_mode text not null constraint edition_provisioning_mode check (provisioning_mode in ('named', 'floating')),
  client_type       text not null constraint edition_client_type check (client_type in ('devices', 'users')),
  window_days       integer constraint edition_window check (window_days between 0 and 27),
  grace_days        integer constraint edition_grace check (grace_days between 0 and 27),
  renewable         boolean not null,
  version           integer not null,
  created_at        timestamptz not null
);

create table edition_version (
  code        text not null references edition,
  version     integer not null,
  features    text[] not null,
  limitations jsonb not null,
  variables   jsonb not null,
  primary key (code, version)
);
comment on table edition_version is 'What an edition contained in each of its versions; licences name the version they were issued with.';

create table customer (
  partner_id  integer not null references partner,
  customer_id uuid not null,
  id          bigint not null,
  remote_id   text not null,
  kind        text not null constraint customer_kind check (kind in ('organization', 'person')),
  name        text not null,
  is_active   boolean not null,
  admin       jsonb,
  email       text,
  phone       text,
  address     jsonb,
  tags        text[] not null,
  metadata    jsonb not null,
  time_zone   text,
  version     integer not null,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  primary key (partner_id, customer_id),
  constraint customer_number unique (partner_id, id)
);
create index customer_email on customer (partner_id, lower(email)) where email is not null;
create index customer_admin_email on customer (partner_id, lower(admin ->> 'email')) where admin ? 'email';

create table customer_remote_id (
  partner_id  integer not null,
  remote_id   text not null constraint customer_remote_id_length check (char_length(remote_id) between 1 and 255),
  customer_id uuid not null,
  request     text,
  reply       text,
  constraint customer_remote_id_taken primary key (partner_id, remote_id),
  constraint customer_remote_id_customer foreign key (partner_id, customer_id) references customer,
  constraint customer_remote_id_creation check ((request is null) = (reply is null))
);
comment on table customer_remote_id is 'Every id a customer ever had; an id is never reused and stays resolvable for ever.';
create index customer_remote_id_of on customer_remote_id (partner_id, customer_id);

create table license (
  partner_id  integer not null,
  license_id  uuid not null,
  customer_id uuid not null,
  chain_id    bigint,
  "references" jsonb not null,
  created_at  timestamptz not null,
  primary key (partner_id, license_id),
  constraint license_customer foreign key (partner_id, customer_id) references customer
);
create index license_of_customer on license (partner_id, customer_id);

-- Its customer is its licence's customer, who was checked there.
create table chain (
  partner_id          integer not null,
  chain_id            bigint not null,
  customer_id         uuid not null,
  license_id          uuid not null,
  first_start         timestamptz not null,
  latest_end          timestamptz not null,
  edition             text not null,
  suspended_at        timestamptz,
  suspension_reason   text,
  suspended_by        text,
  cancel_at           timestamptz,
  cancellation_reason text,
  cancelled_by        text,
  renewal_due_told    boolean not null,
  expiry_told         boolean not null,
  cancellation_told   boolean not null,
  next_due_at         timestamptz,
  settled_at          timestamptz not null,
  version             integer not null,
  primary key (partner_id, chain_id),
  constraint chain_drives_one_license unique (partner_id, license_id),
  constraint chain_license foreign key (partner_id, license_id) references license,
  constraint chain_suspension check ((suspended_at is null) = (suspended_by is null)),
  constraint chain_cancellation check ((cancel_at is null) = (cancelled_by is null)),
  constraint chain_end_told check (not cancellation_told or cancel_at is not null)
);
create index chain_of_customer on chain (partner_id, customer_id, chain_id);
create index chain_due on chain (partner_id, next_due_at) where next_due_at is not null;

create table orders (
  partner_id      integer not null,
  chain_id        bigint not null,
  position        integer not null,
  order_id        bigint not null,
  remote_id       text not null constraint order_remote_id_length check (char_length(remote_id) between 1 and 255),
  previous_end    timestamptz,
  anchor          timestamptz not null,
  end_month       integer not null,
  term_start      timestamptz not null,
  term_end        timestamptz not null,
  licenses        integer not null,
  duration        text not null,
  edition         text not null,
  edition_version integer not null,
  "references"    jsonb not null,
  metadata        jsonb not null,
  created_at      timestamptz not null,
  request         text not null,
  reply           text not null,
  -- The end of a term is its place in the chain: what follows names the end it follows (below), so that terms
  -- can neither overlap nor fork, and no gap of bookkeeping can open between them.
  primary key (partner_id, chain_id, term_end),
  constraint order_chain foreign key (partner_id, chain_id) references chain,
  constraint order_edition foreign key (edition, edition_version) references edition_version,
  constraint order_remote_id_taken unique (partner_id, remote_id),
  constraint order_follows foreign key (partner_id, chain_id, previous_end) references orders (partner_id, chain_id, term_end),
  constraint order_starts_after_previous check (term_start >= previous_end),
  constraint order_term check (term_end > term_start and term_start >= anchor),
  constraint order_months check (end_month >= 1),
  constraint order_position check (position >= 1 and (position = 1) = (previous_end is null)),
  constraint order_first check ((position = 1) = (order_id = chain_id)),
  constraint order_licenses check (licenses between 1 and 10000000),
  constraint order_duration check (duration in ('monthly', 'yearly'))
);
comment on table orders is 'One bought term each, first orders and renewals; a row never changes.';
create unique index order_followed_once on orders (partner_id, chain_id, previous_end) where previous_end is not null;

create table order_suspension (
  partner_id   integer not null,
  chain_id     bigint not null,
  number       integer not null,
  suspended_at timestamptz not null,
  resumed_at   timestamptz not null,
  reason       text,
  suspended_by text not null,
  resumed_by   text not null,
  primary key (partner_id, chain_id, number),
  constraint order_suspension_chain foreign key (partner_id, chain_id) references chain,
  constraint order_suspension_interval check (resumed_at >= suspended_at)
);
comment on table order_suspension is 'Suspensions that are over, kept so that the past can be told.';

create table order_change (
  partner_id       integer not null,
  chain_id         bigint not null,
  number           integer not null,
  changed_at       timestamptz not null,
  from_position    integer not null,
  through_position integer not null,
  licenses         integer,
  edition          text,
  edition_version  integer,
  changed_by       text not null,
  primary key (partner_id, chain_id, number),
  constraint order_change_chain foreign key (partner_id, chain_id) references chain,
  constraint order_change_edition foreign key (edition, edition_version) references edition_version,
  constraint order_change_positions check (from_position between 1 and through_position),
  constraint order_change_licenses check (licenses between 1 and 10000000),
  constraint order_change_something check (licenses is not null or edition is not null)
);

create table event (
  partner_id     integer not null,
  seq            bigint not null constraint event_position check (seq >= 1),
  event_id       uuid not null,
  type           text not null,
  at             timestamptz not null,
  object_kind    text not null,
  object_id      text not null,
  object_version integer not null,
  data           json not null,
  actor          text not null,
  primary key (partner_id, seq)
);
comment on table event is 'What happened, at dense positions per partner, in the order in which it was decided.';

-- The house's own partner, which owns the first key.
insert into partner (partner_id, name, is_sandbox, window_days, grace_days, time_zone, version, created_at)
  values (0, 'House', false, 15, 0, 'UTC', 1, date_trunc('second', now()));

insert into product (code, name, created_at) values
  ('oo', 'OneOffice', date_trunc('second', now())),
  ('erp', 'ERP', date_trunc('second', now()));

insert into edition (code, product, name, provisioning_mode, client_type, renewable, version, created_at) values
  ('oo-lite', 'oo', 'OneOffice Lite', 'named', 'users', true, 1, date_trunc('second', now())),
  ('oo-std', 'oo', 'OneOffice Standard', 'named', 'users', true, 1, date_trunc('second', now())),
  ('oo-ent', 'oo', 'OneOffice Enterprise', 'named', 'users', true, 1, date_trunc('second', now())),
  ('erp-std', 'erp', 'ERP Standard', 'named', 'users', true, 1, date_trunc('second', now())),
  ('erp-admin', 'erp', 'ERP Administrator', 'named', 'users', true, 1, date_trunc('second', now())),
  ('erp-lim', 'erp', 'ERP Limited', 'named', 'users', true, 1, date_trunc('second', now()));

insert into edition_version (code, version, features, limitations, variables)
  select code, 1, '{}', '{}', '{}' from edition;
