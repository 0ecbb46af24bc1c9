package matcher

import (
	"context"

	"shanqiao/charities"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// loadSought adds to what surrounds a card how far help for it is looked for.
// Most cards are taken before anything has to be looked for further off.
func (c *city) loadSought(ctx context.Context, tx pg.DB) error {
	type row struct {
		CardID deid.CardID
		Steps  []needs.Step
	}
	rows, err := pg.Many[row](ctx, tx, `
		select card_id, array_agg(step order by step) as steps
		  from exchange.card_steps
		 where card_id = any(@cards)
		 group by card_id`, pg.Args{"cards": c.cardIDs()})
	if err != nil {
		return err
	}
	for _, r := range rows {
		a := c.around[r.CardID]
		a.Sought = charities.SoughtAfter(r.Steps)
		c.around[r.CardID] = a
	}
	return nil
}
