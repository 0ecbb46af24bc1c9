package matcher

import (
	"context"
	"fmt"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// Way is what an officer does to the matcher's answer about a pair.
type Way string

// The ways: Out keeps the offer from the card, First puts it before the others.
const (
	Out   Way = "out"
	First Way = "first"
)

// Overruling says that an officer set the matcher's answer aside, and why. With
// Scope "organisation" every offer of the organisation is kept from the card.
// The catalogue's key of the reason is "match.overrule." and the code, of what
// follows "match.overruled." with the way and the scope.
type Overruling struct {
	Way    Way
	Scope  string
	Reason string
}

// Standing is an overruling that has not been lifted, with the offer it is about.
type Standing struct {
	Overruling
	Offer              charities.OfferID
	Kind               charities.Kind
	Organisation       string
	OrganisationName   string
	OrganisationNameEn string
	By                 string
	At                 time.Time
}

var (
	errOverruled = fault.New(fault.Conflict, "match.overruled_already")
	errNotActing = fault.New(fault.Forbidden, "match.not_your_office")
	overrulings  = pg.Constraints{"overrulings_one_standing": errOverruled}
)

// Overrulings lists the reasons for which an officer may set the matcher's answer aside.
func Overrulings(ctx context.Context, db pg.DB) ([]Overruling, error) {
	return pg.Many[Overruling](ctx, db, `
		select way, scope, code as reason
		  from exchange.overrule_reasons
		 order by position`, pg.Args{})
}

// Overruled lists what officers decided about a card and did not take back.
func Overruled(ctx context.Context, db pg.DB, _ actor.Officer, card deid.CardID) ([]Standing, error) {
	return pg.Many[Standing](ctx, db, `
		select r.way, r.scope, v.reason, v.offer_id as offer, o.kind, g.id as organisation, g.name as organisation_name,
		       g.name_en as organisation_name_en, v.by, v.at
		  from exchange.overrulings v
		  join exchange.overrule_reasons r on r.code = v.reason
		  join exchange.offers o on o.id = v.offer_id
		  join exchange.organisations g on g.id = o.organisation_id
		 where v.card_id = @card and v.lifted_at is null
		 order by v.at, v.id`, pg.Args{"card": card})
}

// Overrule sets the matcher's answer about a pair aside and matches the card
// anew, so that its proposals already follow. Whether the card is of a need of
// the officer's is for the caller, who alone can know. The hard rules still
// hold: who is put first and may not help is not proposed.
func Overrule(ctx context.Context, db pg.DB, by actor.Officer, card deid.CardID, offer charities.OfferID, reason string, at time.Time) error {
	return overrule(ctx, db, by, card, offer, at, func(tx pg.DB) error {
		_, err := pg.One[string](ctx, tx, errReason, `
			select code
			  from exchange.overrule_reasons
			 where code = @reason`, pg.Args{"reason": reason})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into exchange.overrulings (card_id, offer_id, reason, by)
			values (@card, @offer, @reason, @by)`,
			pg.Args{"card": card, "offer": offer, "reason": reason, "by": by.Account})
		return overrulings.Explain(err)
	})
}

// Lift takes back what an officer decided about a pair, and matches the card anew.
func Lift(ctx context.Context, db pg.DB, by actor.Officer, card deid.CardID, offer charities.OfferID, at time.Time) error {
	return overrule(ctx, db, by, card, offer, at, func(tx pg.DB) error {
		tag, err := tx.Exec(ctx, `
			update exchange.overrulings
			   set lifted_by = @by, lifted_at = now()
			 where card_id = @card and offer_id = @offer and lifted_at is null`,
			pg.Args{"card": card, "offer": offer, "by": by.Account})
		if err == nil && tag.RowsAffected() == 0 {
			return errMovedOn
		}
		return err
	})
}

func overrule(ctx context.Context, db pg.DB, by actor.Officer, card deid.CardID, offer charities.OfferID, at time.Time, do func(tx pg.DB) error) error {
	if _, ok := by.Area(); !ok {
		return errNotActing
	}
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		_, err := pg.One[string](ctx, tx, errNoPair, `
			select c.id
			  from exchange.cards c
			  join exchange.offers o on o.id = @offer
			 where c.id = @card and c.tier <> 'public' and c.state = 'open'`,
			pg.Args{"card": card, "offer": offer})
		if err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		return Propose(ctx, tx, card, at)
	})
	if err != nil {
		return fmt.Errorf("overrule card %s and offer %s: %w", card, offer, err)
	}
	return nil
}
