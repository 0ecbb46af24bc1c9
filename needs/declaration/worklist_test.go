package declaration_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/declaration"
)

func TestWorklist(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	var ids []declaration.ID
	for i := range 7 {
		got, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Citizen{Account: fmt.Sprint("citizen-", i)},
			said(func(d *declaration.Declaration) {
				if i == 3 {
					d.Hardships = []declaration.Hardship{"heating"}
				}
			}))
		require.NoError(t, err)
		ids = append(ids, got)
	}

	t.Run("pages hold each declaration once, those that wait longest first", func(t *testing.T) {
		var seen []declaration.ID
		f := declaration.Filter{Limit: 3}
		for range 4 {
			rows, err := declaration.Worklist(t.Context(), p.Pools.Records, officer, f)
			require.NoError(t, err)
			for _, r := range rows {
				seen = append(seen, r.ID)
				f.After = r.Key()
			}
		}
		require.Equal(t, ids, seen)
	})

	t.Run("filters narrow, and a reference finds one", func(t *testing.T) {
		rows, err := declaration.Worklist(t.Context(), p.Pools.Records, officer, declaration.Filter{Hardship: "heating"})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		rows, err = declaration.Worklist(t.Context(), p.Pools.Records, officer, declaration.Filter{Reference: ids[5].Reference()})
		require.NoError(t, err)
		require.Equal(t, ids[5], rows[0].ID)
		rows, err = declaration.Worklist(t.Context(), p.Pools.Records, officer, declaration.Filter{Reference: "%"})
		require.NoError(t, err)
		require.Empty(t, rows)
		_, err = declaration.Worklist(t.Context(), p.Pools.Records, officer, declaration.Filter{After: "nonsense"})
		require.Equal(t, fault.NotFound, fault.Of(err))
	})

	t.Run("what is late is marked", func(t *testing.T) {
		_, err := p.Admin.Exec(t.Context(), `update records.declarations set due_on = '2020-01-01' where id = $1`, ids[2])
		require.NoError(t, err)
		rows, err := declaration.Worklist(t.Context(), p.Pools.Records, officer, declaration.Filter{})
		require.NoError(t, err)
		require.True(t, rows[2].Overdue)
		require.False(t, rows[1].Overdue)
	})
}
