package assign

import (
	"cmp"
	"slices"
)

// evening moves service between the groups of a tier, so that the smallest share
// served is as large as can be, then the next, and so on. It costs no unit. The
// outcome is that of giving one unit after another to the group with the smallest
// share that can still gain one, of equals the first; it is found whole: what a
// set of groups has together is dealt out as if nothing stood in the way, and
// where something does, the set falls into one that cannot gain and the rest.
type evening struct {
	*serving
	tier  int
	needs map[int32][]int32 // of each group of the tier
	share map[int32]int64   // of each group of the set, units that it is to have
	seen  map[int32]int32   // groups that the search came to, and how far they are
	next  map[int32]int     // of each of these, the need to try next
}

func (s *serving) even(tier int) {
	v := &evening{serving: s, tier: tier, needs: map[int32][]int32{}}
	for n := s.tier[tier]; n < s.tier[tier+1]; n++ {
		v.needs[s.group[n]] = append(v.needs[s.group[n]], n)
	}
	var all []int32
	for g := range s.groups {
		if s.groups[g].tier == tier {
			all = append(all, int32(g))
		}
	}
	sets := [][]int32{all}
	for len(sets) > 0 {
		set := sets[len(sets)-1]
		sets = sets[:len(sets)-1]
		if len(set) < 2 {
			continue
		}
		if stuck, rest := v.deal(set); len(stuck) > 0 {
			sets = append(sets, stuck, rest)
		}
	}
}

// deal gives each group of a set its share of what the set has, as far as that
// can be done. Where it cannot, stuck are the groups that can only lose.
func (v *evening) deal(set []int32) (stuck, rest []int32) {
	v.share = v.shares(set)
	for v.find(set) {
		for _, g := range set {
			for _, n := range v.needs[g] {
				for v.left[n] > 0 && v.groups[g].served < v.share[g] {
					got := v.move(n, int32(min(int64(v.left[n]), v.share[g]-v.groups[g].served)))
					if got == 0 {
						break
					}
					v.left[n] -= got
					v.groups[g].served += int64(got)
				}
			}
		}
	}
	short := false
	for _, g := range set {
		short = short || v.groups[g].served < v.share[g]
	}
	if !short {
		return nil, nil
	}
	for _, g := range set {
		if _, reached := v.seen[g]; reached {
			stuck = append(stuck, g)
		} else {
			rest = append(rest, g)
		}
	}
	return stuck, rest
}

// shares deals out what a set has, unit by unit, to the smallest share. All but a
// few units of it are known at once.
func (v *evening) shares(set []int32) map[int32]int64 {
	var served, units int64
	for _, g := range set {
		served += v.groups[g].served
		units += v.groups[g].units
	}
	to := map[int32]int64{}
	over := -served
	for _, g := range set {
		to[g] = (served*v.groups[g].units + units - 1) / max(1, units)
		over += to[g]
	}
	for ; over > 0; over-- {
		last := slices.MaxFunc(set, func(a, b int32) int {
			x, y := (to[a]-1)*v.groups[b].units, (to[b]-1)*v.groups[a].units
			return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
		})
		to[last]--
	}
	return to
}

// find looks for the nearest groups with more than their share from the needs of
// those with less. A group that it comes to may also serve another of its needs.
func (v *evening) find(set []int32) bool {
	for i := range v.level {
		v.level[i] = -1
	}
	for r := range v.depth {
		v.depth[r], v.turn[r] = unreached, 0
		if v.closed(int32(r)) {
			v.depth[r] = spent
		}
	}
	v.live = v.live[:0]
	v.queue, v.seen, v.next, v.deepest = v.queue[:0], map[int32]int32{}, map[int32]int{}, -1
	for _, g := range set {
		if v.groups[g].served < v.share[g] {
			v.come(g, 0)
		}
	}
	for i := 0; i < len(v.queue); i++ {
		v.ahead(i)
		n := v.queue[i]
		l := v.level[n]
		if v.deepest >= 0 && l > v.deepest {
			break
		}
		v.at[n] = v.first[n]
		for _, r := range v.to[v.first[n]:v.first[n+1]] {
			if v.depth[r] != unreached {
				continue
			}
			v.arrive(r, l)
			for _, h := range v.holds[r] {
				g := v.group[h.need]
				share, in := v.share[g]
				if in && v.groups[g].served > share {
					v.deepest = l
					break
				}
				if v.level[h.need] < 0 {
					v.level[h.need] = l + 1
					v.queue = append(v.queue, h.need)
				}
				if _, come := v.seen[g]; in && !come {
					v.come(g, l+1)
				}
			}
		}
	}
	return v.deepest >= 0
}

// come adds what a group leaves unserved to the search.
func (v *evening) come(g, level int32) {
	v.seen[g] = level
	for _, n := range v.needs[g] {
		if v.left[n] > 0 && v.level[n] < 0 {
			v.level[n] = level
			v.queue = append(v.queue, n)
		}
	}
}

// closed says that a more urgent tier came to a resource and cannot gain by it:
// only such needs are served there.
func (v *evening) closed(r int32) bool { return v.dead[r] > 0 && int(v.dead[r])-1 < v.tier }

// move serves a need with at most so many units that a group has too much.
func (v *evening) move(n, most int32) int32 {
	l := v.level[n]
	if l < 0 || v.over(l) {
		return 0
	}
	for ; v.at[n] < v.first[n+1]; v.at[n]++ {
		e := v.at[n]
		r := v.to[e]
		if v.depth[r] != l {
			continue
		}
		for v.turn[r] < int32(len(v.holds[r])) {
			i := v.turn[r]
			if got := v.take(l, v.holds[r][i], most); got > 0 {
				v.pass(r, i, hold{e, n, got})
				return got
			}
			v.turn[r]++
		}
		v.spend(r)
	}
	return 0
}

// take frees units of a hold: from a group that has too much; by serving its need
// elsewhere; or by serving another need of its group.
func (v *evening) take(l int32, h hold, most int32) int32 {
	most = min(most, h.units)
	g := v.group[h.need]
	share, in := v.share[g]
	if in && l == v.deepest {
		got := int32(min(int64(most), v.groups[g].served-share))
		if got <= 0 {
			return 0
		}
		v.groups[g].served -= int64(got)
		v.left[h.need] += got
		return got
	}
	if l == v.deepest {
		return 0
	}
	if v.level[h.need] == l+1 {
		if got := v.move(h.need, most); got > 0 {
			return got
		}
	}
	if level, come := v.seen[g]; in && come && level == l+1 {
		for v.next[g] < len(v.needs[g]) {
			n := v.needs[g][v.next[g]]
			if v.left[n] > 0 && v.level[n] == l+1 {
				if got := v.move(n, min(most, v.left[n])); got > 0 {
					v.left[n] -= got
					v.left[h.need] += got
					return got
				}
			}
			v.next[g]++
		}
	}
	return 0
}
