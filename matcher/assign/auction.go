package assign

import "math"

// auction finds the best shares when it is settled how many units of each group
// are served. Needs bid for the next unit of the resource that is best for them at
// today's prices, by so much as makes it only a step better than their second
// best; whoever is outbid bids again. Prices only rise. When nobody is left
// outside, no need could do better by more than a step.
//
// Two things beside the needs take part, so that every unit has a taker: of each
// group, a place outside with room for just those who go without; and the idle,
// who are to have as many units as nobody gets, and always the cheapest.
type auction struct {
	*compact
	scale  int64 // utilities count this much, so that a step can be small
	step   int64
	widest int64 // the highest utility, at this scale

	seats   []seats // of the resources, then of the places outside
	price   []int64 // of each of them, what the next unit costs
	seekers []seeker
	queue   []int32 // needs with units without a seat
	views   []view
	crew    *crew // nil: on one core

	idle      int64 // units that nobody gets in the end
	homeless  int64 // of these, those without a seat
	waterline int64 // what the idle pay, wherever they sit
	cheapest  cheapest
	asked     []int64 // of each resource, its price as cheapest last knew it
}

// away is the price of what is not to be had, more than anyone could ever bid.
const away = math.MaxInt64 / 8

// newAuction opens with every seat free and everybody without one.
func newAuction(c *compact) *auction {
	a := &auction{
		compact: c, seekers: make([]seeker, len(c.units)), views: make([]view, block),
		waterline: -away, asked: make([]int64, len(c.capacity)),
	}
	for n, units := range c.units {
		a.seekers[n] = seeker{rest: away, todo: units, outside: int32(len(c.capacity)) + c.group[n]}
	}
	var wanted, given int64
	for _, u := range c.capacity {
		a.seats = append(a.seats, seats{free: u})
		a.idle += int64(u)
	}
	for _, g := range c.groups {
		a.seats = append(a.seats, seats{free: int32(g.units - g.served)})
		wanted += g.units
		given += g.served
	}
	a.idle -= given
	a.homeless = a.idle
	a.scale = wanted + 1 // then a step of one is less than a unit's share of any difference
	for _, u := range c.utility {
		a.widest = max(a.widest, int64(u)*a.scale)
	}
	a.price = make([]int64, len(a.seats))
	for r := range a.price {
		a.price[r] = a.cost(int32(r))
	}
	return a
}

// cost is what the next unit of a resource costs; one that has none is not to be had.
func (a *auction) cost(r int32) int64 {
	s := &a.seats[r]
	cost := int64(away)
	if s.free > 0 {
		cost = s.floor
	}
	if s.idle > 0 {
		cost = min(cost, a.waterline)
	}
	if len(s.taken) > 0 {
		cost = min(cost, s.taken[0].price)
	}
	return cost
}

// round sells everything with a smaller step. Who sits where that is still right
// stays.
func (a *auction) round(step int64) {
	a.step = step
	a.stay()
	a.watch()
	a.queue = a.queue[:0]
	for n := range a.seekers {
		if a.seekers[n].todo > 0 {
			a.queue = append(a.queue, int32(n))
		}
	}
	for len(a.queue) > 0 || a.homeless > 0 {
		a.sell()
		a.settle()
	}
}

// sell lets needs bid until none is outside.
func (a *auction) sell() {
	for len(a.queue) > 0 {
		now := a.queue[:min(block, len(a.queue))]
		a.look(now)
		a.ready(len(now))
		for i, n := range now {
			if v := a.views[i]; a.price[v.at] == v.price {
				a.offer(n, v)
			}
			for a.seekers[n].todo > 0 {
				a.offer(n, a.best(n))
			}
		}
		a.queue = a.queue[len(now):]
	}
}

// ready reads what the bids after these views will touch, as fetch does.
//
//go:noinline
func (a *auction) ready(views int) int64 {
	sum := int64(0)
	for _, v := range a.views[:views] {
		sum += int64(a.seats[v.at].free)
	}
	for _, v := range a.views[:views] {
		if t := a.seats[v.at].taken; len(t) > 0 {
			sum += int64(t[0].need)
		}
	}
	for _, v := range a.views[:views] {
		if t := a.seats[v.at].taken; len(t) > 0 {
			sum += int64(a.seekers[t[0].need].todo)
		}
	}
	return sum
}

// offer bids for as many units as a need lacks.
func (a *auction) offer(n int32, v view) {
	r := v.at
	rise := v.value - v.second
	if v.second <= -away/2 {
		rise = 2 * a.widest // there is nowhere else to go
	}
	price := a.price[r] + rise + a.step
	wanted, got := a.seekers[n].todo, int32(0)
	for got < wanted && a.price[r] < price {
		got += a.clear(r, wanted-got)
		a.price[r] = a.cost(r)
	}
	a.seekers[n].todo -= got
	a.seats[r].add(bid{price, v.edge, v.utility, n, got})
	a.price[r] = a.cost(r)
	a.fell(r)
}

// clear takes at most so many of a resource's cheapest seats from whom they have.
func (a *auction) clear(r, most int32) int32 {
	s := &a.seats[r]
	switch {
	case s.free > 0 && s.floor == a.price[r]:
		most = min(most, s.free)
		s.free -= most
	case s.idle > 0 && a.waterline == a.price[r]:
		most = min(most, s.idle)
		s.idle -= most
		a.homeless += int64(most)
	default:
		most = a.oust(s, most)
	}
	return most
}

// oust puts the lowest bidder out of at most so many seats.
func (a *auction) oust(s *seats, most int32) int32 {
	low := &s.taken[0]
	most = min(most, low.units)
	a.out(low.need, most)
	if low.units -= most; low.units == 0 {
		s.drop()
	}
	return most
}

// out puts units of a need out of their seats.
func (a *auction) out(n, units int32) {
	if a.seekers[n].todo == 0 {
		a.queue = append(a.queue, n)
	}
	a.seekers[n].todo += units
}

// stay keeps those in their seats who would not gain more than the new step by
// moving, at the highest price of which that is true. The seats of the others
// are free, for what they cost now.
func (a *auction) stay() {
	at, kept := int32(0), []bid(nil)
	next := func() {
		s := &a.seats[at]
		s.taken = s.taken[:0]
		for _, b := range kept {
			s.add(b)
		}
		at, kept = at+1, kept[:0]
	}
	for r := range a.seats {
		s := &a.seats[r]
		if s.free > 0 && s.floor > a.price[r] {
			panic("assign: a free seat above the price")
		}
		s.floor = a.price[r]
	}
	a.survey(func(r int32, b bid, v view) {
		for at < r {
			next()
		}
		if most := int64(b.utility)*a.scale - v.elsewhere(r) + a.step; most >= a.price[r] {
			b.price = min(b.price, most)
			kept = append(kept, b)
			return
		}
		a.seekers[b.need].todo += b.units
		a.seats[r].free += b.units
	})
	for int(at) < len(a.seats) {
		next()
	}
}
