package assign

import "math"

// resume opens with everybody seated where a memory says, at its prices, as far as
// that seat is still there and still right: nobody sits who could do better by more
// than a step. New needs, and who lost a seat, are to be seated yet.
func (a *auction) resume(p Problem, m *Memory, had []hold) {
	a.step = max(0, a.scaled(m.Slack)) + 1 // prices are rounded to this scale
	a.recall(p, m)
	for _, h := range had {
		a.sit(a.to[h.edge], bid{edge: h.edge, utility: a.utility[h.edge], need: h.need, units: h.units})
	}
	for n := range a.seekers {
		if s := &a.seekers[n]; s.todo > 0 {
			a.sit(s.outside, bid{edge: -1, need: int32(n), units: s.todo})
		}
	}
	a.stay()
	least := a.least()
	for r := range a.capacity {
		if s := &a.seats[r]; a.price[r] <= least+a.step {
			g := int32(min(int64(s.free), a.homeless))
			s.free -= g
			s.idle += g
			a.homeless -= int64(g)
		}
	}
}

// recall sets the prices that a memory has. A new resource costs as little as the
// idle pay. Where nobody went without, that costs what would keep everybody from it.
func (a *auction) recall(p Problem, m *Memory) {
	for r, i := range a.resource {
		if a.capacity[r] > 0 {
			a.seat(int32(r), a.scaled(m.Price[p.Resources[i].Key]))
		}
	}
	price := map[Outside]float64{}
	for _, o := range m.Outside {
		price[Outside{Tier: o.Tier, District: o.District}] = o.Price
	}
	for g := range a.groups {
		if r := len(a.capacity) + g; a.seats[r].free > 0 {
			known, is := price[a.outside(p, g)]
			if !is {
				known = MostUtility
			}
			a.seat(int32(r), a.scaled(known))
		}
	}
}

// seat sets what the seats of a resource cost.
func (a *auction) seat(r int32, price int64) { a.price[r], a.seats[r].floor = price, price }

// sit gives a need seats for what they cost, as far as it lacks some and some are free.
func (a *auction) sit(r int32, b bid) {
	s := &a.seats[r]
	if b.units = min(b.units, s.free, a.seekers[b.need].todo); b.units > 0 {
		b.price = a.price[r]
		s.free -= b.units
		s.add(b)
		a.seekers[b.need].todo -= b.units
	}
}

// scaled is a price as it is counted here. What no solve could have said is cut off.
func (a *auction) scaled(price float64) int64 {
	if math.IsNaN(price) {
		return 0
	}
	return int64(math.Round(min(max(price, -4*MostUtility), 4*MostUtility) * float64(a.scale)))
}

// outside names a group to those who keep its price.
func (c *compact) outside(p Problem, g int) Outside {
	return Outside{Tier: p.Needs[c.need[c.tier[c.groups[g].tier]]].Tier, District: c.groups[g].key}
}
