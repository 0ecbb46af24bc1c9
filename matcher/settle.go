package matcher

import (
	"cmp"
	"maps"
	"slices"

	"shanqiao/matcher/assign"
)

// settle puts back what a solution changed for nothing. Keep makes what stands
// worth more, and yet among solutions of the same worth a solver is free: units
// may go round in a ring of cards and offers that all stood before. So what
// changed falls into parts that touch neither the same card nor the same offer,
// and what gained nothing is left as it was: a part alone, or several that make
// good for one another where one alone would give a group more or fewer units.
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
	var parts []undoing
	served, used := s.Served(p.Problem), s.Used(p.Problem)
	for _, part := range p.changed(now, was) {
		if u, can := p.undone(part, now, was, served, used, even); can {
			parts = append(parts, u)
		}
	}
	for _, u := range balanced(parts) {
		if u.gain < 0 {
			continue
		}
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

// undoing is what it gains to leave edges as they were, and how many units more
// or fewer each group would have.
type undoing struct {
	edges []int
	gain  int64
	more  map[group]int
}

// undone looks at a part as it was. It may not be possible any more.
func (p *plan) undone(part, now, was, served, used []int, even bool) (u undoing, can bool) {
	u = undoing{edges: part, more: map[group]int{}}
	needs, resources := map[int32]int{}, map[int32]int{}
	for _, e := range part {
		edge, more := p.Edges[e], was[e]-now[e]
		u.gain += int64(edge.Utility) * int64(more)
		g := group{tier: p.Needs[edge.Need].Tier}
		if even {
			g.district = p.Needs[edge.Need].District
		}
		u.add(g, more)
		needs[edge.Need] += more
		resources[edge.Resource] += more
	}
	for n, more := range needs {
		if served[n]+more > p.Needs[n].Units {
			return u, false
		}
	}
	for r, more := range resources {
		if used[r]+more > p.Resources[r].Capacity {
			return u, false
		}
	}
	return u, true
}

func (u *undoing) add(g group, more int) {
	if u.more[g] += more; u.more[g] == 0 {
		delete(u.more, g)
	}
}

func (u *undoing) join(other undoing) {
	u.edges, u.gain = append(u.edges, other.edges...), u.gain+other.gain
	for g, more := range other.more {
		u.add(g, more)
	}
}

// unsettled is the first group that would not have the units it was settled to have.
func (u undoing) unsettled() (g group, more int) {
	g = slices.MinFunc(slices.Collect(maps.Keys(u.more)), func(a, b group) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(a.district, b.district))
	})
	return g, u.more[g]
}

// balanced joins parts until no group has more or fewer units than it was settled
// to have, those that gain most first. What cannot be balanced is left out.
func balanced(parts []undoing) []undoing {
	slices.SortStableFunc(parts, func(a, b undoing) int { return cmp.Compare(b.gain, a.gain) })
	type want struct {
		group
		more bool
	}
	giving := map[want][]int{} // parts by what they do to a group
	for i, u := range parts {
		for g, more := range u.more {
			giving[want{g, more > 0}] = append(giving[want{g, more > 0}], i)
		}
	}
	done := make([]bool, len(parts))
	first := func(of []int) int {
		at := slices.IndexFunc(of, func(i int) bool { return !done[i] })
		if at < 0 {
			return -1
		}
		return of[at]
	}
	var back []undoing
	for i := range parts {
		if done[i] {
			continue
		}
		all, joined := undoing{more: map[group]int{}}, []int(nil)
		for next := i; next >= 0; {
			all.join(parts[next])
			done[next], joined = true, append(joined, next)
			if len(all.more) == 0 {
				back = append(back, all)
				break
			}
			g, more := all.unsettled()
			next = first(giving[want{g, more < 0}])
		}
		if len(all.more) > 0 {
			for _, j := range joined[1:] {
				done[j] = false // these may still balance without the first
			}
		}
	}
	return back
}
