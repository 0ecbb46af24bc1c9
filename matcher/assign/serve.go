package assign

import "slices"

// serving finds how many units of each group can be served when the groups of a
// more urgent tier come first. Flow goes from needs over edges into resources; a
// need that is served stays served, whoever serves it.
type serving struct {
	*search
	left  []int32  // of each need, units not yet served
	room  []int32  // of each resource, units not yet given
	holds [][]hold // of each resource, what it gives
	dead  []int32  // resources from which nothing free can be reached, ever again: since which tier, from 1; 0: not so
	had   []hold   // what the needs had the last time, in their order

	evened int64 // units that went to another group for evenness
}

// hold says that a resource gives units to the need of an edge.
type hold struct{ edge, need, units int32 }

func serve(c *compact, had []hold) *serving {
	return &serving{
		search: searchOf(c), had: had, left: slices.Clone(c.units), room: slices.Clone(c.capacity),
		holds: make([][]hold, len(c.capacity)), dead: make([]int32, len(c.capacity)),
	}
}

// most serves as many units as can be, tier by tier.
func (s *serving) most(fair bool) {
	for t := range len(s.tier) - 1 {
		s.upTo(t)
		s.again(t)
		for n := s.tier[t]; n < s.tier[t+1]; n++ {
			s.help(n)
		}
		for {
			deepest, found := s.reach(t)
			if !found {
				break
			}
			s.fill(deepest)
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
		s.grant(h.need, h.edge, h.units)
	}
}

// help gives a need what is free.
func (s *serving) help(n int32) {
	for e := s.first[n]; e < s.first[n+1] && s.left[n] > 0; e++ {
		s.grant(n, e, s.left[n])
	}
}

// grant serves a need over an edge, with at most so many units and what is free there.
func (s *serving) grant(n, e, most int32) {
	r := s.to[e]
	if units := min(most, s.left[n], s.room[r]); units > 0 {
		s.room[r] -= units
		s.holds[r] = append(s.holds[r], hold{e, n, units})
		s.count(n, units)
	}
}

// count takes note that so many more units of a need are served.
func (s *serving) count(n, units int32) {
	s.left[n] -= units
	s.groups[s.group[n]].served += int64(units)
}

// reach looks for the nearest room from the needs of a tier that lack something.
func (s *serving) reach(tier int) (deepest int32, found bool) {
	s.begin(func(r int32) bool { return s.dead[r] > 0 })
	for n := s.tier[tier]; n < s.tier[tier+1]; n++ {
		if s.left[n] > 0 {
			s.put(n, 0)
		}
	}
	return s.walk(func(r, depth int32) bool {
		for _, h := range s.holds[r] {
			s.put(h.need, depth+1)
		}
		return s.room[r] > 0
	})
}

// fill gives away the room that was found. It goes back from there to the needs
// that began, as these are many and the room is little: few ways back lead nowhere.
func (s *serving) fill(deepest int32) {
	for r, depth := range s.depth {
		for depth == deepest && s.room[r] > 0 {
			got := s.pull(int32(r), s.room[r], s.moved)
			if got == 0 {
				break
			}
			s.room[r] -= got
		}
	}
}

// pull gives at most so many units of a resource to those who see it at its depth.
// move frees what these hold nearer to where the search began, and says how many units.
func (s *serving) pull(r, most int32, move func(n, level, most int32) int32) int32 {
	for ; s.turn[r] > s.from[r]; s.turn[r]-- {
		n := s.asker[s.turn[r]-1]
		if s.level[n] != s.depth[r] {
			continue
		}
		if got := move(n, s.level[n], most); got > 0 {
			s.holds[r] = append(s.holds[r], hold{s.edgeTo(n, r), n, got})
			return got
		}
		s.level[n] = spent
	}
	s.depth[r] = spent
	return 0
}

// moved is of a need at the first level what it lacks. At another it gives up what
// it holds of resources one nearer to there, as far as others can have that.
func (s *serving) moved(n, level, most int32) int32 {
	if level == 0 {
		got := min(most, s.left[n])
		s.count(n, got)
		return got
	}
	return s.leave(n, level, most, s.moved)
}

// leave frees at most so many units that a need holds one nearer to where the
// search began.
func (s *serving) leave(n, level, most int32, move func(n, level, most int32) int32) int32 {
	for _, r := range s.to[s.first[n]:s.first[n+1]] {
		if s.depth[r] != level-1 {
			continue
		}
		for i, h := range s.holds[r] {
			if h.need != n {
				continue
			}
			if got := s.pull(r, min(most, h.units), move); got > 0 {
				s.free(r, i, got)
				return got
			}
			break // nobody takes anything of this resource any more
		}
	}
	return 0
}

// free takes units from the hold at i.
func (s *serving) free(r int32, i int, units int32) {
	holds := s.holds[r]
	if holds[i].units -= units; holds[i].units == 0 {
		holds[i] = holds[len(holds)-1]
		s.holds[r] = holds[:len(holds)-1]
	}
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
