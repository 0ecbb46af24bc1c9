-- +goose Up
-- More reasons to turn a proposal down, each with what follows. "people" leaves the
-- offer alone with cards that say the same of those who live there; "organisation"
-- keeps every offer of the organisation from that one card. Against is the rule
-- that did not know what the organisation knew, '' where no rule could.
alter table exchange.decline_reasons
  drop constraint decline_reasons_scope_check,
  add constraint decline_reasons_scope_check
    check (scope in ('card','code','area','people','offer','organisation')),
  add column against text not null default '';
insert into exchange.decline_reasons (code, position, scope, rest_days) values
  ('too_many',      6, 'card', 0),
  ('people',        7, 'people', 90),
  ('not_qualified', 8, 'code', 90),
  ('related',       9, 'organisation', 0);
update exchange.decline_reasons r
   set against = a.against
  from (values ('no_capacity', 'capacity'), ('too_far', 'area'), ('wrong_kind', 'kind'), ('period', 'window'),
               ('too_many', 'units'), ('people', 'people'), ('not_qualified', 'qualification'), ('related', 'related'))
       as a (code, against)
 where r.code = a.code;

-- Why an officer sets the matcher's answer aside: "out" keeps the offer (or every
-- offer of the organisation) from the card, "first" puts it before the others.
-- Codes and never words, because words could tell of the family.
create table exchange.overrule_reasons (
  code     text primary key,
  position int not null,
  way      text not null check (way in ('out','first')),
  scope    text not null check (scope in ('offer','organisation')),
  constraint overrule_reasons_first check (way = 'out' or scope = 'offer')
);
insert into exchange.overrule_reasons (code, position, way, scope) values
  ('family_first', 1, 'first', 'offer'),
  ('sooner',       2, 'first', 'offer'),
  ('better',       3, 'first', 'offer'),
  ('family_out',   4, 'out', 'organisation'),
  ('conflict',     5, 'out', 'organisation'),
  ('safety',       6, 'out', 'organisation'),
  ('unsuited',     7, 'out', 'offer');
create table exchange.overrulings (
  id        bigint generated always as identity primary key,
  card_id   text not null references exchange.cards (id),
  offer_id  text not null references exchange.offers (id),
  reason    text not null references exchange.overrule_reasons (code),
  by        text not null,
  at        timestamptz not null default now(),
  lifted_by text,
  lifted_at timestamptz,
  constraint overrulings_lifted check ((lifted_by is null) = (lifted_at is null))
);
create unique index overrulings_one_standing on exchange.overrulings (card_id, offer_id) where lifted_at is null;
grant select on exchange.overrule_reasons to shanqiao_exchange;
grant select, insert on exchange.overrulings to shanqiao_exchange;
grant update (lifted_by, lifted_at) on exchange.overrulings to shanqiao_exchange;
