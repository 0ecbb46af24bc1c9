package portal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/portal"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
	"shanqiao/portal/route"
)

// nonsense is what nobody would write into an address by using the site.
var nonsense = []string{
	"", "-1", "0", "99999999999999999999", "9223372036854775807", "4000000000000000", "1e9", "NaN", "'", `"`, "' or 1=1 --", "%", "_", `\`, "../..",
	`"><svg onload=1>`, "bzkyMjMzNzIwMzY4NTQ3NzU4MDc", "b-1", "\u202e\u200b\ufeff", "　", "一二三", "110105", "aaaaaaaaaaaaaaaaaaaaaaaaaa", strings.Repeat("长", 300),
}

// parameters is every name that a page reads from its address, and one that none does.
var parameters = []string{
	"q", "page", "cursor", "limit", "after", "at", "id", "u", "view", "step", "state", "role", "kind", "area", "district", "group",
	"code", "urgency", "household", "next", "back", "to", "lang", "text", "seed", "size", "starts_on", "organisation", "number", "query", "none_such",
}

// visitor is somebody whom the policy lets in; of a public page, anybody.
func visitor(t *testing.T, site *portaltest.Site, policy route.Policy, rt route.Route) *portaltest.Browser {
	t.Helper()
	roles := policy[rt.Action].Roles
	switch {
	case len(roles) == 0:
		return site.Anyone(t)
	case roles[0] == actor.MemberRole:
		return site.As(t, account.New{Role: actor.MemberRole, Organisation: charitytest.Verified(t, site.DB).Organisation, Name: "陈女士"})
	case roles[0] == actor.CitizenRole:
		return site.Citizen(t, "13800000000")
	}
	return site.Role(t, roles[0])
}

// TestNonsenseInAddresses asks for every page that can be looked at with all
// parameters set to something that none of them takes, and with ids that are none.
func TestNonsenseInAddresses(t *testing.T) {
	t.Parallel()
	for _, share := range []int{0, 1} { // one for each core: there is much to ask
		t.Run(fmt.Sprintf("every second page from %d", share), func(t *testing.T) {
			t.Parallel()
			askNonsense(t, share, 2)
		})
	}
}

// askNonsense asks for one of every so many pages.
func askNonsense(t *testing.T, from, every int) {
	site := portaltest.New(t)
	policy, routes := portal.Table(site.Server)
	for i, rt := range routes {
		if i%every != from {
			continue
		}
		if !strings.Contains(rt.Methods, http.MethodGet) {
			continue
		}
		b := visitor(t, site, policy, rt).Stay()
		for _, wrong := range []string{"x", "1%27%20or%201=1--", "A%E4%B8%80", "%2e%2e%2f", "aaaaaaaaaaaaaaaaaaaaaaaaab"} {
			if path := parameter.ReplaceAllString(rt.Pattern, wrong); path != rt.Pattern {
				page := b.Get(path)
				page.Told(t, path)
				require.GreaterOrEqual(t, page.Status, 300, path)
			}
		}
		before := site.Contents(t)
		for _, odd := range nonsense {
			all := url.Values{}
			for _, name := range parameters {
				all.Set(name, odd)
				// One at a time as well: the first that is refused hides the others.
				if machine(rt) {
					path := sample(rt.Pattern) + "?" + url.Values{name: {odd}}.Encode()
					b.Get(path).Told(t, path)
				}
			}
			page := b.Get(sample(rt.Pattern) + "?" + all.Encode())
			page.Told(t, fmt.Sprintf("%s with %.40q", rt.Pattern, odd))
		}
		for _, raw := range []string{"?%00", "?x=%00", "?%ff=1", "?page=%ff", "?;", "?a=%zz", "?" + strings.Repeat("a&", 3000)} {
			b.Get(sample(rt.Pattern)+raw).Told(t, rt.Pattern+raw[:min(len(raw), 20)])
		}
		require.Empty(t, portaltest.Changed(before, site.Contents(t)), "GET %s changed something", rt.Pattern)
	}
}

// attack is a way to send a form that no careful person would.
type attack struct {
	name string
	send func(b *portaltest.Browser, path string, values url.Values) *portaltest.Page
	want []int // the only answers; none: any but trouble of ours
}

func replaced(values url.Values, with string) url.Values {
	all := url.Values{}
	for name := range values {
		all.Set(name, with)
	}
	all.Set("none_such", with)
	return all
}

func posting(with string) func(*portaltest.Browser, string, url.Values) *portaltest.Page {
	return func(b *portaltest.Browser, path string, values url.Values) *portaltest.Page {
		return b.Post(path, replaced(values, with))
	}
}

func raw(t *testing.T, site *portaltest.Site, kind, body string, header ...string) func(*portaltest.Browser, string, url.Values) *portaltest.Page {
	return func(b *portaltest.Browser, path string, _ url.Values) *portaltest.Page {
		r := request(t, site, http.MethodPost, path, body, header...)
		r.Header.Set("Content-Type", kind)
		for name, values := range r.Header {
			if values[0] == "" {
				r.Header.Del(name)
			}
		}
		return b.Do(r)
	}
}

const formKind = "application/x-www-form-urlencoded"

