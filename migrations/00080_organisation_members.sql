-- +goose Up
-- Whom an organisation may send to a family. Sign-in accounts live in another
-- schema that this half cannot read, so the exchange half keeps its own list.
create table exchange.members (
  account_id      text primary key,
  organisation_id text not null references exchange.organisations (id),
  name            text not null,
  joined_at       timestamptz not null default now(),
  left_at         timestamptz
);
create index members_organisation on exchange.members (organisation_id) where left_at is null;

alter table exchange.organisations
  add column name_en     text not null default '',
  add column contact     text not null default '',
  add column applied_by  text not null default '',
  -- How many claims may be open at once: nobody gathers needs faster than they help.
  add column open_claims int not null default 200 check (open_claims between 1 and 5000);

grant select, insert, update on exchange.members to shanqiao_exchange;
grant select on exchange.members to shanqiao_records;
