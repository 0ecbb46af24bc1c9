package indextest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

func pages(t *testing.T, open Open) {
	x := open(t, deid.Verified)
	docs := documents(Cards(1500, 6, deid.Verified))
	for i := range docs {
		docs[i].Age = name(i % 300)
	}
	fill(t, x, docs...)
	t.Run("P1 walking gives every card once, in one order, however equal they are", func(t *testing.T) {
		for _, sort := range []index.Sort{index.Best, index.Pressing, index.Ending, index.Latest} {
			var got []string
			for offset := 0; offset < index.MaxDepth; offset += 100 {
				p := search(t, x, index.Query{Sort: sort, Limit: 100, Offset: offset})
				require.Equal(t, len(docs), p.Total)
				got = append(got, inOrder(p)...)
			}
			want := oracle(docs).search(index.Query{Sort: sort, Limit: index.MaxDepth})
			require.Equal(t, inOrder(want), got)
		}
	})
	t.Run("P6 the depth is limited, and the limit too", func(t *testing.T) {
		for q, want := range map[struct{ offset, limit int }]error{
			{index.MaxDepth, 1}:     index.ErrDeep,
			{index.MaxDepth - 1, 1}: nil,
			{index.MaxDepth - 1, 2}: index.ErrDeep,
			{0, 0}:                  index.ErrQuery,
			{0, -1}:                 index.ErrQuery,
			{-1, 1}:                 index.ErrQuery,
			{0, index.MaxLimit + 1}: index.ErrQuery,
			{1 << 40, 1}:            index.ErrDeep,
		} {
			_, err := x.Search(soon(t), reader(x), index.Query{Offset: q.offset, Limit: q.limit})
			require.ErrorIs(t, err, want, "%+v", q)
		}
	})
	t.Run("P2 walking to the end of what may be walked gives each id once", func(t *testing.T) {
		seen := map[string]bool{}
		for offset := 0; offset < index.MaxDepth; offset += 50 {
			for _, id := range inOrder(search(t, x, index.Query{Sort: index.Ending, Limit: 50, Offset: offset})) {
				require.False(t, seen[id])
				seen[id] = true
			}
		}
		require.Len(t, seen, index.MaxDepth)
	})
	t.Run("P3 walking while cards change loses and repeats none that keeps its place", func(t *testing.T) {
		var got []string
		for offset := 0; offset < index.MaxDepth; offset += 100 {
			got = append(got, inOrder(search(t, x, index.Query{Sort: index.Pressing, Limit: 100, Offset: offset}))...)
			d := docs[offset]
			d.Version = 2
			d.Size = "3+"
			fill(t, x, d)
			docs[offset] = d
		}
		want := oracle(docs).search(index.Query{Sort: index.Pressing, Limit: index.MaxDepth})
		require.Equal(t, inOrder(want), got)
	})
	t.Run("P5 the order survives a rebuild, so a walk goes on where it was", func(t *testing.T) {
		first := inOrder(search(t, x, index.Query{Sort: index.Pressing, Limit: 100}))
		ctx := soon(t)
		r, err := x.BeginRebuild(ctx)
		require.NoError(t, err)
		backwards := slices.Clone(docs)
		slices.Reverse(backwards)
		require.NoError(t, r.Add(ctx, backwards))
		_, err = r.Commit(ctx, nil)
		require.NoError(t, err)
		second := inOrder(search(t, x, index.Query{Sort: index.Pressing, Limit: 100, Offset: 100}))
		want := oracle(docs).search(index.Query{Sort: index.Pressing, Limit: 200})
		require.Equal(t, inOrder(want), append(first, second...))
	})
	t.Run("P7 what ends last comes last, and nothing is without a last day", func(t *testing.T) {
		late := docs[700]
		late.Version, late.Rank, late.Until = late.Version+1, 3, 1<<30
		fill(t, x, late)
		few := index.Query{Sort: index.Pressing, Limit: 100, Must: []index.Cond{index.In{Field: index.Age, Codes: []string{late.Age}}}}
		order := inOrder(search(t, x, few))
		require.Equal(t, late.ID, order[len(order)-1])
		late.Version, late.Until = late.Version+1, docs[700].Until
		late.Rank = docs[700].Rank
		fill(t, x, late)
	})
	t.Run("behind the end is an empty page with the same total", func(t *testing.T) {
		p := search(t, x, index.Query{Must: []index.Cond{index.In{Field: index.Age, Codes: []string{name(1)}}}, Limit: 10, Offset: 50})
		require.Empty(t, p.Hits)
		require.Equal(t, 5, p.Total)
	})
	t.Run("P8 three hundred values of a facet are all counted", func(t *testing.T) {
		p := search(t, x, index.Query{Limit: 1, Facets: []index.Field{index.Age}})
		require.Len(t, p.Facets[index.Age], 300)
		require.Equal(t, index.Count{Code: name(0), N: 5}, p.Facets[index.Age][0])
	})
	t.Run("T19 the same text in every card is no trouble", func(t *testing.T) {
		require.Equal(t, len(docs), search(t, x, index.Query{Text: "家庭", Limit: 1}).Total)
	})
}
