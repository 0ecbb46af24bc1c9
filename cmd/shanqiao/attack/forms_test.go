package attack

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/portal/portaltest"
)

const markup = `"><svg onload=1>'`

// odd are the ways in which every field of a form is filled.
var odd = map[string]string{
	"an unknown choice": "none_such_choice", "markup": markup, "a long text": strings.Repeat("长", 1500), "a number larger than any": "99999999999999999999",
	"a number below nought": "-1", "spaces": "\u200b\u202e\u3000 \t\r\n", "a day that is none": "2026-02-31", "somebody's id": nobody,
}

// people is one browser for each kind of person, where they begin.
func (c *city) people(t *testing.T) map[string]*portaltest.Browser {
	t.Helper()
	street := c.street(t)
	family := c.Citizen(t, "13900000002")
	_, err := c.Admin.Exec(t.Context(), `
		update records.households set account_id = $1
		 where id = (select h.id from records.households h join records.outcomes o on o.household_id = h.id and o.answer is null
		              where h.region = $2 and h.account_id is null order by h.id limit 1)`, family.Account, street)
	require.NoError(t, err)
	worker := c.running(t, "volunteer").Worker
	return map[string]*portaltest.Browser{
		"/s": c.login(t, street+"a"), "/p/organisations": c.login(t, "d"+street[:6]), "/c": c.Signed(t, c.running(t, "member").Worker),
		"/v": c.Signed(t, worker), "/me": family, "/a": c.Role(t, actor.AuditorRole), "/admin": c.Role(t, actor.AdministratorRole),
	}
}

// forms finds one of each form that a person is offered: by following links, and
// on one thing of each kind and state.
func (c *city) forms(t *testing.T, start string, b *portaltest.Browser) map[string]portaltest.Sendable {
	t.Helper()
	forms := map[string]portaltest.Sendable{}
	keep := func(_ string, p *portaltest.Page) {
		for _, f := range p.Forms() {
			shape, _, _ := strings.Cut(anyID.ReplaceAllString(f.Action, "{}"), "?")
			if !strings.HasPrefix(shape, "/account") && !strings.HasPrefix(shape, "/admin/accounts/{}") {
				forms[shape] = f
			}
		}
	}
	crawl(t, b, start, 30, keep)
	things, of := ofStreet, pg.Args{}
	switch start {
	case "/s":
		of = pg.Args{"street": c.one(t, `select region from access.accounts where id = @id`, pg.Args{"id": b.Account})}
	case "/c":
		things = map[string]string{
			"need":  `select id from exchange.cards where tier = 'verified' and state = 'open' and committed < quantity order by id limit 2`,
			"claim": `select distinct on (state) id from exchange.claims where worker_id = @me order by state, id`,
			"":      `select ''`,
		}
		of = pg.Args{"me": b.Account}
	default:
		return forms
	}
	for parameter, sql := range things {
		for pattern, methods := range c.patterns(parameter, start+"/") {
			for _, id := range c.some(t, sql, of) {
				if methods == "GET POST" && strings.Count(pattern, "{") == strings.Count(pattern, "{"+parameter+"}") {
					keep("", b.Get(strings.ReplaceAll(pattern, "{"+parameter+"}", id)))
				}
			}
		}
	}
	return forms
}

// some is many of what this query can use of the arguments; there may be none.
func (c *city) some(t *testing.T, sql string, args pg.Args) []string {
	t.Helper()
	used := pg.Args{}
	for name, value := range args {
		if strings.Contains(sql, "@"+name) {
			used[name] = value
		}
	}
	all, err := pg.Many[string](t.Context(), c.Admin, sql, used)
	require.NoError(t, err, sql)
	return all
}

// nonsense finds every form that each kind of person is offered on
// a real thing, and sends it filled with what nobody should type.
func (c *city) nonsense(t *testing.T) {
	tried := map[string]bool{}
	for start, b := range c.people(t) {
		for shape, f := range c.forms(t, start, b) {
			tried[shape] = true
			before, taken := c.Contents(t), false
			for name, value := range odd {
				values := url.Values{}
				for field := range f.Values {
					values.Set(field, value)
				}
				page := b.Post(f.Action, values)
				page.Told(t, fmt.Sprintf("%s to %s: %d", name, shape, page.Status))
				taken = taken || page.Status < 400
			}
			if !taken {
				require.Empty(t, portaltest.Changed(before, c.Contents(t)), shape)
			}
		}
	}
	t.Log(len(tried), "forms")
	for _, shape := range []string{"/s/households", "/s/households/{}/assess", "/s/claims/{}/decline", "/c/needs/{}/claim", "/c/claims/{}/deliver", "/c/claims/{}/withdraw",
		"/c/volunteers/new", "/c/members/new", "/v/claims/{}/deliver"} {
		require.True(t, tried[shape], "%s among %v", shape, tried)
	}
	require.NotContains(t, c.Log.String(), "svg onload")
	require.NotContains(t, c.Log.String(), `"msg":"panic"`)
}

// markupEverywhere gives people and organisations names that are markup, and reads
// everything that anybody can.
func (c *city) markupEverywhere(t *testing.T) {
	people := c.people(t)
	for _, sql := range []string{
		`update exchange.organisations set name = $1 || right(id, 3), name_en = $1, summary = $1, contact = $1`,
		`update exchange.members set name = $1`, `update access.accounts set name = $1`,
		`update exchange.projects set title = $1, summary = $1`,
		`update records.needs set reason = $1 where reason <> ''`,
	} {
		_, err := c.Admin.Exec(t.Context(), sql, markup)
		require.NoError(t, err, sql)
	}
	shown := 0
	people["/"] = c.Anyone(t)
	for start, b := range people {
		for _, language := range []string{"zh", "en"} {
			b.Header.Set("Accept-Language", language)
			crawl(t, b, start, 60, func(path string, p *portaltest.Page) {
				require.Less(t, p.Status, 500, path)
				require.Empty(t, p.All("svg[onload]"), path)
				require.Empty(t, p.All("[onload]"), path)
				if strings.Contains(p.Text("body"), markup) {
					shown++
				}
			})
		}
	}
	require.Greater(t, shown, 20, "the names were on the pages, as text")
}

// twiceAtOnce lets two officers of one street press the same button together.
func (c *city) twiceAtOnce(t *testing.T) {
	for name, sql := range map[string]string{
		"accept a claim": `select k.id from exchange.claims k join exchange.organisations o on o.id = k.organisation_id and o.state = 'verified' where k.state = 'requested' order by k.id limit 1`,
	} {
		t.Run(name, func(t *testing.T) {
			claim := c.one(t, sql, pg.Args{})
			street := c.one(t, `select l.region from records.listings l join exchange.claims k on k.card_id = l.card_id where k.id = @id`, pg.Args{"id": claim})
			one, two := c.login(t, street+"a").Stay(), c.login(t, street+"b").Stay()
			answers := make([]int, 2)
			var all sync.WaitGroup
			for i, b := range []*portaltest.Browser{one, two} {
				all.Go(func() { answers[i] = b.Post("/s/claims/"+claim+"/accept", nil).Status })
			}
			all.Wait()
			require.ElementsMatch(t, []int{http.StatusSeeOther, http.StatusConflict}, answers)
			require.Equal(t, "1", c.one(t, `select count(*)::text from exchange.outbox where kind = 'claim.accepted' and ref = @id`, pg.Args{"id": claim}))
		})
	}
}
