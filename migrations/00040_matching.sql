-- +goose Up
-- How matching weighs, who pays first where, and what a refusal leads to are
-- data with a date, so that a change is a row and an old proposal can be explained.
create table exchange.match_weights (
  starts_on   date primary key,
  duty        int not null check (duty >= 0),          -- the most each part can give, in
  area        int not null check (area >= 0),          -- thousandths of a point
  kind        int not null check (kind >= 0),
  waiting     int not null check (waiting >= 0),
  load        int not null check (load >= 0),
  reliability int not null check (reliability >= 0),
  newcomer    int not null check (newcomer >= 0),
  keep        int not null check (keep >= 0),          -- for what was assigned before
  set_by      text not null default ''
);
insert into exchange.match_weights
  (starts_on, duty, area, kind, waiting, load, reliability, newcomer, keep, set_by)
values ('2000-01-01', 40000, 20000, 10000, 10000, 10000, 6000, 4000, 2000, 'first landing');

-- The order of duty of an area (city, zone or district); the narrowest wins.
create table exchange.duty_orders (
  area      text collate "C" not null check (area ~ '^(110000|zone:[a-z]+|[0-9]{6})$'),
  starts_on date not null,
  kinds     text[] not null check (
    cardinality(kinds) = 3 and kinds @> array['purchased','charity','volunteer']),
  set_by    text not null,
  primary key (area, starts_on)
);
insert into exchange.duty_orders (area, starts_on, kinds, set_by)
values ('110000', '2000-01-01', array['purchased','charity','volunteer'], 'first landing');

-- Why an organisation turns a proposal down, and for how many days (天) the offer
-- is then left alone: with that card only, with its kind of need, with its area,
-- or altogether. A refusal never counts against the organisation.
create table exchange.decline_reasons (
  code      text primary key,
  position  int not null,
  scope     text not null check (scope in ('card','code','area','offer')),
  rest_days int not null check (rest_days >= 0)
);
insert into exchange.decline_reasons (code, position, scope, rest_days) values
  ('no_capacity',      1, 'offer', 7),
  ('too_far',          2, 'area', 30),
  ('wrong_kind',       3, 'code', 90),
  ('period',           4, 'card', 0),
  ('other_commitment', 5, 'card', 0);

alter table exchange.proposals
  add column state_at   timestamptz not null default now(),
  add column decided_by text not null default '',
  add constraint proposals_declined_reason check (state <> 'declined' or reason <> '');
create index proposals_declined on exchange.proposals (offer_id, state_at) where state = 'declined';

grant select, insert on exchange.match_weights, exchange.duty_orders to shanqiao_exchange;
grant select on exchange.decline_reasons to shanqiao_exchange;
