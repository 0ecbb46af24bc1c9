package session_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pgtest"
	"shanqiao/portal/account"
	"shanqiao/portal/session"
)

type house struct {
	*pgtest.DB
	session.Store
	account string
}

func newHouse(t *testing.T) house {
	t.Helper()
	p := pgtest.New(t)
	id, err := account.OfPhone(t.Context(), p.Pools.Access, p.Keys, "13800000000")
	require.NoError(t, err)
	return house{p, session.Store{DB: p.Pools.Access, Secure: true}, id}
}

// signIn returns a request that carries the new session's cookie.
func (h house) signIn(t *testing.T, before *http.Request) *http.Request {
	t.Helper()
	w := httptest.NewRecorder()
	role, err := h.Start(t.Context(), w, before, h.account)
	require.NoError(t, err)
	require.Equal(t, actor.CitizenRole, role)
	cookies := w.Result().Cookies()
	require.Len(t, cookies, 1)
	c := cookies[0]
	require.Equal(t, "__Host-shanqiao", c.Name)
	require.True(t, c.Secure && c.HttpOnly && c.Path == "/" && c.Domain == "")
	require.Equal(t, http.SameSiteLaxMode, c.SameSite)
	r := nobody()
	r.AddCookie(c)
	return r
}

func nobody() *http.Request { return httptest.NewRequest(http.MethodGet, "/", nil) }

func (h house) live(t *testing.T, r *http.Request) bool {
	t.Helper()
	who, err := h.Of(t.Context(), r)
	require.NoError(t, err)
	return who != nil
}

func (h house) sql(t *testing.T, statement string) {
	t.Helper()
	_, err := h.Admin.Exec(t.Context(), statement)
	require.NoError(t, err)
}

func TestSession(t *testing.T) {
	t.Parallel()

	t.Run("a signed-in request knows its account, and a strange token nobody", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		r := h.signIn(t, nobody())
		who, err := h.Of(t.Context(), r)
		require.NoError(t, err)
		require.Equal(t, h.account, who.Account)
		by, err := who.Actor(t.Context(), h.Pools.Records)
		require.NoError(t, err)
		require.Equal(t, actor.Citizen{Account: h.account}, by)

		forged := nobody()
		forged.AddCookie(&http.Cookie{Name: "__Host-shanqiao", Value: session.NewToken()})
		require.False(t, h.live(t, forged))
		require.False(t, h.live(t, nobody()))
	})

	t.Run("the token itself is not stored", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		r := h.signIn(t, nobody())
		var n int
		c, err := r.Cookie("__Host-shanqiao")
		require.NoError(t, err)
		require.NoError(t, h.Admin.QueryRow(t.Context(),
			`select count(*) from access.sessions where position($1::bytea in token_hash) > 0`, []byte(c.Value)).Scan(&n))
		require.Zero(t, n)
	})

	t.Run("signing in again makes a new token and ends the old one", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		first := h.signIn(t, nobody())
		second := h.signIn(t, first)
		require.NotEqual(t, first.Cookies()[0].Value, second.Cookies()[0].Value)
		require.False(t, h.live(t, first))
		require.True(t, h.live(t, second))
	})

	t.Run("an account that is disabled is out on its next request", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		r := h.signIn(t, nobody())
		h.sql(t, `update access.accounts set disabled_at = now()`)
		require.False(t, h.live(t, r))
		_, err := h.Start(t.Context(), httptest.NewRecorder(), nobody(), h.account)
		require.Error(t, err)
	})

	t.Run("signing out everywhere ends every session and not the next one", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		here, there := h.signIn(t, nobody()), h.signIn(t, nobody())
		require.NoError(t, session.EndAll(t.Context(), h.Pools.Access, h.account))
		require.False(t, h.live(t, here))
		require.False(t, h.live(t, there))
		require.True(t, h.live(t, h.signIn(t, nobody())))
	})

	t.Run("silence and age end a session", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		r := h.signIn(t, nobody())
		h.sql(t, `update access.sessions set last_seen = now() - interval '6 days 23 hours'`)
		require.True(t, h.live(t, r))
		h.sql(t, `update access.sessions set last_seen = now() - interval '7 days 1 minute'`)
		require.False(t, h.live(t, r))
		r = h.signIn(t, nobody())
		h.sql(t, `update access.sessions set expires_at = now()`)
		require.False(t, h.live(t, r))
	})

	t.Run("a sign of life is written at most once a minute", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		r := h.signIn(t, nobody())
		writes := func() (n int) {
			require.NoError(t, h.Admin.QueryRow(t.Context(),
				`select count(*) from access.sessions where last_seen > created_at`).Scan(&n))
			return n
		}
		require.True(t, h.live(t, r))
		require.Zero(t, writes())
		h.sql(t, `update access.sessions set created_at = created_at - interval '2 minutes', last_seen = created_at - interval '2 minutes'`)
		v, err := h.Unseen(t.Context(), r)
		require.NoError(t, err)
		require.NotNil(t, v)
		require.Zero(t, writes(), "a page that lies open is no sign of life")
		require.True(t, h.live(t, r))
		require.Equal(t, 1, writes())
	})
}

// TestEndIsFinal lets requests in flight race a sign-out: none may bring the
// session back.
func TestEndIsFinal(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 50 {
		r := h.signIn(t, nobody())
		h.sql(t, `update access.sessions set last_seen = now() - interval '2 minutes' where revoked_at is null`)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := h.Of(t.Context(), r); err != nil {
					t.Error(err)
				}
			})
		}
		w := httptest.NewRecorder()
		require.NoError(t, h.End(t.Context(), w, r))
		wg.Wait()
		require.False(t, h.live(t, r))
		require.Negative(t, w.Result().Cookies()[0].MaxAge)
	}
}
