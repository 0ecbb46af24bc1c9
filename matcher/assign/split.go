package assign

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Split solves a problem in parts, each of which could stand on a machine of its own.
// What resources only one part can use are that part's. Of every other resource each
// part has a share, solves its own problem with it exactly, and says what one more
// unit would be worth to it and what one fewer would cost: whom it could serve or
// would lose, then in utility. Units go from where they are worth least to where they
// are worth most, and stay there if all parts together are better off.
//
// At any time there is a solution that could be used. Where parts share nothing, it
// is the optimum. Where they do, Joined says how far from it it may be.
type Split struct {
	Optimal
	Part   func(n Need) string
	Rounds int   // of moving units between parts, at most
	Offers int   // of prices to all parts for the proof, at most
	Hands  Hands // nil: the parts are worked on here, side by side
}

// Joined is how parts came together.
type Joined struct {
	Parts  int
	Shared int // resources that several parts could use
	Rounds int
	Solved int     // parts, in all rounds
	Start  []int64 // units by tier before anything was moved
	Tiers  []int   // the tiers, in order
	Most   []int64 // of each tier and those more urgent: no solution serves more units
	Broke  error   // Hands gave up with this, and the rest was done here; the outcome is the same
}

// part is a part's own problem and what came of it.
type part struct {
	Problem
	edge     []int         // of each edge, the whole's index
	resource []int32       // of each resource, the whole's index
	at       map[int32]int // of the whole's shared resources, the index here
	last     *Memory
	found    Solution
	worth    []Worth // of each resource here
	stale    bool
}

// never is a tier that nobody has.
const never = math.MaxInt

// Solve shares out and proves what can be proven.
func (s Split) Solve(p Problem) (Solution, Joined) {
	w := s.cut(p)
	w.begin()
	w.divide()
	w.account.Start = w.value().served
	w.trade()
	return w.join()
}

// whole is the problem, its parts, and how the shared resources are divided.
type whole struct {
	Split
	Problem
	parts   []*part
	shared  []int32         // resources of several parts
	share   []map[int]int32 // of each of them, how many units each part has
	barred  map[move]bool   // what did not help
	account Joined
}

// cut makes the parts.
func (s Split) cut(p Problem) *whole {
	w := &whole{Split: s, Problem: p}
	keys := map[string]int{}
	for _, n := range p.Needs {
		keys[s.Part(n)] = 0
	}
	for i, key := range slices.Sorted(maps.Keys(keys)) {
		keys[key] = i
		w.parts = append(w.parts, &part{at: map[int32]int{}, stale: true})
	}
	need := make([]int32, len(p.Needs))
	tiers := map[int]bool{}
	for i, n := range p.Needs {
		part := w.parts[keys[s.Part(n)]]
		need[i] = int32(len(part.Needs))
		part.Needs = append(part.Needs, n)
		tiers[n.Tier] = true
	}
	users := make([]map[int]int32, len(p.Resources))
	for i, e := range p.Edges {
		k := keys[s.Part(p.Needs[e.Need])]
		if users[e.Resource] == nil {
			users[e.Resource] = map[int]int32{}
		}
		here := w.parts[k]
		at, known := here.at[e.Resource]
		if !known {
			at = len(here.Resources)
			here.at[e.Resource] = at
			here.Resources = append(here.Resources, p.Resources[e.Resource])
			here.resource = append(here.resource, e.Resource)
		}
		users[e.Resource][k] = 0
		here.Edges = append(here.Edges, Edge{Need: need[e.Need], Resource: int32(at), Utility: e.Utility})
		here.edge = append(here.edge, i)
	}
	for _, r := range order(len(p.Resources), func(a, b int32) int { return cmp.Compare(p.Resources[a].Key, p.Resources[b].Key) }) {
		if len(users[r]) > 1 {
			w.shared, w.share = append(w.shared, r), append(w.share, users[r])
		}
	}
	w.account = Joined{Parts: len(w.parts), Shared: len(w.shared), Tiers: slices.Sorted(maps.Keys(tiers))}
	return w
}

