-- +goose Up
-- How long an assessor's words are kept once nobody needs them to decide. The
-- district says so with the same paper that lets them out; what the law asks is
-- the shortest time that serves the purpose.
alter table records.excerpt_districts
  add column keep_days int not null default 30 check (keep_days between 1 and 180);

-- When a note came into its state, whoever moved it, and when its words went. What
-- stays is that there was one, how far it came and the hash of what was approved.
alter table records.notes
  add column moved_at   timestamptz not null default now(),
  add column removed_at timestamptz,
  drop constraint notes_bound,
  add constraint notes_bound check (
    (state in ('written','refused')) = (hash is null)
    and ((hash is null) = (excerpt = '') or removed_at is not null)),
  add constraint notes_removed check (
    removed_at is null or (note_sealed = '' and kept_sealed is null and first_sealed is null));
create index notes_kept on records.notes (moved_at) where removed_at is null;
-- +goose StatementBegin
create function records.note_moved() returns trigger language plpgsql as $$
begin
  new.moved_at := now();
  return new;
end $$;
-- +goose StatementEnd
create trigger notes_moved before update of state on records.notes
  for each row when (new.state <> old.state) execute function records.note_moved();
