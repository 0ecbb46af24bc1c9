-- +goose Up
create table records.households (
  id                 text primary key,
  number             text not null unique,          -- said on the phone: 110105015-00042
  region             text collate "C" not null check (region ~ '^[0-9]{9}$'),
  address_sealed     bytea,
  category           text not null default 'undetermined' check (category in
    ('extreme_poverty','minimum_living','marginal','rigid_expenditure','other','undetermined')),
  condition          text not null default 'none' check (condition in
    ('none','chronic','serious_illness','mobility','sensory','cognitive','mental','child_development')),
  monthly_income_fen bigint check (monthly_income_fen >= 0),   -- null: not known, never zero
  account_id         text unique,                    -- the citizen who may follow this household
  created_at         timestamptz not null default now(),
  closed_at          timestamptz,
  constraint households_place unique (id, region)
);
create index households_region on records.households (region);

create sequence records.household_numbers;

-- Rows below carry the household's region so that row security needs no join;
-- the composite key moves them along when a household moves.
create table records.members (
  id              text primary key,
  household_id    text not null,
  region          text collate "C" not null,
  head            boolean not null default false,
  relation        text not null check (relation in
    ('self','spouse','child','parent','grandchild','grandparent','sibling','other')),
  name_sealed     bytea not null,
  identity_sealed bytea,
  identity_blind  bytea,
  phone_sealed    bytea,
  phone_blind     bytea,
  sex             text not null default 'unknown' check (sex in ('female','male','unknown')),
  born            date,
  disability      text not null default 'none' check (disability in
    ('none','visual','hearing','speech','physical','intellectual','mental','multiple')),
  student         boolean not null default false,
  joined_on       date not null default current_date,
  left_on         date,
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
-- A person belongs to one living household.
create unique index members_one_household on records.members (identity_blind) where left_on is null;
create unique index members_one_head on records.members (household_id) where head and left_on is null;
create index members_household on records.members (household_id);
create index members_phone on records.members (phone_blind) where left_on is null;

create table records.declarations (
  id              text primary key,
  household_id    text not null,
  region          text collate "C" not null,
  account_id      text,                              -- who declared; null at the counter without a phone
  request_key     text not null unique,              -- the same form sent twice is one declaration
  channel         text not null check (channel in ('online','counter')),
  helper_id       text,                              -- the officer who filed it at the counter
  hardships       text[] not null check (cardinality(hardships) between 1 and 12),
  people          int not null check (people between 1 and 20),
  elders          int not null default 0 check (elders between 0 and 20),
  children        int not null default 0 check (children between 0 and 20),
  disabled        int not null default 0 check (disabled between 0 and 20),
  words_sealed    bytea,                             -- what the citizen wanted to add
  contact_time    text not null default 'any' check (contact_time in ('any','morning','afternoon','evening')),
  state           text not null default 'submitted' check (state in
    ('submitted','accepted','assessed','closed','withdrawn')),
  reason          text not null default '',
  pledged_at      timestamptz not null,              -- 诚信承诺
  check_agreed_at timestamptz not null,              -- 授权核对
  decided_by      text,
  state_at        timestamptz not null default now(),
  declared_at     timestamptz not null default now(),
  due_on          date not null,
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
create index declarations_worklist on records.declarations (region, state, declared_at);
create index declarations_account on records.declarations (account_id);
create index declarations_household on records.declarations (household_id);
create unique index declarations_one_open on records.declarations (household_id)
  where state in ('submitted','accepted');

create table records.assessments (
  id              text primary key,
  household_id    text not null,
  region          text collate "C" not null,
  declaration_id  text references records.declarations (id),
  request_key     text not null unique,
  instrument      text not null,                     -- name and version of the questionnaire
  dimensions      jsonb not null,                    -- seven: economy … inclusion, each 0–3
  self_care       jsonb not null,                    -- six items, true = cannot do alone
  self_care_level text not null check (self_care_level in ('able','partial','complete','not_assessed')),
  assessor_id     text not null,
  assessed_at     timestamptz not null default now(),
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
create index assessments_household on records.assessments (household_id);

create table records.needs (
  id            text primary key,
  household_id  text not null,
  region        text collate "C" not null,
  assessment_id text not null references records.assessments (id),
  code          text not null,
  quantity      int not null check (quantity between 1 and 99),
  delivered     int not null default 0 check (delivered between 0 and quantity),
  urgency       int not null check (urgency between 1 and 4),      -- 1: within 2 days … 4: any time
  window_from   date not null,
  window_to     date not null,
  route         text not null default 'cohort' check (route in ('cohort','direct')),
  state         text not null default 'draft' check (state in
    ('draft','approved','published','claimed','introduced','in_service','fulfilled','closed','withdrawn','expired')),
  assessed_by   text not null,
  approved_by   text,
  approved_at   timestamptz,
  reason        text not null default '',
  state_at      timestamptz not null default now(),
  created_at    timestamptz not null default now(),
  constraint needs_window check (window_to >= window_from),
  constraint needs_two_people check (approved_by is null or approved_by <> assessed_by),
  constraint needs_approved check (state in ('draft','withdrawn') or approved_by is not null),
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
create index needs_worklist on records.needs (region, state, urgency, created_at);
create index needs_household on records.needs (household_id);
create index needs_waiting on records.needs (approved_at) where state = 'approved';
create unique index needs_one_open_per_kind on records.needs (household_id, code)
  where state not in ('fulfilled','closed','withdrawn','expired');

-- The key that joins a card with its household. It never leaves this half.
create table records.listings (
  card_id      text primary key,
  need_id      text not null references records.needs (id),
  household_id text not null,
  region       text collate "C" not null,
  tier         text not null check (tier in ('public','verified','direct')),
  listed_at    timestamptz not null default now(),
  closed_at    timestamptz,
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
create index listings_need on records.listings (need_id);
create unique index listings_one_open on records.listings (need_id, tier) where closed_at is null;

create table records.consents (
  id              text primary key,
  household_id    text not null,
  region          text collate "C" not null,
  need_id         text not null references records.needs (id),
  claim_id        text not null,
  organisation_id text not null,
  worker_id       text not null,                     -- one named worker
  fields          text[] not null check (cardinality(fields) between 1 and 5),
  purpose         text not null,
  given_by        text not null references records.members (id),
  channel         text not null check (channel in ('in_person','phone','online')),
  text_version    text not null,
  text_hash       bytea not null,
  recorded_by     text not null,
  given_at        timestamptz not null default now(),
  until           timestamptz not null,
  withdrawn_at    timestamptz,
  withdrawn_by    text,
  constraint consents_until check (until > given_at),
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
create unique index consents_one_live on records.consents (claim_id) where withdrawn_at is null;
create index consents_household on records.consents (household_id);

-- What the named worker may look at, and only while it lasts.
create table records.introductions (
  claim_id       text primary key,
  consent_id     text not null references records.consents (id),
  household_id   text not null,
  region         text collate "C" not null,
  worker_id      text not null,
  contact_sealed bytea,                              -- destroyed when the introduction ends
  until          timestamptz not null,
  introduced_by  text not null,
  introduced_at  timestamptz not null default now(),
  ended_at       timestamptz,
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
create index introductions_household on records.introductions (household_id);

-- Every look at a person's contact, by whom and for what. Insert only.
create table records.disclosures (
  id           text primary key,
  household_id text not null,
  region       text collate "C" not null,
  claim_id     text not null,
  account_id   text not null,
  fields       text[] not null,
  purpose      text not null,
  at           timestamptz not null default now(),
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
create index disclosures_household on records.disclosures (household_id, at);

-- One row per delivery that reached the chain. The primary key is the second
-- wall behind the inbox: a delivery counts once, whatever is sent twice.
create table records.outcomes (
  delivery_id  text primary key,
  claim_id     text not null,
  need_id      text not null references records.needs (id),
  household_id text not null,
  region       text collate "C" not null,
  units        int not null check (units > 0),
  result       text not null,
  delivered_on date not null,
  received_at  timestamptz not null default now(),
  confirmed_at timestamptz,
  confirmed_by text,
  answer       text check (answer in ('received','partly','not_received')),
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
create index outcomes_need on records.outcomes (need_id);

create table records.chain_heads (
  household_id text primary key references records.households (id),
  seq          bigint not null default 0 check (seq >= 0),
  link         bytea not null
);

create table records.chain_entries (
  household_id text not null references records.households (id),
  seq          bigint not null check (seq > 0),
  kind         text not null,
  at           timestamptz not null,
  actor_role   text not null,
  actor_id     text not null,
  basis        text not null,                        -- clause or document the act rests on
  corrects     bigint,
  payload      text,                                 -- the exact bytes that were committed to
  salt         bytea,
  commitment   bytea not null,
  prev         bytea not null,
  link         bytea not null,
  primary key (household_id, seq)
);

-- +goose StatementBegin
create function records.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the chain is append-only' using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd
create trigger chain_append_only before update or delete on records.chain_entries
  for each row execute function records.refuse();
create trigger chain_no_truncate before truncate on records.chain_entries
  for each statement execute function records.refuse();
create trigger disclosures_append_only before delete on records.disclosures
  for each row execute function records.refuse();

grant select, insert, update on records.households, records.members, records.declarations,
  records.needs, records.listings, records.consents, records.introductions, records.outcomes,
  records.chain_heads to shanqiao_records;
grant select, insert on records.assessments, records.disclosures, records.chain_entries to shanqiao_records;
grant usage on sequence records.household_numbers to shanqiao_records;
grant select on records.chain_entries, records.chain_heads to shanqiao_audit;

-- The gate sees what generalisation needs and nothing that names anyone.
grant select (id, region, category, condition, closed_at) on records.households to shanqiao_gate;
grant select (household_id, born, left_on) on records.members to shanqiao_gate;
grant select (id, household_id, region, code, quantity, delivered, urgency, route, state, approved_at, window_to)
  on records.needs to shanqiao_gate;
grant select, insert on records.listings to shanqiao_gate;
grant update (closed_at) on records.listings to shanqiao_gate;
