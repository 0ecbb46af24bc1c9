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
	// Ranks of keys are compared instead of the keys: the same order, much faster.
	needs := ranks(p.Needs, func(n Need) string { return n.Key })
	resources := ranks(p.Resources, func(r Resource) string { return r.Key })
	slices.SortFunc(order, func(a, b int) int {
		x, y := &p.Edges[a], &p.Edges[b]
		if c := cmp.Compare(p.Needs[x.Need].Tier, p.Needs[y.Need].Tier); c != 0 {
			return c
		}
		if c := cmp.Compare(y.Utility, x.Utility); c != 0 {
			return c
		}
		if c := cmp.Compare(needs[x.Need], needs[y.Need]); c != 0 {
			return c
		}
		return cmp.Compare(resources[x.Resource], resources[y.Resource])
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

// ranks gives each row its place in the order of the keys.
func ranks[T any](rows []T, key func(T) string) []int {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(key(rows[a]), key(rows[b])) })
	rank := make([]int, len(rows))
	for place, i := range order {
		rank[i] = place
	}
	return rank
}
