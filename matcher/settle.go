package matcher

import (
	"slices"

	"shanqiao/matcher/assign"
)

// settle puts back what a solution changed for nothing. Keep makes what stands
// worth more, and yet among solutions of the same worth a solver is free: units
// may go round in a ring of cards and offers that all stood before. So what
// changed falls into parts that touch neither the same card nor the same offer,
// and each part that gained nothing is left as it was.
func (p *plan) settle(s assign.Solution, even bool) assign.Solution {
	if len(p.keep) == 0 {
		return s
	}
	now, was := make([]int, len(p.Edges)), make([]int, len(p.Edges))
	for _, share := range s.Shares {
		now[share.Edge] += share.Units
	}
	for _, e := range p.keep {
		was[e] = p.city.standing[pair{p.city.cards[p.Edges[e].Need].ID, p.city.offers[p.Edges[e].Resource].ID}].Units
	}
	var back []undoing
	served, used := s.Served(p.Problem), s.Used(p.Problem)
	for _, part := range p.changed(now, was) {
		if u := p.undone(part, now, was, served, used, even); u.gain >= 0 {
			back = append(back, u)
		}
	}
	for _, u := range balanced(back) {
		for _, e := range u.edges {
			now[e] = was[e]
		}
		s.Proof.Utility += u.gain
	}
	if s.Proof.Bound > 0 {
		s.Proof.Gap = max(0, (s.Proof.Bound-float64(s.Proof.Utility))/s.Proof.Bound)
	}
	s.Shares = nil
	for e, units := range now {
		if units > 0 {
			s.Shares = append(s.Shares, assign.Share{Edge: e, Units: units})
		}
	}
	return s
}

// changed lists the edges along which something changed, in parts that have
// neither card nor offer in common.
func (p *plan) changed(now, was []int) [][]int {
	of := make([]int, len(p.Needs)+len(p.Resources))
	for i := range of {
		of[i] = i
	}
	root := func(i int) int {
		for of[i] != i {
			of[i] = of[of[i]]
			i = of[i]
		}
		return i
	}
	for e := range p.Edges {
		if now[e] != was[e] {
			of[root(int(p.Edges[e].Need))] = root(len(p.Needs) + int(p.Edges[e].Resource))
		}
	}
	at, parts := map[int]int{}, [][]int(nil)
	for e := range p.Edges {
		if now[e] == was[e] {
			continue
		}
		r := root(int(p.Edges[e].Need))
		if _, known := at[r]; !known {
			at[r] = len(parts)
			parts = append(parts, nil)
		}
		parts[at[r]] = append(parts[at[r]], e)
	}
	return parts
}

// group is whose units are settled before anything else: a tier's, and where
// districts are served evenly, a district's of it.
type group struct {
	tier     int
	district string
}

// undoing is what it gains to leave a part as it was, and how many units more
// each group would have. Less than nothing where it cannot be left so.
type undoing struct {
	edges []int
	gain  int64
	more  map[group]int
}

func (p *plan) undone(part, now, was, served, used []int, even bool) undoing {
	u := undoing{edges: part, more: map[group]int{}}
	needs, resources := map[int32]int{}, map[int32]int{}
	for _, e := range part {
		edge, more := p.Edges[e], was[e]-now[e]
		u.gain += int64(edge.Utility) * int64(more)
		g := group{tier: p.Needs[edge.Need].Tier}
		if even {
			g.district = p.Needs[edge.Need].District
		}
		u.more[g] += more
		needs[edge.Need] += more
		resources[edge.Resource] += more
	}
	for n, more := range needs {
		if served[n]+more > p.Needs[n].Units {
			u.gain = -1
		}
	}
	for r, more := range resources {
		if used[r]+more > p.Resources[r].Capacity {
			u.gain = -1
		}
	}
	return u
}

// balanced leaves out parts until no group has more or fewer
// units than it was settled to have: one part may make good for another.
func balanced(back []undoing) []undoing {
	for len(back) > 0 {
		sum := map[group]int{}
		for _, u := range back {
			for g, more := range u.more {
				sum[g] += more
			}
		}
		amiss := slices.IndexFunc(back, func(u undoing) bool {
			for g, more := range u.more {
				if more*sum[g] > 0 {
					return true
				}
			}
			return false
		})
		if amiss < 0 {
			return back
		}
		back = slices.Delete(back, amiss, amiss+1)
	}
	return nil
}
