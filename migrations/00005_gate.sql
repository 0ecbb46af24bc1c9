-- +goose Up
create table gate.ticks (
  id         int generated always as identity primary key,
  at         timestamptz not null default now(),
  tier       text not null check (tier in ('public','verified')),
  ladders    text not null,                        -- version of the generalisation ladders
  k          int not null,
  waiting    int not null,
  published  int not null,
  cohorts    int not null
);
create table gate.cohorts (
  id         text primary key,
  tick       int not null references gate.ticks (id),
  tuple      text not null,                        -- the one tuple that every card in it shows
  households int not null,
  register   int not null,                         -- compatible households in the register (k-map)
  levels     text not null                         -- how far each column was generalised
);
-- Which card left with which cohort, for ever: differences between ticks are checked against it.
create table gate.snapshots (
  tick      int not null references gate.ticks (id),
  card_id   text not null,
  cohort_id text not null references gate.cohorts (id),
  primary key (tick, card_id)
);
grant select, insert on gate.ticks, gate.cohorts, gate.snapshots to shanqiao_gate;
grant select on gate.ticks, gate.cohorts, gate.snapshots to shanqiao_records;
