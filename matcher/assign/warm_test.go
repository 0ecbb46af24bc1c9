package assign_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"shanqiao/matcher/assign"
)

// changed is a problem some time later: somebody went, somebody came, capacities
// and what suits are others. As many changes as it says.
func changed(p assign.Problem, r *rand.Rand, changes int) assign.Problem {
	q := assign.Problem{Needs: slices.Clone(p.Needs), Resources: slices.Clone(p.Resources), Edges: slices.Clone(p.Edges)}
	for i := range changes {
		switch n, s := r.IntN(len(q.Needs)), r.IntN(len(q.Resources)); r.IntN(6) {
		case 0: // another need in its place
			q.Needs[n].Key = fmt.Sprint("new", i, r.Uint32())
			q.Needs[n].Tier, q.Needs[n].Units = r.IntN(3), 1+r.IntN(5)
		case 1: // cancelled
			q.Edges = slices.DeleteFunc(q.Edges, func(e assign.Edge) bool { return int(e.Need) == n })
			for e := range q.Edges {
				if int(q.Edges[e].Need) > n {
					q.Edges[e].Need--
				}
			}
			if q.Needs = slices.Delete(q.Needs, n, n+1); len(q.Needs) == 0 {
				return p
			}
		case 2:
			q.Resources[s].Capacity = max(0, q.Resources[s].Capacity+r.IntN(5)-2)
		case 3: // another resource in its place
			q.Resources[s].Key = fmt.Sprint("new", i, r.Uint32())
		case 4:
			q.Needs[n].Units = 1 + r.IntN(5)
		case 5:
			if len(q.Edges) > 0 {
				q.Edges[r.IntN(len(q.Edges))].Utility = r.Int32N(6)
			}
		}
	}
	return q
}

// feasible checks what every solution must keep.
func feasible(t *testing.T, p assign.Problem, s assign.Solution) {
	t.Helper()
	seen := map[int]bool{}
	for _, share := range s.Shares {
		require.Positive(t, share.Units)
		require.False(t, seen[share.Edge])
		seen[share.Edge] = true
	}
	for i, n := range s.Served(p) {
		require.LessOrEqual(t, n, p.Needs[i].Units)
	}
	for i, n := range s.Used(p) {
		require.LessOrEqual(t, n, p.Resources[i].Capacity)
	}
}

func TestWithAMemoryTheValueIsTheSame(t *testing.T) {
	t.Parallel()
	for _, fair := range []bool{false, true} {
		t.Run(fmt.Sprintf("fair=%t", fair), func(t *testing.T) {
			t.Parallel()
			warm := 0
			for seed := range uint64(runs) {
				r := rand.New(rand.NewPCG(seed, 7))
				p := districts(problem(seed), r)
				last := p.Remember(assign.Optimal{Fair: fair}.Solve(p))
				for range 4 {
					p = changed(p, r, r.IntN(4))
					cold := assign.Optimal{Fair: fair}.Solve(p)
					s := assign.Optimal{Fair: fair, Last: last}.Solve(p)
					feasible(t, p, s)
					require.Equal(t, counts(p, cold, fair), counts(p, s, fair), "seed %d", seed)
					require.Equal(t, utility(p, cold), utility(p, s), "seed %d", seed)
					require.Equal(t, utility(p, s), s.Proof.Utility)
					require.True(t, s.Proof.Exact)
					if s.Proof.Warm {
						warm++
					}
					last = p.Remember(s)
				}
			}
			require.Greater(t, warm, runs*4*9/10, "nearly always the memory is enough")
		})
	}
}

// town is a problem of several thousand edges, in which a change is felt far away.
func town(seed uint64, needs int) assign.Problem {
	r := rand.New(rand.NewPCG(seed, 8))
	var p assign.Problem
	for i := range needs {
		p.Needs = append(p.Needs, assign.Need{Key: fmt.Sprintf("n%05d", i), District: fmt.Sprint("d", r.IntN(8)), Tier: r.IntN(3), Units: 1 + r.IntN(3)})
	}
	for i := range needs / 8 {
		p.Resources = append(p.Resources, assign.Resource{Key: fmt.Sprintf("r%05d", i), Capacity: 1 + r.IntN(27)})
	}
	for n := range p.Needs {
		for _, s := range r.Perm(len(p.Resources))[:1+r.IntN(8)] {
			p.Edges = append(p.Edges, assign.Edge{Need: int32(n), Resource: int32(s), Utility: r.Int32N(2000)})
		}
	}
	return p
}

