package matcher

import (
	"context"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// ForCard lists the open proposals of a card for staff, what a round assigned
// first, then by score. One whose offer was used up, paused or suspended a
// moment ago is not among them. Whom a need was offered to is no secret among officers,
// and no business of another organisation: for those there is ForOrganisation.
func ForCard(ctx context.Context, db pg.DB, _ actor.Officer, card deid.CardID) ([]Proposal, error) {
	return proposals(ctx, db, `
		 where p.card_id = @card and p.state = 'open'
		   and k.state = 'open' and k.committed < k.quantity
		   and o.state = 'open' and o.committed < o.capacity and g.state = 'verified'
		 order by (p.round_id is null), p.score desc, p.offer_id`, pg.Args{"card": card})
}

// ForOrganisation lists what is proposed to the member's own organisation and
// can still be claimed by it: the most urgent first, then what a round assigned, then
// by score. An organisation that is not verified has none.
func ForOrganisation(ctx context.Context, db pg.DB, by actor.Member) ([]Proposal, error) {
	return proposals(ctx, db, `
		 where o.organisation_id = @organisation and g.state = 'verified'
		   and p.state = 'open' and o.state = 'open' and o.committed < o.capacity
		   and k.state = 'open' and k.committed < k.quantity
		   and not exists (
		        select 1 from exchange.claims c
		         where c.card_id = k.id and c.organisation_id = o.organisation_id
		           and (c.state in ('requested', 'accepted', 'on-hold', 'in-progress')
		             or c.state in ('rejected', 'cancelled', 'failed') and c.declined_by in ('household', 'staff', 'provider')))
		   and (k.tier = 'verified' or exists (
		        select 1 from exchange.card_recipients r
		         where r.card_id = k.id and r.organisation_id = o.organisation_id))
		 order by array_position(array['now', 'urgent', 'soon', 'open'], k.urgency),
		       (p.round_id is null), p.score desc, p.card_id, p.offer_id`,
		pg.Args{"organisation": by.Organisation})
}

// proposals reads proposals with their organisations. p is the proposal, k its
// card, o its offer and g the organisation.
func proposals(ctx context.Context, db pg.DB, which string, args pg.Args) ([]Proposal, error) {
	return pg.Many[Proposal](ctx, db, `
		select p.card_id as card, p.offer_id as offer, o.kind, o.organisation_id as organisation,
		       g.name as organisation_name, g.name_en as organisation_name_en,
		       g.kind as organisation_kind, p.units, p.score, p.parts, p.trace, coalesce(p.round_id, '') as round, p.state, p.reason, p.made_at
		  from exchange.proposals p
		  join exchange.cards k on k.id = p.card_id
		  join exchange.offers o on o.id = p.offer_id
		  join exchange.organisations g on g.id = o.organisation_id`+which, args)
}
