-- +goose Up
-- What the declarer typed. The household's own record is not touched by it: an
-- identity number is no proof of who types it, and an officer compares the two.
alter table records.declarations
  add column name_sealed     bytea,
  add column identity_sealed bytea,
  add column phone_sealed    bytea,
  add column said_region     text collate "C" not null default '',
  add column twin_of         text,     -- another household with the same identity number, for the officer to judge
  add column pledge_version  text not null default '';

-- A declarer sees the own declaration also where the household is not yet linked.
create policy declarer on records.declarations for select to shanqiao_records
  using (account_id = nullif(current_setting('app.account', true), ''));

-- How long the subdistrict takes to answer. Rows are configuration of a place
-- with their source, not the law; the youngest that has begun is in force.
create table records.declaration_terms (
  begins_on date primary key,
  days      int not null check (days between 1 and 90),
  unit      text not null check (unit in ('calendar')),
  source    text not null
);
insert into records.declaration_terms (begins_on, days, unit, source)
values ('2026-01-01', 14, 'calendar', 'default of the program; the issuing office has published no term');
grant select on records.declaration_terms to shanqiao_records;

-- A half-filled form, sealed, for the browser that fills it. It is nobody's
-- record: it goes after thirty days, or when it was sent.
create table access.drafts (
  browser_hash bytea primary key,
  request_key  text not null,
  sealed       bytea not null,
  updated_at   timestamptz not null default now(),
  expires_at   timestamptz not null default now() + interval '30 days'
);
create index drafts_expired on access.drafts (expires_at);
grant select, insert, update, delete on access.drafts to shanqiao_access;
