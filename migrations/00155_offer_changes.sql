-- +goose Up
-- Every worker keeps the city's offers in memory and must hear of each change,
-- by whatever statement it was made. So the row counts its changes itself, and
-- no verb can forget to.
alter table exchange.offers
  add column version    bigint      not null default 1,
  add column changed_at timestamptz not null default now();
create index offers_changed on exchange.offers (changed_at);

-- +goose StatementBegin
create function exchange.count_offer_change() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  new.changed_at := now();
  return new;
end $$;
-- +goose StatementEnd
create trigger offer_change before update on exchange.offers
  for each row execute function exchange.count_offer_change();

-- What else a view in memory holds changes with these. Each is read back to a
-- little before the last look, so each needs its order in time.
create index organisations_decided on exchange.organisations (state_at);
create index claims_ended on exchange.claims (state_at) where state in ('completed', 'failed', 'cancelled');
create index proposals_refused on exchange.proposals (state_at) where state = 'declined';
