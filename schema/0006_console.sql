-- What the console shows of suspended chains and licences is found without looking at all the others.
create index if not exists chain_suspended on chain (partner_id, suspended_at) where suspended_at is not null;
create index if not exists license_suspended on license (partner_id, suspended_at) where suspended_at is not null;
