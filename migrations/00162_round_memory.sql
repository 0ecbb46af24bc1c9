-- +goose Up
-- What the last round leaves to the next beside its proposals: prices, and under
-- which settings they were found. Only the last round that has one keeps it.
alter table exchange.rounds add column memory jsonb;
