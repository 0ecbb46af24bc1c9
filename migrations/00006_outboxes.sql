-- +goose Up
-- A fact and the work it causes are committed together. Redis only rings the bell.
-- +goose StatementBegin
do $$
declare half text;
begin
  foreach half in array array['records','exchange'] loop
    execute format($ddl$
      create table %1$I.outbox (
        msg_id      uuid primary key,
        dedupe_key  text not null unique,
        kind        text not null,
        queue       text not null,
        ref         text not null,
        payload     jsonb not null default '{}' check (pg_column_size(payload) <= 512),
        not_before  timestamptz not null default now(),
        state       smallint not null default 0 check (state between 0 and 4), -- new, sent, done, dead, cancelled
        gen         int not null default 0,
        starts      int not null default 0,
        fails       int not null default 0,
        sent_at     timestamptz,
        accepted_at timestamptz,
        done_at     timestamptz,
        last_code   text,
        created_at  timestamptz not null default now()
      ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
      create index outbox_new  on %1$I.outbox (not_before, msg_id) where state = 0;
      create index outbox_sent on %1$I.outbox (sent_at) where state = 1;
      create index outbox_dead on %1$I.outbox (created_at) where state = 3;
      create table %1$I.inbox (
        consumer text not null,
        msg_id   uuid not null,
        done_at  timestamptz not null default now(),
        primary key (consumer, msg_id)
      );
      create table %1$I.cluster_epoch (epoch uuid not null, since timestamptz not null default now());
      insert into %1$I.cluster_epoch (epoch) values (gen_random_uuid());
      grant select, insert, update, delete on %1$I.outbox to %2$I;
      grant select, insert on %1$I.inbox to %2$I;
      grant select on %1$I.cluster_epoch to %2$I;
    $ddl$, half, 'shanqiao_' || half);
  end loop;
end $$;
-- +goose StatementEnd
-- The gate tells the exchange half that cards appeared or went.
grant insert on exchange.outbox to shanqiao_gate;
grant select (dedupe_key) on exchange.outbox to shanqiao_gate;
