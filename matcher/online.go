package matcher

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/pg"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/matcher/view"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Online answers for one card or one offer at a time, from what this process
// holds in memory of the city's offers. A nil Online, and one that has not
// loaded or has lost touch with Postgres, reads the offers there each time: the
// answer is the same and comes later.
//
// Memory only says where to look. Before anything is written or shown, the
// offers that it names are read from Postgres, in the same transaction, and
// judged again by the same rules: what was used up a moment ago is not given.
type Online struct {
	view   view.View
	behind atomic.Bool // the last look at Postgres failed
	rooms  sync.Pool   // of *room, for the offers of one card at a time
}

// Candidate is an offer that could help with a card now. Price is what one unit
// of it is worth to others; candidates rank by Score less Price.
type Candidate struct {
	Offer charities.Offer
	Score int
	Parts score.Parts
	Price int
}

// Candidates ranks who could help with a card at this moment, best first: at
// least the best five if there are so many. It writes nothing.
func (o *Online) Candidates(ctx context.Context, db pg.DB, card deid.CardID, at time.Time) ([]Candidate, error) {
	var all []Candidate
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		c, err := loadCard(ctx, tx, card, at)
		if err != nil || c.cards[0].Tier == deid.Public {
			return err
		}
		found, err := o.find(ctx, tx, c, nil)
		if err != nil {
			return err
		}
		all = make([]Candidate, len(found[0]))
		for i, f := range found[0] {
			offer := c.offers[f.offer]
			all[i] = Candidate{Offer: offer, Score: f.sum, Parts: c.parts(c.cards[0], offer), Price: c.prices[offer.ID]}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("candidates for card %s: %w", card, err)
	}
	return all, nil
}

// first is how many offers are read from Postgres for a card at first. Some may
// turn out not to stand any more, and enough should be left.
const first = 3 * Best

// find reads those offers that could matter to the city's cards: their best, what
// they were proposed before, and also. It lists each card's candidates, of which
// the best five are right.
func (o *Online) find(ctx context.Context, tx pg.DB, c *city, also []charities.OfferID) ([][]candidate, error) {
	found := make([][]candidate, len(c.cards))
	for most := first; ; most *= 4 {
		names, more, held := o.names(c, also, most)
		if !held {
			return found, c.search(ctx, tx, found)
		}
		all := slices.Concat(names...)
		slices.Sort(all)
		if err := c.loadNamed(ctx, tx, slices.Compact(all)); err != nil {
			return nil, err
		}
		place := make(map[charities.OfferID]int, len(c.offers))
		for i, given := range c.offers {
			place[given.ID] = i
		}
		enough := true
		for i, card := range c.cards {
			found[i] = c.among(card, names[i], place)
			enough = enough && (len(found[i]) >= Best || !more[i])
		}
		if enough {
			return found, nil
		}
	}
}

// search reads every offer of the cards' kinds from Postgres.
func (c *city) search(ctx context.Context, tx pg.DB, found [][]candidate) error {
	codes := make([]needs.Code, len(c.cards))
	for i, card := range c.cards {
		codes[i] = card.Code
	}
	slices.Sort(codes)
	offers, err := openOffers(ctx, tx, slices.Compact(codes))
	if err != nil {
		return err
	}
	if err := c.loadOffers(ctx, tx, offers); err != nil {
		return err
	}
	for i, card := range c.cards {
		found[i], _ = c.candidates(card)
	}
	return nil
}

// among is candidates of these offers alone, as far as they are in their place
// among the city's.
func (c *city) among(card deid.Card, names []charities.OfferID, place map[charities.OfferID]int) []candidate {
	part, at := *c, make([]int, 0, len(names))
	part.offers = make([]charities.Offer, 0, len(names))
	for _, name := range names {
		if i, there := place[name]; there {
			part.offers, at = append(part.offers, c.offers[i]), append(at, i)
		}
	}
	found, _ := part.candidates(card)
	for i := range found {
		found[i].offer = at[found[i].offer]
	}
	return found
}

// names are the offers to read for each card: so many at most by what memory
// knows, those that stand as its proposals, and also. More says for each card
// whether memory knows others. Held is false when there is no memory to ask.
func (o *Online) names(c *city, also []charities.OfferID, most int) (names [][]charities.OfferID, more []bool, held bool) {
	if o == nil || o.behind.Load() {
		return nil, nil, false
	}
	standing := map[deid.CardID][]charities.OfferID{}
	for p, s := range c.standing {
		if s.State == Open {
			standing[p.card] = append(standing[p.card], p.offer)
		}
	}
	names, more = make([][]charities.OfferID, len(c.cards)), make([]bool, len(c.cards))
	for i, card := range c.cards {
		best, others, held := o.remembered(c, card, most)
		if !held {
			return nil, nil, false
		}
		more[i] = others
		names[i] = slices.Concat(best, standing[card.ID], also)
		slices.Sort(names[i])
		names[i] = slices.Compact(names[i])
	}
	return names, more, true
}

// within asks the rule of area itself which areas of offers can serve a card, so
// that memory never leaves out what the rule would let pass.
func (c *city) within(card deid.Card) func(area string) bool {
	p := rule.Pair{Card: card, At: c.at, Around: c.around[card.ID]}
	return func(area string) bool {
		p.Offer.Areas = []string{area}
		return areaRule.Holds(&p)
	}
}

var areaRule = rule.Rules[slices.IndexFunc(rule.Rules, func(r rule.Rule) bool { return r.Code == rule.Area })]
