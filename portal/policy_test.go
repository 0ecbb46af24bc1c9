package portal_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/portal"
	"shanqiao/portal/portaltest"
	"shanqiao/portal/route"
)

// TestPolicy asks for every route as every role and as nobody. What the log says
// of the door, and not the answer, tells a page that was reached and found
// nothing from one that was refused: the two look alike on purpose.
func TestPolicy(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	policy, routes := portal.Table(site.Server)
	require.NotEmpty(t, routes)

	visitors := map[actor.Role]*portaltest.Browser{"": site.Anyone(t).Stay()}
	for _, role := range actor.Roles {
		visitors[role] = site.Role(t, role).Stay()
	}
	missing := map[string]string{} // what an address that leads nowhere answers, by role and kind
	for role, b := range visitors {
		for _, path := range []string{"/no/such/page", "/api/no/such/thing"} {
			page := b.Get(path)
			require.Equal(t, http.StatusNotFound, page.Status)
			missing[string(role)+path] = normal(page.Body)
		}
	}

	for _, rt := range routes {
		if rt.Action == "account.sign_in" && rt.Pattern == "/signout" || rt.Pattern == "/account/everywhere" {
			continue // these end the sessions that the other rows need
		}
		for method := range strings.FieldsSeq(rt.Methods) {
			for role, b := range visitors {
				before := site.Log.Len()
				page := ask(b, method, sample(rt.Pattern))
				door := lastDoor(t, site.Log.From(before))
				what := fmt.Sprintf("%s %s as %q: %d", method, rt.Pattern, role, page.Status)
				require.Less(t, page.Status, 500, what)
				switch rule := policy[rt.Action]; {
				case len(rule.Roles) == 0 || slices.Contains(rule.Roles, role):
					require.Equal(t, "served", door, what)
					require.NotContains(t, page.Header.Get("Location"), "/signin?next", what)
				case role == "":
					require.Equal(t, "signed_out", door, what)
					if method == http.MethodGet && !machine(rt) {
						require.Equal(t, "/signin?next="+url.QueryEscape(sample(rt.Pattern)), page.Header.Get("Location"), what)
					} else {
						require.Equal(t, http.StatusUnauthorized, page.Status, what)
					}
				default:
					require.Equal(t, "wrong_role", door, what)
					require.Equal(t, http.StatusNotFound, page.Status, what)
					require.Equal(t, missing[string(role)+nowhere(rt)], normal(page.Body), what)
				}
			}
		}
	}
}

// machine says that a route answers programs, with documents and not pages.
func machine(rt route.Route) bool { return strings.HasPrefix(rt.Pattern, "/api/") }

// nowhere is an address like the route's that leads nowhere.
func nowhere(rt route.Route) string {
	if machine(rt) {
		return "/api/no/such/thing"
	}
	return "/no/such/page"
}

func ask(b *portaltest.Browser, method, path string) *portaltest.Page {
	if method == http.MethodPost {
		return b.Post(path, url.Values{})
	}
	return b.Get(path)
}

var parameter = regexp.MustCompile(`\{[^}]+\}`)

// sample is an address of the route with ids that are in no table.
func sample(pattern string) string {
	return parameter.ReplaceAllString(pattern, "aaaaaaaaaaaaaaaaaaaaaaaaaa")
}

// lastDoor is what the last line of the log says became of the request.
func lastDoor(t *testing.T, log string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(log), "\n")
	var line struct{ Door string }
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &line))
	return line.Door
}

var changing = regexp.MustCompile(`[0-9a-f]{16}|back=[^"]*| aria-current="page"|<small class="here">.*?</small>`)

// normal drops what differs between any two answers: the request's number, and
// what the header says of the address that was asked for.
func normal(body string) string { return changing.ReplaceAllString(body, "") }

// TestPolicyTable holds a route and a policy against each other.
func TestPolicyTable(t *testing.T) {
	t.Parallel()
	handler := route.Officer(nil)
	ok := route.Policy{"need.approve": {Roles: []actor.Role{actor.SubdistrictRole}}}
	one := route.Route{Methods: route.Form, Pattern: "/s", Action: "need.approve", Handler: handler}
	require.NoError(t, ok.Check([]route.Route{one}))
	require.ErrorContains(t, route.Policy{}.Check([]route.Route{one}), "no policy")
	require.ErrorContains(t, ok.Check(nil), "has no route")
	require.ErrorContains(t, route.Policy{"need.approve": {Roles: []actor.Role{actor.MemberRole}}}.Check([]route.Route{one}), "cannot serve")
	require.ErrorContains(t, route.Policy{"need.approve": {}}.Check([]route.Route{one}), "public in one place")
	require.Panics(t, func() { route.Merge(ok, ok) })
}

// TestNavigation follows each role's links: what is offered must open.
func TestNavigation(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	for _, role := range actor.Roles {
		b := site.Role(t, role)
		for _, href := range b.Get("/").Links("header nav a") {
			page := b.Get(href)
			require.Equal(t, http.StatusOK, page.Status, "%s as %s", href, role)
			require.Len(t, page.All("header nav [aria-current=page]"), 1, href)
			here := page.All("header nav summary")
			require.Equal(t, len(page.Links("header nav a")) > 3, len(here) == 1, "many sections stand behind a button on a phone, as %s", role)
		}
	}
}
