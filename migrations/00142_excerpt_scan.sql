-- +goose Up
-- A text that is out is read again every night. What is found in it takes it down,
-- in one transaction of the gate; the officer sees it on the desk, and the chain is
-- told of it after.
alter table records.notes drop constraint notes_state_check;
alter table records.notes add constraint notes_state_check
  check (state in ('written','approved','refused','used','void','taken_down'));
alter table records.notes
  add column scan_reason text not null default '' check (scan_reason in ('','own','register','rules')),
  add column told boolean not null default true;        -- the chain knows of it
create index notes_taken_down on records.notes (need_id) where state = 'taken_down';
grant select (scan_reason, told), update (scan_reason, told) on records.notes to shanqiao_gate;
grant select on exchange.card_excerpts to shanqiao_records;
