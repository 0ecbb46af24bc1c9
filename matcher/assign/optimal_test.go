package assign_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/matcher/assign"
)

// network is the slow and plain way to the same: cheapest paths, one unit at a
// time. It judges the solver and shares no line with it.
type network struct {
	from, to, room []int
	cost           []int64
	nodes          int
}

func (w *network) arc(from, to, room int, cost int64) int {
	w.from, w.to = append(w.from, from, to), append(w.to, to, from)
	w.room, w.cost = append(w.room, room, 0), append(w.cost, cost, -cost)
	return len(w.room) - 2
}

// flow sends units from 0 to 1, each along the cheapest way left: as many as can
// be, or while they cost less than nothing.
func (w *network) flow(onlyGain bool) (units int, cost int64) {
	const far = int64(1) << 60
	for {
		dist, by := make([]int64, w.nodes), make([]int, w.nodes)
		for i := range dist {
			dist[i] = far
		}
		dist[0] = 0
		for changed := true; changed; {
			changed = false
			for a := range w.room {
				if w.room[a] > 0 && dist[w.from[a]] < far && dist[w.from[a]]+w.cost[a] < dist[w.to[a]] {
					dist[w.to[a]], by[w.to[a]], changed = dist[w.from[a]]+w.cost[a], a, true
				}
			}
		}
		if dist[1] == far || onlyGain && dist[1] >= 0 {
			return units, cost
		}
		for n := 1; n != 0; n = w.from[by[n]] {
			w.room[by[n]]--
			w.room[by[n]^1]++
		}
		units++
		cost += dist[1]
	}
}

// networkOf is a problem with so many units at most for each group; weigh says
// what a unit of a need is worth beside its utility.
func networkOf(p assign.Problem, group []int, most []int, weigh func(n assign.Need) int64) *network {
	w := &network{nodes: 2 + len(most) + len(p.Needs) + len(p.Resources)}
	for g, units := range most {
		w.arc(0, 2+g, units, 0)
	}
	need := func(n int) int { return 2 + len(most) + n }
	for n, one := range p.Needs {
		w.arc(2+group[n], need(n), one.Units, -weigh(one))
	}
	for _, e := range p.Edges {
		w.arc(need(int(e.Need)), need(len(p.Needs)+int(e.Resource)), 1<<20, -int64(e.Utility))
	}
	for r, one := range p.Resources {
		w.arc(need(len(p.Needs)+r), 1, one.Capacity, 0)
	}
	return w
}

// groupsOf numbers the groups by tier and district.
func groupsOf(p assign.Problem, fair bool) (group []int, units []int, tier []int) {
	type key struct {
		tier     int
		district string
	}
	var keys []key
	of := func(n assign.Need) key {
		if !fair {
			return key{tier: n.Tier}
		}
		return key{n.Tier, n.District}
	}
	for _, n := range p.Needs {
		if !slices.Contains(keys, of(n)) {
			keys = append(keys, of(n))
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		if a.tier != b.tier {
			return a.tier - b.tier
		}
		return slices.Compare([]byte(a.district), []byte(b.district))
	})
	units = make([]int, len(keys))
	for _, k := range keys {
		tier = append(tier, k.tier)
	}
	for _, n := range p.Needs {
		g := slices.Index(keys, of(n))
		group = append(group, g)
		units[g] += n.Units
	}
	return group, units, tier
}

// possible says whether each group can have so many units at once.
func possible(p assign.Problem, group, served []int) bool {
	total := 0
	for _, s := range served {
		total += s
	}
	got, _ := networkOf(p, group, served, func(assign.Need) int64 { return 0 }).flow(false)
	return got == total
}

// best gives one unit after another: tier by tier to the group with the smallest
// share that can still gain one. Then it looks for the highest utility.
func best(p assign.Problem, fair bool) (served []int, utility int64) {
	group, units, tier := groupsOf(p, fair)
	served = make([]int, len(units))
	closed := make([]bool, len(units))
	for {
		next := -1
		for g := range units {
			if closed[g] || next >= 0 && (tier[g] > tier[next] ||
				tier[g] == tier[next] && served[g]*units[next] >= served[next]*units[g]) {
				continue
			}
			next = g
		}
		if next < 0 {
			break
		}
		served[next]++
		if served[next] > units[next] || !possible(p, group, served) {
			served[next]--
			closed[next] = true
		}
	}
	_, cost := networkOf(p, group, served, func(assign.Need) int64 { return 0 }).flow(false)
	return served, -cost
}

