-- +goose Up
-- What a reader asked of the index lately, so that nobody takes it apart question
-- by question. Reader, question and families are keyed hashes: the table says how
-- many different questions there were and how they are related, not what they were
-- or who asked. It is worth nothing after a day, nor after a crash.
create unlogged table exchange.search_questions (
  reader   bytea not null,
  question bytea not null,
  families bytea[] not null,                 -- the question with each of its conditions left out
  few      boolean not null default false,   -- the answer was too small to be shown
  at       timestamptz not null default now(),
  primary key (reader, question)
);
create index search_questions_at on exchange.search_questions (at);
grant select, insert, update, delete on exchange.search_questions to shanqiao_exchange;

-- Whoever asked so that somebody should look: many questions that differ in one
-- condition, or more than a person asks. Fields are the names of the conditions
-- that the questions share, never their values. A visitor has no name here.
create table exchange.search_alarms (
  id         bigint generated always as identity primary key,
  reader     bytea not null,
  account_id text,                           -- of a member; null for a visitor
  pattern    text not null check (pattern in ('bisecting','budget')),
  fields     text not null,
  questions  int not null check (questions > 0),
  few        int not null check (few >= 0),
  day        date not null default current_date,
  first_at   timestamptz not null default now(),
  last_at    timestamptz not null default now(),
  constraint search_alarms_once unique (reader, day, pattern, fields)
);
create index search_alarms_last on exchange.search_alarms (last_at desc);
grant select, insert, update on exchange.search_alarms to shanqiao_exchange;
