-- Webhooks: where a partner wants its events sent, how far each endpoint has come in the feed, and what became of each
-- delivery. The events themselves stay where they are; a business transaction writes nothing for webhooks.

create table webhook_endpoint (
  partner_id            integer not null references partner,
  endpoint_id           uuid not null,
  url                   text not null,
  types                 text[],
  secret                text,
  previous_secret       text,
  previous_secret_until timestamptz,
  disabled_at           timestamptz,
  disabled_reason       text,
  deleted_at            timestamptz,
  version               integer not null,
  created_at            timestamptz not null,
  updated_at            timestamptz not null,
  primary key (partner_id, endpoint_id),
  constraint webhook_endpoint_secret check ((secret is null) = (deleted_at is not null)),
  constraint webhook_endpoint_previous_secret check ((previous_secret is null) = (previous_secret_until is null)),
  constraint webhook_endpoint_disabled check ((disabled_at is null) = (disabled_reason is null)),
  constraint webhook_endpoint_reason check (disabled_reason in ('gone', 'failing', 'switched_off'))
);
comment on table webhook_endpoint is 'Addresses that a partner wants its events sent to, with the secrets that sign them.';

-- Apart from the endpoint, because it is moved by whoever delivers and not under the partner's lock.
create table webhook_cursor (
  partner_id        integer not null,
  endpoint_id       uuid not null,
  delivered_through bigint not null constraint webhook_cursor_position check (delivered_through >= 0),
  failing_since     timestamptz,
  primary key (partner_id, endpoint_id),
  constraint webhook_cursor_endpoint foreign key (partner_id, endpoint_id) references webhook_endpoint
);
comment on table webhook_cursor is 'Up to which event an endpoint has been given jobs, and since when it has answered none of them well.';

create table webhook_delivery (
  partner_id      integer not null,
  seq             bigint not null,
  endpoint_id     uuid not null,
  delivery_id     uuid not null,
  event_id        uuid not null,
  type            text not null,
  state           text not null constraint webhook_delivery_state check (state in ('delivered', 'pending', 'failed')),
  attempts        integer not null constraint webhook_delivery_attempts check (attempts >= 0),
  attempted_at    timestamptz not null,
  next_attempt_at timestamptz,
  status          integer,
  answer          text,
  problem         text,
  primary key (partner_id, seq, endpoint_id),
  constraint webhook_delivery_id unique (partner_id, delivery_id),
  constraint webhook_delivery_endpoint foreign key (partner_id, endpoint_id) references webhook_endpoint,
  constraint webhook_delivery_next check ((next_attempt_at is not null) = (state = 'pending'))
);
comment on table webhook_delivery is 'The last attempt at sending one event to one endpoint; written with the first attempt.';
create index webhook_delivery_attempted on webhook_delivery (partner_id, attempted_at);

create table webhook_redelivery (
  partner_id    integer not null,
  redelivery_id uuid not null,
  endpoint_id   uuid not null,
  seq           bigint,
  since_seq     bigint,
  requested_at  timestamptz not null,
  primary key (partner_id, redelivery_id),
  constraint webhook_redelivery_endpoint foreign key (partner_id, endpoint_id) references webhook_endpoint,
  constraint webhook_redelivery_what check ((seq is null) <> (since_seq is null))
);
comment on table webhook_redelivery is 'Events that a partner has asked to be sent once more; a row is gone once its job is made.';
