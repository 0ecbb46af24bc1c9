-- +goose Up
-- The bell saves the relay up to a second of waiting; a lost ring costs only that
-- second, because the relay also looks by itself. It says which half, never what.
-- +goose StatementBegin
create function public.ring_outbox() returns trigger language plpgsql as $$
begin
  perform pg_notify('outbox', tg_table_schema);
  return null;
end $$;
-- +goose StatementEnd
create trigger outbox_bell after insert on records.outbox
  for each statement execute function public.ring_outbox();
create trigger outbox_bell after insert on exchange.outbox
  for each statement execute function public.ring_outbox();

-- A tick of the gate happens once per slot: its inbox row commits with its cards.
grant insert on exchange.inbox to shanqiao_gate;

-- Inbox rows outlive the outbox row they guard, then go.
grant delete on records.inbox to shanqiao_records;
grant delete on exchange.inbox to shanqiao_exchange;
-- Trimming reads when a row was done, and by which message.
create index inbox_done on records.inbox (done_at);
create index inbox_done on exchange.inbox (done_at);
create index outbox_done on records.outbox (done_at) where state in (2, 4);
create index outbox_done on exchange.outbox (done_at) where state in (2, 4);
