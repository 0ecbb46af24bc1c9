package matcher

import (
	"context"
	"fmt"

	"shanqiao/charities"
	offers "shanqiao/charities/offer"
	"shanqiao/internal/actor"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// Reason is why an organisation turns a proposal down, and what follows: for
// RestDays days (天) the offer is left alone with what Scope says: only this
// card, its kind of need, its area, cards that say the same of the people,
// everything; "organisation" keeps every offer of the organisation from this card. The catalogue's key of the
// reason is "match.decline." and the code; of the consequence
// "match.consequence." and the scope, with {days}.
type Reason struct {
	Code     string
	Scope    string
	RestDays int
}

// Reasons lists the reasons that may be given, in the order in which they are offered.
func Reasons(ctx context.Context, db pg.DB) ([]Reason, error) {
	return pg.Many[Reason](ctx, db, `
		select code, scope, rest_days
		  from exchange.decline_reasons
		 order by position`, pg.Args{})
}

// Decline turns down a proposal to the member's own organisation. The pair is
// never proposed again, and the reason's consequence follows; nothing is held
// against the organisation. What was declined before, or has lapsed or been
// taken, is a conflict; what is another organisation's is not there.
func Decline(ctx context.Context, db pg.DB, by actor.Member, card deid.CardID, offer charities.OfferID, reason string) error {
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		_, err := pg.One[string](ctx, tx, errReason, `
			select code
			  from exchange.decline_reasons
			 where code = @reason`, pg.Args{"reason": reason})
		if err != nil {
			return err
		}
		_, err = pg.One[string](ctx, tx, errNoPair, `
			select p.state
			  from exchange.proposals p
			  join exchange.offers o on o.id = p.offer_id
			 where p.card_id = @card and p.offer_id = @offer and o.organisation_id = @organisation`,
			pg.Args{"card": card, "offer": offer, "organisation": by.Organisation})
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			update exchange.proposals
			   set state = 'declined', reason = @reason, decided_by = @account, state_at = now()
			 where card_id = @card and offer_id = @offer and state = 'open'`,
			pg.Args{"card": card, "offer": offer, "reason": reason, "account": by.Account})
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return errMovedOn
		}
		// What follows from the reason follows now: the offer is matched anew.
		return outbox.Append(ctx, tx, outbox.Exchange, offers.Changed(offer.String()))
	})
	if err != nil {
		return fmt.Errorf("decline card %s for offer %s: %w", card, offer, err)
	}
	return nil
}
