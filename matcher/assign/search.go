package assign

import "slices"

// search walks from needs to who could serve them, all ways at once and the
// shortest first: needs at one level see resources at the depth of the same
// number, and who holds of these is at the next level.
//
// Most of it goes by needs that see only what others saw before. So as soon as
// few resources are left, these are asked who sees them, not the needs what they see.
type search struct {
	*compact
	from  []int32 // of each resource, where its askers begin; one more ends the last
	asker []int32 // of each edge, in the order of resources, the need; the most urgent first
	until []int32 // of each resource, where those of the tier being served end

	level, depth []int32 // of needs and of resources in this phase; unreached, or spent
	rest         []int32 // resources that no need came to yet
	queue        []int32 // needs, level by level
	turn         []int32 // of each resource, where those begin who were asked in vain
}

// What is not at any depth: where no search came to yet, and where nothing is left
// to be tried in this phase.
const unreached, spent = -1, -2

func searchOf(c *compact) *search {
	s := &search{
		compact: c, from: make([]int32, len(c.capacity)+1), asker: make([]int32, len(c.to)),
		level: make([]int32, len(c.units)), depth: make([]int32, len(c.capacity)), turn: make([]int32, len(c.capacity)),
	}
	for _, r := range c.to {
		s.from[r+1]++
	}
	for r := range c.capacity {
		s.from[r+1] += s.from[r]
	}
	s.until = slices.Clone(s.from[:len(c.capacity)])
	for n := range c.units {
		for _, r := range c.to[c.first[n]:c.first[n+1]] {
			s.asker[s.until[r]] = int32(n)
			s.until[r]++
		}
	}
	return s
}

// upTo says that from now on needs up to a tier take part.
func (s *search) upTo(tier int) {
	for r := range s.until {
		list := s.asker[s.from[r]:s.from[r+1]]
		at, _ := slices.BinarySearch(list, s.tier[tier+1])
		s.until[r] = s.from[r] + int32(at)
	}
}

// begin forgets what the last search saw. Closed resources are not gone to.
func (s *search) begin(closed func(r int32) bool) {
	for n := range s.level {
		s.level[n] = unreached
	}
	copy(s.turn, s.until)
	s.queue, s.rest = s.queue[:0], s.rest[:0]
	for r := range s.depth {
		s.depth[r] = unreached
		if closed(int32(r)) {
			s.depth[r] = spent
			continue
		}
		s.rest = append(s.rest, int32(r))
	}
}

// put sets needs at a level, if they are at none yet.
func (s *search) put(n, level int32) {
	if s.level[n] == unreached {
		s.level[n] = level
		s.queue = append(s.queue, n)
	}
}

// walk goes level by level. come is told of each resource once, and says whether
// the search should end at this depth; it puts those at the next level who hold
// of the resource.
func (s *search) walk(come func(r, depth int32) (end bool)) (deepest int32, found bool) {
	for level, at := int32(0), 0; at < len(s.queue); level++ {
		needs := s.queue[at:]
		at = len(s.queue)
		arrive := func(r int32) {
			s.depth[r] = level
			found = come(r, level) || found
		}
		if s.few(len(needs)) {
			s.ask(level, arrive)
		} else {
			s.show(needs, arrive)
		}
		if found {
			return level, true
		}
	}
	return 0, false
}

// few says whether so little is left that it is less work to ask the resources
// than so many needs. A resource that nobody at this level sees is asked in full.
func (s *search) few(needs int) bool {
	return len(s.rest)*len(s.units) < 3*needs*len(s.capacity)
}

// show asks needs what they see.
func (s *search) show(needs []int32, arrive func(r int32)) {
	for i, n := range needs {
		if i%stretch == 0 {
			s.ahead(needs[i:min(i+stretch, len(needs))])
		}
		for _, r := range s.to[s.first[n]:s.first[n+1]] {
			if s.depth[r] == unreached {
				arrive(r)
			}
		}
	}
	s.rest = slices.DeleteFunc(s.rest, func(r int32) bool { return s.depth[r] != unreached })
}

// ahead reads what several needs see one after another, as fetch does.
//
//go:noinline
func (s *search) ahead(needs []int32) int32 {
	sum := int32(0)
	for _, n := range needs {
		for e := s.first[n]; e < s.first[n+1]; e += 16 {
			sum += s.to[e]
		}
	}
	return sum
}

// ask asks resources who sees them.
func (s *search) ask(level int32, arrive func(r int32)) {
	s.rest = slices.DeleteFunc(s.rest, func(r int32) bool {
		for i := s.until[r]; i > s.from[r]; i-- {
			if s.level[s.asker[i-1]] == level {
				arrive(r)
				return true
			}
		}
		return false
	})
}

// edgeTo is the edge of a need to a resource.
func (s *search) edgeTo(n, r int32) int32 {
	at, _ := slices.BinarySearch(s.to[s.first[n]:s.first[n+1]], r)
	return s.first[n] + int32(at)
}
