package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/pgtest"
)

func TestNew(t *testing.T) {
	t.Parallel()

	t.Run("two tests do not see each other's rows", func(t *testing.T) {
		t.Parallel()
		a, b := pgtest.New(t), pgtest.New(t)
		_, err := a.Admin.Exec(t.Context(), `
			insert into records.households (id, number, region) values ('h', '110105015-00001', '110105015')`)
		require.NoError(t, err)
		var n int
		require.NoError(t, b.Admin.QueryRow(t.Context(), `select count(*) from records.households`).Scan(&n))
		require.Zero(t, n)
	})

	t.Run("each pool signs in as its own role", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		for want, pool := range map[string]*pgxpool.Pool{
			"shanqiao_access": p.Pools.Access, "shanqiao_records": p.Pools.Records, "shanqiao_exchange": p.Pools.Exchange,
			"shanqiao_gate": p.Pools.Gate, "shanqiao_audit": p.Pools.Audit,
		} {
			var who, session string
			require.NoError(t, pool.QueryRow(t.Context(), `select current_user, session_user`).Scan(&who, &session))
			require.Equal(t, want, who)
			require.Equal(t, want, session)
		}
	})
}

func BenchmarkClone(b *testing.B) {
	for b.Loop() {
		pgtest.New(b)
	}
}
