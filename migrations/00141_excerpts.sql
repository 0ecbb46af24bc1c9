-- +goose Up
-- Whether a district lets the assessor's own words out, cut down and approved.
-- Rows are added and never changed; the newest that has begun holds, and where
-- there is none it is off.
create table records.excerpt_districts (
  id       bigint generated always as identity primary key,
  district text collate "C" not null check (district ~ '^[0-9]{6}$'),
  enabled  boolean not null,
  source   text not null check (source <> ''),     -- the paper that says so
  since    date not null,
  set_by   text not null,
  set_at   timestamptz not null default now()
);
create index excerpt_districts_newest on records.excerpt_districts (district, since desc, id desc);
grant select, insert on records.excerpt_districts to shanqiao_records;
grant select (id, district, enabled, since) on records.excerpt_districts to shanqiao_gate;

-- What the assessor wrote of a need, sealed, and of it the one text that somebody
-- else approved. That text names nobody; the hash binds the approval to it, to
-- the detectors and to the policy of that day.
create table records.notes (
  need_id      text primary key references records.needs (id),
  household_id text not null,
  region       text collate "C" not null,
  note_sealed  bytea not null,
  name_sealed  bytea,                                -- of who wrote it: it may not go out either
  written_by   text not null,
  written_at   timestamptz not null default now(),
  state        text not null default 'written' check (state in ('written','approved','refused','used','void')),
  excerpt      text not null default '',
  hash         bytea,
  kept_sealed  bytea,                                -- why phrases that might single out were kept
  decided_by   text,
  decided_at   timestamptz,
  constraint notes_two_people check (decided_by is null or decided_by <> written_by),
  constraint notes_bound check ((state in ('written','refused')) = (hash is null) and (hash is null) = (excerpt = '')),
  constraint notes_decided check ((state = 'written') = (decided_by is null)),
  foreign key (household_id, region) references records.households (id, region) on update cascade
);
alter table records.notes enable row level security;
alter table records.notes force row level security;
create policy reach on records.notes to shanqiao_records
  using (records.within(region) or records.own(household_id))
  with check (records.within(region) or records.own(household_id));
create policy gate on records.notes to shanqiao_gate using (true) with check (true);
grant select, insert, update on records.notes to shanqiao_records;
grant select (need_id, region, state, excerpt, hash), update (state) on records.notes to shanqiao_gate;

-- The approved text beside its card. It is in no index, and it goes when the card
-- goes, whoever closes the card: the exchange half may delete it and cannot write it.
create table exchange.card_excerpts (
  card_id text primary key references exchange.cards (id),
  text    text not null check (text <> ''),
  hash    bytea not null
);
grant select, insert, delete on exchange.card_excerpts to shanqiao_gate;
grant select, delete on exchange.card_excerpts to shanqiao_exchange;
-- +goose StatementBegin
create function exchange.drop_excerpt() returns trigger language plpgsql as $$
begin
  delete from exchange.card_excerpts where card_id = new.id;
  return null;
end $$;
-- +goose StatementEnd
create trigger cards_drop_excerpt after update of state on exchange.cards
  for each row when (new.state <> 'open') execute function exchange.drop_excerpt();
