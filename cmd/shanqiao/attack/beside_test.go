package attack

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

// personal finds the marks of the city's families; cmd/shanqiao/demo looks for
// them in every table, in Redis, in the workers' log and in the index.
var personal = regexp.MustCompile(demo.IdentityMark + `\d{2}(19|20)\d{9}[\dX]|\b` + demo.PhoneMark + `\d{7}\b|` + demo.NameMark +
	`|幸福里|腿脚不好|老伴瘫痪|积蓄已经用完|孩子作业没人管|医药费压得`)

// beside reads what is no page of the list: health, what search engines ask for,
// what administrators and auditors see, and the log of all of that.
func (w *watched) beside(t *testing.T) {
	for _, path := range []string{"/livez", "/readyz", "/api", "/robots.txt", "/sitemap.xml", "/metrics", "/debug/pprof/", "/debug/vars", "/opensearch.xml",
		"/favicon.ico", "/.env", "/needs/", "/search", "/dumps", "/indexes", "/static/", "/needs.json"} {
		p := w.stranger.Get(path)
		require.Empty(t, personal.FindString(p.Body), path)
		require.Empty(t, anyID.FindString(p.Body), "%s names a card", path)
		switch path {
		case "/livez", "/readyz", "/api":
			require.Equal(t, http.StatusOK, p.Status, path)
		default:
			require.Equal(t, http.StatusNotFound, p.Status, path)
		}
	}
	for start, role := range map[string]actor.Role{"/admin": actor.AdministratorRole, "/a": actor.AuditorRole} {
		pages := crawl(t, w.Role(t, role), start, 80, func(path string, p *portaltest.Page) {
			require.Empty(t, personal.FindString(p.Body), path)
			require.Equal(t, "no-store", p.Header.Get("Cache-Control"), path)
		})
		require.Greater(t, pages, 3, start)
	}
	public := w.one(t, `select id from exchange.cards where tier = 'public' and state = 'open' limit 1`, pg.Args{})
	for b, paths := range map[*portaltest.Browser][]string{
		w.stranger: {"/needs", "/needs?group=care", "/needs/" + public, "/needs/" + nobody},
		w.member:   {"/c/needs", "/api/v1/needs", "/c"},
	} {
		for _, path := range paths {
			h := b.Get(path).Header
			require.Equal(t, "no-store", h.Get("Cache-Control"), "%s is gone when its card is", path)
			if b == w.stranger {
				require.Contains(t, h.Get("X-Robots-Tag"), "noindex", "%s stays in no archive", path)
				require.Contains(t, h.Get("X-Robots-Tag"), "noarchive", path)
			}
		}
	}
	secretly := "/needs?" + url.Values{"q": {"王" + demo.NameMark}}.Encode()
	w.stranger.Get(secretly)
	require.NotEmpty(t, w.Log.String())
	require.Empty(t, personal.FindString(w.Log.String()), "the log")
	require.NotContains(t, w.Log.String(), url.QueryEscape(demo.NameMark), "what was typed is not logged")
}

// sent reads what leaves as data: the machine interface has exactly the columns
// that pages have, there is no feed and no file, and a message holds a code and no more.
func (w *watched) sent(t *testing.T) {
	list := w.list(t, "")
	require.NotEmpty(t, list)
	for _, n := range list {
		require.ElementsMatch(t, []string{"id", "area", "group", "code", "urgency", "quantity", "remaining", "window_from", "window_to",
			"sentence", "state", "version"}, slices.Collect(maps.Keys(n)))
		raw, err := json.Marshal(n)
		require.NoError(t, err)
		require.Empty(t, personal.FindString(string(raw)))
	}
	for _, path := range []string{"/feed", "/rss", "/atom.xml", "/needs.csv", "/needs.rss", "/needs/feed", "/c/needs.csv", "/c/needs/export", "/api/v1/needs.csv", "/api/v1/export", "/export"} {
		require.Equal(t, http.StatusNotFound, w.member.Get(path).Status, path)
	}
	_, routes := w.Server.Table()
	for _, rt := range routes {
		require.NotRegexp(t, `(?i)export|feed|rss|csv|digest|download`, rt.Pattern, "a new way out has to be read here")
	}
	b := w.Anyone(t)
	b.Get("/signin/phone").Fill(url.Values{"phone": {"13912345678"}})
	text := w.Sender.Last(secret.NormalPhone("13912345678")).Reveal()
	require.NotEmpty(t, text)
	require.Empty(t, personal.FindString(text))
	require.Empty(t, anyID.FindString(text))
}

// preview opens the pages on which a need is read before it is approved, as
// everybody who is not of its street, and looks for cards of what is not approved.
func (w *watched) preview(t *testing.T) {
	type draft struct{ ID, Region, Household string }
	d, err := pg.One[draft](t.Context(), w.Admin, nil, `
		select id, region, household_id as household from records.needs where state = 'draft' order by id limit 1`, pg.Args{})
	require.NoError(t, err)
	own := w.login(t, d.Region+"a").Get("/s/needs/" + d.ID)
	require.Equal(t, http.StatusOK, own.Status)
	near := w.one(t, `select '' || max(code) from (values (@d || '001'), (@d || '002')) v(code) where code <> @street`, pg.Args{"d": d.Region[:6], "street": d.Region})
	for name, b := range map[string]*portaltest.Browser{
		"the next street": w.As(t, account.New{Role: actor.SubdistrictRole, Region: near}),
		"a member":        w.member, "a family": w.Citizen(t, "13900000002"), "an administrator": w.Role(t, actor.AdministratorRole),
		"an auditor": w.Role(t, actor.AuditorRole), "anybody": w.Anyone(t),
	} {
		b.Stay()
		for pattern := range w.patterns("need", "/s/needs") {
			path := strings.ReplaceAll(pattern, "{need}", d.ID)
			p, none := b.Get(path), b.Get(strings.ReplaceAll(pattern, "{need}", nobody))
			if name == "anybody" {
				require.Equal(t, http.StatusSeeOther, p.Status, path)
			} else {
				require.Equal(t, http.StatusNotFound, p.Status, "%s: %s", name, path)
			}
			require.Equal(t, plain(none, nobody), plain(p, d.ID), "%s: %s", name, path)
		}
		for _, under := range []string{"/needs/", "/c/needs/", "/api/v1/needs/"} {
			require.NotEqual(t, http.StatusOK, b.Get(under+d.ID).Status, under)
		}
	}
	require.Equal(t, "0", w.one(t, `
		select count(*)::text
		  from records.listings l
		  join records.needs n on n.id = l.need_id
		 where n.state = 'draft' or n.approved_at is null or n.approved_by is null or n.approved_at > l.listed_at`, pg.Args{}))
	for _, s := range w.kept {
		for _, snapshot := range s {
			for id := range snapshot {
				require.NotEmpty(t, w.household[id], "a card that no listing knows")
			}
		}
	}
}