func TestOneChangeInATown(t *testing.T) {
	t.Parallel()
	for _, fair := range []bool{false, true} {
		p, r := town(1, 2000), rand.New(rand.NewPCG(1, 9))
		last, warmed := p.Remember(assign.Optimal{Fair: fair}.Solve(p)), 0
		for range 12 {
			q := changed(p, r, 1)
			cold, warm := assign.Optimal{Fair: fair}.Solve(q), assign.Optimal{Fair: fair, Last: last}.Solve(q)
			feasible(t, q, warm)
			require.Equal(t, counts(q, cold, fair), counts(q, warm, fair))
			require.Equal(t, cold.Proof.Utility, warm.Proof.Utility)
			if warm.Proof.Warm {
				warmed++
			}
		}
		require.GreaterOrEqual(t, warmed, 10, "one change hardly ever needs an auction")
	}
}

// A memory may be of another city, or made up; it costs time and nothing else.
func TestAWrongMemoryDoesNoHarm(t *testing.T) {
	t.Parallel()
	for seed := range uint64(runs) {
		r := rand.New(rand.NewPCG(seed, 10))
		p := districts(problem(seed), r)
		last := &assign.Memory{Price: map[string]float64{}, Slack: []float64{0, 0.001, 3, -1, math.Inf(1), math.NaN()}[r.IntN(6)]}
		for _, e := range p.Edges {
			if r.IntN(2) == 0 {
				last.Held = append(last.Held, assign.Held{Need: p.Needs[e.Need].Key, Resource: p.Resources[e.Resource].Key, Units: r.IntN(40) - 5})
			}
		}
		last.Held = append(last.Held, assign.Held{Need: "nobody", Resource: "nothing", Units: 3})
		for _, one := range p.Resources {
			last.Price[one.Key] = []float64{0, 1, -7, 2.5, 1e300, math.Inf(-1), math.NaN()}[r.IntN(7)]
		}
		last.Outside = []assign.Outside{{Tier: 0, Price: math.NaN()}, {Tier: 1, Price: 1e9}, {Tier: 9}}
		s := assign.Optimal{Last: last}.Solve(p)
		feasible(t, p, s)
		cold := assign.Optimal{}.Solve(p)
		require.Equal(t, counts(p, cold, false), counts(p, s, false), "seed %d", seed)
		require.Equal(t, cold.Proof.Utility, s.Proof.Utility, "seed %d", seed)
		require.True(t, s.Proof.Exact)
	}
}

// shuffled is the same problem with its rows in another order.
func shuffled(p assign.Problem, r *rand.Rand) assign.Problem {
	q := assign.Problem{Needs: make([]assign.Need, len(p.Needs)), Resources: make([]assign.Resource, len(p.Resources))}
	needs, resources := r.Perm(len(p.Needs)), r.Perm(len(p.Resources))
	for i, to := range needs {
		q.Needs[to] = p.Needs[i]
	}
	for i, to := range resources {
		q.Resources[to] = p.Resources[i]
	}
	for _, i := range r.Perm(len(p.Edges)) {
		e := p.Edges[i]
		q.Edges = append(q.Edges, assign.Edge{Need: int32(needs[e.Need]), Resource: int32(resources[e.Resource]), Utility: e.Utility})
	}
	return q
}

func TestNeitherRowsNorCoresChangeWhatAMemoryLeadsTo(t *testing.T) {
	t.Parallel()
	check := func(p assign.Problem, r *rand.Rand, changes int, fair bool) {
		last := p.Remember(assign.Optimal{Fair: fair, Cores: 1}.Solve(p))
		p = changed(p, r, changes)
		q, other := shuffled(p, r), *last
		other.Held = slices.Clone(last.Held)
		r.Shuffle(len(other.Held), func(i, j int) { other.Held[i], other.Held[j] = other.Held[j], other.Held[i] })
		one, two := assign.Optimal{Fair: fair, Last: last, Cores: 1}.Solve(p), assign.Optimal{Fair: fair, Last: &other, Cores: 3}.Solve(q)
		require.Empty(t, cmp.Diff(byKeys(p, one), byKeys(q, two)))
	}
	for seed := range uint64(runs) {
		r := rand.New(rand.NewPCG(seed, 11))
		check(districts(problem(seed), r), r, 1+r.IntN(3), seed%2 == 0)
	}
	for seed := range uint64(4) {
		check(town(seed, 2000), rand.New(rand.NewPCG(seed, 12)), int(seed*seed*seed*40), seed%2 == 0)
	}
}
