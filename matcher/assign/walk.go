package assign

import "math"

// walker seats a few who have no seat, each along the cheapest way: into a seat whose
// holder moves to another, whose holder moves on, until somebody sits down in a free
// one. What a move costs is what the mover loses by it, and the step more, so it is
// never less than nothing; and when the prices of the seats on the way and around it
// have risen by what they are nearer than the free one, still nobody could do better
// by more than a step. So a few changes cost a few ways, and not an auction.
type walker struct {
	*auction
	cost  []int64 // of each seat, need and the idle: of the cheapest way there that was found
	from  []int32 // who comes before on that way
	over  []int32 // of a seat: the edge over which it is reached; of a need: its place among the bids of the seat it leaves
	done  []bool  // no cheaper way can be found
	value []int64 // of each need that was reached, its best
	found []int32 // all that have a cost
	heap  []stop
	least int64 // what the idle pay
	work  int   // edges that may yet be looked at
}

// stop is a place on a way, and what it costs to get there.
type stop struct {
	cost int64
	at   int32
}

// few is how many units may have to be seated, and patience how many times all
// edges may be looked at for them. With more an auction from nothing is quicker.
const few, patience = 40, 10

// walk seats everybody, or gives up.
func (a *auction) walk() bool {
	lacking := a.homeless
	for n := range a.seekers {
		lacking += int64(a.seekers[n].todo)
	}
	if lacking > few {
		return false
	}
	nodes := len(a.seats) + len(a.units) + 1
	w := &walker{
		auction: a, cost: make([]int64, nodes), from: make([]int32, nodes), over: make([]int32, nodes),
		done: make([]bool, nodes), value: make([]int64, nodes), work: patience * (len(a.to) + len(a.units)),
	}
	for i := range w.cost {
		w.cost[i] = away
	}
	for n := range a.seekers {
		for s := &a.seekers[n]; s.todo > 0; {
			g := w.bring(int32(len(a.seats)+n), s.todo)
			if g == 0 {
				return false
			}
			s.todo -= g
		}
	}
	for a.homeless > 0 {
		g := w.bring(w.idler(), int32(min(a.homeless, math.MaxInt32)))
		if g == 0 {
			return false
		}
		a.homeless -= int64(g)
	}
	return true
}

// idler stands for the idle among needs and seats.
func (w *walker) idler() int32 { return int32(len(w.cost) - 1) }

// bring finds the cheapest way for a need or the idle to a free seat, raises the
// prices, and moves at most so many units along it.
func (w *walker) bring(who, units int32) int32 {
	w.least = w.auction.least()
	w.reach(who, 0, -1, 0)
	end := int32(-1)
	for end < 0 && len(w.heap) > 0 && w.work > 0 {
		at := w.pop()
		if w.done[at.at] || at.cost > w.cost[at.at] {
			continue
		}
		w.done[at.at] = true
		switch seat := int(at.at) < len(w.seats); {
		case seat && w.seats[at.at].free > 0:
			end = at.at
		case seat:
			w.leave(at.at, at.cost)
		default:
			w.enter(at.at, at.cost)
		}
	}
	moved := int32(0)
	if end >= 0 {
		for _, r := range w.found {
			if int(r) < len(w.seats) && w.done[r] {
				w.price[r] += w.cost[end] - w.cost[r]
			}
		}
		moved = w.move(who, end, units)
	}
	for _, i := range w.found {
		w.cost[i], w.done[i] = away, false
	}
	w.found, w.heap = w.found[:0], w.heap[:0]
	return moved
}

// leave goes on from a full seat to those who sit there.
func (w *walker) leave(r int32, cost int64) {
	s := &w.seats[r]
	for i, b := range s.taken {
		n := int32(len(w.seats)) + b.need
		if w.done[n] {
			continue
		}
		if w.cost[n] == away {
			w.value[n] = w.best(b.need).value
			w.work -= int(w.first[b.need+1] - w.first[b.need])
		}
		here := int64(b.utility)*w.scale - w.price[r]
		w.reach(n, cost+max(0, here-w.value[n]+w.step), r, int32(i))
	}
	if s.idle > 0 && !w.done[w.idler()] {
		w.reach(w.idler(), cost+max(0, w.least-w.price[r]+w.step), r, 0)
	}
}

