-- +goose Up
-- How many days (天) a claim may stand in a state before it counts as late.
create table exchange.claim_clocks (
  state text primary key check (state in ('requested','accepted','on-hold','in-progress')),
  days  int not null check (days between 1 and 365)
);
insert into exchange.claim_clocks (state, days) values
  ('requested', 5), ('accepted', 7), ('on-hold', 5), ('in-progress', 45);
grant select, update on exchange.claim_clocks to shanqiao_exchange;
create index claims_due on exchange.claims (due_at) where state in ('requested','accepted','on-hold','in-progress');
