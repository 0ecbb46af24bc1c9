package assign

import (
	"maps"
	"math"
	"slices"
)

// offers are prices that hold for all parts: of each resource (only those of shared
// ones matter), and of going without, by tier.
type offers struct {
	price   []float64
	outside map[int]float64
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

// ask offers prices to all parts.
func (w *whole) ask(o offers) []Answer {
	shared := make([]bool, len(w.Resources))
	for _, r := range w.shared {
		shared[r] = true
	}
	asks := map[int]Ask{}
	for k, p := range w.parts {
		offer := &Offer{Price: make([]float64, len(p.Resources)), Shared: make([]bool, len(p.Resources)), Outside: maps.Clone(o.outside)}
		for i, r := range p.resource {
			offer.Price[i], offer.Shared[i] = o.price[r], shared[r]
		}
		asks[k] = Ask{Capacity: p.capacity(), Offer: offer}
	}
	answers := make([]Answer, len(w.parts))
	for k, r := range w.do(asks) {
		answers[k] = *r.Answer
	}
	return answers
}

// fine is how finely prices are compared: utilities are whole numbers, prices not.
const fine = 8

// answer is a part's second task: what it would do. Every need can have the best of
// what is offered to all, so it bids for a resource of its own only for what that is
// better by; and that what is offered to all is without limit is one more resource,
// worth nothing.
func (p Problem) answer(o Offer) Answer {
	best, from := make([]float64, len(p.Needs)), make([]int32, len(p.Needs))
	for n, need := range p.Needs {
		best[n], from[n] = -o.Outside[need.Tier], -1
	}
	for _, e := range p.Edges {
		if r := e.Resource; o.Shared[r] && float64(e.Utility)-o.Price[r] > best[e.Need] {
			best[e.Need], from[e.Need] = float64(e.Utility)-o.Price[r], r
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
		if u := int32(math.Round((float64(e.Utility) - best[e.Need]) * fine)); u > 0 && !o.Shared[e.Resource] {
			q.Edges = append(q.Edges, Edge{e.Need, e.Resource, min(u, MostUtility)})
		}
	}
	found := Optimal{Cores: 1}.Solve(q)
	a := Answer{Own: make([]float64, len(p.Resources)), Taken: make([]int64, len(p.Resources)), Without: map[int]int64{}}
	for r := range a.Own {
		if !o.Shared[r] {
			a.Own[r] = found.Proof.Price[r] / fine
		}
	}
	for _, share := range found.Shares {
		if e := q.Edges[share.Edge]; int(e.Resource) < len(p.Resources) {
			continue
		} else if r := from[e.Need]; r >= 0 {
			a.Taken[r] += int64(share.Units)
		} else {
			a.Without[p.Needs[e.Need].Tier] += int64(share.Units)
		}
	}
	for _, e := range p.Edges {
		if !o.Shared[e.Resource] {
			best[e.Need] = max(best[e.Need], float64(e.Utility)-a.Own[e.Resource])
		}
	}
	for n, need := range p.Needs {
		a.Gain += best[n] * float64(need.Units)
	}
	return a
}

// bound is what everything costs at these prices and everybody gains.
func (w *whole) bound(o offers, answers []Answer, served []int64) (float64, []float64) {
	price := slices.Clone(o.price)
	sum := 0.0
	for k, p := range w.parts {
		sum += answers[k].Gain
		for i, r := range p.resource {
			price[r] += answers[k].Own[i]
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
func (w *whole) follow(o offers, answers []Answer, served []int64, gap float64) bool {
	over, outside := make([]float64, len(w.shared)), make([]float64, len(served))
	size := 0.0
	for i, r := range w.shared {
		over[i] = -float64(w.Resources[r].Capacity)
		for k := range w.share[i] {
			over[i] += float64(answers[k].Taken[w.parts[k].at[r]])
		}
		if over[i] < 0 && o.price[r] == 0 {
			over[i] = 0
		}
		size += over[i] * over[i]
	}
	for t, left := range w.left(served) {
		outside[t] = -float64(left)
		for k := range answers {
			outside[t] += float64(answers[k].Without[w.account.Tiers[t]])
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
