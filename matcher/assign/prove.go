package assign

import "slices"

// prove compares what was reached with what the prices say is possible: what each
// could still gain by a better seat, added up. If every seat has a taker, there is
// no more to be gained than that by all together.
func (a *auction) prove(p *Proof, problem Problem) {
	least := a.least()
	p.Utility = 0
	short := int64(0)
	for r := range a.seats {
		s := &a.seats[r]
		for _, b := range s.taken {
			here := -a.price[r]
			if b.edge >= 0 {
				p.Utility += int64(a.utility[b.edge]) * int64(b.units)
				here += int64(a.utility[b.edge]) * a.scale
			}
			short += (a.best(b.need).value - here) * int64(b.units)
		}
		if r < len(a.capacity) {
			short += (a.price[r] - least) * int64(s.idle)
		}
	}
	p.Bound = float64(p.Utility) + float64(short)/float64(a.scale)
	p.Gap = 0
	if p.Bound > 0 {
		p.Gap = float64(short) / float64(a.scale) / p.Bound
	}
	p.Exact = short < a.scale // utilities are whole numbers
	p.Slack = float64(a.step) / float64(a.scale)
	p.Price, p.Outside = make([]float64, len(a.resource)), p.Outside[:0]
	price := a.wanted(least)
	for r, i := range a.resource {
		p.Price[i] = float64(price[r]-least) / float64(a.scale)
	}
	for g := range a.groups {
		if price := a.price[len(a.capacity)+g]; price < away {
			o := a.outside(problem, g)
			o.Price = float64(price-least) / float64(a.scale)
			p.Outside = append(p.Outside, o)
		}
	}
}

// wanted is the price of each resource; of one that has no unit, what the first
// would be worth to whoever would gain most by it.
func (a *auction) wanted(least int64) []int64 {
	price := slices.Clone(a.price[:len(a.capacity)])
	for r := range price {
		if a.capacity[r] == 0 {
			price[r] = least
		}
	}
	if !slices.Contains(a.capacity, 0) {
		return price
	}
	for n := range a.units {
		value := int64(away)
		for e := a.first[n]; e < a.first[n+1]; e++ {
			if r := a.to[e]; a.capacity[r] == 0 {
				if value == away {
					value = a.best(int32(n)).value
				}
				price[r] = max(price[r], int64(a.utility[e])*a.scale-value)
			}
		}
	}
	return price
}

// least is the lowest price of all resources.
func (a *auction) least() int64 {
	least := int64(away)
	for r, u := range a.capacity {
		if u > 0 {
			least = min(least, a.price[r])
		}
	}
	if least == away { // nobody gives anything
		return 0
	}
	return least
}

func (a *auction) shares() []Share {
	units := map[int32]int{}
	for r := range a.capacity {
		for _, b := range a.seats[r].taken {
			units[b.edge] += int(b.units)
		}
	}
	var list []Share
	for e := range a.edge {
		if n := units[int32(e)]; n > 0 {
			list = append(list, Share{Edge: int(a.edge[e]), Units: n})
		}
	}
	return list
}
