-- +goose Up
-- What came back over the bridge and stands on a household's chain. A message
-- may arrive twice or late; its entry is written with the row that says so.
create table records.crossings (
  kind         text not null check (kind in
    ('published','unlisted','matched','claimed','answered')),
  ref          text not null,                        -- the card or the claim
  detail       text not null default '',             -- what would make a second entry worth writing
  household_id text not null,
  region       text collate "C" not null,
  at           timestamptz not null default now(),
  primary key (kind, ref, detail),
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
alter table records.crossings enable row level security;
alter table records.crossings force row level security;
create policy reach on records.crossings to shanqiao_records
  using (records.within(region) or records.own(household_id))
  with check (records.within(region) or records.own(household_id));
grant select, insert on records.crossings to shanqiao_records;

-- Proposals are counted for the chain and shown to the officer of the need.
grant select on exchange.proposals to shanqiao_records;

create index consents_need on records.consents (need_id);
create index outcomes_claim on records.outcomes (claim_id);
create index outcomes_unconfirmed on records.outcomes (region, received_at) where confirmed_at is null;
