-- +goose Up
-- Whether a round serves the districts evenly. Rows are added and never changed;
-- the newest that has begun holds, and each names the paper that it rests on.
create table exchange.evenness (
  id     bigint generated always as identity primary key,
  even   boolean not null,
  source text not null check (source <> ''),
  since  date not null,
  set_by text not null,
  set_at timestamptz not null default now()
);
insert into exchange.evenness (even, source, since, set_by)
values (true, '随系统提供', '2000-01-01', 'first landing');
grant select, insert on exchange.evenness to shanqiao_exchange;

-- Rounds are listed the newest first.
create index rounds_started on exchange.rounds (started_at desc, id desc);