// divide lets each part first use shared resources as if it were alone, and divides
// those that do not suffice by what each then used.
func (w *whole) divide() {
	w.solve()
	for i, r := range w.shared {
		used, all := w.used(i), int64(0)
		for _, u := range used {
			all += int64(u)
		}
		capacity := int64(w.Resources[r].Capacity)
		left := capacity
		for k := range used {
			if all > 0 {
				used[k] = int32(int64(used[k]) * capacity / max(all, capacity))
			}
			left -= int64(used[k])
		}
		keys := slices.Sorted(maps.Keys(used))
		for j, k := range keys {
			used[k] += int32(left / int64(len(keys)))
			if int64(j) < left%int64(len(keys)) {
				used[k]++
			}
		}
		w.grant(i, used)
	}
	w.solve()
}

// used is what the parts use of a shared resource.
func (w *whole) used(i int) map[int]int32 {
	used := map[int]int32{}
	for k := range w.share[i] {
		used[k] = 0
		here := w.parts[k]
		at := int32(here.at[w.shared[i]])
		for _, share := range here.found.Shares {
			if here.Edges[share.Edge].Resource == at {
				used[k] += int32(share.Units)
			}
		}
	}
	return used
}

// grant gives each part its share of a resource.
func (w *whole) grant(i int, share map[int]int32) {
	w.share[i] = share
	for k, units := range share {
		here := w.parts[k]
		at := here.at[w.shared[i]]
		if here.Resources[at].Capacity != int(units) {
			here.Resources[at].Capacity, here.stale = int(units), true
		}
	}
}

// solve solves the parts whose shares have changed.
func (w *whole) solve() {
	asks := map[int]Ask{}
	for k, p := range w.parts {
		if p.stale {
			w.account.Solved++
			asks[k] = Ask{Capacity: p.capacity(), Last: p.last}
		}
	}
	for k, r := range w.do(asks) {
		p := w.parts[k]
		p.found, p.worth, p.stale = r.Found, r.Worth, false
		p.last = p.Remember(p.found)
	}
}

// solve is a part's first task: its problem, and what a unit means to it.
func (p Problem) solve(o Optimal) (Solution, []Worth) {
	found, s := o.solve(p)
	outside := map[int]float64{}
	for _, one := range found.Proof.Outside {
		outside[one.Tier] = one.Price
	}
	list := make([]Worth, len(p.Resources))
	lose := s.losses()
	for r, i := range s.resource {
		v := Worth{Serve: never, Lose: never, More: found.Proof.Price[i], Less: found.Proof.Price[i]}
		if t := int(s.dead[r]) - 1; t >= 0 {
			v.Serve = p.Needs[s.need[s.tier[t]]].Tier
			v.More -= outside[v.Serve]
		}
		if t := lose[r]; t >= 0 && s.capacity[r] > 0 {
			v.Lose = p.Needs[s.need[s.tier[t]]].Tier
			v.Less -= outside[v.Lose]
		}
		list[i] = v
	}
	return found, list
}

// losses is, of each resource, the tier in which somebody would be lost if it had one
// unit fewer: the least urgent from which service can be moved to there. -1: nobody.
func (s *serving) losses() []int {
	lose := make([]int, len(s.capacity))
	free := len(s.tier) // less urgent than all: a unit that nobody has
	of := make([]int, len(s.units))
	for t := range len(s.tier) - 1 {
		for n := s.tier[t]; n < s.tier[t+1]; n++ {
			of[n] = t
		}
	}
	for r := range lose {
		lose[r] = -1
		if s.room[r] > 0 {
			lose[r] = free
		}
	}
	for changed := true; changed; {
		changed = false
		for r := range lose {
			for _, h := range s.holds[r] {
				if lose[r] == free {
					break
				}
				for _, to := range s.to[s.first[h.need]:s.first[h.need+1]] {
					of[h.need] = max(of[h.need], lose[to])
				}
				if of[h.need] > lose[r] {
					lose[r], changed = of[h.need], true
				}
			}
		}
	}
	for r := range lose {
		if lose[r] == free {
			lose[r] = -1
		}
	}
	return lose
}
