package matcher

import (
	"context"

	"shanqiao/charities"
	"shanqiao/internal/pg"
	"shanqiao/matcher/rule"
	"shanqiao/needs/deid"
)

// still leaves out of what a round would write what has become impossible while
// it thought: an offer that was paused or is used up, an organisation that was
// suspended or banned, a card that was taken or withdrawn, a refusal, a family's
// no, an officer's. Cards and offers are read anew, in the transaction that
// writes, with all that surrounds them, and the same rules asked; where less is
// left than was given, so much is written.
func (c *city) still(ctx context.Context, tx pg.DB, rows []row) ([]row, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	now, err := c.anew(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	cards, offers := map[deid.CardID]deid.Card{}, map[charities.OfferID]charities.Offer{}
	for _, k := range now.cards {
		cards[k.ID] = k
	}
	for _, o := range now.offers {
		offers[o.ID] = o
	}
	kept := make([]row, 0, len(rows))
	for _, r := range rows {
		p := now.pair(cards[r.card], offers[r.offer])
		if rule.FirstFailed(&p) != "" {
			continue
		}
		r.units = min(r.units, p.Card.Left(), p.Offer.Left())
		kept = append(kept, r)
	}
	return kept, nil
}

// anew is the part of the city that rows are about, as it is now: also what is no
// longer open, so that it is a rule that refuses it.
func (c *city) anew(ctx context.Context, tx pg.DB, rows []row) (*city, error) {
	ids, names := make([]string, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		ids[i], names[i] = r.card.String(), r.offer.String()
	}
	cards, err := pg.Many[deid.Card](ctx, tx, `
		select `+cardColumns+`
		  from exchange.cards c
		 where c.id = any(@ids)`, pg.Args{"ids": ids})
	if err != nil {
		return nil, err
	}
	offers, err := pg.Many[charities.Offer](ctx, tx, `
		select `+offerColumns+`
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id
		 where o.id = any(@ids)`, pg.Args{"ids": names})
	if err != nil {
		return nil, err
	}
	return load(ctx, tx, cards, offers, c.at)
}
