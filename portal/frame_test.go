package portal_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/portal"
	"shanqiao/portal/account"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
	"shanqiao/portal/portaltest"
)

// TestKinds holds the table of failures against the kinds there are, and each
// answer against its words.
func TestKinds(t *testing.T) {
	t.Parallel()
	require.Len(t, portal.Statuses, len(fault.Kinds))
	for _, kind := range fault.Kinds {
		require.Contains(t, portal.Statuses, kind)
	}
	for _, l := range locale.Languages {
		for _, status := range []string{"400", "401", "403", "404", "405", "409", "410", "413", "422", "429", "500", "503"} {
			require.True(t, locale.For(l).Has("error."+status+".title"), status)
			require.True(t, locale.For(l).Has("error."+status+".next"), status)
		}
	}
}

// request builds what a careful stranger would send.
func request(t *testing.T, site *portaltest.Site, method, path, body string, header ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, site.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

// TestBadInput sends what nobody should and looks for a page that says what to
// do, in both languages, and never a blank one.
func TestBadInput(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	long := "login=" + strings.Repeat("a", 10<<20)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
	}{
		"an address that is none":      {http.MethodGet, "/no/such/page", "", http.StatusNotFound},
		"an id that is none":           {http.MethodGet, "/needs/1%27%20or%201=1", "", http.StatusNotFound},
		"an id of nothing":             {http.MethodGet, "/needs/aaaaaaaaaaaaaaaaaaaaaaaaaa", "", http.StatusNotFound},
		"a project of nothing":         {http.MethodGet, "/projects/aaaaaaaaaaaaaaaaaaaaaaaaaa", "", http.StatusNotFound},
		"an unknown choice":            {http.MethodGet, "/needs?group=nonsense", "", http.StatusUnprocessableEntity},
		"a page that is none":          {http.MethodGet, "/needs?page=-1", "", http.StatusUnprocessableEntity},
		"a district that is none":      {http.MethodGet, "/projects?district=999999", "", http.StatusUnprocessableEntity},
		"ten megabytes of text":        {http.MethodPost, "/signin/password", long, http.StatusRequestEntityTooLarge},
		"broken text in a form":        {http.MethodPost, "/signin/password", "login=%ff%fe&password=x", http.StatusBadRequest},
		"a nought in a form":           {http.MethodPost, "/signin/password", "login=a%00b&password=x", http.StatusBadRequest},
		"a form that is none":          {http.MethodPost, "/signin/password", "login=%zz", http.StatusBadRequest},
		"broken text in an address":    {http.MethodGet, "/%ff", "", http.StatusBadRequest},
		"broken text in a query":       {http.MethodGet, "/?x=%ff", "", http.StatusBadRequest},
		"an empty form":                {http.MethodPost, "/signin/password", "", http.StatusUnprocessableEntity},
		"a method that is not taken":   {http.MethodPut, "/signin/password", "", http.StatusMethodNotAllowed},
		"a GET of what only posts":     {http.MethodGet, "/signout", "", http.StatusMethodNotAllowed},
		"a language that is none":      {http.MethodGet, "/lang?to=fr", "", http.StatusNotFound},
		"an edition that is none":      {http.MethodGet, "/edition?to=huge", "", http.StatusNotFound},
		"a file that is none":          {http.MethodGet, "/static/site.000000000000.css", "", http.StatusNotFound},
		"a telephone that is none":     {http.MethodPost, "/signin/phone", "phone=12345", http.StatusUnprocessableEntity},
		"a thousand fields":            {http.MethodPost, "/signin/password", strings.Repeat("a=1&", 1000), http.StatusUnprocessableEntity},
		"a body of another kind":       {http.MethodPost, "/signin/password", `{"login":`, http.StatusUnprocessableEntity},
		"an address that climbs":       {http.MethodGet, "/static/..%2f..%2fgo.mod", "", http.StatusNotFound},
		"a settings page while nobody": {http.MethodPost, "/account", "language=en", http.StatusUnauthorized},
	} {
		for _, l := range locale.Languages {
			t.Run(name+" "+string(l), func(t *testing.T) {
				t.Parallel()
				page := site.Anyone(t).Do(request(t, site, c.method, c.path, c.body, "Accept-Language", l.Tag()))
				require.Equal(t, c.status, page.Status)
				htmltest.Sound(t, page.Body, l)
				require.NotContains(t, page.Body, "goroutine")
				if c.status != http.StatusUnprocessableEntity {
					require.Regexp(t, `^[0-9a-f]{16}$`, page.Text("main code"), "the number to quote")
				} else {
					require.NotEmpty(t, page.All(".summary"))
					require.Contains(t, page.Text("title"), locale.For(l).T("form.error_word"))
				}
			})
		}
	}
}

