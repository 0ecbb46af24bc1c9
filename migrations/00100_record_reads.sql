-- +goose Up
-- Every time an officer is shown a household's record, and for what. The family
-- reads this list; the office it names is the officer's region and level, never a
-- name. Insert only.
create table records.record_reads (
  id           text primary key,
  household_id text not null,
  region       text collate "C" not null,
  account_id   text not null,
  role         text not null check (role in ('subdistrict','district','city')),
  office       text collate "C" not null check (office ~ '^([0-9]{6}|[0-9]{9})$'),
  purpose      text not null check (purpose in
    ('follow','declaration','assess','complete','consent','introduce')),
  at           timestamptz not null default now(),
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
create index record_reads_household on records.record_reads (household_id, at);

-- A household that moves takes its rows along; nothing else about a read changes.
create trigger record_reads_append_only before delete on records.record_reads
  for each row execute function records.refuse();
create trigger record_reads_no_truncate before truncate on records.record_reads
  for each statement execute function records.refuse();
create trigger record_reads_unchanged before update on records.record_reads
  for each row when ((old.id, old.household_id, old.account_id, old.role, old.office, old.purpose, old.at)
    is distinct from (new.id, new.household_id, new.account_id, new.role, new.office, new.purpose, new.at))
  execute function records.refuse();

alter table records.record_reads enable row level security;
alter table records.record_reads force row level security;
create policy reach on records.record_reads to shanqiao_records
  using (records.within(region) or records.own(household_id))
  with check (records.within(region));
grant select, insert on records.record_reads to shanqiao_records;

-- The form that added a member; sent twice it adds one.
alter table records.members add column request_key text;
create unique index members_request on records.members (household_id, request_key);
