package claim

import (
	"context"
	"time"

	"shanqiao/charities"
	"shanqiao/charities/offer"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Fits refuses an offer that so many units of a card cannot be drawn from, and
// says why: pages ask it before they offer a choice, Take asks it in its
// transaction. What the offer is (kind, area, days, people, insurance, training)
// is Invalid, how it stands today is Conflict. Help for the card is sought as far as s.
func Fits(k deid.Card, o charities.Offer, s charities.Sought, units int, today time.Time) error {
	first, last := o.Days(k.WindowFrom, k.WindowTo, today)
	unfit := func(key string) error { return fault.InvalidFields(map[string]string{"offer": key}) }
	switch {
	case !o.Gives(k.Code):
		return unfit("claim.offer_unsuitable")
	case !o.ReachesFrom(k.Area, s):
		return unfit("claim.offer_elsewhere")
	case o.State != "open" || o.EndsOn.Before(today):
		return fault.New(fault.Conflict, "claim.offer_closed")
	case o.Banned(today):
		return fault.New(fault.Conflict, "claim.offer_banned")
	case !o.Entitled(k.Category) || !o.Serves(k.Category) || !o.Takes(k.Age):
		return unfit("claim.offer_others")
	case first.After(last):
		return unfit("claim.offer_dates")
	case !o.Insured(k.Code, last, today):
		return unfit("claim.offer_uninsured")
	case !o.Able(k.Code):
		return unfit("claim.offer_untrained")
	case !o.Licensed(k.Code):
		return unfit("claim.offer_unlicensed")
	case o.Left() < units:
		return fault.New(fault.Conflict, "claim.offer_full").With("left", o.Left())
	}
	return nil
}

// draw takes the units from the organisation's own offer, if it can give them.
func draw(ctx context.Context, tx pg.DB, by actor.Member, r Request, k asked) error {
	o, err := pg.One[charities.Offer](ctx, tx, fault.InvalidFields(map[string]string{"offer": "claim.offer_unknown"}), `
		select `+offer.Columns+`
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id
		 where o.id = @offer and o.organisation_id = @organisation
		   for no key update of o`,
		pg.Args{"offer": r.Offer, "organisation": by.Organisation})
	if err != nil {
		return err
	}
	s, err := SoughtFor(ctx, tx, r.Card)
	if err != nil {
		return err
	}
	if err := Fits(k.card(), o, s, r.Units, k.Today); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update exchange.offers
		   set committed = committed + @units
		 where id = @offer`, pg.Args{"offer": r.Offer, "units": r.Units})
	if err != nil || o.Left() > r.Units {
		return constraints.Explain(err)
	}
	// That was the last of it: wherever else it was proposed, something else should be.
	return outbox.Append(ctx, tx, outbox.Exchange, offer.Changed(r.Offer))
}

// SoughtFor is how far beyond its own area help for a card is looked for by now.
func SoughtFor(ctx context.Context, db pg.DB, card string) (charities.Sought, error) {
	steps, err := pg.Many[needs.Step](ctx, db, `
		select step from exchange.card_steps where card_id = @card`, pg.Args{"card": card})
	return charities.SoughtAfter(steps), err
}
