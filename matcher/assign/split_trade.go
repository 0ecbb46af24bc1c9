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
	served, lost       int     // ranks of the tiers in which somebody would be
	gain               float64 // of utility, by unit
}

// bare is who gives what to whom.
func (m move) bare() move { return move{resource: m.resource, from: m.from, to: m.to} }

// trade moves units between parts as long as that makes the whole better. What did
// not is taken back, and the next time fewer are moved; a move that did not help
// alone is not thought of again until something else has.
func (w *whole) trade() {
	best, some, people := w.value(), 1.0, true
	w.barred = map[move]bool{}
	for w.account.Rounds < w.Rounds {
		moves := w.moves()
		if len(moves) == 0 {
			return
		}
		if now := moves[0].served < moves[0].lost; now != people {
			some, people = 1, now
		}
		moves = moves[:int(math.Ceil(float64(len(moves))*some))]
		w.account.Rounds++
		share, kept := w.keep()
		w.carry(moves, some/4)
		switch now := w.value(); {
		case now.compare(best) > 0:
			best, some = now, min(1, some*1.5)
			clear(w.barred)
		case len(moves) == 1:
			w.restore(share, kept)
			w.barred[moves[0].bare()] = true
		default:
			w.restore(share, kept)
			some /= 2
		}
	}
}

// carry makes moves, each of such a part of what the giver has, and solves again.
func (w *whole) carry(moves []move, part float64) {
	for _, m := range moves {
		share := w.share[m.resource]
		units := max(1, int32(part*float64(share[m.from])))
		share[m.from] -= units
		share[m.to] += units
	}
	for i := range w.share {
		w.grant(i, w.share[i])
	}
	w.solve()
}

// keep and restore remember who has what, and what the parts had found.
func (w *whole) keep() ([]map[int]int32, []part) {
	share, kept := make([]map[int]int32, len(w.share)), make([]part, len(w.parts))
	for i := range w.share {
		share[i] = maps.Clone(w.share[i])
	}
	for k, p := range w.parts {
		kept[k] = *p
		kept[k].Resources = slices.Clone(p.Resources)
	}
	return share, kept
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
		worth := func(k int) Worth { return w.parts[k].worth[w.parts[k].at[r]] }
		givers := slices.DeleteFunc(slices.Clone(parts), func(k int) bool { return w.share[i][k] == 0 })
		slices.SortStableFunc(givers, func(a, b int) int {
			return cmp.Or(cmp.Compare(worth(b).Lose, worth(a).Lose), cmp.Compare(worth(a).Less, worth(b).Less))
		})
		slices.SortStableFunc(parts, func(a, b int) int {
			return cmp.Or(cmp.Compare(worth(a).Serve, worth(b).Serve), cmp.Compare(worth(b).More, worth(a).More))
		})
		for j := range min(len(givers), (len(parts)+1)/2) {
			m := move{resource: i, from: givers[j], to: parts[j]}
			lost, served := worth(m.from), worth(m.to)
			m.served, m.lost, m.gain = w.rank(served.Serve), w.rank(lost.Lose), served.More-lost.Less
			if w.barred[m.bare()] {
				continue
			}
			if m.from == m.to || m.served > m.lost || m.served == m.lost && m.gain < 1 {
				break
			}
			list = append(list, m)
		}
	}
	// Whoever can be served comes before all utility.
	if people := slices.DeleteFunc(slices.Clone(list), func(m move) bool { return m.served == m.lost }); len(people) > 0 {
		list = people
	}
	slices.SortStableFunc(list, func(a, b move) int {
		return cmp.Or(cmp.Compare(a.served, b.served), cmp.Compare(b.lost, a.lost), cmp.Compare(b.gain, a.gain))
	})
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
