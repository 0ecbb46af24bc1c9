-- +goose Up
-- A part of a round that is under way, for whoever works on it: its problem, what it
-- was asked last (the turn counts), and what it found, once it has. Rows go with the
-- end of the round. Cards and offers by their ids, numbers, and nothing else.
create table exchange.round_parts (
  round_id text not null references exchange.rounds (id),
  part     int not null check (part >= 0),
  problem  bytea not null,
  even     boolean not null,
  turn     int not null default 0,
  ask      bytea,
  asked_at timestamptz,
  taken_at timestamptz,
  found    bytea,
  done_by  text not null default '',
  primary key (round_id, part)
);
grant select, insert, update, delete on exchange.round_parts to shanqiao_exchange;
