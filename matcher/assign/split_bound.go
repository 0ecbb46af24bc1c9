package assign

import (
	"maps"
	"slices"
)

// most is, for each tier and those more urgent, more than which nobody can serve.
// A scarce shared resource counts in full, once, and may then help nobody any more;
// of the others every part may use all. Whatever one takes for scarce, the sum is
// never too low; taken are those that somebody without help could still have used.
func (w *whole) most() []int64 {
	most := make([]int64, len(w.account.Tiers))
	for t, tier := range w.account.Tiers {
		scarce := map[int32]bool{}
		for i, r := range w.shared {
			for k := range w.share[i] {
				p := w.parts[k]
				scarce[r] = scarce[r] || p.worth[p.at[r]].serve <= tier
			}
			if scarce[r] {
				most[t] += int64(w.Resources[r].Capacity)
			}
		}
		for _, p := range w.parts {
			most[t] += p.alone(tier, scarce, w.Resources)
		}
	}
	return most
}

// alone is how many units of a tier and those more urgent a part could serve with all
// of every resource that is not scarce.
func (p *part) alone(tier int, scarce map[int32]bool, all []Resource) int64 {
	q := Problem{Needs: p.Needs, Resources: slices.Clone(p.Resources), Edges: make([]Edge, 0, len(p.Edges))}
	for i, r := range p.resource {
		q.Resources[i].Capacity = all[r].Capacity
	}
	for _, e := range p.Edges {
		if p.Needs[e.Need].Tier <= tier && !scarce[p.resource[e.Resource]] {
			q.Edges = append(q.Edges, e)
		}
	}
	c := compactOf(q, false)
	serve(c, nil).most(false)
	sum := int64(0)
	for _, g := range c.groups {
		sum += g.served
	}
	return sum
}

// prove bounds the utility of all solutions that serve as many of each tier. At any
// prices nobody gains more than by the best for them; prices of shared resources, and
// of going without, must be the same in all parts, so they are averages.
func (w *whole) prove(proof *Proof) {
	price := make([]float64, len(w.Resources))
	for _, p := range w.parts {
		for i, r := range p.resource {
			price[r] = p.found.Proof.Price[i]
		}
	}
	for i, r := range w.shared {
		sum, units := 0.0, 0.0
		for _, k := range slices.Sorted(maps.Keys(w.share[i])) {
			p, share := w.parts[k], w.share[i][k]
			sum += p.found.Proof.Price[p.at[r]] * (float64(share) + 0.5)
			units += float64(share) + 0.5
		}
		price[r] = sum / units
	}
	out, weight, wanted := map[int]float64{}, map[int]float64{}, map[int]int64{}
	for _, p := range w.parts {
		for _, o := range p.found.Proof.Outside {
			out[o.Tier] += o.Price * float64(len(p.Needs))
			weight[o.Tier] += float64(len(p.Needs))
		}
	}
	for tier := range out {
		out[tier] /= weight[tier]
	}
	bound := 0.0
	for r, one := range w.Resources {
		bound += float64(one.Capacity) * price[r]
	}
	for _, n := range w.Needs {
		wanted[n.Tier] += int64(n.Units)
	}
	for t, tier := range w.account.Tiers {
		bound += float64(wanted[tier]-proof.Served[t]) * out[tier]
	}
	for _, p := range w.parts {
		bound += p.gain(price, out)
	}
	proof.Price, proof.Bound = price, bound
	if bound > 0 {
		proof.Gap = max(0, (bound-float64(proof.Utility))/bound)
	}
}

// gain is what a part's needs gain at these prices, each by the best for it.
func (p *part) gain(price []float64, out map[int]float64) float64 {
	best := make([]float64, len(p.Needs))
	for n, need := range p.Needs {
		best[n] = -out[need.Tier]
	}
	for _, e := range p.Edges {
		best[e.Need] = max(best[e.Need], float64(e.Utility)-price[p.resource[e.Resource]])
	}
	sum := 0.0
	for n, need := range p.Needs {
		sum += best[n] * float64(need.Units)
	}
	return sum
}
