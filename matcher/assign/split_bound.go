package assign

import (
	"cmp"
	"maps"
	"math"
	"runtime"
	"slices"
	"sync"
)

// offers are prices that hold for all parts: of each resource (only those of shared
// ones matter), and of going without, by tier.
type offers struct {
	price   []float64
	outside map[int]float64
}

// answer is what a part would do at such prices if it could choose freely: what it
// gains, what its own resources are worth to it, and what it asks for.
type answer struct {
	gain    float64
	own     []float64       // of each resource here, what a unit is worth; of shared ones nothing
	taken   map[int32]int64 // units of shared resources
	without map[int]int64   // units that go without, by tier
}

// prove bounds the utility of all solutions that serve as many of each tier. Prices
// are offered to all parts. What all gain at them, and what everything costs, is more
// than any solution is worth; where more is asked for than there is, prices rise, and
// fall where less is, as long as that brings the bound down.
func (w *whole) prove(proof *Proof) {
	o := w.average()
	proof.Bound = math.Inf(1)
	for range 1 + w.Offers {
		answers := w.ask(o)
		bound, price := w.bound(o, answers, proof.Served)
		if bound < proof.Bound {
			proof.Bound, proof.Price = bound, price
		}
		proof.Gap = 0
		if proof.Bound > 0 {
			proof.Gap = max(0, (proof.Bound-float64(proof.Utility))/proof.Bound)
		}
		if proof.Gap <= near || !w.follow(o, answers, proof.Served, bound-float64(proof.Utility)) {
			return
		}
	}
}

// average is what the parts think that things are worth, by how much of them they have.
func (w *whole) average() offers {
	o := offers{price: make([]float64, len(w.Resources)), outside: map[int]float64{}}
	for i, r := range w.shared {
		sum, units := 0.0, 0.0
		for _, k := range slices.Sorted(maps.Keys(w.share[i])) {
			p, share := w.parts[k], w.share[i][k]
			sum += p.found.Proof.Price[p.at[r]] * (float64(share) + 0.5)
			units += float64(share) + 0.5
		}
		o.price[r] = sum / units
	}
	weight := map[int]float64{}
	for _, p := range w.parts {
		for _, one := range p.found.Proof.Outside {
			o.outside[one.Tier] += one.Price * float64(len(p.Needs))
			weight[one.Tier] += float64(len(p.Needs))
		}
	}
	for tier := range o.outside {
		o.outside[tier] /= weight[tier]
	}
	return o
}

// ask asks all parts, side by side.
func (w *whole) ask(o offers) []answer {
	shared := make([]bool, len(w.Resources))
	for _, r := range w.shared {
		shared[r] = true
	}
	answers := make([]answer, len(w.parts))
	todo := make(chan int)
	var wg sync.WaitGroup
	for range max(1, cmp.Or(w.Cores, runtime.GOMAXPROCS(0))) {
		wg.Go(func() {
			for k := range todo {
				answers[k] = w.parts[k].answer(o, shared)
			}
		})
	}
	for k := range w.parts {
		todo <- k
	}
	close(todo)
	wg.Wait()
	return answers
}

// fine is how finely prices are compared: utilities are whole numbers, prices not.
const fine = 8

// answer finds what a part would do. Every need can have the best of what is offered
// to all, so it bids for a resource of its own only for what that is better by; and
// that what is offered to all is without limit is one more resource, worth nothing.
func (p *part) answer(o offers, shared []bool) answer {
	best, from := make([]float64, len(p.Needs)), make([]int32, len(p.Needs))
	for n, need := range p.Needs {
		best[n], from[n] = -o.outside[need.Tier], -1
	}
	for _, e := range p.Edges {
		if r := p.resource[e.Resource]; shared[r] && float64(e.Utility)-o.price[r] > best[e.Need] {
			best[e.Need], from[e.Need] = float64(e.Utility)-o.price[r], r
		}
	}
	q := Problem{Needs: slices.Clone(p.Needs), Resources: slices.Clone(p.Resources)}
	units := 0
	for n := range q.Needs {
		q.Needs[n].Tier = 0
		q.Edges = append(q.Edges, Edge{Need: int32(n), Resource: int32(len(p.Resources))})
		units += q.Needs[n].Units
	}
	q.Resources = append(q.Resources, Resource{Key: "\x00", Capacity: units}) // no other key is that
	for _, e := range p.Edges {
		if u := int32(math.Round((float64(e.Utility) - best[e.Need]) * fine)); u > 0 && !shared[p.resource[e.Resource]] {
			q.Edges = append(q.Edges, Edge{e.Need, e.Resource, min(u, MostUtility)})
		}
	}
	found := Optimal{Cores: 1}.Solve(q)
	a := answer{own: make([]float64, len(p.Resources)), taken: map[int32]int64{}, without: map[int]int64{}}
	for r := range a.own {
		if !shared[p.resource[r]] {
			a.own[r] = found.Proof.Price[r] / fine
		}
	}
	for _, share := range found.Shares {
		if e := q.Edges[share.Edge]; int(e.Resource) < len(p.Resources) {
			continue
		} else if r := from[e.Need]; r >= 0 {
			a.taken[r] += int64(share.Units)
		} else {
			a.without[p.Needs[e.Need].Tier] += int64(share.Units)
		}
	}
	for _, e := range p.Edges {
		if !shared[p.resource[e.Resource]] {
			best[e.Need] = max(best[e.Need], float64(e.Utility)-a.own[e.Resource])
		}
	}
	for n, need := range p.Needs {
		a.gain += best[n] * float64(need.Units)
	}
	return a
}

// bound is what everything costs at these prices and everybody gains.
func (w *whole) bound(o offers, answers []answer, served []int64) (float64, []float64) {
	price := slices.Clone(o.price)
	sum := 0.0
	for k, p := range w.parts {
		sum += answers[k].gain
		for i, r := range p.resource {
			price[r] += answers[k].own[i]
		}
	}
	for r, one := range w.Resources {
		sum += float64(one.Capacity) * price[r]
	}
	for t, left := range w.left(served) {
		sum += float64(left) * o.outside[w.account.Tiers[t]]
	}
	return sum, price
}

// left is how many units of each tier go without.
func (w *whole) left(served []int64) []int64 {
	left := make([]int64, len(served))
	for _, n := range w.Needs {
		left[w.rank(n.Tier)] += int64(n.Units)
	}
	for t := range left {
		left[t] -= served[t]
	}
	return left
}

// follow moves the prices towards what was asked for, by so much as would close the
// gap if nothing else changed. False: everything is asked for just as it is there.
func (w *whole) follow(o offers, answers []answer, served []int64, gap float64) bool {
	over, outside := make([]float64, len(w.shared)), make([]float64, len(served))
	size := 0.0
	for i, r := range w.shared {
		over[i] = -float64(w.Resources[r].Capacity)
		for k := range answers {
			over[i] += float64(answers[k].taken[r])
		}
		if over[i] < 0 && o.price[r] == 0 {
			over[i] = 0
		}
		size += over[i] * over[i]
	}
	for t, left := range w.left(served) {
		outside[t] = -float64(left)
		for k := range answers {
			outside[t] += float64(answers[k].without[w.account.Tiers[t]])
		}
		size += outside[t] * outside[t]
	}
	if size == 0 || gap <= 0 {
		return false
	}
	for i, r := range w.shared {
		o.price[r] = max(0, o.price[r]+gap/size*over[i])
	}
	for t, tier := range w.account.Tiers {
		o.outside[tier] += gap / size * outside[t]
	}
	return true
}
