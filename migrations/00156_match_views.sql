-- +goose Up
-- What one more unit of an offer would have been worth to the last round, in
-- thousandths of a point. What is not here was worth nothing, or nobody asked.
create table exchange.offer_prices (
  offer_id text primary key references exchange.offers (id),
  price    int not null check (price > 0)
);
grant select, insert, delete on exchange.offer_prices to shanqiao_exchange;

-- One row for each process that keeps offers in memory: how its memory stood
-- against this database when they were last compared. Mended counts offers that
-- differed, since the process began; it should stay at zero.
create table exchange.match_views (
  id         text primary key,
  started_at timestamptz not null default now(),
  checked_at timestamptz not null default now(),
  offers     int not null check (offers >= 0),
  mended     bigint not null default 0 check (mended >= 0)
);
grant select, insert, update, delete on exchange.match_views to shanqiao_exchange;
