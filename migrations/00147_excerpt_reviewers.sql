-- +goose Up
-- Where a note tells of a child, of a victim or of an illness that is told of
-- nobody, two persons approve the same bytes, neither of them the writer. A
-- district may ask for two everywhere; nobody may ask for fewer.
alter table records.excerpt_districts
  add column reviewers int not null default 1 check (reviewers in (1, 2));

alter table records.notes
  add column cases       text[] not null default '{}' check (cases <@ array['child','victim','illness']),
  add column reviewers   int not null default 1 check (reviewers in (1, 2)),
  add column first_by    text,
  add column first_at    timestamptz,
  add column first_hash  bytea,
  add column first_sealed bytea,                       -- why the first of two kept a marked phrase
  add constraint notes_special check (cases = '{}' or reviewers = 2),
  add constraint notes_first check ((first_by is null) = (first_at is null) and (first_by is null) = (first_hash is null)),
  add constraint notes_two_reviewers check (
    reviewers = 1 or hash is null or
    (first_by is not null and first_by <> written_by and first_by <> decided_by and first_hash = hash) is true);
