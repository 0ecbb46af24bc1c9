-- +goose Up
-- How many days (天) a claim may stand in a state before it counts as late. A
-- row for an urgency goes before the one for any, '*'. While help is under way
-- the card's own last day counts where it is later.
create table exchange.claim_clocks (
  state   text not null check (state in ('requested','accepted','on-hold','in-progress')),
  urgency text not null check (urgency in ('*','now','urgent','soon','open')),
  days    int not null check (days between 1 and 365),
  primary key (state, urgency)
);
insert into exchange.claim_clocks (state, urgency, days) values
  ('requested', '*', 5), ('requested', 'urgent', 2), ('requested', 'now', 1),
  ('accepted', '*', 7), ('accepted', 'urgent', 2), ('accepted', 'now', 1),
  ('on-hold', '*', 5), ('in-progress', '*', 7);

-- +goose StatementBegin
create function exchange.claim_due(claim_state text, card_urgency text) returns timestamptz language sql stable as $$
  select now() + make_interval(days => c.days)
    from exchange.claim_clocks c
   where c.state = claim_state and c.urgency in (card_urgency, '*')
   order by c.urgency = '*'
   limit 1
$$;
-- +goose StatementEnd
grant execute on function exchange.claim_due(text, text) to shanqiao_exchange;
grant select, update on exchange.claim_clocks to shanqiao_exchange;
create index claims_due on exchange.claims (due_at) where state in ('requested','accepted','on-hold','in-progress');
