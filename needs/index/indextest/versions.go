package indextest

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

func versions(t *testing.T, open Open) {
	x := open(t, deid.Verified)
	at := func(n int, version int64, word string) index.Doc {
		d := doc(n, "题", word)
		d.Version = version
		return d
	}
	has := func(t *testing.T, word string, want ...int) {
		t.Helper()
		require.Equal(t, ids(want...), found(search(t, x, index.Query{Text: word})))
	}
	t.Run("V1 a newer version replaces all of the older", func(t *testing.T) {
		fill(t, x, at(1, 1, "苹果"))
		d := at(1, 2, "香蕉")
		d.Urgency = "urgent"
		fill(t, x, d)
		has(t, "苹果")
		has(t, "香蕉", 1)
		p := search(t, x, index.Query{Text: "香蕉", Facets: []index.Field{index.Urgency}})
		require.Equal(t, []index.Count{{Code: "urgent", N: 1}}, p.Facets[index.Urgency])
		require.Equal(t, []index.Hit{{ID: ID(1), Version: 2}}, p.Hits)
	})
	t.Run("V2 an older version changes nothing", func(t *testing.T) {
		fill(t, x, at(2, 5, "橙子"))
		require.Equal(t, []index.ItemResult{index.Stale}, change(t, x, upsert(at(2, 4, "柠檬"))))
		has(t, "橙子", 2)
		has(t, "柠檬")
	})
	t.Run("V3 the same version again changes nothing", func(t *testing.T) {
		fill(t, x, at(3, 5, "葡萄"))
		require.Equal(t, []index.ItemResult{index.Stale}, change(t, x, upsert(at(3, 5, "葡萄"))))
		has(t, "葡萄", 3)
	})
	t.Run("V4 what is removed is gone, and a late change does not bring it back", func(t *testing.T) {
		fill(t, x, at(4, 1, "西瓜"))
		change(t, x, index.Change{ID: ID(4), Version: 3, Delete: true})
		has(t, "西瓜")
		require.Equal(t, []index.ItemResult{index.Stale}, change(t, x, upsert(at(4, 2, "西瓜"))))
		has(t, "西瓜")
		require.Equal(t, []index.ItemResult{index.Applied}, change(t, x, upsert(at(4, 4, "西瓜"))))
		has(t, "西瓜", 4)
	})
	t.Run("V5 an older version after a removal stays away", func(t *testing.T) {
		change(t, x, index.Change{ID: ID(8), Version: 7, Delete: true})
		require.Equal(t, []index.ItemResult{index.Stale}, change(t, x, upsert(at(8, 6, "枇杷"))))
		require.Equal(t, []index.ItemResult{index.Stale}, change(t, x, upsert(at(8, 7, "枇杷"))))
		has(t, "枇杷")
	})
	t.Run("V6 a newer version after a removal is there again", func(t *testing.T) {
		require.Equal(t, []index.ItemResult{index.Applied}, change(t, x, upsert(at(8, 8, "枇杷"))))
		has(t, "枇杷", 8)
	})
	t.Run("a repair counts at the version that is known, and not at an older one", func(t *testing.T) {
		fill(t, x, at(9, 4, "山楂"))
		again := upsert(at(9, 4, "海棠"))
		require.Equal(t, []index.ItemResult{index.Stale}, change(t, x, again))
		again.Repair = true
		require.Equal(t, []index.ItemResult{index.Applied}, change(t, x, again))
		has(t, "海棠", 9)
		late := upsert(at(9, 3, "山楂"))
		late.Repair = true
		require.Equal(t, []index.ItemResult{index.Stale}, change(t, x, late))
		require.Equal(t, []index.ItemResult{index.Applied}, change(t, x, index.Change{ID: ID(9), Version: 4, Delete: true, Repair: true}))
		has(t, "海棠")
		require.Equal(t, []index.ItemResult{index.Applied}, change(t, x, again), "what was removed by mistake comes back")
		has(t, "海棠", 9)
	})
	t.Run("a late removal does not remove what is newer", func(t *testing.T) {
		fill(t, x, at(5, 9, "荔枝"))
		require.Equal(t, []index.ItemResult{index.Stale}, change(t, x, index.Change{ID: ID(5), Version: 8, Delete: true}))
		has(t, "荔枝", 5)
	})
	t.Run("V9 removing what was never there is remembered", func(t *testing.T) {
		change(t, x, index.Change{ID: ID(6), Version: 2, Delete: true})
		change(t, x, upsert(at(6, 1, "芒果")))
		has(t, "芒果")
	})
	t.Run("V7 a thousand versions in any order end with the highest", func(t *testing.T) {
		var changes []index.Change
		for v := range 1000 {
			changes = append(changes, upsert(at(7+v%10, int64(1+v), name(v))))
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
		change(t, x, changes...)
		for v := range 1000 {
			if v >= 990 {
				has(t, name(v), 7+v%10)
			}
		}
		has(t, name(989))
	})
	t.Run("V8 of one id twice in a batch the higher version counts", func(t *testing.T) {
		change(t, x, upsert(at(20, 2, "樱桃")), upsert(at(20, 1, "草莓")))
		has(t, "樱桃", 20)
		change(t, x, upsert(at(20, 3, "草莓")), index.Change{ID: ID(20), Version: 4, Delete: true})
		has(t, "樱桃")
		has(t, "草莓")
	})
	t.Run("V11 many writers at once end with the highest versions", func(t *testing.T) {
		var g errgroup.Group
		ctx := soon(t)
		for writer := range 50 {
			g.Go(func() error {
				for v := range 10 {
					r, err := x.Apply(ctx, []index.Change{upsert(at(30+v%5, int64(1+(writer*7+v*13)%500), "石榴"))})
					if err != nil {
						return err
					}
					if writer%10 == 0 {
						if err := x.WaitVisible(ctx, r); err != nil {
							return err
						}
					}
				}
				return nil
			})
		}
		require.NoError(t, g.Wait())
		want := map[string]int64{}
		for writer := range 50 {
			for v := range 10 {
				id := ID(30 + v%5)
				want[id] = max(want[id], int64(1+(writer*7+v*13)%500))
			}
		}
		last := at(40, 1, "石榴") // a fence: later searches see all that came before
		fill(t, x, last)
		want[last.ID] = 1
		got := map[string]int64{}
		for _, h := range search(t, x, index.Query{Text: "石榴"}).Hits {
			got[h.ID] = h.Version
		}
		require.Equal(t, want, got)
	})
	t.Run("V12 counts follow a change", func(t *testing.T) {
		d := at(41, 1, "杨梅")
		fill(t, x, d)
		d.Version, d.Size = 2, "3+"
		fill(t, x, d)
		p := search(t, x, index.Query{Text: "杨梅", Facets: []index.Field{index.Size}})
		require.Equal(t, []index.Count{{Code: "3+", N: 1}}, p.Facets[index.Size])
	})
	t.Run("the manifest lists what is held and nothing that is gone", func(t *testing.T) {
		y := open(t, deid.Verified)
		docs := documents(Cards(25, 5, deid.Verified))
		fill(t, y, docs...)
		change(t, y, index.Change{ID: docs[3].ID, Version: 9, Delete: true})
		var seen []index.DocVersion
		for after := ""; ; after = seen[len(seen)-1].ID {
			part, err := y.Manifest(soon(t), "", after, 7)
			require.NoError(t, err)
			if len(part) == 0 {
				break
			}
			seen = append(seen, part...)
		}
		require.Len(t, seen, 24)
		require.IsIncreasing(t, func() (all []string) {
			for _, s := range seen {
				all = append(all, s.ID)
			}
			return all
		}())
		require.NotContains(t, seen, index.LineOf(docs[3]))
		require.Contains(t, seen, index.LineOf(docs[4]), "with its checksum")
		sums, err := y.Buckets(soon(t))
		require.NoError(t, err)
		want := index.Buckets{}
		for _, line := range seen {
			want.Add(line)
			part, err := y.Manifest(soon(t), index.Bucket(line.ID), "", 100)
			require.NoError(t, err)
			require.Contains(t, part, line)
			for _, other := range part {
				require.Equal(t, index.Bucket(line.ID), index.Bucket(other.ID))
			}
		}
		require.Equal(t, want, sums)
		require.Empty(t, want.Differ(sums))
	})
}
