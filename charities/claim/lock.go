package claim

import (
	"context"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// locked is a claim whose offer, card and own row this transaction holds.
type locked struct {
	Card         string
	Offer        string
	Organisation string
	Units        int
	Delivered    int
	State        State
}

var errMoved = fault.New(fault.Conflict, "claim.moved_on")

// lock holds the rows that a change of a claim touches, in the order that
// everyone uses. A claim's card and offer never change, so they can be read
// before anything is held. An organisation or a worker narrows whose claim it
// may be; "" is anyone's.
func lock(ctx context.Context, tx pg.DB, claim, organisation, worker string) (locked, error) {
	type refs struct{ Card, Offer string }
	r, err := pg.One[refs](ctx, tx, errNone, `
		select card_id as card, coalesce(offer_id, '') as offer
		  from exchange.claims
		 where id = @id
		   and (@organisation = '' or organisation_id = @organisation)
		   and (@worker = '' or worker_id = @worker)`,
		pg.Args{"id": claim, "organisation": organisation, "worker": worker})
	if err != nil {
		return locked{}, err
	}
	_, err = tx.Exec(ctx, `
		select id
		  from exchange.offers
		 where id = @offer
		   for no key update`, pg.Args{"offer": r.Offer})
	if err != nil {
		return locked{}, err
	}
	_, err = tx.Exec(ctx, `
		select id
		  from exchange.cards
		 where id = @card
		   for no key update`, pg.Args{"card": r.Card})
	if err != nil {
		return locked{}, err
	}
	return pg.One[locked](ctx, tx, errNone, `
		select card_id as card, coalesce(offer_id, '') as offer, organisation_id as organisation,
		       units, delivered, state
		  from exchange.claims
		 where id = @id
		   for update`, pg.Args{"id": claim})
}
