package assign

import (
	"cmp"
	"slices"
)

// prove compares what was reached with what the prices say is possible: what each
// could still gain by a better seat, added up. If every seat has a taker, there is
// no more to be gained than that by all together.
func (a *auction) prove(p *Proof, problem Problem) {
	least := a.least()
	p.Utility = 0
	short := int64(0)
	a.survey(func(r int32, b bid, v view) {
		p.Utility += int64(b.utility) * int64(b.units)
		short += (v.value - int64(b.utility)*a.scale + a.price[r]) * int64(b.units)
	})
	for r := range a.capacity {
		short += (a.price[r] - least) * int64(a.seats[r].idle)
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
	var taken []bid
	for r := range a.capacity {
		taken = append(taken, a.seats[r].taken...)
	}
	slices.SortFunc(taken, func(x, y bid) int { return cmp.Compare(x.edge, y.edge) })
	var list []Share
	for i, b := range taken {
		if i > 0 && b.edge == taken[i-1].edge {
			list[len(list)-1].Units += int(b.units)
			continue
		}
		list = append(list, Share{Edge: int(a.edge[b.edge]), Units: int(b.units)})
	}
	return list
}
