-- +goose Up
-- The order of duty begins with what is owed by law, and says whether it is strict:
-- then a step of public duty comes before those after it whatever else speaks for them.
-- Rows are added and never changed; of one day the last one counts. Source is the
-- paper that says so.
alter table exchange.duty_orders
  add column id     bigint generated always as identity,
  add column strict boolean not null default true,
  add column source text not null default '',
  add column set_at timestamptz not null default now(),
  drop constraint duty_orders_kinds_check,
  drop constraint duty_orders_pkey,
  add primary key (id);
update exchange.duty_orders
   set kinds = array['entitlement'] || kinds
 where cardinality(kinds) = 3;
alter table exchange.duty_orders
  add constraint duty_orders_kinds check (
    cardinality(kinds) = 4 and kinds @> array['entitlement','purchased','charity','volunteer']),
  add constraint duty_orders_source check (source <> '' or set_by = 'first landing');
create index duty_orders_area on exchange.duty_orders (area, starts_on desc, id desc);

-- What a card is owed that was seen seldom, in thousandths of a point; and weights
-- of a day may be set anew on that day, the last one counts.
alter table exchange.match_weights
  add column id       bigint generated always as identity,
  add column exposure int not null default 0 check (exposure >= 0),
  add column source   text not null default '',
  drop constraint match_weights_pkey,
  add primary key (id);
create index match_weights_day on exchange.match_weights (starts_on desc, id desc);
insert into exchange.match_weights
  (starts_on, duty, area, kind, waiting, load, reliability, newcomer, keep, exposure, set_by)
values ('2026-01-01', 40000, 20000, 10000, 8000, 10000, 6000, 4000, 2000, 2000, 'second landing');
