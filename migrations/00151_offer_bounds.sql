-- +goose Up
-- Whom an offer is for, what pays for it and what it may cost, on the project or
-- contract that was agreed and on the offer that is matched. No category named is
-- every category; ages are of the person helped; a budget of 0 is none of its own.
alter table exchange.projects
  add column least_age  int not null default 0,
  add column most_age   int not null default 200,
  add column categories text[] not null default '{}',
  add column fund       text not null default '',
  add column unit_fen   bigint not null default 0,
  add column budget_fen bigint not null default 0,
  add constraint projects_ages check (0 <= least_age and least_age <= most_age and most_age <= 200),
  add constraint projects_budget check (unit_fen >= 0 and budget_fen >= 0 and (budget_fen = 0 or unit_fen > 0));
alter table exchange.contracts
  add column least_age  int not null default 0,
  add column most_age   int not null default 200,
  add column categories text[] not null default '{}',
  add column fund       text not null default '',
  add column budget_fen bigint not null default 0,
  add column programme  text not null default 'service',
  add column basis      text not null default '',   -- the paper by which fewer are served than the policy names
  add constraint contracts_ages check (0 <= least_age and least_age <= most_age and most_age <= 200),
  add constraint contracts_budget check (budget_fen >= 0 and (budget_fen = 0 or unit_price_fen > 0)),
  add constraint contracts_basis check (categories = '{}' or basis <> '');
alter table exchange.offers
  add column least_age  int not null default 0,
  add column most_age   int not null default 200,
  add column categories text[] not null default '{}',
  add column fund       text not null default '',
  add column unit_fen   bigint not null default 0,
  add column budget_fen bigint not null default 0,
  add column programme  text not null default '',
  add column qualified  text[] not null default '{}',
  add constraint offers_ages check (0 <= least_age and least_age <= most_age and most_age <= 200),
  add constraint offers_within_budget check (budget_fen = 0 or committed * unit_fen <= budget_fen);
alter table exchange.volunteers
  add column qualified  text[] not null default '{}';
update exchange.offers o
   set unit_fen = c.unit_price_fen, programme = 'service'
  from exchange.contracts c
 where c.id = o.contract_id;

-- Nobody is sent to a family while a ban lies on them. Codes and days only; what
-- happened is in the papers of the district.
create table exchange.bans (
  id              bigint generated always as identity primary key,
  organisation_id text not null references exchange.organisations (id),
  volunteer_id    text references exchange.volunteers (id),   -- null: the whole organisation
  reason          text not null check (reason in ('harm','money','privacy','absence','checking')),
  until           date not null,                              -- the last day of it
  by              text not null,
  at              timestamptz not null default now(),
  lifted_by       text,
  lifted_at       timestamptz,
  constraint bans_lifted check ((lifted_by is null) = (lifted_at is null))
);
create index bans_standing on exchange.bans (organisation_id, until) where lifted_at is null;
grant select, insert on exchange.bans to shanqiao_exchange;
grant update (lifted_by, lifted_at) on exchange.bans to shanqiao_exchange;
