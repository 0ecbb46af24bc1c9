package portaltest

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// Browser keeps cookies and asks for pages as a browser does. Header is sent
// with every request.
type Browser struct {
	Account string
	Header  http.Header
	t       testing.TB
	base    *url.URL
	client  *http.Client
}

// Get reads a page, following redirects.
func (b *Browser) Get(path string) *Page {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil)
}

// Post sends a form from a page of the site, following the redirect.
func (b *Browser) Post(path string, values url.Values) *Page {
	b.t.Helper()
	return b.do(http.MethodPost, path, values)
}

// Stay makes the browser show a redirect instead of following it.
func (b *Browser) Stay() *Browser {
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b
}

// Cookie is the value of a cookie of the site, or "".
func (b *Browser) Cookie(name string) string {
	for _, c := range b.client.Jar.Cookies(b.base) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func (b *Browser) do(method, path string, values url.Values) *Page {
	b.t.Helper()
	to, err := b.base.Parse(path)
	require.NoError(b.t, err)
	r, err := http.NewRequestWithContext(b.t.Context(), method, to.String(), strings.NewReader(values.Encode()))
	require.NoError(b.t, err)
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, vs := range b.Header {
		r.Header[name] = vs
	}
	return b.Do(r)
}

// Do sends any request with the browser's cookies.
func (b *Browser) Do(r *http.Request) *Page {
	b.t.Helper()
	w, err := b.client.Do(r)
	require.NoError(b.t, err)
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	require.NoError(b.t, err)
	doc, err := html.Parse(strings.NewReader(string(body)))
	require.NoError(b.t, err)
	return &Page{Status: w.StatusCode, Path: w.Request.URL.RequestURI(), Header: w.Header, Body: string(body), Doc: doc, browser: b}
}

// Page is an answer. Path is where the browser is after redirects.
type Page struct {
	Status  int
	Path    string
	Header  http.Header
	Body    string
	Doc     *html.Node
	browser *Browser
}

// Fill sends the page's form, the first that posts and has every named field,
// with its hidden and chosen values and with what is given instead of them.
func (p *Page) Fill(values url.Values) *Page {
	t := p.browser.t
	t.Helper()
	for _, f := range p.All("main form") {
		if attr(f, "method") != "post" || !hasAll(f, values) {
			continue
		}
		all := current(f)
		for name, vs := range values {
			all[name] = vs
		}
		action := attr(f, "action")
		if action == "" {
			action = p.Path
		}
		return p.browser.Post(action, all)
	}
	require.FailNow(t, "no such form", "%s has no form with fields %v", p.Path, values)
	return nil
}

func hasAll(f *html.Node, values url.Values) bool {
	names := map[string]bool{}
	for _, c := range find(f, "[name]") {
		names[attr(c, "name")] = true
	}
	for name := range values {
		if !names[name] {
			return false
		}
	}
	return true
}

// current is what a form would send as it stands.
func current(f *html.Node) url.Values {
	all := url.Values{}
	for _, c := range find(f, "[name]") {
		name := attr(c, "name")
		switch {
		case c.Data == "textarea":
			all.Add(name, words(c))
		case c.Data == "select":
			for _, o := range find(c, "option") {
				if has(o, "selected") {
					all.Add(name, attr(o, "value"))
				}
			}
		case attr(c, "type") == "checkbox" || attr(c, "type") == "radio":
			if has(c, "checked") {
				all.Add(name, attr(c, "value"))
			}
		case c.Data == "input":
			all.Add(name, attr(c, "value"))
		}
	}
	return all
}
