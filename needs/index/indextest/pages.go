package indextest

import (
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
	t.Run("walking gives every card once, in one order, however equal they are", func(t *testing.T) {
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
	t.Run("the depth is limited, and the limit too", func(t *testing.T) {
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
	t.Run("behind the end is an empty page with the same total", func(t *testing.T) {
		p := search(t, x, index.Query{Must: []index.Cond{index.In{Field: index.Age, Codes: []string{name(1)}}}, Limit: 10, Offset: 50})
		require.Empty(t, p.Hits)
		require.Equal(t, 5, p.Total)
	})
	t.Run("three hundred values of a facet are all counted", func(t *testing.T) {
		p := search(t, x, index.Query{Limit: 1, Facets: []index.Field{index.Age}})
		require.Len(t, p.Facets[index.Age], 300)
		require.Equal(t, index.Count{Code: name(0), N: 5}, p.Facets[index.Age][0])
	})
	t.Run("the same text in every card is no trouble", func(t *testing.T) {
		require.Equal(t, len(docs), search(t, x, index.Query{Text: "家庭", Limit: 1}).Total)
	})
}
