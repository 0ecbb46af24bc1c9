-- +goose Up
-- Four rooms, each with its own login. The exchange login has no grant on
-- records, so a fault in a charity page cannot read a household.
create schema access;
create schema records;
create schema gate;
create schema exchange;

grant usage on schema access   to shanqiao_access;
grant usage on schema records  to shanqiao_records, shanqiao_gate, shanqiao_audit;
grant usage on schema gate     to shanqiao_gate, shanqiao_records;
grant usage on schema exchange to shanqiao_exchange, shanqiao_gate, shanqiao_records;
