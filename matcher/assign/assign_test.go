package assign_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"shanqiao/matcher/assign"
)

// solvers must all keep the promises below that do not name one of them.
var solvers = map[string]assign.Solver{"greedy": assign.Greedy{}, "optimal": assign.Optimal{}}

// problem makes a small random problem; few utilities, so that ties are common.
func problem(seed uint64) assign.Problem {
	r := rand.New(rand.NewPCG(seed, 1))
	var p assign.Problem
	for i := range 1 + r.IntN(30) {
		p.Needs = append(p.Needs, assign.Need{Key: fmt.Sprintf("n%02d", i), Tier: r.IntN(3), Units: 1 + r.IntN(5)})
	}
	for i := range 1 + r.IntN(12) {
		p.Resources = append(p.Resources, assign.Resource{Key: fmt.Sprintf("r%02d", i), Capacity: r.IntN(9)})
	}
	for n := range p.Needs {
		for s := range p.Resources {
			if r.IntN(3) == 0 {
				p.Edges = append(p.Edges, assign.Edge{Need: int32(n), Resource: int32(s), Utility: r.Int32N(6)})
			}
		}
	}
	return p
}

const runs = 400

func each(t *testing.T, check func(t *testing.T, s assign.Solver, p assign.Problem, r *rand.Rand)) {
	t.Helper()
	for name, s := range solvers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(runs) {
				check(t, s, problem(seed), rand.New(rand.NewPCG(seed, 2)))
			}
		})
	}
}

func TestWhereNobodyNeedsOrGives(t *testing.T) {
	t.Parallel()
	need, resource := []assign.Need{{Key: "n", Units: 2}}, []assign.Resource{{Key: "r", Capacity: 3}}
	for name, s := range solvers {
		for _, p := range []assign.Problem{{}, {Needs: need}, {Resources: resource}, {Needs: need, Resources: resource}} {
			require.Empty(t, s.Solve(p).Shares, name)
		}
	}
}

func TestNothingIsGivenTwiceOrUnasked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s assign.Solver, p assign.Problem, _ *rand.Rand) {
		feasible(t, p, s.Solve(p))
	})
}

func TestNothingIsIdleThatIsWanted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s assign.Solver, p assign.Problem, _ *rand.Rand) {
		got := s.Solve(p)
		served, used := got.Served(p), got.Used(p)
		for _, e := range p.Edges {
			require.False(t, served[e.Need] < p.Needs[e.Need].Units && used[e.Resource] < p.Resources[e.Resource].Capacity)
		}
	})
}

// byKeys is a solution independent of where rows stood.
func byKeys(p assign.Problem, s assign.Solution) map[[2]string]int {
	m := map[[2]string]int{}
	for _, share := range s.Shares {
		e := p.Edges[share.Edge]
		m[[2]string{p.Needs[e.Need].Key, p.Resources[e.Resource].Key}] = share.Units
	}
	return m
}

func TestTheOrderOfRowsDoesNotMatter(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s assign.Solver, p assign.Problem, r *rand.Rand) {
		q := shuffled(p, r)
		require.Empty(t, cmp.Diff(byKeys(p, s.Solve(p)), byKeys(q, s.Solve(q))))
	})
}

// Every tier and every single need keeps at least what it had: the greedy
// result is the stable one under a common order, and a stable result only gains
// from one more seat.
func TestMoreCapacityTakesNothingFromAnyNeed(t *testing.T) {
	t.Parallel()
	for seed := range uint64(runs) {
		p, r := problem(seed), rand.New(rand.NewPCG(seed, 3))
		before := assign.Greedy{}.Solve(p).Served(p)
		for range 3 {
			p.Resources[r.IntN(len(p.Resources))].Capacity += 1 + r.IntN(3)
			after := assign.Greedy{}.Solve(p).Served(p)
			for i := range before {
				require.GreaterOrEqual(t, after[i], before[i], "seed %d need %d", seed, i)
			}
			before = after
		}
	}
}

func TestLessUrgentNeedsTakeNothingFromMoreUrgentOnes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(runs) {
		p := problem(seed)
		with := assign.Greedy{}.Solve(p).Served(p)
		alone := p
		alone.Edges = nil
		for _, e := range p.Edges {
			if p.Needs[e.Need].Tier == 0 {
				alone.Edges = append(alone.Edges, e)
			}
		}
		for i, n := range (assign.Greedy{}).Solve(alone).Served(alone) {
			if p.Needs[i].Tier == 0 {
				require.Equal(t, n, with[i])
			}
		}
	}
}

func TestGreedySharesOneNeedAmongSeveral(t *testing.T) {
	t.Parallel()
	p := assign.Problem{
		Needs:     []assign.Need{{Key: "n", Units: 4}},
		Resources: []assign.Resource{{Key: "a", Capacity: 1}, {Key: "b", Capacity: 2}, {Key: "c", Capacity: 9}},
		Edges:     []assign.Edge{{Need: 0, Resource: 0, Utility: 3}, {Need: 0, Resource: 1, Utility: 5}, {Need: 0, Resource: 2, Utility: 3}},
	}
	want := map[[2]string]int{{"n", "b"}: 2, {"n", "a"}: 1, {"n", "c"}: 1}
	require.Equal(t, want, byKeys(p, assign.Greedy{}.Solve(p)))
}

func BenchmarkGreedy(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var p assign.Problem
	for i := range 10_000 {
		p.Needs = append(p.Needs, assign.Need{Key: fmt.Sprint("n", i), Tier: r.IntN(3), Units: 1 + r.IntN(4)})
		for range 20 {
			p.Edges = append(p.Edges, assign.Edge{Need: int32(i), Resource: r.Int32N(1000), Utility: r.Int32N(100_000)})
		}
	}
	for i := range 1000 {
		p.Resources = append(p.Resources, assign.Resource{Key: fmt.Sprint("r", i), Capacity: 20})
	}
	for b.Loop() {
		assign.Greedy{}.Solve(p)
	}
}
