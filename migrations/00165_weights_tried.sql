-- +goose Up
-- New weights are set by way of a trial: who set them has seen what they would
-- change. A trial keeps what was asked for, the weights it was compared with, what
-- it found (counts alone) and, once they were set, the row that they became.
alter table exchange.match_weights
  add column set_name text not null default '',  -- as the officer is called; '' came with the program
  add column set_at   timestamptz;
create table exchange.weight_trials (
  id        text primary key check (id ~ '^[a-z2-7]{26}$'),
  weights   jsonb not null,
  source    text not null check (source <> ''),
  starts_on date not null,
  against   bigint not null references exchange.match_weights (id),
  found     jsonb not null,
  tried_by  text not null,
  tried_at  timestamptz not null default now(),
  became    bigint references exchange.match_weights (id)
);
grant select, insert on exchange.weight_trials to shanqiao_exchange;
grant update (became) on exchange.weight_trials to shanqiao_exchange;
