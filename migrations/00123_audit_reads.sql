-- +goose Up
-- The auditor sees which account of which office opened which household's record,
-- when and for what: ids only, as on the chains. Where the household lives now is
-- left out; the office says enough.
create policy audit on records.record_reads for select to shanqiao_audit using (true);
grant select (id, household_id, account_id, role, office, purpose, at) on records.record_reads to shanqiao_audit;
create index record_reads_at on records.record_reads (at desc, id desc);
