package matcher

import (
	"cmp"
	"slices"

	"shanqiao/charities"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/needs/deid"
)

// candidate is an offer that passed every rule for a card: its place in the
// city's offers, its score, and what it ranks by: the score less the price of
// what it would take from others.
type candidate struct {
	offer int
	sum   int
	net   int
}

// pair gathers all that the rules ask about one card and one offer.
func (c *city) pair(card deid.Card, offer charities.Offer) rule.Pair {
	p := rule.Pair{Card: card, At: c.at, Around: c.around[card.ID]}
	c.turn(&p, offer)
	return p
}

// turn points a pair at another offer and leaves its card as it is.
func (c *city) turn(p *rule.Pair, offer charities.Offer) {
	p.Offer, p.Pauses, p.Declined, p.Taken = offer, c.pauses[offer.ID], "", false
	p.Overruled = c.out[pair{p.Card.ID, offer.ID}] != "" || slices.Contains(c.away[p.Card.ID], offer.Organisation)
	if len(c.standing) == 0 {
		return
	}
	switch s := c.standing[pair{p.Card.ID, offer.ID}]; s.State {
	case Declined:
		p.Declined = s.Reason
	case Taken:
		p.Taken = true
	}
}

func (c *city) parts(card deid.Card, offer charities.Offer) score.Parts {
	w := c.weigher(card)
	return slices.Clone(w.parts(&offer))
}

// weigher scores many offers for one card, and knows what is so of all of them.
type weigher struct {
	city  *city
	card  deid.Card
	facts score.Facts
	room  score.Parts
}

func (c *city) weigher(card deid.Card) *weigher {
	order := c.order(card.Area)
	return &weigher{city: c, card: card, facts: score.Facts{
		Order: order.steps, Strict: order.strict, Seen: c.seen[card.ID], Tick: c.tick}}
}

// parts are those of one offer. The next one's take their place.
func (w *weigher) parts(offer *charities.Offer) score.Parts {
	w.facts.Record = w.city.records[offer.Organisation]
	w.facts.Chosen = w.city.first[pair{w.card.ID, offer.ID}]
	w.room = score.Append(w.room[:0], &w.card, offer, w.facts, w.city.weights)
	return w.room
}

// weigh makes a candidate of an offer in its place.
func (w *weigher) weigh(place int, offer *charities.Offer) candidate {
	sum, price := w.parts(offer).Sum(), w.city.prices[offer.ID]
	if w.facts.Chosen {
		price = 0 // somebody knew, and put it first all the same
	}
	return candidate{offer: place, sum: sum, net: sum - price}
}

// candidates ranks the offers that a card may have, best first, by score less
// price; equals by the offer's id. Where there is none it also says which rule
// stood in the way most often, counting only offers of the right kind if any: that
// nobody does this here is another answer than that all who do are taken.
func (c *city) candidates(card deid.Card) ([]candidate, rule.Code) {
	var found []candidate
	missed := map[rule.Code]int{}
	p, w := rule.Pair{Card: card, At: c.at, Around: c.around[card.ID]}, c.weigher(card)
	for i := range c.offers {
		c.turn(&p, c.offers[i])
		if failed := rule.FirstFailed(&p); failed != "" {
			missed[failed]++
			continue
		}
		found = append(found, w.weigh(i, &c.offers[i]))
	}
	c.rank(found)
	if len(found) > 0 {
		return found, ""
	}
	return nil, commonest(missed)
}

func (c *city) rank(found []candidate) {
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.net, a.net), cmp.Compare(c.offers[a.offer].ID, c.offers[b.offer].ID))
	})
}

func commonest(missed map[rule.Code]int) rule.Code {
	most := rule.Kind
	for _, r := range rule.Rules {
		if n := missed[r.Code]; r.Code != rule.Kind && n > 0 && (most == rule.Kind || n > missed[most]) {
			most = r.Code
		}
	}
	return most
}

// row is a proposal to be written.
type row struct {
	pair
	units int
	score int
	parts score.Parts
	trace rule.Trace
	round string
}

// given is what a round gave to an offer of one card.
type given struct {
	units int
	round string
}

// rows turns a card's candidates into proposals: what was assigned, and the
// best of the rest up to Best.
func (c *city) rows(card deid.Card, found []candidate, assigned map[charities.OfferID]given) []row {
	var rows []row
	for _, f := range c.steady(card, found) {
		offer := c.offers[f.offer]
		share, ok := assigned[offer.ID]
		if !ok && len(rows) >= Best {
			continue
		}
		most := min(card.Left(), offer.Left())
		if !ok {
			share.units = most
		}
		rows = append(rows, row{
			pair:  pair{card.ID, offer.ID},
			units: min(share.units, most),
			score: f.sum,
			parts: c.parts(card, offer),
			trace: rule.Check(c.pair(card, offer)),
			round: share.round,
		})
	}
	return rows
}

// steady ranks by score alone, and puts candidates that are proposed already a
// little forward, by as much as a standing assignment is worth: prices move every
// night, and a list of the best should not change with them for nothing.
func (c *city) steady(card deid.Card, found []candidate) []candidate {
	if len(found) <= Best {
		return found
	}
	worth := func(f candidate) int {
		if c.standing[pair{card.ID, c.offers[f.offer].ID}].State == Open {
			return f.sum + c.weights.Keep
		}
		return f.sum
	}
	found = slices.Clone(found)
	slices.SortFunc(found, func(a, b candidate) int {
		// Equals by id, as on the first night: by price they would change places.
		return cmp.Or(cmp.Compare(worth(b), worth(a)), cmp.Compare(c.offers[a.offer].ID, c.offers[b.offer].ID))
	})
	return found
}

// held is what earlier rounds assigned to a card and is still open.
func (c *city) held(card deid.CardID) map[charities.OfferID]given {
	held := map[charities.OfferID]given{}
	for _, o := range c.offers {
		if s, ok := c.standing[pair{card, o.ID}]; ok && s.State == Open && s.RoundID != "" {
			held[o.ID] = given{s.Units, s.RoundID}
		}
	}
	return held
}
