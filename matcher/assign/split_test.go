package assign_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"shanqiao/matcher/assign"
)

func byDistrict(n assign.Need) string { return n.District }

// apart is a problem without the edges to resources of another district than the
// first that uses them, except for some resources that all may use.
func apart(p assign.Problem, shared func(r int32) bool) assign.Problem {
	home := map[int32]string{}
	var edges []assign.Edge
	for _, e := range p.Edges {
		district := p.Needs[e.Need].District
		if first, known := home[e.Resource]; known && first != district && !shared(e.Resource) {
			continue
		}
		if home[e.Resource] == "" {
			home[e.Resource] = district
		}
		edges = append(edges, e)
	}
	p.Edges = edges
	return p
}

func TestPartsThatShareNothingMakeTheOptimum(t *testing.T) {
	t.Parallel()
	for seed := range uint64(runs) {
		p := apart(districts(problem(seed), rand.New(rand.NewPCG(seed, 13))), func(int32) bool { return false })
		whole := assign.Optimal{}.Solve(p)
		s, joined := assign.Split{Part: byDistrict, Rounds: 10}.Solve(p)
		feasible(t, p, s)
		require.Zero(t, joined.Shared)
		require.Zero(t, joined.Rounds)
		require.Equal(t, whole.Proof.Served, s.Proof.Served)
		require.Equal(t, utility(p, whole), utility(p, s), "seed %d", seed)
		require.Equal(t, total(whole.Proof.Served), joined.Most, "and it is proven")
	}
}

// total adds each tier to those more urgent.
func total(served []int64) []int64 {
	sum := slices.Clone(served)
	for t := 1; t < len(sum); t++ {
		sum[t] += sum[t-1]
	}
	return sum
}

func TestPartsNeverClaimMoreThanIsTrue(t *testing.T) {
	t.Parallel()
	as, runs := 0, uint64(runs)
	for seed := range runs {
		p := apart(districts(problem(seed), rand.New(rand.NewPCG(seed, 14))), func(r int32) bool { return r%3 == 0 })
		whole := assign.Optimal{}.Solve(p)
		s, joined := assign.Split{Part: byDistrict, Rounds: 24, Offers: 5}.Solve(p)
		feasible(t, p, s)
		require.Equal(t, utility(p, s), s.Proof.Utility)
		require.LessOrEqual(t, slices.Compare(joined.Start, s.Proof.Served), 0, "moving makes nothing worse")
		require.LessOrEqual(t, slices.Compare(s.Proof.Served, whole.Proof.Served), 0)
		for i, most := range joined.Most {
			require.GreaterOrEqual(t, most, total(whole.Proof.Served)[i], "seed %d", seed)
		}
		if slices.Equal(s.Proof.Served, whole.Proof.Served) {
			as++
			require.LessOrEqual(t, s.Proof.Utility, whole.Proof.Utility)
			require.GreaterOrEqual(t, s.Proof.Bound+1e-6, float64(whole.Proof.Utility), "seed %d", seed)
		}
	}
	t.Log("as many of each tier as the optimum:", as, "of", runs)
	require.Greater(t, as, int(runs)*9/10)
}

func TestNeitherRowsNorCoresChangeWhatPartsLeadTo(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 15))
		p := apart(districts(problem(seed), r), func(r int32) bool { return r%3 == 0 })
		q := shuffled(p, r)
		one, _ := assign.Split{Optimal: assign.Optimal{Cores: 1}, Part: byDistrict, Rounds: 24, Offers: 5}.Solve(p)
		two, _ := assign.Split{Optimal: assign.Optimal{Cores: 3}, Part: byDistrict, Rounds: 24, Offers: 5}.Solve(q)
		require.Empty(t, cmp.Diff(byKeys(p, one), byKeys(q, two)))
	}
}
