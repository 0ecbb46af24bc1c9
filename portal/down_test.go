package portal_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/internal/actor"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/index"
	"shanqiao/portal"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

// down checks an answer of a site whose database is away.
func down(t *testing.T, page *portaltest.Page, what string) {
	t.Helper()
	require.Equal(t, http.StatusServiceUnavailable, page.Status, what)
	require.Equal(t, "30", page.Header.Get("Retry-After"), what)
	require.NotRegexp(t, `goroutine|pgconn|SQLSTATE|failed to|dial|shanqiao_test|127\.0\.0\.1`, page.Body, what)
}

// TestDatabaseAway shuts the door of Postgres, with connections that are in use
// and without, looks at what people see, and opens it again.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	member := site.As(t, account.New{Role: actor.MemberRole, Organisation: charitytest.Verified(t, site.DB).Organisation, Name: "陈女士"})
	officer := site.Role(t, actor.SubdistrictRole)
	need := charitytest.Card(t, site.DB, 3)
	require.Equal(t, http.StatusOK, member.Get("/c").Status)

	t.Run("a connection that is cut in the middle of a form is said to be trouble of a neighbour", func(t *testing.T) {
		tx, err := site.Admin.Begin(t.Context())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), `lock table exchange.requests in access exclusive mode`)
		require.NoError(t, err)
		answer := make(chan *portaltest.Page, 1)
		go func() {
			answer <- member.Post("/c/needs/"+need+"/claim", url.Values{"request": {"bbbbbbbbbbbbbbbbbbbbbbbbbb"}, "units": {"1"},
				"offer": {"none"}, "worker": {member.Account}, "step": {"confirm"}})
		}()
		require.Eventually(t, func() bool {
			var cut int
			err := tx.QueryRow(t.Context(), `
				select count(pg_terminate_backend(pid))
				  from pg_stat_activity
				 where datname = current_database() and application_name = 'shanqiao-exchange' and wait_event_type = 'Lock'`).Scan(&cut)
			return err == nil && cut > 0
		}, 10*time.Second, 5*time.Millisecond)
		down(t, <-answer, "cut")
		require.NoError(t, tx.Rollback(t.Context()))
		var claims int
		require.NoError(t, site.Admin.QueryRow(t.Context(), `select count(*) from exchange.claims`).Scan(&claims))
		require.Zero(t, claims)
	})

	shut := func(open bool) {
		conn, err := pgx.Connect(context.WithoutCancel(t.Context()), os.Getenv(pgtest.Variable))
		require.NoError(t, err)
		defer func() { require.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) }()
		_, err = conn.Exec(t.Context(), `alter database `+site.Name+` with allow_connections `+map[bool]string{true: "true", false: "false"}[open])
		require.NoError(t, err)
		if !open {
			_, err = conn.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, site.Name)
			require.NoError(t, err)
		}
	}
	shut(false)
	t.Run("every page that needs it says so, with a number to quote", func(t *testing.T) {
		for range 4 { // the pools notice their dead connections one by one
			for path, b := range map[string]*portaltest.Browser{"/": member, "/c/needs": member, "/s": officer, "/needs/" + need: site.Anyone(t), "/projects": site.Anyone(t)} {
				page := b.Get(path)
				down(t, page, path)
				require.Regexp(t, `^[0-9a-f]{16}$`, page.Text("main code"), path)
				require.NotEmpty(t, page.Text("main h1"))
			}
			down(t, member.Get("/api/v1/needs"), "the interface")
			down(t, member.Post("/c/needs/"+need+"/claim", url.Values{"units": {"1"}}), "a form")
			down(t, site.Anyone(t).Post("/signin/password", url.Values{"login": {"x"}, "password": {"y"}}), "signing in")
			down(t, site.Anyone(t).Post("/signin/phone", url.Values{"phone": {"13800000000"}}), "a code")
		}
	})
	t.Run("the process lives and is not ready", func(t *testing.T) {
		require.Equal(t, http.StatusOK, site.Anyone(t).Get("/livez").Status)
		require.Equal(t, http.StatusServiceUnavailable, site.Anyone(t).Get("/readyz").Status)
		require.Equal(t, http.StatusOK, site.Anyone(t).Get("/help").Status)
	})
	shut(true)
	t.Run("when it is back nobody has been signed out", func(t *testing.T) {
		require.Eventually(t, func() bool { return site.Anyone(t).Get("/readyz").Status == http.StatusOK }, 10*time.Second, 50*time.Millisecond)
		require.Equal(t, http.StatusOK, member.Get("/c").Status)
		require.Equal(t, http.StatusOK, officer.Get("/s").Status)
	})
}

// away is an index that does not answer.
type away struct{ index.Index }

func (away) Search(context.Context, index.Scope, index.Query) (index.Page, error) {
	return index.Page{}, index.ErrUnavailable
}

// TestIndexAway looks for needs while nothing can be looked up. What is reached
// by its address, and claims, need no index.
func TestIndexAway(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t, func(s *portal.Server) { s.Index = index.Tiers{Public: away{}, Verified: away{}} })
	member := site.As(t, account.New{Role: actor.MemberRole, Organisation: charitytest.Verified(t, site.DB).Organisation, Name: "陈女士"})
	need := charitytest.Card(t, site.DB, 3)
	for _, path := range []string{"/needs", "/c/needs", "/c/needs?q=x", "/api/v1/needs"} {
		down(t, member.Get(path), path)
	}
	for _, path := range []string{"/", "/c", "/c/needs/" + need, "/c/claims", "/api/v1/needs/" + need} {
		require.Equal(t, http.StatusOK, member.Get(path).Status, path)
	}
	page := member.Get("/c/needs/" + need + "/claim").Fill(url.Values{"units": {"1"}})
	require.Equal(t, http.StatusOK, page.Fill(nil).Status)
	require.Contains(t, member.Get("/c/claims").Text("main"), "等街道答复")
}
