-- +goose Up
-- A lawful erasure drops the payload and its salt, nothing else, and only once
-- an entry of the same chain accounts for it. Everything else stays refused.
-- +goose StatementBegin
create function records.guard_chain() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE'
     and old.payload is not null and new.payload is null and new.salt is null
     and (new.household_id, new.seq, new.kind, new.at, new.actor_role, new.actor_id, new.basis,
          new.commitment, new.prev, new.link)
       = (old.household_id, old.seq, old.kind, old.at, old.actor_role, old.actor_id, old.basis,
          old.commitment, old.prev, old.link)
     and new.corrects is not distinct from old.corrects
     and exists (select from records.chain_entries e
                  where e.household_id = old.household_id and e.seq > old.seq
                    and e.kind = 'erased' and e.corrects = old.seq)
  then
    return new;
  end if;
  raise exception 'the chain is append-only' using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd
drop trigger chain_append_only on records.chain_entries;
create trigger chain_append_only before update or delete on records.chain_entries
  for each row execute function records.guard_chain();
grant update (payload, salt) on records.chain_entries to shanqiao_records;

-- How far the file of signed checkpoints has come. The file is the witness of the
-- database and this table the witness of the file: to hide a cut, both must be cut.
create table records.chain_checkpoints (
  line      bigint primary key,
  line_hash bytea not null,
  at        timestamptz not null default now()
);
create trigger checkpoints_append_only before update or delete on records.chain_checkpoints
  for each row execute function records.refuse();
grant select, insert on records.chain_checkpoints to shanqiao_audit;
