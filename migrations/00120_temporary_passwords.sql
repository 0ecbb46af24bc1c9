-- +goose Up
-- A password that somebody else gave opens one page only: the one where another is chosen.
alter table access.accounts add column password_temporary boolean not null default false;
