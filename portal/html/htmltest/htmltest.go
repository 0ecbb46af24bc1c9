// Package htmltest renders every page of an audience in every language and
// looks for what must never be seen: two headings, a control without a label, a
// key where a sentence belongs, a placeholder that nobody filled.
package htmltest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	xhtml "golang.org/x/net/html"

	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// Sample is a page with views to show; make one with Of.
type Sample struct {
	Name    string
	renders []func(*html.Visit, int) ([]byte, error)
}

// Of is a sample of a page: an empty view, a full one, and more where a page
// has more faces.
func Of[V any](page html.Page[V], views ...V) Sample {
	s := Sample{Name: page.Name()}
	for _, v := range views {
		s.renders = append(s.renders, func(visit *html.Visit, status int) ([]byte, error) { return page.Render(visit, status, v) })
	}
	return s
}

// Pages checks the samples, and that each template of the folder has one with
// two views at least.
func Pages(t *testing.T, folder string, samples ...Sample) {
	t.Helper()
	names, err := html.Templates(folder)
	require.NoError(t, err)
	sampled := map[string]bool{}
	for _, s := range samples {
		sampled[s.Name] = true
		require.GreaterOrEqual(t, len(s.renders), 2, "%s: give an empty view and a full one", s.Name)
	}
	for _, name := range names {
		require.True(t, sampled[name], "%s has no sample", name)
	}
	for _, s := range samples {
		for _, l := range locale.Languages {
			for i, render := range s.renders {
				for _, status := range []int{http.StatusOK, http.StatusUnprocessableEntity} {
					t.Run(fmt.Sprintf("%s %s %d %d", s.Name, l, i, status), func(t *testing.T) {
						t.Parallel()
						visit := &html.Visit{Locale: locale.For(l), Here: "/", RequestID: "0123456789abcdef", SignedIn: i > 0, Dev: i > 0}
						body, err := render(visit, status)
						require.NoError(t, err)
						Sound(t, string(body), l)
					})
				}
			}
		}
	}
}

// Sound asserts what holds for every page in any state.
func Sound(t testing.TB, body string, l locale.Language) {
	t.Helper()
	doc, err := xhtml.Parse(strings.NewReader(body))
	require.NoError(t, err)
	var p parsed
	p.walk(doc, false)
	require.Equal(t, 1, p.h1, "one h1")
	require.NotEmpty(t, strings.TrimSpace(p.title), "title")
	require.Equal(t, l.Tag(), p.lang, "lang")
	require.Empty(t, p.unlabelled(), "controls without a label")
	require.Empty(t, p.twice, "ids twice")
	require.Empty(t, p.dangling(), "links within the page that lead nowhere")
	require.Empty(t, p.inline, "inline style or script")
	require.NotContains(t, p.text.String(), locale.Missing, "a key without a sentence")
	require.NotContains(t, p.text.String(), "{", "a placeholder that was not filled")
	require.NotContains(t, body, "ZgotmplZ", "an address that is none")
	if l == locale.En {
		require.NotRegexp(t, `\p{Han}`, p.foreign.String(), "Chinese on an English page outside lang=zh")
	}
}
