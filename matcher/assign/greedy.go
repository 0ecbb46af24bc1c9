package assign

import (
	"cmp"
	"slices"
)

// Greedy takes the edges in one order, urgency first, then utility, then the
// keys of need and resource, and gives along each as much as is still wanted
// and still there. Several resources may share a need.
//
// It is not optimal: a need with one possible helper can lose it to a need that
// has others. What it does promise: the result is feasible; no unit stays idle
// that anyone it suits still wants; and because every need and every resource
// follows the same one order, the result is a stable one, so that adding
// capacity takes nothing away from any need.
type Greedy struct{}

// Solve shares out in one pass.
func (Greedy) Solve(p Problem) Solution {
	order := make([]int, len(p.Edges))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := p.Edges[a], p.Edges[b]
		n, m := &p.Needs[x.Need], &p.Needs[y.Need]
		return cmp.Or(
			cmp.Compare(n.Tier, m.Tier),
			cmp.Compare(y.Utility, x.Utility),
			cmp.Compare(n.Key, m.Key),
			cmp.Compare(p.Resources[x.Resource].Key, p.Resources[y.Resource].Key),
		)
	})
	wanted := make([]int, len(p.Needs))
	for i, n := range p.Needs {
		wanted[i] = n.Units
	}
	left := make([]int, len(p.Resources))
	for i, r := range p.Resources {
		left[i] = r.Capacity
	}
	var s Solution
	for _, i := range order {
		e := p.Edges[i]
		if units := min(wanted[e.Need], left[e.Resource]); units > 0 {
			wanted[e.Need] -= units
			left[e.Resource] -= units
			s.Shares = append(s.Shares, Share{Edge: i, Units: units})
		}
	}
	return s
}
