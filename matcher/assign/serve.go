package assign

import "slices"

// serving finds how many units of each group can be served when the groups of a
// more urgent tier come first. Flow goes from needs over edges into resources; a
// need that is served stays served, whoever serves it.
type serving struct {
	*compact
	left  []int32  // of each need, units not yet served
	room  []int32  // of each resource, units not yet given
	holds [][]hold // of each resource, what it gives
	dead  []int32  // resources from which nothing free can be reached, ever again: since which tier, from 1; 0: not so

	had []hold // what the needs had the last time, in their order

	level, depth []int32 // of needs and resources in this phase; unreached, or spent
	live         []int32 // at each depth, how many resources are not spent
	at           []int32 // of each need, the edge to try next
	turn         []int32 // of each resource, the hold to try next
	queue        []int32
	deepest      int32 // where the nearest room was found
}

// What is not at any depth: where no search came to yet, and where nothing is left
// to be tried in this phase.
const unreached, spent = -1, -2

// hold says that a resource gives units to the need of an edge.
type hold struct{ edge, need, units int32 }

func serve(c *compact, had []hold) *serving {
	s := &serving{
		compact: c, had: had, left: slices.Clone(c.units), room: slices.Clone(c.capacity), holds: make([][]hold, len(c.capacity)),
		dead: make([]int32, len(c.capacity)), level: make([]int32, len(c.units)), depth: make([]int32, len(c.capacity)),
		at: make([]int32, len(c.units)), turn: make([]int32, len(c.capacity)),
	}
	return s
}

// most serves as many units as can be, tier by tier.
func (s *serving) most(fair bool) {
	for t := range len(s.tier) - 1 {
		s.again(t)
		var open []int32
		for n := s.tier[t]; n < s.tier[t+1]; n++ {
			if s.left[n] > 0 {
				open = append(open, n)
			}
		}
		for s.reach(open) {
			open = slices.DeleteFunc(open, func(n int32) bool {
				for s.left[n] > 0 {
					g := s.push(n, s.left[n])
					if g == 0 {
						break
					}
					s.left[n] -= g
					s.groups[s.group[n]].served += int64(g)
				}
				return s.left[n] == 0
			})
		}
		s.bury(int32(t))
		if fair {
			s.even(t)
		}
	}
}

// again gives the needs of a tier what they had, as far as it is still there: it
// may have gone to a more urgent one. From wherever one begins, the searches that
// follow end with as many units.
func (s *serving) again(tier int) {
	for ; len(s.had) > 0 && s.had[0].need < s.tier[tier+1]; s.had = s.had[1:] {
		h := s.had[0]
		r := s.to[h.edge]
		if h.units = min(h.units, s.left[h.need], s.room[r]); h.units > 0 {
			s.left[h.need] -= h.units
			s.room[r] -= h.units
			s.holds[r] = append(s.holds[r], h)
			s.groups[s.group[h.need]].served += int64(h.units)
		}
	}
}

// reach looks for the nearest room from needs that lack something, and notes how
// far each need and resource on the way is.
func (s *serving) reach(open []int32) bool {
	for i := range s.level {
		s.level[i] = unreached
	}
	for r := range s.depth {
		s.depth[r], s.turn[r] = unreached, 0
		if s.dead[r] > 0 {
			s.depth[r] = spent
		}
	}
	s.live, s.queue = s.live[:0], s.queue[:0]
	for _, n := range open {
		s.level[n] = 0
		s.queue = append(s.queue, n)
	}
	s.deepest = -1
	for i := 0; i < len(s.queue); i++ {
		s.ahead(i)
		n := s.queue[i]
		l := s.level[n]
		if s.deepest >= 0 && l > s.deepest {
			break
		}
		s.at[n] = s.first[n]
		for _, r := range s.to[s.first[n]:s.first[n+1]] {
			if s.depth[r] != unreached {
				continue
			}
			s.arrive(r, l)
			if s.room[r] > 0 {
				s.deepest = l
				continue
			}
			if s.deepest >= 0 {
				continue
			}
			for _, h := range s.holds[r] {
				if s.level[h.need] < 0 {
					s.level[h.need] = l + 1
					s.queue = append(s.queue, h.need)
				}
			}
		}
	}
	return s.deepest >= 0
}

// ahead reads the edges of the needs that a search comes to next, so that the
// processor waits for all of them at a time.
func (s *serving) ahead(i int) {
	if i%stretch == 0 {
		s.fetch(s.queue[i:min(i+stretch, len(s.queue))])
	}
}

// arrive notes how far a resource is.
func (s *serving) arrive(r, depth int32) {
	for int(depth) >= len(s.live) {
		s.live = append(s.live, 0)
	}
	s.live[depth]++
	s.depth[r] = depth
}

// spend says that nothing is to be had by a resource any more in this phase.
func (s *serving) spend(r int32) {
	s.live[s.depth[r]]--
	s.depth[r] = spent
}

// over says that this is so of all resources at a depth.
func (s *serving) over(depth int32) bool { return int(depth) >= len(s.live) || s.live[depth] == 0 }

// push serves a need with at most so many units along one of the shortest ways.
func (s *serving) push(n, most int32) int32 {
	l := s.level[n]
	if s.over(l) {
		return 0
	}
	for ; s.at[n] < s.first[n+1]; s.at[n]++ {
		e := s.at[n]
		r := s.to[e]
		if s.depth[r] != l {
			continue
		}
		if s.room[r] > 0 {
			g := min(most, s.room[r])
			s.room[r] -= g
			s.holds[r] = append(s.holds[r], hold{e, n, g})
			return g
		}
		for l < s.deepest && s.turn[r] < int32(len(s.holds[r])) {
			i := s.turn[r]
			h := s.holds[r][i]
			if s.level[h.need] == l+1 {
				if g := s.push(h.need, min(most, h.units)); g > 0 {
					s.pass(r, i, hold{e, n, g})
					return g
				}
			}
			s.turn[r]++
		}
		s.spend(r)
	}
	return 0
}

// pass gives what the hold at i has, or a part of it, to another need.
func (s *serving) pass(r, i int32, to hold) {
	holds := s.holds[r]
	if holds[i].units -= to.units; holds[i].units == 0 {
		holds[i] = to
		return
	}
	s.holds[r] = append(holds, to)
}

// bury marks what the last search, which found no room, went through. It will
// never lead to any.
func (s *serving) bury(tier int32) {
	for r, depth := range s.depth {
		if depth >= 0 {
			s.dead[r] = tier + 1
		}
	}
}
