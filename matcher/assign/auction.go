package assign

import (
	"container/heap"
	"math"
	"sync"
)

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

	seats  []seats // of the resources, then of the places outside
	price  []int64 // of each of them, what the next unit costs
	todo   []int32 // of each need, units without a seat
	queue  []int32 // needs with such units
	views  []view
	cores  int
	queued []bool

	idle      int64 // units that nobody gets in the end
	homeless  int64 // of these, those without a seat
	waterline int64 // what the idle pay, wherever they sit
	cheapest  cheapest
	asked     []int64 // of each resource, its price as cheapest last knew it
}

// seats are one resource's units: free ones, those of the idle, and those for
// which a need bid.
type seats struct {
	free, idle int32
	floor      int64 // what a free one costs
	taken      []bid // a heap, lowest first
}

type bid struct {
	price int64
	edge  int32 // -1: none, outside
	need  int32
	units int32
}

// away is the price of what is not to be had, more than anyone could ever bid.
const away = math.MaxInt64 / 8

func newAuction(c *compact, cores int) *auction {
	a := &auction{compact: c, todo: make([]int32, len(c.units)), views: make([]view, block), cores: cores, queued: make([]bool, len(c.units)), waterline: -away}
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
	a.asked = make([]int64, len(c.capacity))
	for r := range a.asked {
		a.price[r] = a.cost(int32(r))
	}
	for g := range c.groups {
		r := len(c.capacity) + g
		a.price[r] = a.cost(int32(r))
	}
	copy(a.todo, c.units)
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
	for n, left := range a.todo {
		if left > 0 {
			a.queue = append(a.queue, int32(n))
			a.queued[n] = true
		}
	}
	for len(a.queue) > 0 || a.homeless > 0 {
		a.sell()
		a.settle()
	}
}

// block is how many needs look round at the same prices before they bid in turn.
// It is the same however many cores there are, and so is the outcome.
const block = 1024

// view is what a need saw when it looked round.
type view struct {
	edge, at      int32
	value, second int64
	price         int64 // of the best seat, then
}

// sell lets needs bid until none is outside.
func (a *auction) sell() {
	for len(a.queue) > 0 {
		now := a.queue[:min(block, len(a.queue))]
		a.look(now)
		for i, n := range now {
			a.queued[n] = false
			if v := a.views[i]; a.price[v.at] == v.price {
				a.offer(n, v)
			}
			for a.todo[n] > 0 {
				a.offer(n, a.best(n))
			}
		}
		a.queue = a.queue[len(now):]
	}
}

// look fills the views of needs, on all cores. They only read.
func (a *auction) look(needs []int32) {
	if len(needs) < block/8 || a.cores < 2 {
		for i, n := range needs {
			a.views[i] = a.best(n)
		}
		return
	}
	var wg sync.WaitGroup
	part := (len(needs) + a.cores - 1) / a.cores
	for from := 0; from < len(needs); from += part {
		to := min(from+part, len(needs))
		wg.Go(func() {
			for i := from; i < to; i++ {
				a.views[i] = a.best(needs[i])
			}
		})
	}
	wg.Wait()
}

// best is the best seat for a need, what it is worth there, and what any other
// would be.
func (a *auction) best(n int32) view {
	edge, at := int32(-1), int32(len(a.capacity))+a.group[n]
	value, second := -a.price[at], int64(-away)
	to, utility := a.to[a.first[n]:a.first[n+1]], a.utility[a.first[n]:a.first[n+1]]
	for i, r := range to {
		v := int64(utility[i])*a.scale - a.price[r]
		if v > second {
			if v > value {
				value, second = v, value
				edge, at = a.first[n]+int32(i), r
			} else {
				second = v
			}
		}
	}
	return view{edge, at, value, second, a.price[at]}
}

// offer bids for as many units as a need lacks.
func (a *auction) offer(n int32, v view) {
	r := v.at
	rise := v.value - v.second
	if v.second <= -away/2 {
		rise = 2 * a.widest // there is nowhere else to go
	}
	price := a.price[r] + rise + a.step
	s := &a.seats[r]
	wanted, got := a.todo[n], int32(0)
	for got < wanted && a.price[r] < price {
		g := int32(0)
		switch {
		case s.free > 0 && s.floor == a.price[r]:
			g = min(wanted-got, s.free)
			s.free -= g
		case s.idle > 0 && a.waterline == a.price[r]:
			g = min(wanted-got, s.idle)
			s.idle -= g
			a.homeless += int64(g)
		default:
			low := &s.taken[0]
			g = min(wanted-got, low.units)
			a.out(low.need, g)
			if low.units -= g; low.units == 0 {
				s.drop()
			}
		}
		got += g
		a.price[r] = a.cost(r)
	}
	a.todo[n] -= got
	s.add(bid{price, v.edge, n, got})
	a.price[r] = a.cost(r)
	if int(r) < len(a.asked) {
		if p := a.of(r); p < a.asked[r] {
			a.asked[r] = p
			heap.Push(&a.cheapest, ask{p, r})
		}
	}
}

