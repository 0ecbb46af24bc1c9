package indextest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

func scope(t *testing.T, open Open) {
	verified, public := open(t, deid.Verified), open(t, deid.Public)
	fill(t, verified, documents(Cards(300, 3, deid.Verified))...)
	fill(t, public, documents(Cards(40, 4, deid.Public))...)
	ask := func(t *testing.T, x index.Index, s index.Scope) index.Page {
		t.Helper()
		p, err := x.Search(soon(t), s, index.Query{Limit: 100, Facets: index.Fields()})
		require.NoError(t, err)
		return p
	}
	t.Run("S1 the zero scope sees nothing", func(t *testing.T) {
		for _, x := range []index.Index{verified, public} {
			require.Equal(t, index.Page{}, ask(t, x, index.Scope{}))
		}
	})
	t.Run("S4 a visitor sees the public tier only", func(t *testing.T) {
		require.Equal(t, index.Page{}, ask(t, verified, index.Anyone()))
		require.Equal(t, 40, ask(t, public, index.Anyone()).Total)
	})
	t.Run("S4 a verified reader asks the verified tier", func(t *testing.T) {
		require.Equal(t, 300, ask(t, verified, index.VerifiedReader()).Total)
		require.Equal(t, index.Page{}, ask(t, public, index.VerifiedReader()))
	})
	t.Run("S3 no condition widens a scope", func(t *testing.T) {
		p, err := verified.Search(soon(t), index.Anyone(), index.Query{Limit: 1,
			Must: []index.Cond{index.Not{Of: index.In{Field: index.Area}}}})
		require.NoError(t, err)
		require.Zero(t, p.Total)
	})
	t.Run("S2 a condition narrows within the scope", func(t *testing.T) {
		care := index.Query{Limit: 100, Must: []index.Cond{index.In{Field: index.Group, Codes: []string{"care"}}}}
		all := []string{}
		for offset := 0; offset < 300; offset += 100 {
			all = append(all, found(search(t, verified, index.Query{Limit: 100, Offset: offset}))...)
		}
		p := search(t, verified, care)
		require.NotEmpty(t, p.Hits)
		require.Subset(t, all, found(p))
		require.NotContains(t, all, found(search(t, public, care))[0])
	})
	t.Run("S4 counts are of the scope's own cards", func(t *testing.T) {
		sum := 0
		for _, c := range ask(t, verified, index.VerifiedReader()).Facets[index.Group] {
			sum += c.N
		}
		require.Equal(t, 300, sum)
	})
	t.Run("S5 what a card knows and a document does not say is not found", func(t *testing.T) {
		c := Cards(1, 77, deid.Verified)[0]
		c.State, c.SentenceZh = "open", "独一无二的句子"
		c.Quantity = 31
		d := index.Document(c)
		fill(t, verified, d)
		require.Equal(t, []string{d.ID}, found(search(t, verified, index.Query{Text: "独一无二"})))
		for _, hidden := range []string{"open", "31", "2026", string(c.Tier)} {
			for _, h := range search(t, verified, index.Query{Text: hidden}).Hits {
				require.NotEqual(t, d.ID, h.ID, hidden)
			}
		}
		change(t, verified, index.Change{ID: d.ID, Version: 2, Delete: true})
	})
	t.Run("a public card tells its group and not its code", func(t *testing.T) {
		p := ask(t, public, index.Anyone())
		require.Equal(t, []index.Count{{Code: index.None, N: 40}}, p.Facets[index.Code])
	})
	t.Run("a public card is found by the words of its group", func(t *testing.T) {
		p := search(t, public, index.Query{Text: "洗澡", Facets: []index.Field{index.Group}})
		require.NotZero(t, p.Total)
		require.Len(t, p.Facets[index.Group], 1)
		require.Equal(t, "care", p.Facets[index.Group][0].Code)
	})
	t.Run("S6 a hit is an id and a version", func(t *testing.T) {
		raw, err := json.Marshal(ask(t, verified, index.VerifiedReader()).Hits[0])
		require.NoError(t, err)
		var hit map[string]any
		require.NoError(t, json.Unmarshal(raw, &hit))
		require.Len(t, hit, 2)
	})
	t.Run("the tiers' finder asks the scope's own tier", func(t *testing.T) {
		tiers := index.Tiers{Public: public, Verified: verified}
		r, err := tiers.Find(soon(t), index.VerifiedReader(), index.Query{Limit: 20, Facets: []index.Field{index.Code}})
		require.NoError(t, err)
		require.Len(t, r.IDs, 20)
		require.True(t, r.More)
		require.Equal(t, index.Figure{N: 300}, r.Total)
		for _, tally := range r.Facets[index.Code] {
			require.Zero(t, tally.N%5, "counts are told in fives")
			require.Equal(t, tally.N == 0, tally.Few)
		}
		r, err = tiers.Find(soon(t), index.Scope{}, index.Query{Limit: 20})
		require.NoError(t, err)
		require.Empty(t, r.IDs)
	})
	t.Run("S9 a count below the least is not told at all", func(t *testing.T) {
		tiers := index.Tiers{Public: public, Verified: verified}
		r, err := tiers.Find(soon(t), index.Anyone(), index.Query{Limit: 20, Facets: []index.Field{index.Area}})
		require.NoError(t, err)
		small := 0
		for _, c := range ask(t, public, index.Anyone()).Facets[index.Area] {
			if c.N < index.Least(deid.Public) {
				small++
			}
		}
		require.Greater(t, small, 2)
		require.Len(t, r.Facets[index.Area], 8-small)
	})
	t.Run("a visitor's pages end sooner", func(t *testing.T) {
		tiers := index.Tiers{Public: public, Verified: verified}
		_, err := tiers.Find(soon(t), index.Anyone(), index.Query{Limit: 20, Offset: 190})
		require.ErrorIs(t, err, index.ErrDeep)
	})
	t.Run("T18 the finder falls back to the words that it knows", func(t *testing.T) {
		tiers := index.Tiers{Public: public, Verified: verified}
		r, err := tiers.Find(soon(t), index.VerifiedReader(), index.Query{Limit: 20, Text: "想找人帮爷爷洗澡"})
		require.NoError(t, err)
		require.True(t, r.Plainer)
		plain, err := tiers.Find(soon(t), index.VerifiedReader(), index.Query{Limit: 20, Text: "助浴"})
		require.NoError(t, err)
		require.False(t, plain.Plainer)
		require.NotEmpty(t, plain.IDs)
		require.ElementsMatch(t, plain.IDs, r.IDs)
		full, err := tiers.Find(soon(t), index.VerifiedReader(), index.Query{Limit: 20, Text: "助浴 送餐"})
		require.NoError(t, err)
		require.True(t, full.Plainer, "none has both: those that have either, marked as such")
	})
	t.Run("too many narrowed columns are refused", func(t *testing.T) {
		tiers := index.Tiers{Public: public, Verified: verified}
		q := index.Query{Limit: 1}
		for _, f := range []index.Field{index.Area, index.Age, index.Size, index.Group} {
			q.Must = append(q.Must, index.In{Field: f, Codes: []string{"a"}})
		}
		_, err := tiers.Find(soon(t), index.Anyone(), q)
		require.ErrorIs(t, err, index.ErrNarrow)
	})
}
