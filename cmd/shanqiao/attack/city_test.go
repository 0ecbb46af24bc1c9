package attack

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/pg"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/portal"
	"shanqiao/portal/portaltest"
	"shanqiao/workers"
)

// TestAttack tries everything on cities of a few hundred families. Making a city
// takes longer than most attacks, so those that leave each other room share one.
func TestAttack(t *testing.T) {
	t.Parallel()
	t.Run("what is somebody else's", func(t *testing.T) {
		t.Parallel()
		c := found(t)
		t.Run("by its id", c.theirs)
		t.Run("in lists", c.lists)
		t.Run("two at once", c.twiceAtOnce)
		t.Run("contacts", c.contact)
		t.Run("after the account is shut", c.shutOut)
	})
	t.Run("what nobody should type", func(t *testing.T) {
		t.Parallel()
		c := found(t)
		t.Run("in reports of what was delivered", c.deliveries)
		t.Run("in forms", c.nonsense)
		t.Run("as names", c.markupEverywhere)
	})
}

// city is a portal with a demonstration city behind it.
type city struct {
	*portaltest.Site
	tiers index.Tiers
}

func found(t *testing.T) *city {
	t.Helper()
	// Half of those who fit a card wait unseen: fewer families than these leave
	// too little help under way to try everything on.
	return grown(t, demo.Options{Households: 960, Seed: 3}, nil)
}

// grown is a city with a history. Watch is called whenever everything that was
// to be done has been done, and may be nil.
func grown(t *testing.T, o demo.Options, watch func(*city)) *city {
	t.Helper()
	c := &city{tiers: index.Tiers{Public: embedded.New(deid.Public), Verified: embedded.New(deid.Verified)}}
	c.Site = portaltest.New(t, func(s *portal.Server) { s.Index = c.tiers })
	w := &workers.Workers{Pools: c.Pools, Now: time.Now, Index: c.tiers, Log: slog.New(slog.DiscardHandler)}
	drain := func(ctx context.Context) error {
		err := w.Drain(ctx)
		if err == nil && watch != nil {
			watch(c)
		}
		return err
	}
	_, err := demo.Load(t.Context(), demo.City{Pools: c.Pools, Keys: c.Keys, Drain: drain, At: time.Now(),
		Log: slog.New(slog.DiscardHandler), Says: t.Output()}, o)
	require.NoError(t, err)
	for _, tier := range []index.Index{c.tiers.Public, c.tiers.Verified} {
		_, err := card.Rebuild(t.Context(), c.Pools.Exchange, tier)
		require.NoError(t, err)
	}
	return c
}

// one reads one text behind the walls; none is a city that cannot try this.
func (c *city) one(t *testing.T, sql string, args pg.Args) string {
	t.Helper()
	v, err := pg.One[string](t.Context(), c.Admin, errors.New("the city has none"), sql, args)
	require.NoError(t, err, sql)
	return v
}

func (c *city) many(t *testing.T, sql string, args pg.Args) []string {
	t.Helper()
	all, err := pg.Many[string](t.Context(), c.Admin, sql, args)
	require.NoError(t, err, sql)
	require.NotEmpty(t, all, sql)
	return all
}

// street is one where everything has happened: words, consent and help.
func (c *city) street(t *testing.T) string {
	t.Helper()
	return c.one(t, `
		select o.region
		  from records.outcomes o
		  join records.consents s on s.region = o.region
		  join records.declarations d on d.region = o.region
		 group by 1 order by count(distinct o.delivery_id) desc, 1 limit 1`, pg.Args{})
}

// login is a browser signed in to an account of the city by its login.
func (c *city) login(t *testing.T, login string) *portaltest.Browser {
	t.Helper()
	return c.Signed(t, c.one(t, `select id from access.accounts where login = @login`, pg.Args{"login": login}))
}

// patterns lists the routes under a prefix that carry a parameter, or with "" that
// carry none, with the methods of each.
func (c *city) patterns(parameter string, under ...string) map[string]string {
	_, routes := c.Server.Table()
	all := map[string]string{}
	for _, rt := range routes {
		for _, prefix := range under {
			if strings.HasPrefix(rt.Pattern, prefix) && (strings.Contains(rt.Pattern, "{"+parameter+"}") || parameter == "" && !strings.Contains(rt.Pattern, "{")) {
				all[rt.Pattern] = rt.Methods
			}
		}
	}
	return all
}

const nobody = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

var (
	other    = regexp.MustCompile(`\{[^}]+\}`)
	changing = regexp.MustCompile(`[0-9a-f]{16}|back=[^"]*`)
)

// everything is a form with good values under every name that some form has, so
// that a refusal is for who asks and not for what was typed.
var everything = url.Values{
	"decision": {"approve"}, "reason": {"not_suitable"}, "sure": {"yes"}, "answer": {"received"}, "result": {"as_agreed"}, "units": {"1"},
	"delivered_on": {"2026-11-20"}, "step": {"confirm"}, "offer": {"none"}, "read": {"yes"}, "channel": {"phone"}, "fields": {"phone"},
	"purpose": {"arrange_and_serve"}, "days": {"9"}, "phone": {"13800000000"}, "call_name": {"x"}, "quantity": {"1"}, "urgency": {"2"},
	"request": {"bbbbbbbbbbbbbbbbbbbbbbbbbb"}, "title": {"x"}, "name": {"x"},
}

// shut fails unless every page under the patterns answers an id that is not the
// reader's exactly as it answers one that is nobody's, and changes nothing.
func (c *city) shut(t *testing.T, b *portaltest.Browser, patterns map[string]string, parameter, theirs string) {
	t.Helper()
	require.NotEmpty(t, patterns)
	before := c.Contents(t)
	for pattern, methods := range patterns {
		for method := range strings.FieldsSeq(methods) {
			ask := func(id string) *portaltest.Page {
				path := other.ReplaceAllString(strings.ReplaceAll(pattern, "{"+parameter+"}", id), nobody)
				switch {
				case method == http.MethodGet:
					return b.Get(path)
				case strings.HasPrefix(path, "/api/"):
					return c.call(t, b, path)
				}
				return b.Post(path, everything)
			}
			mine, none := ask(theirs), ask(nobody)
			require.Equal(t, http.StatusNotFound, mine.Status, "%s %s of another: %s", method, pattern, mine.Text("main"))
			require.Equal(t, plain(none, nobody), plain(mine, theirs), "%s %s", method, pattern)
		}
	}
	require.Empty(t, portaltest.Changed(before, c.Contents(t)), "%v", patterns)
}

// call is a claim through the interface for machines.
func (c *city) call(t *testing.T, b *portaltest.Browser, path string) *portaltest.Page {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.URL+path, strings.NewReader(`{"units":1}`))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Idempotency-Key", nobody)
	return b.Do(r)
}

// plain drops what differs between any two answers.
func plain(p *portaltest.Page, id string) string {
	return changing.ReplaceAllString(strings.ReplaceAll(p.Body, id, ""), "")
}
