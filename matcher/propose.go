package matcher

import (
	"context"
	"fmt"
	"time"

	"shanqiao/charities"
	"shanqiao/charities/offer"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// Propose finds who could help with one card and keeps the best of them as its
// open proposals. It may be repeated: a second run refreshes scores, lapses
// what no longer stands, and leaves alone what was taken or declined. Cards of
// the public tier are a view for citizens and are not matched.
func (o *Online) Propose(ctx context.Context, db pg.DB, card deid.CardID, at time.Time) error {
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		c, err := loadCard(ctx, tx, card, at)
		if err != nil || c.cards[0].Tier == deid.Public {
			return err
		}
		return o.propose(ctx, tx, c, nil)
	})
	if err != nil {
		return fmt.Errorf("propose for card %s: %w", card, err)
	}
	return nil
}

// ProposeForOffer looks again at every card that an offer could help with, or
// was proposed for, after the offer was opened or changed. An offer that may
// no longer be proposed lapses everywhere.
func (o *Online) ProposeForOffer(ctx context.Context, db pg.DB, changed charities.OfferID, at time.Time) error {
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		given, err := offer.For(ctx, tx, changed.String())
		if err != nil {
			return err
		}
		cards, err := cardsAround(ctx, tx, given)
		if err != nil || len(cards) == 0 {
			return err
		}
		c, err := loadCards(ctx, tx, cards, at)
		if err != nil {
			return err
		}
		return o.propose(ctx, tx, c, []charities.OfferID{changed})
	})
	if err != nil {
		return fmt.Errorf("propose for offer %s: %w", changed, err)
	}
	return nil
}

// propose writes the proposals of the city's cards anew. Also are offers to look at besides
// those that memory names: it may not have heard of them yet.
func (o *Online) propose(ctx context.Context, tx pg.DB, c *city, also []charities.OfferID) error {
	found, err := o.find(ctx, tx, c, also)
	if err != nil {
		return err
	}
	var rows []row
	for i, card := range c.cards {
		rows = append(rows, c.rows(card, found[i], c.held(card.ID))...)
	}
	_, err = c.write(ctx, tx, rows)
	return err
}

// Propose is Online.Propose without a memory: the offers are read from Postgres.
func Propose(ctx context.Context, db pg.DB, card deid.CardID, at time.Time) error {
	return (*Online)(nil).Propose(ctx, db, card, at)
}

// ProposeForOffer is Online.ProposeForOffer without a memory.
func ProposeForOffer(ctx context.Context, db pg.DB, changed charities.OfferID, at time.Time) error {
	return (*Online)(nil).ProposeForOffer(ctx, db, changed, at)
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
