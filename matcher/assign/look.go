package assign

// block is how many needs look round at the same prices before they bid in turn.
// It is the same however many cores there are, and so is the outcome.
const block = 1024

// view is what a need saw when it looked round.
type view struct {
	edge, at      int32
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
	for i, n := range needs {
		a.views[from+i] = a.best(n)
	}
}

// best is the best seat for a need, what it is worth there, and what any other
// would be.
func (a *auction) best(n int32) view {
	edge, at := int32(-1), int32(len(a.capacity))+a.group[n]
	value, second := -a.price[at], int64(-away)
	to, utility := a.to[a.first[n]:a.first[n+1]], a.utility[a.first[n]:a.first[n+1]]
	for i, r := range to {
		v := int64(utility[i])*a.scale - a.price[r]
		if v > second {
			if v > value {
				value, second = v, value
				edge, at = a.first[n]+int32(i), r
			} else {
				second = v
			}
		}
	}
	return view{edge, at, value, second, a.price[at]}
}

// other is the best value of a need elsewhere.
func (a *auction) other(n, here int32) int64 {
	outside := int32(len(a.capacity)) + a.group[n]
	best := int64(-away)
	if outside != here {
		best = -a.price[outside]
	}
	for e := a.first[n]; e < a.first[n+1]; e++ {
		if r := a.to[e]; r != here {
			best = max(best, int64(a.utility[e])*a.scale-a.price[r])
		}
	}
	return best
}
