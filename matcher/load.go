package matcher

import (
	"context"
	"time"

	"shanqiao/charities"
	"shanqiao/charities/offer"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/needs"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
)

// pair names a card and an offer together.
type pair struct {
	card  deid.CardID
	offer charities.OfferID
}

// standing is a proposal that is there already.
type standing struct {
	CardID  deid.CardID
	OfferID charities.OfferID
	State   State
	Reason  string
	RoundID string
	Units   int
	Earlier bool // made on a day before
}

// order is what one area says of duty.
type order struct {
	steps  []charities.Step
	strict bool
}

// city is what one piece of matching looks at: the cards and offers it is
// about, and what surrounds them.
type city struct {
	at       time.Time
	cards    []deid.Card
	offers   []charities.Offer
	around   map[deid.CardID]rule.Around
	pauses   map[charities.OfferID][]rule.Pause
	standing map[pair]standing
	records  map[string]score.Record
	prices   map[charities.OfferID]int
	seen     map[deid.CardID]int      // offers proposed for a card on earlier days
	first    map[pair]bool            // an officer put it before the others
	out      map[pair]string          // an officer set it aside, and why
	away     map[deid.CardID][]string // organisations that an officer keeps from a card with all they offer
	orders   map[string]order
	weights  score.Weights
	tick     int
}

// load reads what surrounds the cards and offers that are already chosen.
func load(ctx context.Context, tx pg.DB, cards []deid.Card, offers []charities.Offer, at time.Time) (*city, error) {
	c, err := loadCards(ctx, tx, cards, at)
	if err != nil {
		return nil, err
	}
	return c, c.loadOffers(ctx, tx, offers)
}

// loadCards reads the part that depends on the cards and the day alone.
func loadCards(ctx context.Context, tx pg.DB, cards []deid.Card, at time.Time) (*city, error) {
	c := &city{at: at, cards: cards}
	ids := make([]deid.CardID, len(cards))
	for i, card := range cards {
		ids[i] = card.ID
	}
	return c, pg.Together(ctx, tx, func(b *pg.Batch) { c.surround(b, ids) })
}

// loadCard is loadCards for one card, which is read in the same trip.
func loadCard(ctx context.Context, tx pg.DB, id deid.CardID, at time.Time) (*city, error) {
	c := &city{at: at}
	return c, pg.Together(ctx, tx, func(b *pg.Batch) {
		askCard(b, id, func(card deid.Card) { c.cards = []deid.Card{card} })
		c.surround(b, []deid.CardID{id})
	})
}

// surround asks for all that surrounds these cards.
func (c *city) surround(b *pg.Batch, cards []deid.CardID) {
	c.askSettings(b)
	c.askAround(b, cards)
	c.askSought(b, cards)
	c.askStanding(b, cards)
	c.askOverruled(b, cards)
}

// loadOffers makes these the offers and reads what belongs to them.
func (c *city) loadOffers(ctx context.Context, tx pg.DB, offers []charities.Offer) error {
	c.offers = offers
	ids := c.offerIDs()
	return pg.Together(ctx, tx, func(b *pg.Batch) {
		c.askPauses(b, ids)
		c.askRecords(b, ids)
		c.askPrices(b, ids)
	})
}

// loadNamed is loadOffers for those of these that are given now, which are read
// in the same trip.
func (c *city) loadNamed(ctx context.Context, tx pg.DB, ids []charities.OfferID) error {
	return pg.Together(ctx, tx, func(b *pg.Batch) {
		c.askOffers(b, ids)
		c.askPauses(b, ids)
		c.askRecords(b, ids)
		c.askPrices(b, ids)
	})
}

// What fills a card, as c, and an offer, as o with its organisation as g.
const cardColumns, offerColumns = card.Columns, offer.Columns

func cardOf(ctx context.Context, db pg.DB, id deid.CardID) (card deid.Card, err error) {
	err = pg.Together(ctx, db, func(b *pg.Batch) { askCard(b, id, func(c deid.Card) { card = c }) })
	return card, err
}

func askCard(b *pg.Batch, id deid.CardID, give func(deid.Card)) {
	pg.Only(b, errNoCard, `
		select `+cardColumns+`
		  from exchange.cards c
		 where c.id = @id`, pg.Args{"id": id}, give)
}

// openCards lists the cards that can be matched. A nil list of codes means all.
func openCards(ctx context.Context, db pg.DB, codes []needs.Code) ([]deid.Card, error) {
	return pg.Many[deid.Card](ctx, db, `
		select `+cardColumns+`
		  from exchange.cards c
		 where c.state = 'open' and c.tier in ('verified', 'direct') and c.committed < c.quantity
		   and (@codes::text[] is null or c.code = any(@codes))
		 order by c.id`, pg.Args{"codes": codes})
}

// openOffers lists what verified organisations offer, of some codes or of all.
// Those with nothing left are among them, because that is an answer too: it is
// a rule that refuses them, with its reason, and not the query.
func openOffers(ctx context.Context, db pg.DB, codes []needs.Code) ([]charities.Offer, error) {
	return pg.Many[charities.Offer](ctx, db, `
		select `+offerColumns+`
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id
		 where o.state = 'open' and g.state = 'verified'
		   and (@codes::text[] is null or o.codes && @codes)
		 order by o.id`, pg.Args{"codes": codes})
}

// askOffers asks for openOffers, of these alone. Those that are not open, or whose
// organisation is not verified, are not among them.
func (c *city) askOffers(b *pg.Batch, ids []charities.OfferID) {
	c.offers = make([]charities.Offer, 0, len(ids))
	pg.Each(b, `
		select `+offerColumns+`
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id
		 where o.state = 'open' and o.id = any(@ids)
		 order by o.id`, pg.Args{"ids": ids}, func(o charities.Offer) {
		if o.Standing == "verified" { // asked here, or Postgres may begin with the organisations
			c.offers = append(c.offers, o)
		}
	})
}

func (c *city) askSettings(b *pg.Batch) {
	askWeights(b, c.at, func(w score.Weights) { c.weights = w })
	type row struct {
		Area   string
		Kinds  []charities.Step
		Strict bool
	}
	c.orders = map[string]order{}
	pg.Each(b, `
		select distinct on (area) area, kinds, strict
		  from exchange.duty_orders
		 where starts_on <= (@at::timestamptz at time zone 'Asia/Shanghai')::date
		 order by area, starts_on desc, id desc`, pg.Args{"at": c.at},
		func(r row) { c.orders[r.Area] = order{r.Kinds, r.Strict} })
	// Direct cards stand in no round; the others know when they were published.
	pg.Each(b, `
		select coalesce(max(tick), 0)
		  from exchange.cards
		 where tier = 'verified' and state = 'open'`, pg.Args{},
		func(tick int) { c.tick = tick })
}

// askWeights asks for the weights that hold at a moment.
func askWeights(b *pg.Batch, at time.Time, give func(score.Weights)) {
	pg.Only(b, errWeights, `
		select starts_on as "from", duty, area, kind, waiting, load, reliability, newcomer, exposure, keep
		  from exchange.match_weights
		 where starts_on <= (@at::timestamptz at time zone 'Asia/Shanghai')::date
		 order by starts_on desc, id desc
		 limit 1`, pg.Args{"at": at}, give)
}

// order is the order of duty in an area: its own, its zone's, the city's, ours.
func (c *city) order(area string) order {
	for _, code := range []string{area, region.ZoneOf(area).Code, region.City} {
		if o, ok := c.orders[code]; ok {
			return o
		}
	}
	return order{charities.Steps, true}
}
