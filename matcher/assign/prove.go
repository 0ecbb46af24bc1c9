package assign

// prove compares what was reached with what the prices say is possible.
func (a *auction) prove(p *Proof) {
	bound, least := float64(0), int64(away)
	p.Utility = 0
	for r := range a.seats {
		held := int64(0)
		for _, b := range a.seats[r].taken {
			if b.edge >= 0 {
				p.Utility += int64(a.utility[b.edge]) * int64(b.units)
			}
			held += int64(b.units)
		}
		s := &a.seats[r]
		bound += float64(held+int64(s.free)+int64(s.idle)) * float64(a.price[r])
		if r < len(a.capacity) && a.capacity[r] > 0 {
			least = min(least, a.price[r])
		}
	}
	for n := range a.units {
		bound += float64(a.units[n]) * float64(a.best(int32(n)).value)
	}
	if least == away { // nobody gives anything
		least = 0
	}
	bound -= float64(a.idle) * float64(least)
	p.Bound = bound / float64(a.scale)
	p.Gap = 0
	if p.Bound > 0 {
		p.Gap = max(0, (p.Bound-float64(p.Utility))/p.Bound)
	}
	p.Price = make([]float64, len(a.resource))
	for r, i := range a.resource {
		p.Price[i] = float64(a.price[r]-least) / float64(a.scale)
	}
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
