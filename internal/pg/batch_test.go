package pg_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
)

func TestTogether(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Pools.Exchange
	none := errors.New("nobody there")

	t.Run("hands answers over in the order in which they were asked", func(t *testing.T) {
		t.Parallel()
		type row struct {
			N    int
			Name string
		}
		var got []row
		err := pg.Together(t.Context(), db, func(b *pg.Batch) {
			pg.Each(b, `select n, 'many' as name from generate_series(1, @most) as n`, pg.Args{"most": 2},
				func(r row) { got = append(got, r) })
			pg.Each(b, `select 0 as n, 'none' as name where false`, pg.Args{}, func(r row) { got = append(got, r) })
			pg.Only(b, none, `select 7`, pg.Args{}, func(n int) { got = append(got, row{n, "one"}) })
		})
		require.NoError(t, err)
		require.Equal(t, []row{{1, "many"}, {2, "many"}, {7, "one"}}, got)
	})

	t.Run("asks nothing where nothing is asked", func(t *testing.T) {
		t.Parallel()
		require.NoError(t, pg.Together(t.Context(), db, func(*pg.Batch) {}))
	})

	t.Run("stops at the first answer that fails", func(t *testing.T) {
		t.Parallel()
		for name, ask := range map[string]func(b *pg.Batch){
			"no row":     func(b *pg.Batch) { pg.Only(b, none, `select 1 where false`, pg.Args{}, func(int) {}) },
			"bad column": func(b *pg.Batch) { pg.Each(b, `select 'x'`, pg.Args{}, func(int) {}) },
			"bad words":  func(b *pg.Batch) { pg.Each(b, `select nothing`, pg.Args{}, func(int) {}) },
			"an argument too many": func(b *pg.Batch) {
				pg.Each(b, `select 1`, pg.Args{"extra": 1}, func(int) {})
			},
		} {
			later := false
			err := pg.Together(t.Context(), db, func(b *pg.Batch) {
				ask(b)
				pg.Each(b, `select 1`, pg.Args{}, func(int) { later = true })
			})
			require.Error(t, err, name)
			require.Equal(t, name == "no row", errors.Is(err, none), name)
			require.Equal(t, fault.Internal, fault.Of(err), name)
			require.False(t, later, name)
		}
	})

	t.Run("leaves a transaction usable when a row was missing", func(t *testing.T) {
		t.Parallel()
		err := pg.InTx(t.Context(), db, func(tx pg.DB) error {
			err := pg.Together(t.Context(), tx, func(b *pg.Batch) {
				pg.Only(b, none, `select 1 where false`, pg.Args{}, func(int) {})
				pg.Each(b, `select n from generate_series(1, 9) as n`, pg.Args{}, func(int) {})
			})
			require.ErrorIs(t, err, none)
			n, err := pg.One[int](t.Context(), tx, none, `select 3`, pg.Args{})
			require.Equal(t, 3, n)
			return err
		})
		require.NoError(t, err)
	})
}
