package migrate_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"shanqiao/internal/migrate"
	"shanqiao/internal/pgtest"
)

// blank is a database that no migration has touched, in the test's cluster.
func blank(t *testing.T, p *pgtest.DB) string {
	t.Helper()
	name := fmt.Sprintf("shanqiao_blank_%08x", rand.Uint32())
	_, err := p.Admin.Exec(t.Context(), `create database `+name)
	require.NoError(t, err)
	u, err := url.Parse(p.URL)
	require.NoError(t, err)
	u.Path = "/" + name
	return u.String()
}

func dropBlank(t *testing.T, p *pgtest.DB, address string) {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	_, err = p.Admin.Exec(t.Context(), `drop database `+u.Path[1:]+` with (force)`)
	require.NoError(t, err)
}

func TestUp(t *testing.T) {
	t.Parallel()

	t.Run("many at once in one empty database run each migration once", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		address := blank(t, p)
		defer dropBlank(t, p, address)
		ran := make([]int, 4)
		var all errgroup.Group
		for i := range ran {
			all.Go(func() (err error) {
				ran[i], err = migrate.Up(t.Context(), address, p.Keys)
				return err
			})
		}
		require.NoError(t, all.Wait())
		var sum int
		for _, n := range ran {
			sum += n
		}
		conn, err := pgx.Connect(t.Context(), address)
		require.NoError(t, err)
		defer conn.Close(t.Context())
		var rows, twice int
		require.NoError(t, conn.QueryRow(t.Context(), `
			select count(*) filter (where version_id > 0), count(*) - count(distinct version_id)
			  from history.migrations`).Scan(&rows, &twice))
		require.Equal(t, sum, rows)
		require.Zero(t, twice)
		pending, err := migrate.Pending(t.Context(), conn)
		require.NoError(t, err)
		require.Empty(t, pending)
		had, ours, err := migrate.Versions(t.Context(), conn)
		require.NoError(t, err)
		require.Equal(t, ours, had)
		require.GreaterOrEqual(t, ours, int64(110))
	})

	t.Run("a second time it changes nothing", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		ran, err := migrate.Up(t.Context(), p.URL, p.Keys)
		require.NoError(t, err)
		require.Zero(t, ran)
	})

	t.Run("the owner owns everything and cannot sign in", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		var strangers int
		require.NoError(t, p.Admin.QueryRow(t.Context(), `
			select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
			 where n.nspname in ('access','records','gate','exchange','history')
			   and c.relowner <> 'shanqiao_owner'::regrole`).Scan(&strangers))
		require.Zero(t, strangers)
		var login bool
		require.NoError(t, p.Admin.QueryRow(t.Context(), `
			select rolcanlogin from pg_roles where rolname = 'shanqiao_owner'`).Scan(&login))
		require.False(t, login)
	})

	t.Run("a login that was given too much gives it back", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		_, err := p.Admin.Exec(t.Context(), `alter role shanqiao_audit createdb`)
		require.NoError(t, err)
		_, err = migrate.Up(t.Context(), p.URL, p.Keys)
		require.NoError(t, err)
		var may bool
		require.NoError(t, p.Admin.QueryRow(t.Context(), `
			select rolcreatedb from pg_roles where rolname = 'shanqiao_audit'`).Scan(&may))
		require.False(t, may)
	})

	t.Run("the address is never in an error", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		_, err := migrate.Up(t.Context(), "postgres://u:hunter2@127.0.0.1:port/x", p.Keys)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "hunter2")
		_, err = migrate.As("hunter2", migrate.Records, p.Keys)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "hunter2")
	})
}