func TestProblemDocument(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	for path, status := range map[string]int{"/no/such": 404, "/account": 401} {
		page := site.Anyone(t).Do(request(t, site, http.MethodGet, path, "", "Accept", "application/json"))
		require.Equal(t, status, page.Status)
		require.Equal(t, "application/problem+json; charset=utf-8", page.Header.Get("Content-Type"))
		var doc struct {
			Type, Title, Detail, Instance string
			Status                        int
		}
		require.NoError(t, json.Unmarshal([]byte(page.Body), &doc))
		require.Equal(t, status, doc.Status)
		require.NotEmpty(t, doc.Title)
		require.NotEmpty(t, doc.Detail)
		require.Contains(t, doc.Instance, "urn:request:")
	}
}

// TestWayBack follows the button of a page that says no: to the page that the
// person came from where that helps, and never to another site.
func TestWayBack(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	large := "login=" + strings.Repeat("a", 1<<20)
	for from, to := range map[string]string{
		site.URL + "/signin/password?x=1": "/signin/password?x=1",
		site.URL + "/signout":             "/", // shows nothing
		"https://elsewhere.example/help":  "/",
		"":                                "/",
	} {
		page := site.Anyone(t).Do(request(t, site, http.MethodPost, "/signin/password", large, "Referer", from))
		require.Equal(t, http.StatusRequestEntityTooLarge, page.Status)
		require.Equal(t, []string{to}, page.Links("main a.button"), from)
	}

	b := site.Role(t, actor.AdministratorRole)
	path := "/admin/accounts/" + site.Account(t, account.New{Role: actor.AuditorRole})
	b.Post(path+"/disable", nil)
	page := b.Do(request(t, site, http.MethodPost, path+"/disable", "", "Referer", site.URL+path))
	require.Equal(t, http.StatusConflict, page.Status)
	require.Equal(t, []string{path, "/admin"}, page.Links("main .actions a"), "how it stands now, or one's own desk")
	require.Equal(t, []string{"/admin"}, b.Get("/no/such").Links("main .actions a"))
}

// TestCrossSite lets no other site act for a signed-in reader, and no client
// that hides where it comes from.
func TestCrossSite(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	b := site.Role(t, actor.AuditorRole)
	for name, header := range map[string][]string{
		"cross-site":     {"Sec-Fetch-Site", "cross-site"},
		"same-site":      {"Sec-Fetch-Site", "same-site"},
		"foreign origin": {"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
		"null origin":    {"Sec-Fetch-Site", "", "Origin", "null"},
		"neither header": {"Sec-Fetch-Site", ""},
	} {
		r := request(t, site, http.MethodPost, "/account", "language=en", header...)
		for _, h := range []string{"Sec-Fetch-Site"} {
			if r.Header.Get(h) == "" {
				r.Header.Del(h)
			}
		}
		page := b.Do(r)
		require.Equal(t, http.StatusForbidden, page.Status, name)
		require.Equal(t, "zh-CN", page.All("html")[0].Attr[0].Val, name)
	}
	require.Equal(t, "中文", b.Get("/account").Text("label[for=f-language-zh]"))
	require.Len(t, b.Get("/account").All("#f-language-zh[checked]"), 1, "nothing was changed")

	r := request(t, site, http.MethodPost, "/account", "language=en", "Origin", site.URL)
	r.Header.Del("Sec-Fetch-Site")
	require.Equal(t, http.StatusOK, b.Do(r).Status, "the same origin by an older browser")
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t, func(s *portal.Server) { s.Secure = true })
	for _, path := range []string{"/", "/no/such", "/livez", "/account"} {
		h := site.Anyone(t).Stay().Get(path).Header
		require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'", path)
		require.NotContains(t, h.Get("Content-Security-Policy"), "unsafe", path)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		require.Equal(t, "same-origin", h.Get("Referrer-Policy"), path)
		require.Contains(t, h.Get("Strict-Transport-Security"), "max-age=31536000", path)
	}
	page := site.Anyone(t).Get("/")
	css := site.Anyone(t).Get(page.Links("link[rel=stylesheet]")[0])
	require.Equal(t, "text/css; charset=utf-8", css.Header.Get("Content-Type"))
	require.Contains(t, css.Header.Get("Cache-Control"), "immutable")
	require.Less(t, len(css.Body), 30<<10)
}

