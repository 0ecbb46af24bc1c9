-- +goose Up
create table exchange.organisations (
  id            text primary key,
  name          text not null,
  credit_code   text not null unique check (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),  -- 统一社会信用代码
  kind          text not null check (kind in ('charity','social_service','enterprise')),
  district      text collate "C" not null check (district ~ '^[0-9]{6}$'),               -- who verifies it
  summary       text not null default '',
  phone         text not null default '',
  state         text not null default 'applied' check (state in ('applied','verified','rejected','suspended')),
  reason        text not null default '',
  decided_by    text,
  state_at      timestamptz not null default now(),
  applied_at    timestamptz not null default now(),
  constraint organisations_decided check (state = 'applied' or decided_by is not null)
);
create index organisations_worklist on exchange.organisations (district, state, applied_at);

create table exchange.projects (
  id              text primary key,
  organisation_id text not null references exchange.organisations (id),
  brand_region    text collate "C" not null default '',   -- the district or subdistrict whose brand it is
  title           text not null,
  title_en        text not null default '',
  summary         text not null,
  summary_en      text not null default '',
  codes           text[] not null check (cardinality(codes) > 0),
  areas           text[] not null check (cardinality(areas) > 0),
  places          int not null check (places > 0),
  starts_on       date not null,
  ends_on         date not null,
  state           text not null default 'draft' check (state in ('draft','published','paused','closed')),
  published_by    text,
  published_at    timestamptz,
  created_at      timestamptz not null default now(),
  constraint projects_dates check (ends_on >= starts_on),
  constraint projects_published check (state = 'draft' or published_by is not null)
);
create index projects_brand on exchange.projects (brand_region, state);

create table exchange.volunteers (
  id              text primary key,
  organisation_id text not null references exchange.organisations (id),
  account_id      text not null unique,
  skills          text[] not null,
  areas           text[] not null check (cardinality(areas) > 0),
  units_per_month int not null check (units_per_month > 0),
  insured_until   date,
  trained         text[] not null default '{}',
  state           text not null default 'active' check (state in ('active','paused')),
  registered_at   timestamptz not null default now()
);

create table exchange.contracts (
  id              text primary key,
  organisation_id text not null references exchange.organisations (id),
  district        text collate "C" not null check (district ~ '^[0-9]{6}$'),
  number          text not null unique,
  code            text not null,
  unit_price_fen  bigint not null check (unit_price_fen >= 0),
  units           int not null check (units > 0),
  starts_on       date not null,
  ends_on         date not null,
  created_by      text not null,
  created_at      timestamptz not null default now(),
  constraint contracts_dates check (ends_on >= starts_on)
);

-- What can be given, whoever gives it.
create table exchange.offers (
  id              text primary key,
  kind            text not null check (kind in ('purchased','charity','volunteer')),
  organisation_id text not null references exchange.organisations (id),
  project_id      text unique references exchange.projects (id),
  volunteer_id    text unique references exchange.volunteers (id),
  contract_id     text unique references exchange.contracts (id),
  codes           text[] not null check (cardinality(codes) > 0),
  areas           text[] not null check (cardinality(areas) > 0),
  capacity        int not null check (capacity > 0),
  committed       int not null default 0,
  insured_until   date,
  trained         text[] not null default '{}',
  starts_on       date not null,
  ends_on         date not null,
  state           text not null default 'open' check (state in ('open','paused','closed')),
  created_at      timestamptz not null default now(),
  constraint offers_within_capacity check (committed between 0 and capacity),
  constraint offers_one_origin check (
    (kind = 'charity')   = (project_id is not null) and
    (kind = 'volunteer') = (volunteer_id is not null) and
    (kind = 'purchased') = (contract_id is not null))
);
create index offers_organisation on exchange.offers (organisation_id);

-- A need with nobody in it. Only the gate inserts here; every column can be
-- shown, so adding one is a privacy decision.
create table exchange.cards (
  id          text primary key check (id ~ '^[a-z2-7]{26}$'),
  tier        text not null check (tier in ('public','verified','direct')),
  area        text collate "C" not null check (area ~ '^(110000|zone:[a-z]+|[0-9]{6})$'),
  age         text not null,
  size        text not null,
  category    text not null,
  need_group  text not null,
  code        text not null,                       -- '' on the public tier
  quantity    int not null check (quantity > 0),
  committed   int not null default 0,
  delivered   int not null default 0,
  urgency     text not null check (urgency in ('now','urgent','soon','open')),
  window_from date not null,
  window_to   date not null,
  sentence_zh text not null,
  sentence_en text not null,
  tick        int not null,
  state       text not null default 'open' check (state in ('open','closed','withdrawn')),
  version     bigint not null default 1,
  changed_at  timestamptz not null default now(),
  constraint cards_quantity check (committed between 0 and quantity and delivered between 0 and committed)
);
create index cards_open on exchange.cards (tier, state, tick);
create index cards_changed on exchange.cards (changed_at, id);

