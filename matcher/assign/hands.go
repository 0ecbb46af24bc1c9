package assign

import (
	"cmp"
	"maps"
	"runtime"
	"slices"
	"sync"
)

// Hands work on the parts of a Split somewhere else. What they do follows from the
// part's problem and the ask alone: they call Problem.Reply, once or several times,
// on whatever machine, and the outcome is the same.
type Hands interface {
	// Begin is told the parts, which from then on are known by their number.
	Begin(parts []Problem) error
	// Do has parts do as they are asked, and returns the reply of each.
	Do(asks map[int]Ask) (map[int]Reply, error)
}

// Ask is one of two tasks for a part. Without an offer it is to solve its problem
// with these capacities, beginning with a memory, and say what units mean to it.
type Ask struct {
	Capacity []int // of each resource of the part
	Last     *Memory
	Offer    *Offer
}

// Offer is prices that hold for all parts; the part is to say what it would do if it
// could choose freely.
type Offer struct {
	Price   []float64       // of each resource of the part; only those of shared ones matter
	Shared  []bool          // of each resource of the part
	Outside map[int]float64 // of going without, by tier
}

// Reply is what came of an Ask.
type Reply struct {
	Found  Solution
	Worth  []Worth // of each resource of the part
	Answer *Answer // to an offer; then the others are empty
}

// Worth is what a unit of a resource means to a part. Tiers are as needs have them.
type Worth struct {
	Serve, Lose int     // with one more, somebody of this tier is served; with one fewer, lost; nobody: the highest int
	More, Less  float64 // utility, with that
}

// Answer is what a part would do at an offer: what it gains, what its own resources
// are worth to it, and what it asks for.
type Answer struct {
	Gain    float64
	Own     []float64     // of each resource of the part, what a unit is worth; of shared ones nothing
	Taken   []int64       // of each resource of the part, units; of its own none
	Without map[int]int64 // units that go without, by tier
}

// Reply does what a part is asked. o says how; its memory is the ask's.
func (p Problem) Reply(a Ask, o Optimal) Reply {
	p.Resources = slices.Clone(p.Resources)
	for r := range p.Resources {
		p.Resources[r].Capacity = a.Capacity[r]
	}
	if a.Offer != nil {
		answer := p.answer(*a.Offer)
		return Reply{Answer: &answer}
	}
	o.Cores, o.Last = 1, a.Last
	var r Reply
	r.Found, r.Worth = p.solve(o)
	return r
}

// begin tells the hands their parts.
func (w *whole) begin() {
	if w.Hands == nil {
		return
	}
	parts := make([]Problem, len(w.parts))
	for k, p := range w.parts {
		parts[k] = p.Problem
	}
	w.broke(w.Hands.Begin(parts))
}

// broke goes on without hands where these gave up.
func (w *whole) broke(err error) {
	if err != nil {
		w.account.Broke, w.Hands = err, nil
	}
}

// do has parts do as they are asked: elsewhere, or here side by side.
func (w *whole) do(asks map[int]Ask) map[int]Reply {
	if len(asks) == 0 {
		return nil
	}
	if w.Hands != nil {
		replies, err := w.Hands.Do(asks)
		if err == nil {
			return replies
		}
		w.broke(err)
	}
	var mu sync.Mutex
	replies := make(map[int]Reply, len(asks))
	todo := make(chan int)
	var wg sync.WaitGroup
	for range max(1, cmp.Or(w.Cores, runtime.GOMAXPROCS(0))) {
		wg.Go(func() {
			for k := range todo {
				r := w.parts[k].Reply(asks[k], w.Optimal)
				mu.Lock()
				replies[k] = r
				mu.Unlock()
			}
		})
	}
	for _, k := range slices.Sorted(maps.Keys(asks)) {
		todo <- k
	}
	close(todo)
	wg.Wait()
	return replies
}

// capacity is what a part has of each resource.
func (p *part) capacity() []int {
	list := make([]int, len(p.Resources))
	for r := range list {
		list[r] = p.Resources[r].Capacity
	}
	return list
}
