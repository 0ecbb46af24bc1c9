package matcher

import (
	"context"
	"fmt"
	"time"

	"shanqiao/charities"
	"shanqiao/charities/offer"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Propose finds who could help with one card and keeps the best of them as its
// open proposals. It may be repeated: a second run refreshes scores, lapses
// what no longer stands, and leaves alone what was taken or declined. Cards of
// the public tier are a view for citizens and are not matched.
func Propose(ctx context.Context, db pg.DB, card deid.CardID, at time.Time) error {
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		k, err := cardOf(ctx, tx, card)
		if err != nil || k.Tier == deid.Public {
			return err
		}
		return propose(ctx, tx, []deid.Card{k}, []needs.Code{k.Code}, at)
	})
	if err != nil {
		return fmt.Errorf("propose for card %s: %w", card, err)
	}
	return nil
}

// ProposeForOffer looks again at every card that an offer could help with, or
// was proposed for, after the offer was opened or changed. An offer that may
// no longer be proposed lapses everywhere.
func ProposeForOffer(ctx context.Context, db pg.DB, changed charities.OfferID, at time.Time) error {
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		o, err := offer.For(ctx, tx, changed.String())
		if err != nil {
			return err
		}
		cards, err := cardsAround(ctx, tx, o)
		if err != nil || len(cards) == 0 {
			return err
		}
		codes := make([]needs.Code, 0, len(cards))
		for _, k := range cards {
			codes = append(codes, k.Code)
		}
		return propose(ctx, tx, cards, codes, at)
	})
	if err != nil {
		return fmt.Errorf("propose for offer %s: %w", changed, err)
	}
	return nil
}

func propose(ctx context.Context, tx pg.DB, cards []deid.Card, codes []needs.Code, at time.Time) error {
	offers, err := openOffers(ctx, tx, codes)
	if err != nil {
		return err
	}
	c, err := load(ctx, tx, cards, offers, at)
	if err != nil {
		return err
	}
	var rows []row
	for _, card := range cards {
		found, _ := c.candidates(card)
		rows = append(rows, c.rows(card, found, c.held(card.ID))...)
	}
	_, err = c.write(ctx, tx, rows)
	return err
}

// cardsAround lists the cards whose proposals an offer may change.
func cardsAround(ctx context.Context, tx pg.DB, o charities.Offer) ([]deid.Card, error) {
	return pg.Many[deid.Card](ctx, tx, `
		select `+cardColumns+`
		  from exchange.cards c
		 where (c.state = 'open' and c.tier in ('verified', 'direct') and c.committed < c.quantity and c.code = any(@codes))
		    or c.id in (select card_id from exchange.proposals where offer_id = @offer and state = 'open')
		 order by c.id`, pg.Args{"codes": o.Codes, "offer": o.ID})
}
