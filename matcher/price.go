package matcher

import (
	"context"
	"math"

	"shanqiao/charities"
	"shanqiao/internal/pg"
	"shanqiao/matcher/assign"
)

// price is what one more unit of an offer would have been worth to the last
// round, in thousandths of a point. Between rounds a card ranks its candidates
// by score less price, so that it does not take what others need more.
type price struct {
	OfferID charities.OfferID
	Price   int
}

// price keeps a round's prices in place of the last round's, and ranks by them.
// A solver that gives none leaves none: then candidates rank by their score alone.
func (p *plan) price(ctx context.Context, tx pg.DB, prices []float64) error {
	p.city.prices = map[charities.OfferID]int{}
	var offers []string
	var worth []int32
	for i, value := range prices {
		if whole := min(int(math.Round(value)), assign.MostUtility); whole > 0 {
			p.city.prices[p.city.offers[i].ID] = whole
			offers, worth = append(offers, p.Resources[i].Key), append(worth, int32(whole))
		}
	}
	for _, found := range p.found {
		for i := range found {
			found[i].net = found[i].sum - p.city.prices[p.city.offers[found[i].offer].ID]
		}
		p.city.rank(found)
	}
	if _, err := tx.Exec(ctx, `
		delete from exchange.offer_prices`); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		insert into exchange.offer_prices (offer_id, price)
		select offer_id, price
		  from unnest(@offers::text[], @prices::int[]) as n (offer_id, price)`,
		pg.Args{"offers": offers, "prices": worth})
	return err
}

// askPrices asks for the prices of these offers. Those that have none are free.
func (c *city) askPrices(b *pg.Batch, offers []charities.OfferID) {
	c.prices = map[charities.OfferID]int{}
	pg.Each(b, `
		select offer_id, price
		  from exchange.offer_prices
		 where offer_id = any(@offers)`, pg.Args{"offers": offers},
		func(p price) { c.prices[p.OfferID] = p.Price })
}

// allPrices are the prices of every offer that has one.
func allPrices(ctx context.Context, db pg.DB) (map[charities.OfferID]int, error) {
	rows, err := pg.Many[price](ctx, db, `
		select offer_id, price
		  from exchange.offer_prices`, pg.Args{})
	prices := make(map[charities.OfferID]int, len(rows))
	for _, r := range rows {
		prices[r.OfferID] = r.Price
	}
	return prices, err
}
