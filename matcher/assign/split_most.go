package assign

import "slices"

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
				scarce[r] = scarce[r] || p.worth[p.at[r]].Serve <= tier
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
