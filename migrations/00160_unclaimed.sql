-- +goose Up
-- How long a need may wait before the next step is taken for it. A district says
-- so for each band of urgency; a step without a day is not used there. Rows are
-- added and never changed; the newest that has begun holds, and where there is
-- none, what is shipped.
create table records.unclaimed_ladders (
  id                    bigint generated always as identity primary key,
  district              text collate "C" not null check (district ~ '^[0-9]{6}$'),
  urgency               int not null check (urgency between 1 and 4),
  unit                  text not null check (unit in ('day','workday')),  -- 天 or 工作日
  wider_area            int check (wider_area between 1 and 365),
  neighbouring_district int check (neighbouring_district between 1 and 365),
  push                  int check (push between 1 and 365),
  purchase              int check (purchase between 1 and 365),
  meeting               int check (meeting between 1 and 365),
  within                int not null check (within between 1 and 60),     -- the meeting decides, in the same unit
  source                text not null check (source <> ''),               -- the paper that says so
  since                 date not null,
  set_by                text not null,
  set_at                timestamptz not null default now(),
  constraint unclaimed_ladders_used check (
    coalesce(wider_area, neighbouring_district, push, purchase, meeting) is not null)
);
create index unclaimed_ladders_newest on records.unclaimed_ladders (district, urgency, since desc, id desc);
grant select, insert on records.unclaimed_ladders to shanqiao_records;

-- Each step of a need is taken once, with the age at which it was and the rule
-- that asked for it. How old a need is stands nowhere: it is counted from when
-- it was first listed and from the claims on it.
create table records.need_steps (
  need_id      text not null references records.needs (id),
  step         text not null check (step in ('wider_area','neighbouring_district','push','purchase','meeting')),
  household_id text not null,
  region       text collate "C" not null,
  waited       int not null check (waited > 0),
  unit         text not null check (unit in ('day','workday')),
  ladder       bigint references records.unclaimed_ladders (id),  -- null: what is shipped
  taken_on     date not null,
  taken_at     timestamptz not null default now(),
  primary key (need_id, step),
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
create index need_steps_step on records.need_steps (step);

-- A meeting that must find a way, and what it found. One turn is open at a time:
-- where what was agreed did not bring help by its day, the next one begins.
create table records.need_meetings (
  id             text primary key,
  need_id        text not null references records.needs (id),
  household_id   text not null,
  region         text collate "C" not null,
  turn           int not null check (turn > 0),
  due_on         date not null,
  opened_at      timestamptz not null default now(),
  decided_sealed bytea,                              -- what was decided, in the officer's words
  next           text check (next in ('purchase','direct','department','reassess','search')),
  next_on        date,
  recorded_by    text,
  recorded_at    timestamptz,
  constraint need_meetings_turn unique (need_id, turn),
  constraint need_meetings_recorded check (
    num_nonnulls(decided_sealed, next, next_on, recorded_by, recorded_at) in (0, 5)),
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
create unique index need_meetings_one_open on records.need_meetings (need_id) where recorded_at is null;

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['need_steps','need_meetings'] loop
    execute format('alter table records.%I enable row level security', t);
    execute format('alter table records.%I force row level security', t);
    execute format('create policy reach on records.%I to shanqiao_records
      using (records.within(region) or records.own(household_id))
      with check (records.within(region) or records.own(household_id))', t);
  end loop;
end $$;
-- +goose StatementEnd
create policy gate on records.need_steps for select to shanqiao_gate using (true);
grant select, insert on records.need_steps to shanqiao_records;
grant select (need_id, step) on records.need_steps to shanqiao_gate;
grant select, insert on records.need_meetings to shanqiao_records;
grant update (decided_sealed, next, next_on, recorded_by, recorded_at) on records.need_meetings to shanqiao_records;

-- What the exchange half knows of it: which of the steps that look for help were
-- taken for a card. A cohort takes them together, as it came together, so that a
-- step singles nobody out; there is no time, and the card is what it was.
create table exchange.card_steps (
  card_id text not null references exchange.cards (id),
  step    text not null check (step in ('wider_area','neighbouring_district','push')),
  primary key (card_id, step)
);
grant select, insert on exchange.card_steps to shanqiao_gate;
grant select on exchange.card_steps to shanqiao_exchange;

-- Whom a card was put before although no offer of theirs fits it as it stands, and
-- the one rule that is in the way.
create table exchange.card_notices (
  card_id         text not null references exchange.cards (id),
  organisation_id text not null references exchange.organisations (id),
  offer_id        text not null references exchange.offers (id),
  missing         text not null,
  primary key (card_id, organisation_id)
);
create index card_notices_organisation on exchange.card_notices (organisation_id);
grant select, insert on exchange.card_notices to shanqiao_exchange;
