package assign

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// value is what all parts reach together: units by tier, then utility.
type value struct {
	served  []int64
	utility int64
}

func (v value) compare(other value) int {
	return cmp.Or(slices.Compare(v.served, other.served), cmp.Compare(v.utility, other.utility))
}

func (w *whole) value() value {
	v := value{served: make([]int64, len(w.account.Tiers))}
	for _, p := range w.parts {
		v.utility += p.found.Proof.Utility
		for _, share := range p.found.Shares {
			t, _ := slices.BinarySearch(w.account.Tiers, p.Needs[p.Edges[share.Edge].Need].Tier)
			v.served[t] += int64(share.Units)
		}
	}
	return v
}

// move is a thought: units of a shared resource from one part to another.
type move struct {
	resource, from, to int
	tiers              int     // by so many tiers is more urgent who is served than who is lost
	gain               float64 // of utility, by unit
}

// trade moves units between parts as long as that makes the whole better. What did
// not is taken back, and the next time fewer are moved.
func (w *whole) trade() {
	best := w.value()
	for part := 1.0; w.account.Rounds < w.Rounds; {
		moves := w.moves()
		if len(moves) == 0 {
			return
		}
		w.account.Rounds++
		moves = moves[:int(math.Ceil(float64(len(moves))*part))]
		before := make([]map[int]int32, len(w.share))
		for i := range w.share {
			before[i] = maps.Clone(w.share[i])
		}
		kept := w.keep()
		for _, m := range moves {
			share := w.share[m.resource]
			units := max(1, int32(part*float64(share[m.from])/4))
			share[m.from] -= units
			share[m.to] += units
		}
		for i := range w.share {
			w.grant(i, w.share[i])
		}
		w.solve()
		if now := w.value(); now.compare(best) > 0 {
			best = now
			part = min(1, part*1.5)
			continue
		}
		w.restore(before, kept)
		if part /= 2; part*float64(len(moves)) < 0.5 && len(moves) == 1 {
			return
		}
	}
}

// keep and restore remember what the parts had found.
func (w *whole) keep() []part {
	kept := make([]part, len(w.parts))
	for k, p := range w.parts {
		kept[k] = *p
		kept[k].Resources = slices.Clone(p.Resources)
	}
	return kept
}

func (w *whole) restore(share []map[int]int32, kept []part) {
	w.share = share
	for k := range kept {
		*w.parts[k] = kept[k]
	}
}

// moves lists what looks worth while, the best first: of each resource from those to
// whom a unit is worth least to those to whom it is worth most, two by two.
func (w *whole) moves() []move {
	var list []move
	for i, r := range w.shared {
		parts := slices.Sorted(maps.Keys(w.share[i]))
		worth := func(k int) worth { return w.parts[k].worth[w.parts[k].at[r]] }
		givers := slices.DeleteFunc(slices.Clone(parts), func(k int) bool { return w.share[i][k] == 0 })
		slices.SortStableFunc(givers, func(a, b int) int {
			return cmp.Or(cmp.Compare(worth(b).lose, worth(a).lose), cmp.Compare(worth(a).less, worth(b).less))
		})
		slices.SortStableFunc(parts, func(a, b int) int {
			return cmp.Or(cmp.Compare(worth(a).serve, worth(b).serve), cmp.Compare(worth(b).more, worth(a).more))
		})
		for j := range min(len(givers), (len(parts)+1)/2) {
			m := move{resource: i, from: givers[j], to: parts[j]}
			lost, served := worth(m.from), worth(m.to)
			m.tiers, m.gain = w.rank(lost.lose)-w.rank(served.serve), served.more-lost.less
			if m.from == m.to || m.tiers < 0 || m.tiers == 0 && m.gain < 1 {
				break
			}
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b move) int { return cmp.Or(cmp.Compare(b.tiers, a.tiers), cmp.Compare(b.gain, a.gain)) })
	return list
}

// rank is the place of a tier among all; nobody's comes last.
func (w *whole) rank(tier int) int {
	at, _ := slices.BinarySearch(w.account.Tiers, tier)
	return at
}

// join puts the parts together and proves what it can.
func (w *whole) join() (Solution, Joined) {
	var s Solution
	for _, p := range w.parts {
		for _, share := range p.found.Shares {
			s.Shares = append(s.Shares, Share{Edge: p.edge[share.Edge], Units: share.Units})
		}
		s.Proof.Serve += p.found.Proof.Serve
		s.Proof.Share += p.found.Proof.Share
	}
	slices.SortFunc(s.Shares, func(a, b Share) int { return cmp.Compare(a.Edge, b.Edge) })
	v := w.value()
	s.Proof.Served, s.Proof.Utility = v.served, v.utility
	w.account.Most = w.most()
	w.prove(&s.Proof)
	return s, w.account
}
