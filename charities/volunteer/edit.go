package volunteer

import (
	"context"

	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// Edit writes what a volunteer of the member's organisation can do now, until when
// they are insured, and what they were trained and are qualified for, on the offer
// as well: it is matched anew. Name and account stay. What was promised stays
// promised, so a month's units never fall below it.
func Edit(ctx context.Context, db pg.DB, by actor.Member, volunteer string, p Person) error {
	one, err := For(ctx, db, by, volunteer)
	if err != nil {
		return err
	}
	p.Name, p.Account = one.Name, one.Account
	if err := p.Check(); err != nil {
		return err
	}
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		if _, err := organisation.Standing(ctx, tx, by.Organisation); err != nil {
			return err
		}
		args := p.args(pg.Args{"id": volunteer, "organisation": by.Organisation})
		_, err := pg.One[string](ctx, tx, errNone, `
			update exchange.volunteers
			   set skills = @skills, areas = @areas, units_per_month = @units, insured_until = @insured,
			       trained = @trained, qualified = @qualified
			 where id = @id and organisation_id = @organisation
			returning id`, args)
		if err != nil {
			return err
		}
		changed, err := pg.One[string](ctx, tx, errNone, `
			update exchange.offers o
			   set codes = @skills, areas = @areas, insured_until = @insured, trained = @trained, qualified = @qualified,
			       capacity = greatest(o.committed, @units + (
			         select coalesce(sum(c.delivered), 0)::int from exchange.claims c where c.offer_id = o.id))
			 where o.volunteer_id = @id and o.organisation_id = @organisation
			returning o.id`, args)
		if err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Exchange, offer.Changed(changed))
	})
}
