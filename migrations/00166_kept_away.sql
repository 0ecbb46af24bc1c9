-- +goose Up
-- Whom a family, staff or kinship ruled out for a need stays ruled out when the need
-- comes back under another card. The exchange half learns that an organisation (or,
-- where offer_id is not '', one offer of its) is not for a card: no day, no person, no
-- reason, and the same of every card that came in the cohort, so that it says of none
-- of them whose it is. The gate writes it with the card, and nobody changes it.
create table exchange.card_exclusions (
  card_id         text not null references exchange.cards (id),
  organisation_id text not null references exchange.organisations (id),
  offer_id        text not null default '',
  primary key (card_id, organisation_id, offer_id)
);
grant select, insert on exchange.card_exclusions to shanqiao_gate;
grant select on exchange.card_exclusions to shanqiao_exchange;

-- What was carried over for which need, and from where: the records half's own.
create table records.need_exclusions (
  need_id         text not null references records.needs (id),
  household_id    text not null,
  region          text collate "C" not null,
  card_id         text not null,                  -- the card that it was carried to
  organisation_id text not null,
  offer_id        text not null default '',
  cause           text not null check (cause in ('household','staff','related','officer')),
  carried_at      timestamptz not null default now(),
  primary key (card_id, organisation_id, offer_id, cause),
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
alter table records.need_exclusions enable row level security;
alter table records.need_exclusions force row level security;
create policy reach on records.need_exclusions to shanqiao_records
  using (records.within(region) or records.own(household_id))
  with check (records.within(region) or records.own(household_id));
create policy gate on records.need_exclusions to shanqiao_gate using (true) with check (true);
grant select on records.need_exclusions to shanqiao_records;
grant select, insert on records.need_exclusions to shanqiao_gate;

-- What the gate must read for it, and no words or people.
grant select (card_id, organisation_id, state, declined_by, reason) on exchange.claims to shanqiao_gate;
grant select (card_id, offer_id, state, reason) on exchange.proposals to shanqiao_gate;
grant select (card_id, offer_id, reason, lifted_at) on exchange.overrulings to shanqiao_gate;
grant select (code, scope) on exchange.decline_reasons to shanqiao_gate;
grant select (code, way, scope) on exchange.overrule_reasons to shanqiao_gate;
grant select (id, organisation_id) on exchange.offers to shanqiao_gate;
