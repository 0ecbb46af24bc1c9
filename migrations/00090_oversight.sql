-- +goose Up
-- What each verification of the chains found, so that the next auditor sees when
-- one last ran and who ran it. Findings name households by id and entry only.
create table records.chain_verifications (
  id            bigint generated always as identity primary key,
  at            timestamptz not null default now(),
  by_account    text not null,
  chains        int not null,
  entries       int not null,
  erased        int not null,
  checkpoints   bigint not null,                     -- lines of the file whose signatures held
  damage        int not null check (damage >= 0),    -- findings, of which the first ones are kept
  findings      jsonb not null default '[]'
);
create trigger verifications_append_only before update or delete on records.chain_verifications
  for each row execute function records.refuse();
grant select, insert on records.chain_verifications to shanqiao_audit;

-- Whoever keeps accounts could let anyone in, so each act leaves a line that the
-- portal's own login cannot take back.
create table access.account_events (
  id          bigint generated always as identity primary key,
  at          timestamptz not null default now(),
  by_account  text not null references access.accounts (id),
  account_id  text not null references access.accounts (id),
  what        text not null check (what in ('created','disabled','enabled','password_reset','signed_out'))
);
create index account_events_account on access.account_events (account_id, id desc);
grant select, insert on access.account_events to shanqiao_access;
