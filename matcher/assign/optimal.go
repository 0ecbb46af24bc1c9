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
	Last  *Memory          // of a solve of nearly the same problem; nil: there is none
	Cores int              // at most so many; 0: all there are. The answer is the same
	Now   func() time.Time // for how long it takes; nil: nobody wants to know
}

// near is a gap at which smaller steps are not worth their time.
const near = 1e-5

// exactly is for how many units the search always goes on to the optimum itself.
const exactly = 20_000

// finer is how much smaller a step is than the one before; many, that more than
// one in so many units went to another district for evenness.
const finer, many = 6, 25

// Solve shares out and proves it.
func (o Optimal) Solve(p Problem) Solution {
	found, _ := o.solve(p)
	return found
}

func (o Optimal) solve(p Problem) (Solution, *serving) {
	var proof Proof
	now := o.Now
	if now == nil {
		now = func() time.Time { return time.Time{} }
	}
	from := now()
	c := compactOf(p, o.Fair)
	var had []hold
	if o.Last != nil {
		had = c.had(p, o.Last)
	}
	s := serve(c, had)
	s.most(o.Fair)
	proof.Serve = now().Sub(from)
	from = now()
	a := newAuction(c)
	if o.Last == nil || !a.warm(p, o.Last, had, &proof) {
		if o.Last != nil {
			a = newAuction(c)
		}
		if hands := cmp.Or(o.Cores, runtime.GOMAXPROCS(0)) - 1; hands > 0 {
			a.crew = hire(hands, a.lookAt)
			defer a.crew.dismiss()
		}
		a.cold(p, &proof, s.evened)
	}
	proof.Share = now().Sub(from)
	proof.Served = make([]int64, len(c.tier)-1)
	for _, g := range c.groups {
		proof.Served[g.tier] += g.served
	}
	return Solution{Shares: a.shares(), Proof: proof}, s
}

// warm begins with a memory, and says whether that was enough.
func (a *auction) warm(p Problem, m *Memory, had []hold, proof *Proof) bool {
	a.resume(p, m, had)
	if !a.walk() {
		return false
	}
	a.prove(proof, p)
	proof.Warm = a.enough(proof)
	return proof.Warm
}

// cold begins with nothing. With a wide first step all bid for the same few seats
// again and again; it is worth that only where evenness moved many units, as prices
// have far to go then. Both ways lead to the same steps.
func (a *auction) cold(p Problem, proof *Proof, evened int64) {
	first := int64(finer * 4)
	if evened*many > a.scale {
		first = 4
	}
	for step := max(1, a.widest/first); ; step = max(1, step/finer) {
		a.round(step)
		if far := float64(step) > 50*near*float64(a.widest); far && step > 1 {
			continue // nothing could be proven yet
		}
		a.prove(proof, p)
		if a.enough(proof) || step == 1 {
			return
		}
	}
}

// enough says whether there is nothing to be gained, or hardly anything.
func (a *auction) enough(proof *Proof) bool {
	return proof.Exact || a.scale > exactly && proof.Gap <= near
}
