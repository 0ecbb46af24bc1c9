package assign

import (
	"cmp"
	"runtime"
	"time"
)

// Optimal serves as many units as can be served of the most urgent tier, then of
// the next, and so on; among all ways to do that it finds the one of the highest
// utility, and proves how near it came. Fair lets, within a tier, the districts
// with the smallest share served come first; that costs no unit, only utility.
type Optimal struct {
	Fair  bool
	Cores int              // at most so many; 0: all there are. The answer is the same
	Now   func() time.Time // for how long it takes; nil: nobody wants to know
}

// near is a gap at which smaller steps are not worth their time.
const near = 1e-5

// exactly is for how many units the search always goes on to the optimum itself.
const exactly = 20_000

// Solve shares out and proves it.
func (o Optimal) Solve(p Problem) Solution {
	var proof Proof
	now := o.Now
	if now == nil {
		now = func() time.Time { return time.Time{} }
	}
	from := now()
	c := compactOf(p, o.Fair)
	serve(c).most(o.Fair)
	proof.Serve = now().Sub(from)
	from = now()
	a := newAuction(c, max(1, cmp.Or(o.Cores, runtime.GOMAXPROCS(0))))
	for step := max(1, a.widest/4); ; step = max(1, step/6) {
		a.round(step)
		a.prove(&proof)
		proof.Exact = step == 1
		if proof.Exact || a.scale > exactly && proof.Gap <= near {
			break
		}
	}
	proof.Share = now().Sub(from)
	proof.Served = make([]int64, len(c.tier)-1)
	for _, g := range c.groups {
		proof.Served[g.tier] += g.served
	}
	return Solution{Shares: a.shares(), Proof: proof}
}

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
