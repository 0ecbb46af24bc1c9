package matcher

import (
	"shanqiao/charities"
	"shanqiao/matcher/assign"
	"shanqiao/matcher/rule"
	"shanqiao/needs/deid"
)

// plan is the city as a problem for a solver, with what each row stands for.
type plan struct {
	assign.Problem
	city  *city
	area  map[deid.CardID]string
	found [][]candidate // by card
	cause []rule.Code   // by card: what stood in the way of all, or ""
	keep  []int32       // edges that have Keep on top, because they were assigned before
}

// tiers is how urgency orders the sharing out. Only direct cards are "now". What
// is not said may be urgent for one of a group and not for the next.
var tiers = map[deid.UrgencyBand]int{deid.Now: 0, deid.Urgent: 1, deid.Soon: 2, deid.Unsaid: 2, deid.Open: 3}

// plan lays the city out. The district of a need is the area of its card: a
// district, or where a card says no more, a zone or the city.
func (c *city) plan() *plan {
	p := &plan{city: c, area: make(map[deid.CardID]string, len(c.cards)),
		found: make([][]candidate, len(c.cards)), cause: make([]rule.Code, len(c.cards))}
	for _, o := range c.offers {
		p.Resources = append(p.Resources, assign.Resource{Key: o.ID.String(), Capacity: max(0, o.Left())})
	}
	for i, card := range c.cards {
		p.area[card.ID] = card.Area
		p.Needs = append(p.Needs, assign.Need{Key: card.ID.String(), District: card.Area, Tier: tiers[card.Urgency], Units: card.Left()})
		p.found[i], p.cause[i] = c.candidates(card)
		for _, f := range p.found[i] {
			e := assign.Edge{Need: int32(i), Resource: int32(f.offer), Utility: int32(f.sum)}
			if _, ok := c.assigned(pair{card.ID, c.offers[f.offer].ID}); ok {
				e.Utility += int32(c.weights.Keep)
				p.keep = append(p.keep, int32(len(p.Edges)))
			}
			p.Edges = append(p.Edges, e)
		}
	}
	return p
}

// assigned is what an earlier round gave and still stands.
func (c *city) assigned(at pair) (standing, bool) {
	s, ok := c.standing[at]
	return s, ok && s.State == Open && s.RoundID != ""
}

// rows are the proposals that follow from a solution. What an earlier round gave
// in the same measure is still that round's.
func (p *plan) rows(round string, s assign.Solution) []row {
	shares := make([]map[charities.OfferID]given, len(p.Needs))
	for _, share := range s.Shares {
		e := p.Edges[share.Edge]
		if shares[e.Need] == nil {
			shares[e.Need] = map[charities.OfferID]given{}
		}
		offer, by := p.city.offers[e.Resource].ID, round
		if old, ok := p.city.assigned(pair{p.city.cards[e.Need].ID, offer}); ok && old.Units == share.Units {
			by = old.RoundID
		}
		shares[e.Need][offer] = given{share.Units, by}
	}
	var rows []row
	for i, card := range p.city.cards {
		rows = append(rows, p.city.rows(card, p.found[i], shares[i])...)
	}
	return rows
}

// fresh is the same problem as if nothing stood yet.
func (p *plan) fresh() assign.Problem {
	bare := p.Problem
	bare.Edges = append([]assign.Edge(nil), p.Edges...)
	for _, e := range p.keep {
		bare.Edges[e].Utility -= int32(p.city.weights.Keep)
	}
	return bare
}

// evenly is a solver told whether to serve districts evenly, if it can be told.
func evenly(s assign.Solver, even bool) assign.Solver {
	if o, ok := s.(assign.Optimal); ok {
		o.Fair = even
		return o
	}
	return s
}

// after is a solver that begins with a memory, if it can.
func after(s assign.Solver, last *assign.Memory) assign.Solver {
	if o, ok := s.(assign.Optimal); ok {
		o.Last = last
		return o
	}
	return s
}

// evenness compares the round with and without serving districts evenly, as if
// nothing had stood before, so that what stands hides no part of the price. What was
// done in parts is compared by what one problem gives. Nil where the solver cannot tell.
func (p *plan) evenness(e Evenness, solver assign.Solver, did assign.Solution, parts bool) *Evened {
	if _, can := solver.(assign.Optimal); !can {
		return nil
	}
	bare := p.fresh()
	even, plain := did, did
	if parts || len(p.keep) > 0 || !e.Even {
		even = evenly(solver, true).Solve(bare)
	}
	if parts || len(p.keep) > 0 || e.Even {
		plain = evenly(solver, false).Solve(bare)
	}
	r := &Evened{Evenness: e, With: utility(bare, even), Without: utility(bare, plain)}
	with, without := even.Served(bare), plain.Served(bare)
	shares := map[string]Evenshare{}
	for i, card := range p.city.cards {
		s := shares[card.Area]
		shares[card.Area] = Evenshare{card.Area, s.Wanted + card.Left(), s.With + with[i], s.Without + without[i]}
	}
	r.Areas = inOrder(shares, func(s Evenshare) string { return s.Name })
	return r
}

// utility is the worth of a solution in a problem.
func utility(p assign.Problem, s assign.Solution) int64 {
	sum := int64(0)
	for _, share := range s.Shares {
		sum += int64(p.Edges[share.Edge].Utility) * int64(share.Units)
	}
	return sum
}
