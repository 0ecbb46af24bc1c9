package indextest

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

func lifecycle(t *testing.T, open Open) {
	t.Run("L1 a rebuild replaces everything while readers read and writers write", func(t *testing.T) { rebuilt(t, open) })
	t.Run("L13 readers, writers and swaps at once", func(t *testing.T) { crowded(t, open) })
	t.Run("L3 an aborted rebuild leaves all as it was", func(t *testing.T) { aborted(t, open) })
	t.Run("a rebuild whose tail fails leaves all as it was", func(t *testing.T) {
		x := open(t, deid.Verified)
		fill(t, x, doc(1, "旧", "旧的"))
		ctx := soon(t)
		r, err := x.BeginRebuild(ctx)
		require.NoError(t, err)
		_, err = r.Commit(ctx, func(context.Context) ([]index.Change, error) { return nil, context.DeadlineExceeded })
		require.Error(t, err)
		require.NoError(t, r.Abort(ctx))
		require.Equal(t, ids(1), found(search(t, x, index.Query{Text: "旧的"})))
	})
	t.Run("a late change after a rebuild is still late", func(t *testing.T) {
		x := open(t, deid.Verified)
		d := doc(1, "旧", "旧的")
		fill(t, x, d)
		change(t, x, index.Change{ID: d.ID, Version: 5, Delete: true})
		ctx := soon(t)
		r, err := x.BeginRebuild(ctx)
		require.NoError(t, err)
		_, err = r.Commit(ctx, nil)
		require.NoError(t, err)
		d.Version = 4
		require.Equal(t, []index.ItemResult{index.Stale}, change(t, x, upsert(d)))
		require.Zero(t, search(t, x, index.Query{}).Total)
	})
	t.Run("L11 a caller who left is not waited for", func(t *testing.T) {
		x := open(t, deid.Verified)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := x.Search(ctx, reader(x), index.Query{Limit: 1})
		require.ErrorIs(t, err, context.Canceled)
		_, err = x.Apply(ctx, []index.Change{upsert(doc(1, "甲", "乙"))})
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("L7 health says what is held", func(t *testing.T) {
		x := open(t, deid.Verified)
		fill(t, x, documents(Cards(9, 8, deid.Verified))...)
		h := x.Health(soon(t))
		require.True(t, h.Ready, h.Reason)
		require.Equal(t, 9, h.Docs)
	})
}

func rebuilt(t *testing.T, open Open) {
	x := open(t, deid.Verified)
	old := documents(Cards(200, 9, deid.Verified))
	fresh := make([]index.Doc, len(old))
	for i, d := range old {
		d.Version, d.Size = 2, "rebuilt"
		fresh[i] = d
	}
	fill(t, x, old...)
	before := x.Health(soon(t)).Generation
	ctx := soon(t)
	r, err := x.BeginRebuild(ctx)
	require.NoError(t, err)
	_, err = x.BeginRebuild(ctx)
	require.ErrorIs(t, err, index.ErrRebuilding)

	var stop atomic.Bool
	var g errgroup.Group
	for range 3 {
		g.Go(func() error {
			for !stop.Load() {
				p, err := x.Search(ctx, reader(x), index.Query{Limit: 1, Facets: []index.Field{index.Size}})
				if err != nil {
					return err
				}
				mixed := 0
				for _, c := range p.Facets[index.Size] {
					if c.Code == "rebuilt" {
						mixed = c.N
					}
				}
				// One document is written live, the rest changes in one stroke.
				if p.Total < len(old) || mixed > 1 && mixed < len(old) {
					t.Errorf("a page of %d with %d of the new generation", p.Total, mixed)
				}
			}
			return nil
		})
	}
	require.NoError(t, r.Add(ctx, fresh[:100]))
	live := doc(5000, "活", "重建时写入")
	live.Size = "rebuilt"
	fill(t, x, live) // while the next generation is being built
	require.NoError(t, r.Add(ctx, fresh[100:]))
	report, err := r.Commit(ctx, func(context.Context) ([]index.Change, error) {
		return []index.Change{upsert(live)}, nil
	})
	stop.Store(true)
	require.NoError(t, err)
	require.NoError(t, g.Wait())
	require.Equal(t, index.Report{Docs: 201}, report)
	require.NoError(t, r.Abort(ctx), "after a commit there is nothing to abort")

	p := search(t, x, index.Query{Facets: []index.Field{index.Size}})
	require.Equal(t, []index.Count{{Code: "rebuilt", N: 201}}, p.Facets[index.Size])
	t.Run("L2 what was written during the rebuild is there after it", func(t *testing.T) {
		require.Equal(t, ids(5000), found(search(t, x, index.Query{Text: "重建时写入"})))
	})
	require.Greater(t, x.Health(ctx).Generation, before)
	require.Equal(t, []index.ItemResult{index.Stale}, change(t, x, upsert(old[0])), "versions outlive a rebuild")
	again, err := x.BeginRebuild(ctx)
	require.NoError(t, err, "another rebuild may begin")
	require.NoError(t, again.Abort(ctx))
}

// crowded is worth most under the race detector.
func crowded(t *testing.T, open Open) {
	x := open(t, deid.Verified)
	docs := documents(Cards(100, 12, deid.Verified))
	fill(t, x, docs...)
	ctx := soon(t)
	var stop atomic.Bool
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			for !stop.Load() {
				if _, err := x.Search(ctx, reader(x), index.Query{Text: "家庭", Limit: 10, Facets: index.Fields()}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		for v := int64(2); !stop.Load(); v++ {
			d := docs[int(v)%len(docs)]
			d.Version = v
			if _, err := x.Apply(ctx, []index.Change{upsert(d)}); err != nil {
				return err
			}
		}
		return nil
	})
	for range 3 {
		r, err := x.BeginRebuild(ctx)
		require.NoError(t, err)
		require.NoError(t, r.Add(ctx, docs))
		_, err = r.Commit(ctx, nil)
		require.NoError(t, err)
	}
	stop.Store(true)
	require.NoError(t, g.Wait())
}

func aborted(t *testing.T, open Open) {
	x := open(t, deid.Verified)
	fill(t, x, doc(1, "旧", "旧的"))
	ctx := soon(t)
	r, err := x.BeginRebuild(ctx)
	require.NoError(t, err)
	require.NoError(t, r.Add(ctx, []index.Doc{doc(2, "新", "新的")}))
	require.NoError(t, r.Abort(ctx))
	require.Equal(t, ids(1), found(search(t, x, index.Query{Text: "旧的"})))
	require.Empty(t, found(search(t, x, index.Query{Text: "新的"})))
	_, err = r.Commit(ctx, nil)
	require.ErrorIs(t, err, index.ErrRebuilding)
}
