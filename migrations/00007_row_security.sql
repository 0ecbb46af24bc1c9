-- +goose Up
-- The second wall: even a statement that forgets its where clause sees only the
-- reader's region, or the citizen's own household. Unset settings mean no rows.
-- +goose StatementBegin
create function records.within(place text) returns boolean language sql stable parallel safe as $$
  select place collate "C" >= nullif(current_setting('app.from', true), '') collate "C"
     and place collate "C" <= nullif(current_setting('app.to',   true), '') collate "C"
$$;
create function records.own(household text) returns boolean language sql stable parallel safe as $$
  select household = nullif(current_setting('app.household', true), '')
$$;
-- +goose StatementEnd
grant execute on function records.within(text), records.own(text) to shanqiao_records;

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['members','declarations','assessments','needs','listings','consents',
                           'disclosures','outcomes'] loop
    execute format('alter table records.%I enable row level security', t);
    execute format('alter table records.%I force row level security', t);
    execute format('create policy reach on records.%I to shanqiao_records
      using (records.within(region) or records.own(household_id))
      with check (records.within(region) or records.own(household_id))', t);
  end loop;
  foreach t in array array['chain_entries','chain_heads'] loop
    execute format('alter table records.%I enable row level security', t);
    execute format('alter table records.%I force row level security', t);
    execute format('create policy reach on records.%I to shanqiao_records
      using (exists (select from records.households h where h.id = household_id))
      with check (exists (select from records.households h where h.id = household_id))', t);
    execute format('create policy audit on records.%I for select to shanqiao_audit using (true)', t);
  end loop;
  foreach t in array array['members','needs','listings','households'] loop
    execute format('create policy gate on records.%I to shanqiao_gate using (true) with check (true)', t);
  end loop;
end $$;
-- +goose StatementEnd

alter table records.households enable row level security;
alter table records.households force row level security;
create policy reach on records.households to shanqiao_records
  using (records.within(region) or records.own(id))
  with check (records.within(region) or records.own(id));

-- The named worker of a live introduction sees that one row, nothing else.
alter table records.introductions enable row level security;
alter table records.introductions force row level security;
create policy reach on records.introductions to shanqiao_records
  using (records.within(region) or records.own(household_id))
  with check (records.within(region) or records.own(household_id));
create policy worker on records.introductions for select to shanqiao_records
  using (worker_id = nullif(current_setting('app.worker', true), '')
     and ended_at is null and until > now());
create policy worker_look on records.disclosures for insert to shanqiao_records
  with check (account_id = nullif(current_setting('app.worker', true), '')
    and exists (select from records.introductions i where i.claim_id = disclosures.claim_id
                   and i.household_id = disclosures.household_id));
