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
	needs [][]int32 // of each group of the tier
	share []int64   // of each group of the set, units that it is to have; of others, apart

	// Of the groups of the set that the search came to:
	seen  []int32   // how far they are; unreached
	doors [][]int32 // resources one nearer that serve a need of theirs; the last is tried first
}

// apart is the share of a group that is left as it is.
const apart = -1

func (s *serving) even(tier int) {
	v := &evening{
		serving: s, tier: tier, needs: make([][]int32, len(s.groups)), share: make([]int64, len(s.groups)),
		seen: make([]int32, len(s.groups)), doors: make([][]int32, len(s.groups)),
	}
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
	v.shares(set)
	for {
		deepest, found := v.find(set)
		if !found {
			break
		}
		v.take(deepest)
	}
	short := false
	for _, g := range set {
		short = short || v.lacks(g) > 0
	}
	if !short {
		return nil, nil
	}
	for _, g := range set {
		if v.seen[g] != unreached {
			stuck = append(stuck, g)
		} else {
			rest = append(rest, g)
		}
	}
	return stuck, rest
}

// shares deals out what a set has, unit by unit, to the smallest share. All but a
// few units of it are known at once.
func (v *evening) shares(set []int32) {
	for g := range v.share {
		v.share[g] = apart
	}
	var served, units int64
	for _, g := range set {
		served += v.groups[g].served
		units += v.groups[g].units
	}
	over := -served
	for _, g := range set {
		v.share[g] = (served*v.groups[g].units + units - 1) / max(1, units)
		over += v.share[g]
	}
	for ; over > 0; over-- {
		last := slices.MaxFunc(set, func(a, b int32) int {
			x, y := (v.share[a]-1)*v.groups[b].units, (v.share[b]-1)*v.groups[a].units
			return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
		})
		v.share[last]--
	}
}

// lacks is how many units a group of the set should have more; below 0, fewer.
func (v *evening) lacks(g int32) int64 { return v.share[g] - v.groups[g].served }

// find looks for the nearest groups with more than their share from the needs of
// those with less. A group that it comes to may also serve another of its needs.
func (v *evening) find(set []int32) (deepest int32, found bool) {
	v.begin(v.closed)
	for g := range v.seen {
		v.seen[g], v.doors[g] = unreached, v.doors[g][:0]
	}
	for _, g := range set {
		if v.lacks(g) > 0 {
			v.come(g, 0)
		}
	}
	return v.walk(func(r, depth int32) (end bool) {
		for _, h := range v.holds[r] {
			v.put(h.need, depth+1)
			g := v.group[h.need]
			if v.share[g] == apart {
				continue
			}
			end = end || v.lacks(g) < 0
			if v.seen[g] == unreached {
				v.come(g, depth+1)
			}
			if v.seen[g] == depth+1 {
				v.doors[g] = append(v.doors[g], r)
			}
		}
		return end
	})
}

// come adds what a group leaves unserved to the search.
func (v *evening) come(g, level int32) {
	v.seen[g] = level
	for _, n := range v.needs[g] {
		if v.left[n] > 0 {
			v.put(n, level)
		}
	}
}

// closed says that a more urgent tier came to a resource and cannot gain by it:
// only such needs are served there.
func (v *evening) closed(r int32) bool { return v.dead[r] > 0 && int(v.dead[r])-1 < v.tier }

// take moves to those with less what groups have too much of at the depth that
// was found, as far as there are ways.
func (v *evening) take(deepest int32) {
	for r, depth := range v.depth {
		if depth != deepest {
			continue
		}
		for i := 0; i < len(v.holds[r]); {
			h := v.holds[r][i]
			g := v.group[h.need]
			if v.share[g] == apart || v.lacks(g) >= 0 {
				i++
				continue
			}
			got := v.pull(int32(r), int32(min(int64(h.units), -v.lacks(g))), v.moved)
			if got == 0 {
				break
			}
			v.count(h.need, -got)
			v.free(int32(r), i, got)
			v.evened += int64(got)
		}
	}
}

// moved is of a need at the first level what its group should have more. At
// another its group may serve it instead of another need; or it gives up what it
// holds, as far as others can have that.
func (v *evening) moved(n, level, most int32) int32 {
	g := v.group[n]
	if level == 0 {
		got := int32(min(int64(min(most, v.left[n])), v.lacks(g)))
		v.count(n, got)
		return got
	}
	if v.left[n] > 0 && v.seen[g] == level {
		if got := v.instead(n, min(most, v.left[n])); got > 0 {
			return got
		}
	}
	return v.leave(n, level, most, v.moved)
}

// instead serves a need with units that other needs of its group hold.
func (v *evening) instead(n, most int32) int32 {
	g := v.group[n]
	for len(v.doors[g]) > 0 {
		last := len(v.doors[g]) - 1
		r := v.doors[g][last]
		for i, h := range v.holds[r] {
			if v.group[h.need] != g {
				continue
			}
			got := v.pull(r, min(most, h.units), v.moved)
			if got == 0 {
				break
			}
			v.free(r, i, got)
			v.count(h.need, -got)
			v.count(n, got)
			return got
		}
		v.doors[g] = v.doors[g][:last]
	}
	return 0
}
