package assign

// seats are one resource's units: free ones, those of the idle, and those for
// which a need bid.
type seats struct {
	free, idle int32
	floor      int64 // what a free one costs
	taken      []bid // a heap, lowest first
}

// bid is what a need paid for units of a resource, over an edge.
type bid struct {
	price   int64
	edge    int32 // -1: none, outside
	utility int32 // of the edge
	need    int32
	units   int32
}

// add puts a bid in its place: the lowest first, of equal ones that of the first need.
func (s *seats) add(b bid) {
	t := append(s.taken, b)
	i := len(t) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !less(b, t[up]) {
			break
		}
		t[i] = t[up]
		i = up
	}
	t[i] = b
	s.taken = t
}

// drop removes the lowest bid.
func (s *seats) drop() {
	t := s.taken
	last := t[len(t)-1]
	t = t[:len(t)-1]
	s.taken = t
	if len(t) == 0 {
		return
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= len(t) {
			break
		}
		if child+1 < len(t) && less(t[child+1], t[child]) {
			child++
		}
		if !less(t[child], last) {
			break
		}
		t[i] = t[child]
		i = child
	}
	t[i] = last
}

// less orders bids.
func less(a, b bid) bool { return a.price < b.price || a.price == b.price && a.need < b.need }
