package assign

import (
	"container/heap"
	"math"
)

// settle seats the homeless idle, each time in the cheapest seat of all.
func (a *auction) settle() {
	was := a.waterline
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
		g := int32(min(a.homeless, int64(math.MaxInt32)))
		if s.free > 0 && s.floor == p {
			g = min(g, s.free)
			s.free -= g
		} else {
			g = a.oust(s, g)
		}
		s.idle += g
		a.homeless -= int64(g)
		a.waterline = max(a.waterline, p)
		a.price[r] = a.cost(r)
	}
	if a.waterline == was {
		return
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

// fell takes note that a resource may have got a cheaper seat.
func (a *auction) fell(r int32) {
	if int(r) >= len(a.asked) {
		return
	}
	if p := a.of(r); p < a.asked[r] {
		a.asked[r] = p
		heap.Push(&a.cheapest, ask{p, r})
	}
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
