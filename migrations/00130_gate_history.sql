-- +goose Up
-- What a reader who keeps every page could have seen: a card and its tuple,
-- from the tick after which it was there to the tick after which it was not.
-- The rows are read off exchange.cards at each tick and not off what the gate
-- meant to do, so that a fault or a hand in the table shows up here.
create table gate.appearances (
  card_id   text not null,
  tier      text not null check (tier in ('public','verified')),
  tuple     text not null,
  from_tick int not null references gate.ticks (id),
  to_tick   int references gate.ticks (id),          -- null: still there
  primary key (card_id, from_tick),
  check (to_tick > from_tick)
);
create unique index appearances_open on gate.appearances (card_id) where to_tick is null;
create index appearances_ticks on gate.appearances (from_tick, to_tick);

insert into gate.appearances (card_id, tier, tuple, from_tick, to_tick)
select c.id, c.tier, concat_ws('|', c.area, c.age, c.size, c.category, c.need_group, c.code, c.quantity, c.urgency),
       s.tick,
       case when c.state <> 'open' then greatest(s.tick + 1, (select max(t.id) from gate.ticks t)) end
  from gate.snapshots s
  join exchange.cards c on c.id = s.card_id
 where c.state = 'open' or s.tick < (select max(t.id) from gate.ticks t);

create index snapshots_card on gate.snapshots (card_id);

-- The k that a cohort was formed under: a district that asks for more later
-- does not make what is out there wrong.
alter table gate.cohorts add column k int;
update gate.cohorts c set k = t.k from gate.ticks t where t.id = c.tick;
alter table gate.cohorts alter column k set not null;

-- A tick that would have shown somebody alone did not happen; this is why.
create table gate.refusals (
  id      bigint generated always as identity primary key,
  at      timestamptz not null default now(),
  tier    text not null check (tier in ('public','verified')),
  reasons jsonb not null
);

-- Somebody of the city looked at a refusal, and what is out is out: these cards
-- do not stop further ticks.
create table gate.excuses (
  card_id text primary key,
  reason  text not null check (reason <> ''),
  by      text not null,
  at      timestamptz not null default now()
);

grant select, insert on gate.appearances, gate.refusals, gate.excuses to shanqiao_gate;
grant update (to_tick) on gate.appearances to shanqiao_gate;
grant select on gate.appearances, gate.refusals, gate.excuses to shanqiao_records;