func districts(p assign.Problem, r *rand.Rand) assign.Problem {
	for i := range p.Needs {
		p.Needs[i].District = fmt.Sprint("d", r.IntN(4))
	}
	return p
}

func utility(p assign.Problem, s assign.Solution) (sum int64) {
	for _, share := range s.Shares {
		sum += int64(share.Units) * int64(p.Edges[share.Edge].Utility)
	}
	return sum
}

func counts(p assign.Problem, s assign.Solution, fair bool) []int {
	group, units, _ := groupsOf(p, fair)
	served := make([]int, len(units))
	for n, got := range s.Served(p) {
		served[group[n]] += got
	}
	return served
}

func TestOptimalIsTheOptimum(t *testing.T) {
	t.Parallel()
	for _, fair := range []bool{false, true} {
		t.Run(fmt.Sprintf("fair=%t", fair), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(150) {
				p := districts(problem(seed), rand.New(rand.NewPCG(seed, 4)))
				served, most := best(p, fair)
				s := assign.Optimal{Fair: fair}.Solve(p)
				proof := s.Proof
				require.Equal(t, served, counts(p, s, fair), "seed %d", seed)
				require.Equal(t, most, utility(p, s), "seed %d", seed)
				require.True(t, proof.Exact)
				require.Equal(t, most, proof.Utility)
				require.GreaterOrEqual(t, proof.Bound+1e-6, float64(most))
				require.Less(t, proof.Bound-float64(most), 1.0, "the bound itself proves it")
			}
		})
	}
}

// score compares solutions as the solver should: tiers first, then utility.
func score(p assign.Problem, s assign.Solution) []int64 {
	out := make([]int64, 0, 4)
	for _, n := range counts(p, s, false) {
		out = append(out, int64(n))
	}
	return append(out, utility(p, s))
}

func TestMoreCapacityIsNeverWorse(t *testing.T) {
	t.Parallel()
	for seed := range uint64(runs) {
		p, r := problem(seed), rand.New(rand.NewPCG(seed, 5))
		before := score(p, assign.Optimal{}.Solve(p))
		for range 3 {
			p.Resources[r.IntN(len(p.Resources))].Capacity += 1 + r.IntN(3)
			after := score(p, assign.Optimal{}.Solve(p))
			require.LessOrEqual(t, slices.Compare(before, after), 0, "seed %d", seed)
			before = after
		}
	}
}

func TestEvennessCostsNoUnit(t *testing.T) {
	t.Parallel()
	for seed := range uint64(runs) {
		p := districts(problem(seed), rand.New(rand.NewPCG(seed, 6)))
		plain, even := assign.Optimal{}.Solve(p), assign.Optimal{Fair: true}.Solve(p)
		require.Equal(t, counts(p, plain, false), counts(p, even, false), "seed %d", seed)
		require.LessOrEqual(t, utility(p, even), utility(p, plain))
	}
}

// A price is what one more unit would be worth: adding it gains that, or serves
// somebody more.
func TestAPriceIsWhatOneMoreUnitIsWorth(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		p := problem(seed)
		before := assign.Optimal{}.Solve(p)
		for i := range p.Resources {
			q := p
			q.Resources = slices.Clone(p.Resources)
			q.Resources[i].Capacity++
			after := assign.Optimal{}.Solve(q)
			if !slices.Equal(counts(p, before, false), counts(q, after, false)) {
				continue
			}
			gain := float64(utility(q, after) - utility(p, before))
			require.LessOrEqual(t, gain, before.Proof.Price[i]+1.01, "seed %d resource %d", seed, i)
		}
	}
}

// Who is served first in a district must not cost another district its only chance,
// whichever row comes first.
func TestEvennessExchangesNeedsOfOneDistrict(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"0", "9"} { // before and after the other need of its district
		s := assign.Optimal{Fair: true}.Solve(assign.Problem{
			Needs: []assign.Need{
				{Key: key, District: "east", Units: 1}, {Key: "5", District: "east", Units: 1}, {Key: "7", District: "west", Units: 1},
			},
			Resources: []assign.Resource{{Key: "r", Capacity: 1}, {Key: "s", Capacity: 1}},
			Edges:     []assign.Edge{{Need: 0, Resource: 0, Utility: 9}, {Need: 2, Resource: 0, Utility: 1}, {Need: 1, Resource: 1, Utility: 1}},
		})
		require.ElementsMatch(t, []assign.Share{{Edge: 1, Units: 1}, {Edge: 2, Units: 1}}, s.Shares)
	}
}
