package matcher

import (
	"shanqiao/charities"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// askSought adds to what surrounds a card how far help for it is looked for.
// Most cards are taken before anything has to be looked for further off.
func (c *city) askSought(b *pg.Batch, cards []deid.CardID) {
	type row struct {
		CardID deid.CardID
		Steps  []needs.Step
	}
	pg.Each(b, `
		select card_id, array_agg(step order by step) as steps
		  from exchange.card_steps
		 where card_id = any(@cards)
		 group by card_id`, pg.Args{"cards": cards}, func(r row) {
		a := c.around[r.CardID]
		a.Sought = charities.SoughtAfter(r.Steps)
		c.around[r.CardID] = a
	})
}
