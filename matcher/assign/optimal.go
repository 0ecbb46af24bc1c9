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
