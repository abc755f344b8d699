-- Licence sync: licences of their own beside those that chains drive, consumers and their access, and a catalogue
-- that operators edit.

-- Products and editions are created under codes; the request is kept so that a repeat is recognised.
alter table product
  add column request text,
  add column reply text,
  add constraint product_creation check ((request is null) = (reply is null));
alter table edition
  add column request text,
  add column reply text,
  add constraint edition_creation check ((request is null) = (reply is null));

-- How often the rules of editions (window, grace, renewable) have changed, and up to which change a partner's chains
-- have been looked at: their due moments follow from those rules.
create table catalogue (
  only_row      boolean primary key default true constraint catalogue_only_row check (only_row),
  rules_version integer not null
);
insert into catalogue (rules_version) values (0);
alter table partner add column rules_version integer not null default 0;

alter table license
  add column remote_id       text constraint license_remote_id_length check (char_length(remote_id) between 1 and 255),
  add column product         text references product,
  add column edition         text,
  add column edition_version integer,
  add column quantity        integer constraint license_quantity check (quantity between 1 and 10000000),
  add column valid_from      timestamptz,
  add column valid_until     timestamptz,
  add column suspended_at    timestamptz,
  add column suspended_by    text,
  add column revoked_at      timestamptz,
  add column revoked_by      text,
  add column features        text[],
  add column limitations     jsonb,
  add column variables       jsonb,
  add column name            text,
  add column description     text,
  add column expiry_told     boolean not null default true,
  add column revocation_told boolean not null default true,
  add column next_due_at     timestamptz,
  add column settled_at      timestamptz not null default now(),
  add column version         integer not null default 1,
  add column request         text,
  add column reply           text,
  -- Either a chain says what the licence carries and how long it is valid, or the licence does.
  add constraint license_governed_by_chain check (chain_id is null
    or (product is null and edition is null and edition_version is null and quantity is null and valid_from is null
        and valid_until is null and suspended_at is null and revoked_at is null and remote_id is null
        and next_due_at is null)),
  add constraint license_own_contents check (chain_id is not null
    or (product is not null and edition is not null and edition_version is not null and quantity is not null
        and valid_from is not null)),
  add constraint license_validity check (valid_until > valid_from),
  add constraint license_suspension check ((suspended_at is null) = (suspended_by is null)),
  add constraint license_revocation check ((revoked_at is null) = (revoked_by is null)),
  add constraint license_edition foreign key (edition, edition_version) references edition_version,
  add constraint license_creation check ((request is null) = (reply is null));
create unique index license_remote_id_taken on license (partner_id, product, remote_id) where remote_id is not null;
create index license_due on license (partner_id, next_due_at) where next_due_at is not null;
create index license_contract on license (partner_id, ("references" ->> 'contract')) where "references" ? 'contract';
create index license_order on license (partner_id, ("references" ->> 'order')) where "references" ? 'order';
create index license_subscription on license (partner_id, ("references" ->> 'subscription'))
  where "references" ? 'subscription';
create index license_product on license (partner_id, ("references" ->> 'product')) where "references" ? 'product';
create index license_purchase_order on license (partner_id, ("references" ->> 'purchaseOrder'))
  where "references" ? 'purchaseOrder';

create table license_suspension (
  partner_id   integer not null,
  license_id   uuid not null,
  number       integer not null,
  suspended_at timestamptz not null,
  resumed_at   timestamptz not null,
  suspended_by text not null,
  resumed_by   text not null,
  primary key (partner_id, license_id, number),
  constraint license_suspension_license foreign key (partner_id, license_id) references license,
  constraint license_suspension_interval check (resumed_at >= suspended_at)
);
comment on table license_suspension is 'Times during which a licence was switched off, kept so that the past can be told.';

create table consumer (
  partner_id   integer not null,
  consumer_id  uuid not null,
  customer_id  uuid not null,
  remote_id    text not null constraint consumer_remote_id_length check (char_length(remote_id) between 1 and 255),
  kind         text not null constraint consumer_kind check (kind in ('person', 'device')),
  email        text,
  display_name text,
  version      integer not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  request      text,
  reply        text,
  primary key (partner_id, consumer_id),
  constraint consumer_remote_id_taken unique (partner_id, remote_id),
  constraint consumer_customer foreign key (partner_id, customer_id) references customer,
  constraint consumer_creation check ((request is null) = (reply is null))
);
create unique index consumer_email_taken on consumer (partner_id, lower(email)) where email is not null;
create index consumer_of_customer on consumer (partner_id, customer_id, consumer_id);

create table consumer_access (
  partner_id  integer not null,
  consumer_id uuid not null,
  customer_id uuid not null,
  number      integer not null,
  granted_at  timestamptz not null,
  granted_by  text not null,
  revoked_at  timestamptz,
  revoked_by  text,
  primary key (partner_id, consumer_id, customer_id, number),
  constraint consumer_access_consumer foreign key (partner_id, consumer_id) references consumer,
  constraint consumer_access_customer foreign key (partner_id, customer_id) references customer,
  constraint consumer_access_interval check (revoked_at >= granted_at),
  constraint consumer_access_revocation check ((revoked_at is null) = (revoked_by is null))
);
comment on table consumer_access is 'Who may use the licences of a customer, and from when until when.';
create unique index consumer_access_once on consumer_access (partner_id, consumer_id, customer_id) where revoked_at is null;
create index consumer_access_of_customer on consumer_access (partner_id, customer_id);
