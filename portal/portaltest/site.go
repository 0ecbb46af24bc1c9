// Package portaltest starts the whole portal on a database of its own and gives
// a test browsers that are signed in as anyone: pages are asked for as a reader
// asks, through routes, policy and templates, and read as parsed HTML.
package portaltest

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/message"
	"shanqiao/internal/pgtest"
	"shanqiao/internal/secret"
	"shanqiao/portal"
	"shanqiao/portal/account"
	"shanqiao/portal/session"
)

// Site is a running portal. DB looks behind its walls; Log is every line it wrote.
type Site struct {
	*pgtest.DB
	Server *portal.Server
	URL    string
	Sender *message.Shown
	Log    *Log
}

// New starts a portal; with changes its settings before it starts.
func New(t testing.TB, with ...func(*portal.Server)) *Site {
	t.Helper()
	db := pgtest.New(t)
	s := &Site{DB: db, Sender: &message.Shown{}, Log: &Log{}}
	s.Server = &portal.Server{
		Pools: db.Pools, Keys: db.Keys, Sender: s.Sender, Now: time.Now,
		Log: slog.New(slog.NewJSONHandler(s.Log, nil)), PerSecond: 1_000_000,
	}
	for _, change := range with {
		change(s.Server)
	}
	handler, err := s.Server.Handler()
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Anyone is a browser in which nobody is signed in.
func (s *Site) Anyone(t testing.TB) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	base, err := url.Parse(s.URL)
	require.NoError(t, err)
	return &Browser{t: t, base: base, client: &http.Client{Jar: jar}, Header: http.Header{}}
}

// Signed is a browser signed in to an existing account.
func (s *Site) Signed(t testing.TB, account string) *Browser {
	t.Helper()
	b := s.Anyone(t)
	w := httptest.NewRecorder()
	_, err := session.Store{DB: s.Pools.Access}.Start(t.Context(), w, httptest.NewRequest(http.MethodGet, "/", nil), account)
	require.NoError(t, err)
	b.client.Jar.SetCookies(b.base, w.Result().Cookies())
	b.Account = account
	return b
}

// hash is of a password that nobody knows: tests sign in without one.
const hash = "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// As makes an account and signs it in.
func (s *Site) As(t testing.TB, n account.New) *Browser {
	t.Helper()
	return s.Signed(t, s.Account(t, n))
}

// Account makes an account and returns its id. What n leaves empty is filled in
// where the role needs it: a subdistrict of Chaoyang, its district, an organisation
// that is in no table, a password that nobody knows.
func (s *Site) Account(t testing.TB, n account.New) string {
	t.Helper()
	if n.Login == "" {
		n.Login = "t" + session.NewToken()[:12]
		n.Login = account.Login(n.Login)
	}
	if n.Hash == "" {
		n.Hash = hash
	}
	switch {
	case n.Role == actor.SubdistrictRole && n.Region == "":
		n.Region = "110105015"
	case n.Role == actor.DistrictRole && n.Region == "":
		n.Region = "110105"
	case n.Role == actor.CityRole && n.Region == "":
		n.Region = "110000"
	case n.Role == actor.MemberRole && n.Organisation == "":
		n.Organisation = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	}
	id, err := account.Create(t.Context(), s.Pools.Access, n)
	require.NoError(t, err)
	return id
}

// Citizen is a browser signed in by telephone number, without the code.
func (s *Site) Citizen(t testing.TB, phone string) *Browser {
	t.Helper()
	id, err := account.OfPhone(t.Context(), s.Pools.Access, s.Keys, secret.NormalPhone(phone))
	require.NoError(t, err)
	return s.Signed(t, id)
}

// Role is a browser signed in as some person of a role.
func (s *Site) Role(t testing.TB, role actor.Role) *Browser {
	t.Helper()
	if role == actor.CitizenRole {
		return s.Citizen(t, "13800000000")
	}
	return s.As(t, account.New{Role: role, Name: "测试"})
}

// Log collects what the portal logs.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps a line.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// Len is how much was written, for From.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Len()
}

// From is what was written after Len was n.
func (l *Log) From(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.b.Bytes()[n:])
}

// String is everything that was written.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
