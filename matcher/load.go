package matcher

import (
	"context"
	"fmt"
	"slices"
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
	return c, steps(ctx, tx, c.loadSettings, c.loadAround, c.loadSought, c.loadStanding, c.loadOverruled)
}

// loadOffers makes these the offers and reads what belongs to them.
func (c *city) loadOffers(ctx context.Context, tx pg.DB, offers []charities.Offer) error {
	c.offers = offers
	return steps(ctx, tx, c.loadPauses, c.loadRecords, c.loadPrices)
}

func steps(ctx context.Context, tx pg.DB, all ...func(context.Context, pg.DB) error) error {
	for _, step := range all {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// What fills a card, as c, and an offer, as o with its organisation as g.
const cardColumns, offerColumns = card.Columns, offer.Columns

func cardOf(ctx context.Context, db pg.DB, id deid.CardID) (deid.Card, error) {
	return pg.One[deid.Card](ctx, db, errNoCard, `
		select `+cardColumns+`
		  from exchange.cards c
		 where c.id = @id`, pg.Args{"id": id})
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

// offersOf is openOffers for these alone. Those that are not open, or whose
// organisation is not verified, are not among them.
func offersOf(ctx context.Context, db pg.DB, ids []charities.OfferID) ([]charities.Offer, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	offers, err := pg.Many[charities.Offer](ctx, db, `
		select `+offerColumns+`
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id
		 where o.state = 'open' and o.id = any(@ids)
		 order by o.id`, pg.Args{"ids": ids})
	// The standing is asked here, or Postgres may begin with the organisations.
	return slices.DeleteFunc(offers, func(o charities.Offer) bool { return o.Standing != "verified" }), err
}

func (c *city) loadSettings(ctx context.Context, tx pg.DB) error {
	var err error
	if c.weights, err = weightsOn(ctx, tx, c.at); err != nil {
		return err
	}
	type row struct {
		Area   string
		Kinds  []charities.Step
		Strict bool
	}
	rows, err := pg.Many[row](ctx, tx, `
		select distinct on (area) area, kinds, strict
		  from exchange.duty_orders
		 where starts_on <= (@at::timestamptz at time zone 'Asia/Shanghai')::date
		 order by area, starts_on desc, id desc`, pg.Args{"at": c.at})
	if err != nil {
		return err
	}
	c.orders = map[string]order{}
	for _, r := range rows {
		c.orders[r.Area] = order{r.Kinds, r.Strict}
	}
	// Direct cards stand in no round; the others know when they were published.
	c.tick, err = pg.One[int](ctx, tx, errNoCard, `
		select coalesce(max(tick), 0)
		  from exchange.cards
		 where tier = 'verified' and state = 'open'`, pg.Args{})
	return err
}

// weightsOn are the weights that hold at a moment.
func weightsOn(ctx context.Context, tx pg.DB, at time.Time) (score.Weights, error) {
	w, err := pg.One[score.Weights](ctx, tx, errWeights, `
		select starts_on as "from", duty, area, kind, waiting, load, reliability, newcomer, exposure, keep
		  from exchange.match_weights
		 where starts_on <= (@at::timestamptz at time zone 'Asia/Shanghai')::date
		 order by starts_on desc, id desc
		 limit 1`, pg.Args{"at": at})
	if err != nil {
		return w, fmt.Errorf("weights of matching: %w", err)
	}
	return w, nil
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
