package gate

import (
	"context"

	"shanqiao/internal/pg"
)

// carry keeps from new cards whom a family, staff or kinship ruled out under an
// earlier card of the same need. Only the gate knows that the two are of one need.
// On the exchange side the whole cohort is kept from them: one card alone would say
// that it is of a family that the organisation has met. Whose it was, and why, is
// written beside the need.
//
// What was put first is not carried: an officer who knows the family says it again.
func carry(ctx context.Context, tx pg.DB, cards []string) error {
	_, err := tx.Exec(ctx, `
		with fresh as (
		  select l.card_id, l.need_id, l.household_id, l.region, s.cohort_id
		    from records.listings l
		    left join gate.snapshots s on s.card_id = l.card_id
		   where l.card_id = any(@cards)
		), was as (
		  select f.*, e.card_id as earlier
		    from fresh f
		    join records.listings e on e.need_id = f.need_id and e.card_id <> f.card_id and e.tier <> 'public'
		), ruled as (
		  select w.*, c.organisation_id, '' as offer_id, c.declined_by as cause
		    from was w
		    join exchange.claims c on c.card_id = w.earlier
		   where c.state in ('rejected', 'cancelled', 'failed')
		     and (c.declined_by = 'household'
		          or c.declined_by = 'staff' and c.reason in ('not_suitable', 'conflict_of_interest'))
		   union all
		  select w.*, o.organisation_id, '', 'related'
		    from was w
		    join exchange.proposals p on p.card_id = w.earlier and p.state = 'declined'
		    join exchange.decline_reasons r on r.code = p.reason and r.scope = 'organisation'
		    join exchange.offers o on o.id = p.offer_id
		   union all
		  select w.*, o.organisation_id, case r.scope when 'offer' then v.offer_id else '' end, 'officer'
		    from was w
		    join exchange.overrulings v on v.card_id = w.earlier and v.lifted_at is null
		    join exchange.overrule_reasons r on r.code = v.reason and r.way = 'out'
		    join exchange.offers o on o.id = v.offer_id
		), kept as (
		  insert into records.need_exclusions (need_id, household_id, region, card_id, organisation_id, offer_id, cause)
		  select distinct need_id, household_id, region, card_id, organisation_id, offer_id, cause from ruled
		      on conflict do nothing
		)
		insert into exchange.card_exclusions (card_id, organisation_id, offer_id)
		select distinct a.card_id, r.organisation_id, r.offer_id
		  from ruled r
		  join fresh a on a.card_id = r.card_id or a.cohort_id = r.cohort_id
		 order by 1, 2, 3
		    on conflict do nothing`, pg.Args{"cards": cards})
	return err
}
