package index_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

func TestFindShowsNoSmallCell(t *testing.T) {
	t.Parallel()
	tiers := desk(t, nil)
	exact := func(s index.Scope, q index.Query) int {
		q.Limit = 1
		p, err := tiers.Of(s.Tier()).Search(t.Context(), s, q)
		require.NoError(t, err)
		return p.Total
	}
	for _, scope := range []index.Scope{index.Anyone(), index.VerifiedReader()} {
		least := index.Least(scope.Tier())
		t.Run("no combination of up to three conditions shows fewer than "+string(scope.Tier())+" allows", func(t *testing.T) {
			cells, hidden := 0, 0
			for _, area := range []string{"110101", "110107", "zone:core", "110000"} {
				for _, age := range []string{"0-17", "60-79", "80+", "*"} {
					for _, group := range []string{"care", "living", "concern", "goods"} {
						q := index.Query{Limit: 100, Facets: index.Fields(),
							Must: []index.Cond{in(index.Area, area), in(index.Age, age), in(index.Group, group)}}
						r, err := tiers.Find(t.Context(), scope, q)
						require.NoError(t, err)
						n := exact(scope, q)
						cells++
						for _, tallies := range r.Facets {
							for _, tally := range tallies {
								require.False(t, tally.Few)
								require.GreaterOrEqual(t, tally.N+2, least)
								require.Zero(t, tally.N%5)
							}
						}
						if n > 0 && n < least {
							hidden++
							require.Equal(t, index.Result{Total: index.Figure{Few: true}}, r)
							continue
						}
						require.Len(t, r.IDs, min(n, 100))
					}
				}
			}
			require.Greater(t, hidden, cells/10, "the test sees small cells")
		})
	}
	t.Run("a text singles out as a condition does", func(t *testing.T) {
		q := index.Query{Limit: 10, Text: "轮椅", Must: []index.Cond{in(index.Area, "110107"), in(index.Urgency, "soon", "open")}}
		n := exact(index.VerifiedReader(), q)
		require.Positive(t, n)
		require.Less(t, n, 5)
		r, err := tiers.Find(t.Context(), index.VerifiedReader(), q)
		require.NoError(t, err)
		require.Empty(t, r.IDs)
		require.True(t, r.Total.Few)
	})
	t.Run("who narrows nothing sees what there is, however little", func(t *testing.T) {
		small := index.Tiers{Verified: tiers.Verified}
		var gone []index.Change
		lines, err := small.Verified.Manifest(t.Context(), "", "", 1000)
		require.NoError(t, err)
		for _, l := range lines[3:] {
			gone = append(gone, index.Change{ID: l.ID, Version: 2, Delete: true})
		}
		rest := desk(t, nil)
		_, err = rest.Verified.Apply(t.Context(), gone)
		require.NoError(t, err)
		today := int64(1)
		r, err := rest.Find(t.Context(), index.VerifiedReader(), index.Query{Limit: 10, Facets: index.Fields(),
			Must: []index.Cond{index.Range{Field: index.Until, Min: &today}}})
		require.NoError(t, err)
		require.Len(t, r.IDs, 3)
		require.True(t, r.Total.Few)
		require.Empty(t, r.Facets[index.Area])
	})
	t.Run("a reader who is nobody finds nothing and is not counted", func(t *testing.T) {
		r, err := tiers.Find(t.Context(), index.Scope{}, index.Query{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, index.Result{}, r)
	})
	t.Run("a kind of help and its group are one condition, days are another", func(t *testing.T) {
		conds := []index.Cond{in(index.Group, "care"), in(index.Code, "bathing"), in(index.Urgency, "soon"), in(index.Area, "110000")}
		_, err := tiers.Find(t.Context(), index.VerifiedReader(), index.Query{Limit: 10, Must: conds})
		require.NoError(t, err)
		n := int64(3)
		for _, more := range []index.Cond{index.Range{Field: index.Tick, Min: &n}, index.Range{Field: index.Until, Max: &n},
			index.Not{Of: in(index.Size, "3+")}, index.AnyOf{Of: []index.Cond{in(index.Age, "80+")}}} {
			_, err = tiers.Find(t.Context(), index.VerifiedReader(), index.Query{Limit: 10, Must: append(conds[:4:4], more)})
			require.ErrorIs(t, err, index.ErrNarrow)
		}
	})
	t.Run("P4 nothing lies deeper than two hundred", func(t *testing.T) {
		for _, scope := range []index.Scope{index.Anyone(), index.VerifiedReader()} {
			r, err := tiers.Find(t.Context(), scope, index.Query{Limit: 20, Offset: 180})
			require.NoError(t, err)
			require.False(t, r.More)
			_, err = tiers.Find(t.Context(), scope, index.Query{Limit: 20, Offset: 181})
			require.ErrorIs(t, err, index.ErrDeep)
		}
	})
	t.Run("letters, homophones and traditional characters find a word of help", func(t *testing.T) {
		want, err := tiers.Find(t.Context(), index.VerifiedReader(), index.Query{Limit: 100, Text: "助浴"})
		require.NoError(t, err)
		require.NotEmpty(t, want.IDs)
		for _, text := range []string{"zhuyu", "zhu yu", "ZhuYu", "zhu'yu", "住浴", "主玉", "幫老人助浴", "洗澡", "xizao"} {
			r, err := tiers.Find(t.Context(), index.VerifiedReader(), index.Query{Limit: 100, Text: text})
			require.NoError(t, err)
			require.ElementsMatch(t, want.IDs, r.IDs, text)
		}
		require.Equal(t, deid.Verified, tiers.Verified.Tier())
	})
	t.Run("two kinds of help that no card has together find the cards of either", func(t *testing.T) {
		r, err := tiers.Find(t.Context(), index.VerifiedReader(), index.Query{Limit: 1, Text: "轮椅 助浴"})
		require.NoError(t, err)
		require.True(t, r.Plainer)
		want := exact(index.VerifiedReader(), index.Query{Must: []index.Cond{in(index.Code, "wheelchair", "bathing")}})
		require.Equal(t, index.Shown(want, 5), r.Total)
	})
}
