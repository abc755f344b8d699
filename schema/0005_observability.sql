-- Which endpoints are failing is asked whenever the service is watched, and must not cost a look at all of them.
create index if not exists webhook_cursor_failing on webhook_cursor (partner_id) where failing_since is not null;