func attacks(t *testing.T, site *portaltest.Site) []attack {
	large, bad := []int{http.StatusRequestEntityTooLarge}, []int{http.StatusBadRequest}
	return []attack{
		{"nothing", func(b *portaltest.Browser, path string, _ url.Values) *portaltest.Page { return b.Post(path, nil) }, nil},
		{"an unknown choice in every field", posting("none_such_choice"), nil},
		{"quotes in every field", posting(`'"><svg onload=1>\`), nil},
		{"spaces of every kind", posting("\u200b\u202e\u3000\ufeff \t\r\n"), nil},
		{"a number larger than any", posting("99999999999999999999"), nil},
		{"a number below nought", posting("-1"), nil},
		{"twenty thousand characters in every field", posting(strings.Repeat("a", 2500)), nil},
		{"two hundred thousand characters", raw(t, site, formKind, "words="+strings.Repeat("%E9%95%BF", 200_000)), large},
		{"ten megabytes", raw(t, site, formKind, "words="+strings.Repeat("a", 10<<20)), large},
		{"broken text", raw(t, site, formKind, "words=%ff%fe&login=%c0%af"), bad},
		{"a nought", raw(t, site, formKind, "words=a%00b"), bad},
		{"broken escapes", raw(t, site, formKind, "words=%zz"), bad},
		{"another kind of body", raw(t, site, "application/json", `{"words":["`), nil},
		{"parts without a boundary", raw(t, site, "multipart/form-data", "words"), nil},
		{"parts", raw(t, site, "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"words\"\r\n\r\n\xff\r\n--x--\r\n"), nil},
		{"a kind that is none", raw(t, site, ";;;", "words=1"), nil},
		{"from another site", raw(t, site, formKind, "", "Sec-Fetch-Site", "cross-site"), []int{http.StatusForbidden}},
		{"from another origin", raw(t, site, formKind, "", "Sec-Fetch-Site", "", "Origin", "https://evil.example"), []int{http.StatusForbidden}},
	}
}

// TestNonsenseInForms sends what nobody should to every address that takes a
// form. Each gets an answer that says what to do, and what was refused changed
// nothing.
func TestNonsenseInForms(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	policy, routes := portal.Table(site.Server)
	for _, rt := range routes {
		if !strings.Contains(rt.Methods, http.MethodPost) {
			continue
		}
		path, values := sample(rt.Pattern), url.Values{"request": {id.New()}}
		if strings.Contains(rt.Methods, http.MethodGet) {
			for _, f := range visitor(t, site, policy, rt).Get(path).Forms() {
				values = f.Values
			}
		}
		b := visitor(t, site, policy, rt).Stay()
		for _, a := range attacks(t, site) {
			if rt.Pattern == "/account/everywhere" {
				b = visitor(t, site, policy, rt).Stay() // each ends the session
			}
			before := site.Contents(t)
			page := a.send(b, path, values)
			what := fmt.Sprintf("%s to %s: %d", a.name, rt.Pattern, page.Status)
			page.Told(t, what)
			if a.want != nil {
				require.True(t, slices.Contains(a.want, page.Status), what)
			}
			if page.Status >= 400 {
				require.Empty(t, portaltest.Changed(before, site.Contents(t)), what)
			}
		}
		if len(policy[rt.Action].Roles) > 0 {
			silent(t, site, visitor(t, site, policy, rt).Stay(), path)
			expired(t, site, visitor(t, site, policy, rt).Stay(), rt, path, values)
		}
	}
	require.NotContains(t, site.Log.String(), "svg onload")
	require.NotContains(t, site.Log.String(), `"msg":"panic"`)
}

// silent sends a form from a browser that does not say where it comes from.
func silent(t *testing.T, site *portaltest.Site, b *portaltest.Browser, path string) {
	t.Helper()
	page := raw(t, site, formKind, "", "Sec-Fetch-Site", "", "Origin", "")(b, path, nil)
	page.Told(t, path)
	require.Equal(t, http.StatusForbidden, page.Status, path)
}

// expired sends a form after the session has ended behind the person's back.
func expired(t *testing.T, site *portaltest.Site, b *portaltest.Browser, rt route.Route, path string, values url.Values) {
	t.Helper()
	for _, end := range []string{"expires_at = now() - interval '1 second'", "revoked_at = now()", "last_seen = now() - interval '8 days'"} {
		_, err := site.Admin.Exec(t.Context(), `update access.sessions set `+end+` where account_id = $1`, b.Account)
		require.NoError(t, err)
		before := site.Contents(t)
		page := b.Post(path, values)
		page.Told(t, path)
		require.Equal(t, http.StatusUnauthorized, page.Status, "%s when %s", rt.Pattern, end)
		require.Empty(t, portaltest.Changed(before, site.Contents(t)), path)
		if !machine(rt) {
			require.NotEmpty(t, slices.DeleteFunc(page.Links("main a"), func(to string) bool { return !strings.HasPrefix(to, "/signin") }), path)
		}
	}
}

// TestLargeBodyIsNotKept sends ten megabytes many times over and looks at the heap.
func TestLargeBodyIsNotKept(t *testing.T) {
	site := portaltest.New(t)
	send := raw(t, site, formKind, "words="+strings.Repeat("a", 10<<20))
	b := site.Anyone(t)
	send(b, "/signin/password", nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 20 {
		require.Equal(t, http.StatusRequestEntityTooLarge, send(b, "/signin/password", nil).Status)
	}
	runtime.ReadMemStats(&after)
	require.Less(t, (after.TotalAlloc-before.TotalAlloc)/20, uint64(1<<20), "bytes for each, of ten million sent")
}