// out puts units of a need out of their seats.
func (a *auction) out(n, units int32) {
	a.todo[n] += units
	if !a.queued[n] {
		a.queued[n] = true
		a.queue = append(a.queue, n)
	}
}

// settle seats the homeless idle, each time in the cheapest seat of all.
func (a *auction) settle() {
	if a.homeless == 0 {
		return
	}
	for a.homeless > 0 {
		low := a.cheapest[0]
		r := low.resource
		p := a.of(r)
		if p != low.price || p != a.asked[r] {
			a.asked[r] = p
			a.cheapest[0].price = p
			heap.Fix(&a.cheapest, 0)
			continue
		}
		s := &a.seats[r]
		g := int32(0)
		if s.free > 0 && s.floor == p {
			g = int32(min(a.homeless, int64(s.free)))
			s.free -= g
		} else {
			seat := &s.taken[0]
			g = int32(min(a.homeless, int64(seat.units)))
			a.out(seat.need, g)
			if seat.units -= g; seat.units == 0 {
				s.drop()
			}
		}
		s.idle += g
		a.homeless -= int64(g)
		a.waterline = max(a.waterline, p)
	}
	for r := range a.asked {
		if a.seats[r].idle > 0 {
			a.price[r] = a.cost(int32(r))
		}
	}
}

// of is the price of the cheapest seat of a resource that is not the idle's.
func (a *auction) of(r int32) int64 {
	s := &a.seats[r]
	p := int64(away)
	if s.free > 0 {
		p = s.floor
	}
	if len(s.taken) > 0 {
		p = min(p, s.taken[0].price)
	}
	return p
}

// watch begins to look for the cheapest seats anew.
func (a *auction) watch() {
	a.cheapest = a.cheapest[:0]
	for r := range a.asked {
		if a.capacity[r] > 0 {
			a.asked[r] = a.of(int32(r))
			a.cheapest = append(a.cheapest, ask{a.asked[r], int32(r)})
		}
	}
	heap.Init(&a.cheapest)
}

// stay keeps those in their seats who would not gain more than the new step by
// moving, at the highest price of which that is true. The seats of the others
// are free, for what they cost now.
func (a *auction) stay() {
	for r := range a.seats {
		s := &a.seats[r]
		if s.free > 0 && s.floor > a.price[r] {
			panic("assign: a free seat above the price")
		}
		s.floor = a.price[r]
		old := s.taken
		s.taken = s.taken[:0]
		kept := make([]bid, 0, len(old))
		for _, b := range old {
			other := a.other(b.need, int32(r))
			here := int64(0)
			if b.edge >= 0 {
				here = int64(a.utility[b.edge]) * a.scale
			}
			if most := here - other + a.step; most >= a.price[r] {
				b.price = min(b.price, most)
				kept = append(kept, b)
				continue
			}
			a.todo[b.need] += b.units
			s.free += b.units
		}
		for _, b := range kept {
			s.add(b)
		}
	}
}

// other is the best value of a need elsewhere.
func (a *auction) other(n, here int32) int64 {
	outside := int32(len(a.capacity)) + a.group[n]
	best := int64(-away)
	if outside != here {
		best = -a.price[outside]
	}
	for e := a.first[n]; e < a.first[n+1]; e++ {
		if r := a.to[e]; r != here {
			best = max(best, int64(a.utility[e])*a.scale-a.price[r])
		}
	}
	return best
}

// add and drop keep the lowest bid first; of equal ones, that of the first need.
func (s *seats) add(b bid) {
	t := append(s.taken, b)
	i := len(t) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !less(b, t[up]) {
			break
		}
		t[i] = t[up]
		i = up
	}
	t[i] = b
	s.taken = t
}

func (s *seats) drop() {
	t := s.taken
	last := t[len(t)-1]
	t = t[:len(t)-1]
	s.taken = t
	if len(t) == 0 {
		return
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= len(t) {
			break
		}
		if child+1 < len(t) && less(t[child+1], t[child]) {
			child++
		}
		if !less(t[child], last) {
			break
		}
		t[i] = t[child]
		i = child
	}
	t[i] = last
}

func less(a, b bid) bool { return a.price < b.price || a.price == b.price && a.need < b.need }

// ask is a price at which a resource had a seat.
type ask struct {
	price    int64
	resource int32
}

type cheapest []ask

func (c cheapest) Len() int { return len(c) }
func (c cheapest) Less(i, j int) bool {
	return c[i].price < c[j].price || c[i].price == c[j].price && c[i].resource < c[j].resource
}
func (c cheapest) Swap(i, j int) { c[i], c[j] = c[j], c[i] }

// Push and Pop are for package heap.
func (c *cheapest) Push(v any) { *c = append(*c, v.(ask)) }
func (c *cheapest) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}
