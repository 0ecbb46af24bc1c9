package portal_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/portal"
	"shanqiao/portal/portaltest"
	"shanqiao/portal/route"
	"shanqiao/portal/session"
)

var digits = regexp.MustCompile(`\d{6}`)

// TestCookies looks at every cookie that a site behind https hands out.
func TestCookies(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t, func(s *portal.Server) { s.Secure = true })
	store := session.Store{DB: site.Pools.Access, Secure: true}
	start := func() *http.Cookie {
		w := httptest.NewRecorder()
		_, err := store.Start(t.Context(), w, httptest.NewRequest(http.MethodGet, "/", nil), site.Role(t, actor.AuditorRole).Account)
		require.NoError(t, err)
		return w.Result().Cookies()[0]
	}
	seen := map[string]bool{}
	for _, c := range []struct{ method, path, body string }{
		{http.MethodGet, "/lang?to=en", ""}, {http.MethodGet, "/edition?to=elder", ""}, {http.MethodGet, "/help", ""},
		{http.MethodPost, "/signin/phone", "phone=13800000000"}, {http.MethodPost, "/d/need", "hardships=illness"},
		{http.MethodPost, "/d/clear", ""}, {http.MethodPost, "/account", "language=en"}, {http.MethodPost, "/signout", ""},
	} {
		r := request(t, site, c.method, c.path, c.body)
		r.AddCookie(start())
		r.AddCookie(&http.Cookie{Name: route.NoticeCookie, Value: "entry.signed_out"})
		for _, line := range site.Anyone(t).Stay().Do(r).Header.Values("Set-Cookie") {
			name, _, _ := strings.Cut(line, "=")
			seen[name] = true
			for _, part := range []string{"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} {
				require.Contains(t, line, "; "+part, c.path)
			}
			require.NotContains(t, line, "Domain", c.path)
		}
	}
	for _, name := range []string{"__Host-shanqiao", "__Host-browser", "__Host-draft", "lang", "edition", "notice"} {
		require.True(t, seen[name], name)
	}
}

// TestFixation signs in with a session token that somebody else planted.
func TestFixation(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	planted := strings.Repeat("A", 43)
	b := site.Anyone(t)
	ask := func(method, path, body string, cookies ...*http.Cookie) *portaltest.Page {
		r := request(t, site, method, path, body)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		return b.Stay().Do(r)
	}
	page := ask(http.MethodPost, "/signin/phone", "phone=13800000001", &http.Cookie{Name: "shanqiao", Value: planted})
	require.Equal(t, http.StatusSeeOther, page.Status)
	code := digits.FindString(site.Sender.Last("13800000001").Reveal())
	page = ask(http.MethodPost, "/signin/code", "code="+code, &http.Cookie{Name: "shanqiao", Value: planted})
	require.Equal(t, http.StatusSeeOther, page.Status)
	require.NotEmpty(t, b.Cookie("shanqiao"))
	require.NotEqual(t, planted, b.Cookie("shanqiao"))

	r := request(t, site, http.MethodGet, "/account", "")
	r.AddCookie(&http.Cookie{Name: "shanqiao", Value: planted})
	require.Equal(t, http.StatusSeeOther, site.Anyone(t).Stay().Do(r).Status, "the planted one signs nobody in")
	old := b.Cookie("shanqiao")
	ask(http.MethodPost, "/signout", "")
	r = request(t, site, http.MethodGet, "/account", "")
	r.AddCookie(&http.Cookie{Name: "shanqiao", Value: old})
	require.Equal(t, http.StatusSeeOther, site.Anyone(t).Stay().Do(r).Status, "nor does one that was given back")
}
