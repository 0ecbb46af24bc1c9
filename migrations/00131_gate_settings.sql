-- +goose Up
-- What the city or a district asks of a cohort. Rows are added and never
-- changed; the newest that has begun holds. Nobody may ask for less than what is
-- shipped (deid.Defaults), and the database says so as well.
create table gate.settings (
  id         bigint generated always as identity primary key,
  tier       text not null check (tier in ('public','verified')),
  region     text collate "C" not null check (region ~ '^[0-9]{6}$'), -- 110000 is the city
  k          int not null check (k >= case tier when 'public' then 11 else 5 end),
  k_map      int not null check (k_map >= 20),
  l          int not null check (l >= 3),
  most_share int not null check (most_share between 1 and 60),
  source     text not null check (source <> ''),     -- the paper that says so
  since      date not null,
  set_by     text not null,
  set_at     timestamptz not null default now()
);
create index settings_region on gate.settings (tier, region, since desc, id desc);
grant select, insert on gate.settings to shanqiao_gate;
grant select on gate.settings to shanqiao_records;
