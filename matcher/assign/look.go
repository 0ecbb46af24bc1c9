package assign

// block is how many needs look round at the same prices before they bid in turn.
// It is the same however many cores there are, and so is the outcome.
const block = 1024

// view is what a need saw when it looked round.
type view struct {
	edge, at      int32
	utility       int32 // of the edge
	value, second int64
	price         int64 // of the best seat, then
}

// look fills the views of needs, on all cores. They only read.
func (a *auction) look(needs []int32) {
	if len(needs) < block/8 || a.crew == nil {
		a.lookAt(needs, 0)
		return
	}
	a.crew.all(needs)
}

func (a *auction) lookAt(needs []int32, from int) {
	for len(needs) > 0 {
		some := needs[:min(stretch, len(needs))]
		a.touch(some)
		var unsure, places [stretch]int32
		most := 0
		for i, n := range some {
			if v, sure := a.glance(n); sure {
				a.views[from+i] = v
				continue
			}
			unsure[most], places[most] = n, int32(from+i)
			most++
		}
		a.fetch(unsure[:most])
		for i, n := range unsure[:most] {
			a.list(n)
			a.views[places[i]] = a.among(n)
		}
		needs, from = needs[len(some):], from+len(some)
	}
}

// touch reads what is about to be needed of several needs one after another. A
// large problem is far larger than the caches; when nothing depends on what was
// read, the processor waits for many places of memory at a time.
//
//go:noinline
func (a *auction) touch(needs []int32) int64 {
	sum := int64(0)
	for _, n := range needs {
		sum += a.seekers[n].rest + int64(a.first[n])
	}
	return sum
}

// fetch reads the edges of several needs in the same way.
//
//go:noinline
func (c *compact) fetch(needs []int32) int64 {
	sum := int64(0)
	for _, n := range needs {
		for e := c.first[n]; e < c.first[n+1]; e += 16 {
			sum += int64(c.to[e]) + int64(c.utility[e])
		}
	}
	return sum
}

// seeker is what an auction keeps of a need, in one line of a cache: the edges that
// were worth most when it last looked at all of them, and what the best of the
// others was worth then. Prices only rise, so the others are worth no more now; and
// as long as two that were kept are worth that, the need looks no further.
type seeker struct {
	kept    [4]kept
	rest    int64
	todo    int32 // units without a seat
	outside int32 // the place for those that go without
}

type kept struct{ edge, to, utility int32 }

// best is the best seat for a need, what it is worth there, and what any other
// would be.
func (a *auction) best(n int32) view {
	v, sure := a.glance(n)
	if !sure {
		a.list(n)
		v = a.among(n)
	}
	return v
}

// glance looks at the edges that a need kept, and says whether that is enough.
func (a *auction) glance(n int32) (v view, sure bool) {
	if a.seekers[n].rest == away {
		return v, false
	}
	v = a.among(n)
	return v, v.second >= a.seekers[n].rest
}

// among is the best seat of those kept, and outside.
func (a *auction) among(n int32) view {
	s := &a.seekers[n]
	v := view{edge: -1, at: s.outside, value: -a.price[s.outside], second: -away}
	for _, k := range &s.kept {
		if k.edge < 0 {
			break
		}
		if worth := int64(k.utility)*a.scale - a.price[k.to]; worth > v.second {
			if worth > v.value {
				v.edge, v.at, v.utility, v.value, v.second = k.edge, k.to, k.utility, worth, v.value
			} else {
				v.second = worth
			}
		}
	}
	v.price = a.price[v.at]
	return v
}

// list looks at all edges of a need, and keeps the best.
func (a *auction) list(n int32) {
	w0, w1, w2, w3, rest := int64(-away), int64(-away), int64(-away), int64(-away), int64(-away)
	i0, i1, i2, i3 := -1, -1, -1, -1
	from := a.first[n]
	to, utility := a.to[from:a.first[n+1]], a.utility[from:a.first[n+1]]
	for i, r := range to {
		v := int64(utility[i])*a.scale - a.price[r]
		switch {
		case v <= rest:
		case v <= w3:
			rest = v
		case v <= w2:
			w3, rest, i3 = v, w3, i
		case v <= w1:
			w2, w3, rest, i2, i3 = v, w2, w3, i, i2
		case v <= w0:
			w1, w2, w3, rest, i1, i2, i3 = v, w1, w2, w3, i, i1, i2
		default:
			w0, w1, w2, w3, rest, i0, i1, i2, i3 = v, w0, w1, w2, w3, i, i0, i1, i2
		}
	}
	s := &a.seekers[n]
	s.rest = rest
	for k, i := range [...]int{i0, i1, i2, i3} {
		s.kept[k] = kept{edge: -1}
		if i >= 0 {
			s.kept[k] = kept{from + int32(i), to[i], utility[i]}
		}
	}
}

// survey shows every bid beside what its need sees now. The seats may be changed
// as soon as the next one's bids are shown.
func (a *auction) survey(show func(r int32, b bid, v view)) {
	var seats, needs []int32
	var bids []bid
	all := func() {
		a.lookAt(needs, 0) // not together: somebody may be there twice
		for i, b := range bids {
			show(seats[i], b, a.views[i])
		}
		seats, needs, bids = seats[:0], needs[:0], bids[:0]
	}
	for r := range a.seats {
		for _, b := range a.seats[r].taken {
			seats, needs, bids = append(seats, int32(r)), append(needs, b.need), append(bids, b)
			if len(needs) == block {
				all()
			}
		}
	}
	all()
}

// elsewhere is the best value anywhere but at a seat.
func (v view) elsewhere(seat int32) int64 {
	if v.at == seat {
		return v.second
	}
	return v.value
}
