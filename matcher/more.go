package matcher

import (
	"cmp"
	"slices"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/civil"
	"shanqiao/matcher/assign"
	"shanqiao/matcher/rule"
	"shanqiao/needs"
)

// More says what one more provider of a kind of help in an area would change:
// Units more would be served, of which Capacity is the most it could give itself.
// It is counted and not estimated, see more.
type More struct {
	Code     needs.Code `json:"code"`
	Capacity int        `json:"capacity"`
	Units    int        `json:"units"`
}

// tried and told are how many kinds of help per area are counted, and how many
// of them are kept, the most helpful first.
const tried, told = 8, 5

// more counts, for each area, what one more provider would change. The provider
// is invented after the middle one of those that give such help now: as much
// capacity, insured, trained and qualified, open to all, for that kind and area alone, with nothing
// promised yet. Every rule is asked about it as about any other. What the prices
// of the proof say is another thing: they are worth utility, not units.
func (p *plan) more(s assign.Solution) map[string][]More {
	type spot struct {
		area string
		code needs.Code
	}
	served := s.Served(p.Problem)
	at, short := map[spot][]int32{}, map[spot]int{}
	for i, card := range p.city.cards {
		here := spot{card.Area, card.Code}
		at[here] = append(at[here], int32(i))
		short[here] += card.Left() - served[i]
	}
	byArea := map[string][]spot{}
	for here := range at {
		byArea[here.area] = append(byArea[here.area], here)
	}
	var w *ways
	found := map[string][]More{}
	for area, spots := range byArea {
		slices.SortFunc(spots, func(a, b spot) int {
			return cmp.Or(cmp.Compare(short[b], short[a]), cmp.Compare(a.code, b.code))
		})
		for _, here := range spots[:min(tried, len(spots))] {
			fresh := p.city.typical(here.code, area)
			suits := slices.DeleteFunc(slices.Clone(at[here]), func(i int32) bool {
				pair := p.city.pair(p.city.cards[i], fresh)
				return rule.FirstFailed(&pair) != ""
			})
			if w == nil {
				w = newWays(p.Problem, s, served)
			}
			if units := w.with(suits, fresh.Capacity); units > 0 {
				found[area] = append(found[area], More{here.code, fresh.Capacity, units})
			}
		}
		list := found[area]
		slices.SortFunc(list, func(a, b More) int { return cmp.Or(cmp.Compare(b.Units, a.Units), cmp.Compare(a.Code, b.Code)) })
		found[area] = list[:min(told, len(list))]
	}
	return found
}

// typical invents the provider: the middle one of those that give such help, or
// of all where nobody does.
func (c *city) typical(code needs.Code, area string) charities.Offer {
	like := slices.DeleteFunc(slices.Clone(c.offers), func(o charities.Offer) bool { return !o.Gives(code) })
	if len(like) == 0 {
		like = slices.Clone(c.offers)
	}
	slices.SortFunc(like, func(a, b charities.Offer) int {
		return cmp.Or(cmp.Compare(a.Capacity, b.Capacity), cmp.Compare(a.ID, b.ID))
	})
	o := charities.Offer{Kind: charities.Purchased, Capacity: 1}
	if len(like) > 0 {
		o = like[len(like)/2]
	}
	o.ID, o.Organisation, o.Standing, o.State, o.Committed = "", "", "verified", "open", 0
	o.Codes, o.Areas = []needs.Code{code}, []string{area}
	o.StartsOn = civil.Day(c.at)
	o.EndsOn = o.StartsOn.AddDate(2, 0, 0)
	o.InsuredUntil = o.EndsOn
	if asked := o.Asks(code); asked != "" {
		o.Trained = []string{asked}
	}
	if asked := o.Requires(code); asked != "" {
		o.Qualified = []string{asked}
	}
	o.Bounds, o.Programme, o.BudgetFen, o.BannedUntil = charities.Bounds{}, "", 0, time.Time{}
	return o
}

// ways walks a solution for ways to serve one unit more: a fresh resource serves
// a need, whoever served that is free for another, and so on to a need that
// lacks something.
type ways struct {
	assign.Problem
	ofNeed, ofResource [][]int32 // edges
	flow               []int     // units along each edge
	left               []int     // of each need, units that nobody gives

	by   []int32 // of each need, the edge by which it was come to; invented or unseen
	from []int32 // of each resource, the edge along which it serves the need that it was freed from
	undo []step
}

// step is one change of a flow, or of what a need lacks where edge is invented.
type step struct {
	edge, need int32
	units      int
}

const invented, unseen = -1, -2

func newWays(p assign.Problem, s assign.Solution, served []int) *ways {
	w := &ways{Problem: p, ofNeed: make([][]int32, len(p.Needs)), ofResource: make([][]int32, len(p.Resources)),
		flow: make([]int, len(p.Edges)), left: make([]int, len(p.Needs)),
		by: make([]int32, len(p.Needs)), from: make([]int32, len(p.Resources))}
	for i, e := range p.Edges {
		w.ofNeed[e.Need] = append(w.ofNeed[e.Need], int32(i))
		w.ofResource[e.Resource] = append(w.ofResource[e.Resource], int32(i))
	}
	for _, share := range s.Shares {
		w.flow[share.Edge] += share.Units
	}
	for i, n := range p.Needs {
		w.left[i] = n.Units - served[i]
	}
	return w
}

// with counts how many units more are served when a fresh resource of so much
// capacity suits these needs. The solution is as before afterwards.
func (w *ways) with(needs []int32, capacity int) int {
	gained := 0
	for _, n := range needs { // without moving anyone
		gained += w.left[n]
	}
	if gained >= capacity {
		return capacity
	}
	gained = 0
	for gained < capacity {
		got := w.one(needs, capacity-gained)
		if got == 0 {
			break
		}
		gained += got
	}
	for _, s := range w.undo {
		if s.edge == invented {
			w.left[s.need] += s.units
		} else {
			w.flow[s.edge] -= s.units
		}
	}
	w.undo = w.undo[:0]
	return gained
}

// one finds the shortest way, and goes it with as many units as it carries.
func (w *ways) one(needs []int32, most int) int {
	for i := range w.by {
		w.by[i] = unseen
	}
	for i := range w.from {
		w.from[i] = unseen
	}
	queue := slices.Clone(needs)
	for _, n := range needs {
		w.by[n] = invented
	}
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		if w.left[n] > 0 {
			return w.carry(n, most)
		}
		for _, e := range w.ofNeed[n] {
			r := w.Edges[e].Resource
			if w.flow[e] == 0 || w.from[r] != unseen {
				continue
			}
			w.from[r] = e
			for _, next := range w.ofResource[r] {
				if m := w.Edges[next].Need; w.by[m] == unseen {
					w.by[m] = next
					queue = append(queue, m)
				}
			}
		}
	}
	return 0
}

func (w *ways) carry(end int32, most int) int {
	units := min(most, w.left[end])
	for n := end; w.by[n] != invented; {
		back := w.from[w.Edges[w.by[n]].Resource]
		units = min(units, w.flow[back])
		n = w.Edges[back].Need
	}
	w.left[end] -= units
	w.undo = append(w.undo, step{invented, end, units})
	for n := end; w.by[n] != invented; {
		back := w.from[w.Edges[w.by[n]].Resource]
		w.flow[w.by[n]] += units
		w.flow[back] -= units
		w.undo = append(w.undo, step{w.by[n], n, units}, step{back, n, -units})
		n = w.Edges[back].Need
	}
	return units
}