func TestSignedInPagesAreNotKept(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	require.Equal(t, "no-store", site.Role(t, actor.CitizenRole).Get("/").Header.Get("Cache-Control"))
	require.Empty(t, site.Anyone(t).Get("/").Header.Get("Cache-Control"))
}

// TestLog reads the log of pages that were asked for with what must not be in it.
func TestLog(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	b := site.Anyone(t)
	b.Get("/needs?q=canary-in-a-query")
	b.Get("/canary-in-a-path")
	b.Get("/needs/bcanarycanarycanarycanary2")
	b.Post("/signin/password", url.Values{"login": {"canary-login"}, "password": {"canary-password"}})
	b.Post("/signin/phone", url.Values{"phone": {"13912345678"}})
	r := request(t, site, http.MethodGet, "/", "")
	r.Method = "CANARY"
	b.Do(r)
	log := site.Log.String()
	require.NotContains(t, log, "canary")
	require.NotContains(t, log, "CANARY")
	require.NotContains(t, log, "13912345678")
	require.Equal(t, 6+1, strings.Count(log, `"msg":"request"`), "one line for each request, and one for the code page that the last leads to")
	require.Contains(t, log, `"route":"/needs/{card}"`)
}

func TestHealth(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t, func(s *portal.Server) {
		s.Neighbours = map[string]func(context.Context) error{"redis": func(context.Context) error { return io.EOF }}
	})
	b := site.Anyone(t)
	require.Equal(t, http.StatusOK, b.Get("/livez").Status)
	page := b.Get("/readyz")
	require.Equal(t, http.StatusOK, page.Status, "a neighbour that is down makes nothing unready")
	require.JSONEq(t, `{"status":"degraded","redis":"degraded","postgres-access":"ok","postgres-records":"ok","postgres-exchange":"ok"}`, page.Body)

	site.Pools.Exchange.Close()
	require.Equal(t, http.StatusServiceUnavailable, b.Get("/readyz").Status)
	require.Equal(t, http.StatusOK, b.Get("/livez").Status)
	page = b.Get("/help")
	require.Equal(t, http.StatusOK, page.Status, "what needs no database is still there")
}

// TestPanic looks for the page and the log of trouble that nobody foresaw.
func TestPanic(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	w := portal.Panicking(site.Server, "canary value")
	require.Equal(t, http.StatusInternalServerError, w.Code)
	htmltest.Sound(t, w.Body.String(), locale.Zh)
	require.NotContains(t, w.Body.String()+site.Log.String(), "canary value")
	require.Contains(t, site.Log.String(), "export_test.go", "where it happened is in the log")
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	b := site.Anyone(t)
	require.Equal(t, "有困难，有人帮", b.Get("/").Text("h1"))
	require.Equal(t, "Help", b.Get("/help?lang=en").Text("h1"), "an address may ask for a language")
	page := b.Get(b.Get("/help?lang=en").Links(".tools a[hreflang=zh-CN]")[0])
	require.Equal(t, "/help", page.Path)
	require.Equal(t, "帮助", page.Text("h1"))
	page = b.Get(page.Links(".tools a[hreflang=en]")[0])
	require.Equal(t, "Help", page.Text("h1"))
	require.Equal(t, "Projects and progress", b.Get("/projects").Text("h1"), "the choice stays")

	for _, back := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, "javascript:alert(1)", "/\t/evil.example", "evil"} {
		page := site.Anyone(t).Stay().Get("/lang?to=en&back=" + url.QueryEscape(back))
		require.Equal(t, "/", page.Header.Get("Location"), back)
	}
}

func TestElderEdition(t *testing.T) {
	t.Parallel()
	b := portaltest.New(t).Anyone(t)
	require.Empty(t, b.Get("/").All("html[data-edition]"))
	page := b.Get(b.Get("/help").Links(".tools a")[0])
	require.Equal(t, "/help", page.Path)
	require.Len(t, page.All("html[data-edition=elder]"), 1)
	page = b.Get(page.Links(".tools a")[0])
	require.Empty(t, page.All("html[data-edition]"))
}

func TestTooFast(t *testing.T) {
	t.Parallel()
	require.Equal(t, http.StatusTooManyRequests, portal.Rush())
}
