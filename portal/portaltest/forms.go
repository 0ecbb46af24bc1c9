package portaltest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Sendable is a form of a page that posts: where to, and what it would send as
// it stands, with every name that it has.
type Sendable struct {
	Action string
	Values url.Values
}

// Forms lists the posting forms in the main part of a page.
func (p *Page) Forms() []Sendable {
	var all []Sendable
	for _, f := range p.All("main form") {
		if attr(f, "method") != "post" {
			continue
		}
		values := current(f)
		for _, c := range find(f, "[name]") {
			if name := attr(c, "name"); !values.Has(name) {
				values.Set(name, "")
			}
		}
		action := attr(f, "action")
		if action == "" {
			action = p.Path
		}
		all = append(all, Sendable{Action: action, Values: values})
	}
	return all
}

// inside is what no reader may ever see: stacks, statements, types and codes of
// the machinery.
var inside = regexp.MustCompile(`goroutine \d|\.go:\d+|runtime error|\bpanic\b|SQLSTATE|\bpgx\b|\bpgconn\b|` +
	`(?i:select .{1,80} from |insert into |violates)|\*?\b(url|http|fault|html|form|pg|json|strconv)\.[A-Z]\w+|%!|0xc0`)

// hints are the fixed parts of inside: a page without any of them need not be
// read by the expression, which takes longer than the page itself.
var hints = []string{
	"goroutine ", ".go:", "runtime error", "panic", "sqlstate", "pgx", "pgconn", "select ", "insert into ", "violates",
	"url.", "http.", "fault.", "html.", "form.", "pg.", "json.", "strconv.", "%!", "0xc0",
}

// machinery is the first piece of the machinery that a body shows, empty where it shows none.
func machinery(body string) string {
	lower := strings.ToLower(body)
	if slices.ContainsFunc(hints, func(hint string) bool { return strings.Contains(lower, hint) }) {
		return inside.FindString(body)
	}
	return ""
}

// Told fails the test unless the answer tells a person, or a program, what
// happened and what to do, and nothing of how this is built.
func (p *Page) Told(t testing.TB, what string) {
	t.Helper()
	require.Less(t, p.Status, http.StatusInternalServerError, "%s: %s", what, p.Text("main"))
	kind := p.Header.Get("Content-Type")
	require.Empty(t, machinery(p.Body), what)
	switch {
	case p.Status == http.StatusSeeOther:
		require.True(t, strings.HasPrefix(p.Header.Get("Location"), "/") && !strings.HasPrefix(p.Header.Get("Location"), "//"),
			"%s leads to %s", what, p.Header.Get("Location"))
	case strings.HasPrefix(kind, "text/html"):
		require.Len(t, p.All("main h1"), 1, what)
		require.NotEmpty(t, p.Text("main h1"), what)
		require.Greater(t, len(p.Text("main")), len(p.Text("main h1")), what)
		require.Empty(t, p.All("svg[onload]"), what)
	case strings.HasPrefix(kind, "application/problem+json"):
		var problem struct {
			Title, Detail, Code string
			Status              int
		}
		require.NoError(t, json.Unmarshal([]byte(p.Body), &problem), what)
		require.NotEmpty(t, problem.Title, what)
		require.NotEmpty(t, problem.Detail, what)
		require.Equal(t, p.Status, problem.Status, what)
	default:
		require.Less(t, p.Status, http.StatusBadRequest, "%s: an answer of kind %q", what, kind)
	}
}
