-- +goose Up
-- Who may sign in. It belongs to neither half: a session must be known before
-- the half is.
create table access.accounts (
  id                   text primary key,
  role                 text not null check (role in
    ('citizen','member','volunteer','subdistrict','district','city','auditor','administrator')),
  login                text unique,
  password             text,
  name                 text not null default '',
  region               text collate "C" not null default '',
  organisation_id      text not null default '',
  volunteer_id         text not null default '',
  phone_blind          bytea unique,
  phone_sealed         bytea,
  language             text not null default 'zh',
  created_at           timestamptz not null default now(),
  disabled_at          timestamptz,
  sessions_valid_after timestamptz not null default '-infinity',
  constraint accounts_reach check (
    (role = 'subdistrict') = (region ~ '^[0-9]{9}$') and
    (role = 'district')    = (region ~ '^[0-9]{6}$' and region <> '110000') and
    (role = 'member')      = (organisation_id <> '')),
  constraint accounts_way_in check (
    (login is not null and password is not null) or phone_blind is not null)
);

create table access.sessions (
  token_hash bytea primary key,
  account_id text not null references access.accounts (id),
  created_at timestamptz not null default now(),
  last_seen  timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index sessions_account on access.sessions (account_id) where revoked_at is null;

-- A phone code is bound to the browser that asked for it and dies after five tries.
create table access.phone_codes (
  browser_hash bytea primary key,
  phone_blind  bytea not null,
  phone_sealed bytea not null,
  code_hash    bytea not null,
  tries        int not null default 0 check (tries <= 5),
  expires_at   timestamptz not null,
  created_at   timestamptz not null default now()
);

-- Attempts are counted here and not in Redis, so that losing Redis never opens the door.
create table access.attempts (
  key_hash bytea not null,
  at       timestamptz not null default now()
);
create index attempts_recent on access.attempts (key_hash, at);

grant select, insert, update on access.accounts, access.sessions to shanqiao_access;
grant select, insert, update, delete on access.phone_codes, access.attempts to shanqiao_access;