// enter goes on from a need, or the idle, to all seats that it could have.
func (w *walker) enter(who int32, cost int64) {
	if who == w.idler() {
		for r, u := range w.capacity {
			if u > 0 {
				w.reach(int32(r), cost+w.price[r]-w.least, who, -1)
			}
		}
		w.work -= len(w.capacity)
		return
	}
	n := who - int32(len(w.seats))
	if w.from[who] < 0 {
		w.value[who] = w.best(n).value
	}
	if out := w.seekers[n].outside; w.price[out] < away {
		w.reach(out, cost+w.value[who]+w.price[out], who, -1)
	}
	for e := w.first[n]; e < w.first[n+1]; e++ {
		r := w.to[e]
		w.reach(r, cost+w.value[who]-int64(w.utility[e])*w.scale+w.price[r], who, e)
	}
	w.work -= int(w.first[n+1] - w.first[n])
}

// reach notes a way to somewhere if it is the cheapest as yet.
func (w *walker) reach(at int32, cost int64, from, over int32) {
	if cost >= w.cost[at] {
		return
	}
	if w.cost[at] == away {
		w.found = append(w.found, at)
	}
	w.cost[at], w.from[at], w.over[at] = cost, from, over
	w.push(stop{cost, at})
}

// move sends units along the way that was found to a seat.
func (w *walker) move(who, end, units int32) int32 {
	units = min(units, w.seats[end].free)
	for at := w.from[end]; at != who; at = w.from[w.from[at]] {
		units = min(units, w.holding(at))
	}
	w.seats[end].free -= units
	for r := end; ; {
		at := w.from[r]
		w.come(r, at, units)
		if at == who {
			return units
		}
		r = w.from[at]
		w.quit(r, at, units)
	}
}

// holding is how much a need, or the idle, has of the seats it would leave.
func (w *walker) holding(who int32) int32 {
	s := &w.seats[w.from[who]]
	if who == w.idler() {
		return s.idle
	}
	return s.taken[w.over[who]].units
}

// come seats a need, or the idle, where the way says.
func (w *walker) come(r, who, units int32) {
	s := &w.seats[r]
	if who == w.idler() {
		s.idle += units
		return
	}
	b := bid{edge: w.over[r], need: who - int32(len(w.seats)), units: units}
	if b.edge >= 0 {
		b.utility = w.utility[b.edge]
	}
	s.taken = append(s.taken, b)
}

// quit takes the seats back that a need, or the idle, leaves.
func (w *walker) quit(r, who, units int32) {
	s := &w.seats[r]
	if who == w.idler() {
		s.idle -= units
		return
	}
	i := w.over[who]
	if s.taken[i].units -= units; s.taken[i].units == 0 {
		last := len(s.taken) - 1
		s.taken[i] = s.taken[last]
		s.taken = s.taken[:last]
	}
}

// push and pop keep the cheapest stop first; of equal ones, the one with the lowest number.
func (w *walker) push(s stop) {
	w.heap = append(w.heap, s)
	i := len(w.heap) - 1
	for ; i > 0 && s.before(w.heap[(i-1)/2]); i = (i - 1) / 2 {
		w.heap[i] = w.heap[(i-1)/2]
	}
	w.heap[i] = s
}

func (w *walker) pop() stop {
	top, last := w.heap[0], w.heap[len(w.heap)-1]
	w.heap = w.heap[:len(w.heap)-1]
	if len(w.heap) == 0 {
		return top
	}
	i := 0
	for child := 1; child < len(w.heap); child = 2*i + 1 {
		if child+1 < len(w.heap) && w.heap[child+1].before(w.heap[child]) {
			child++
		}
		if !w.heap[child].before(last) {
			break
		}
		w.heap[i] = w.heap[child]
		i = child
	}
	w.heap[i] = last
	return top
}

func (s stop) before(t stop) bool { return s.cost < t.cost || s.cost == t.cost && s.at < t.at }