-- A direct card is a functional request shown to chosen verified organisations only.
create table exchange.card_recipients (
  card_id         text not null references exchange.cards (id),
  organisation_id text not null references exchange.organisations (id),
  primary key (card_id, organisation_id)
);

create table exchange.proposals (
  card_id    text not null references exchange.cards (id),
  offer_id   text not null references exchange.offers (id),
  units      int not null check (units > 0),
  score      int not null,
  parts      jsonb not null,                       -- the named parts the score is a sum of
  trace      jsonb not null,                       -- every rule, held or failed, with its reason
  round_id   text,
  state      text not null default 'open' check (state in ('open','taken','declined','lapsed')),
  reason     text not null default '',
  made_at    timestamptz not null default now(),
  primary key (card_id, offer_id)
);
create index proposals_offer on exchange.proposals (offer_id, state);

create table exchange.rounds (
  id          text primary key,
  started_at  timestamptz not null,
  finished_at timestamptz,
  report      jsonb not null default '{}'
);

create table exchange.claims (
  id              text primary key,
  card_id         text not null references exchange.cards (id),
  organisation_id text not null references exchange.organisations (id),
  offer_id        text references exchange.offers (id),
  units           int not null check (units > 0),
  delivered       int not null default 0,
  state           text not null default 'requested' check (state in
    ('draft','requested','accepted','rejected','on-hold','in-progress','completed','failed','cancelled','entered-in-error')),
  worker_id       text not null,                   -- the one named worker who would meet the household
  made_by         text not null,
  reason          text not null default '',
  declined_by     text not null default '' check (declined_by in ('','household','provider','staff','system')),
  decided_by      text,
  introduced_at   timestamptz,
  due_at          timestamptz not null,
  made_at         timestamptz not null default now(),
  state_at        timestamptz not null default now(),
  constraint claims_delivered check (delivered between 0 and units)
);
create unique index claims_one_open_per_organisation on exchange.claims (card_id, organisation_id)
  where state in ('requested','accepted','on-hold','in-progress');
create index claims_organisation on exchange.claims (organisation_id, state);
create index claims_card on exchange.claims (card_id);

create table exchange.deliveries (
  id           text primary key,
  claim_id     text not null references exchange.claims (id),
  units        int not null check (units > 0),
  delivered_on date not null,
  minutes      int check (minutes between 1 and 6000),
  result       text not null check (result in ('as_agreed','partly','person_absent')),
  recorded_by  text not null,
  recorded_at  timestamptz not null default now(),
  confirmed_at timestamptz,
  answer       text check (answer in ('received','partly','not_received'))
);
create index deliveries_claim on exchange.deliveries (claim_id);

-- The same request under the same key is answered once, with the stored answer.
create table exchange.requests (
  account_id   text not null,
  key          text not null,
  request_hash bytea not null,
  answer       jsonb,
  at           timestamptz not null default now(),
  primary key (account_id, key)
);

grant select, insert, update on exchange.organisations, exchange.projects, exchange.volunteers,
  exchange.contracts, exchange.offers, exchange.proposals, exchange.rounds, exchange.claims,
  exchange.deliveries, exchange.requests to shanqiao_exchange;
grant delete on exchange.proposals, exchange.requests to shanqiao_exchange;
grant select on exchange.cards, exchange.card_recipients to shanqiao_exchange;
grant update (committed, delivered, state, version, changed_at) on exchange.cards to shanqiao_exchange;

grant select, insert on exchange.cards, exchange.card_recipients to shanqiao_gate;
grant update (state, version, changed_at) on exchange.cards to shanqiao_gate;
grant select (id, state) on exchange.organisations to shanqiao_gate;

-- Outcomes are fetched by the records half, never pushed into it.
grant select on exchange.organisations, exchange.projects, exchange.offers, exchange.cards,
  exchange.claims, exchange.deliveries to shanqiao_records;
