-- +goose Up
-- A search engine of its own has no conditional write, so what it was last sent
-- is kept here. It is derived like the index itself: emptied, it fills again.
create table exchange.index_versions (
  index_name text   not null,
  id         text   not null,
  version    bigint not null,
  deleted    bool   not null,
  task       bigint,                               -- the engine's number for the write
  confirmed  bool   not null default false,        -- the engine says that the write succeeded
  at         timestamptz not null default now(),
  primary key (index_name, id)
);
create index index_versions_open on exchange.index_versions (index_name, task) where not confirmed;
grant select, insert, update, delete on exchange.index_versions to shanqiao_exchange;
