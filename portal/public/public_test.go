package public_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/id"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/portal"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
	"shanqiao/portal/portaltest"
)

// city is a portal with n public cards of care in the core area and one card of
// each of the other tiers, all in the index that holds them.
func city(t *testing.T, n int) *portaltest.Site {
	t.Helper()
	tiers := index.Tiers{Public: embedded.New(deid.Public), Verified: embedded.New(deid.Verified)}
	site := portaltest.New(t, func(s *portal.Server) { s.Index = tiers })
	insert := func(tier, code, sentence string) {
		_, err := site.Admin.Exec(t.Context(), `
			insert into exchange.cards (id, tier, area, age, size, category, need_group, code, quantity, urgency,
			                            window_from, window_to, sentence_zh, sentence_en, tick)
			values ($1, $2, 'zone:core', '*', '*', '*', 'care', $3, 4, 'soon', '2026-11-24', '2026-12-24', $4, $5, 1)`,
			id.New(), tier, code, sentence+"。", sentence+" in English.")
		require.NoError(t, err)
	}
	for i := range n {
		insert("public", "", fmt.Sprintf("need-%d", i))
	}
	insert("verified", "bathing", "verified-only")
	insert("direct", "bathing", "direct-only")
	for _, idx := range tiers.All() {
		_, err := card.Rebuild(t.Context(), site.Pools.Exchange, idx)
		require.NoError(t, err)
	}
	return site
}

func TestNeeds(t *testing.T) {
	t.Parallel()

	t.Run("anyone pages through the public cards and no others", func(t *testing.T) {
		t.Parallel()
		b := city(t, 23).Anyone(t)
		page := b.Get("/needs")
		require.Equal(t, http.StatusOK, page.Status)
		require.Equal(t, "符合的需要：25 个", page.Text("main h2"), "the count is rounded")
		require.Len(t, page.All(".cards h3"), 20)
		next := page.Links("a[rel=next]")
		require.Equal(t, []string{"/needs?page=2"}, next)
		second := b.Get(next[0])
		require.Len(t, second.All(".cards h3"), 3)
		require.Empty(t, second.Links("a[rel=next]"))
		for _, hidden := range []string{"verified-only", "direct-only"} {
			require.NotContains(t, page.Body+second.Body, hidden)
		}
		one := b.Get(page.Links(".cards h3 a")[0])
		require.Equal(t, http.StatusOK, one.Status)
		require.Equal(t, page.Text(".cards h3 a"), one.Text("h1"))
		htmltest.Sound(t, one.Body, locale.Zh)
	})

	t.Run("an open page is told which of its cards are gone, and of nothing else", func(t *testing.T) {
		t.Parallel()
		site := city(t, 2)
		var open, closed, hidden string
		require.NoError(t, site.Admin.QueryRow(t.Context(), `
			select min(id) filter (where tier = 'public'), max(id) filter (where tier = 'public'), min(id) filter (where tier = 'verified')
			  from exchange.cards`).Scan(&open, &closed, &hidden))
		_, err := site.Admin.Exec(t.Context(), `update exchange.cards set state = 'withdrawn' where id = $1`, closed)
		require.NoError(t, err)
		never := id.New()
		b := site.Anyone(t)
		told := b.Get("/needs/still?id=" + strings.Join([]string{open, closed, hidden, never}, "&id="))
		require.Equal(t, http.StatusOK, told.Status)
		require.JSONEq(t, fmt.Sprintf(`{"gone": [%q, %q, %q]}`, closed, hidden, never), told.Body)
		for _, wrong := range []string{"", "?id=", "?id=1'--", "?id=" + strings.Repeat(open+"&id=", 20) + open} {
			require.Equal(t, http.StatusNotFound, b.Get("/needs/still"+wrong).Status, wrong)
		}
	})

	t.Run("a card of another tier is not there", func(t *testing.T) {
		t.Parallel()
		site := city(t, 1)
		var hidden string
		require.NoError(t, site.Admin.QueryRow(t.Context(), `select id from exchange.cards where tier = 'verified'`).Scan(&hidden))
		require.Equal(t, http.StatusNotFound, site.Anyone(t).Get("/needs/"+hidden).Status)
	})

	t.Run("conditions narrow, and an empty answer says what to do", func(t *testing.T) {
		t.Parallel()
		b := city(t, 12).Anyone(t)
		require.Len(t, b.Get("/needs?group=care&area=zone:core&urgency=soon").All(".cards h3"), 12)
		page := b.Get("/needs?group=goods")
		require.Empty(t, page.All(".cards"))
		require.Equal(t, []string{"/needs"}, page.Links(".empty a"))
		require.Len(t, page.All("#f-group option[selected]"), 1, "what was asked is kept")
	})

	t.Run("a small count is not told", func(t *testing.T) {
		t.Parallel()
		b := city(t, 3).Anyone(t)
		require.Equal(t, "符合的需要：少于 11 个", b.Get("/needs").Text("main h2"))
		require.Equal(t, "少于 11", b.Get("/").Text(".figures strong"))
	})

	t.Run("an index that is down is said so, and the front page does not need it", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t, func(s *portal.Server) { s.Index = index.Tiers{Public: down{embedded.New(deid.Public)}} })
		page := site.Anyone(t).Get("/needs")
		require.Equal(t, http.StatusServiceUnavailable, page.Status)
		require.Equal(t, "30", page.Header.Get("Retry-After"))
		htmltest.Sound(t, page.Body, locale.Zh)
		require.Equal(t, http.StatusOK, site.Anyone(t).Get("/").Status)
	})
}

// down is an index that does not answer.
type down struct{ index.Index }

func (down) Search(context.Context, index.Scope, index.Query) (index.Page, error) {
	return index.Page{}, index.ErrUnavailable
}

// TestProjects shows what an organisation runs, in whichever words there are.
func TestProjects(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	organisation, project := id.New(), id.New()
	_, err := site.Admin.Exec(t.Context(), `
		insert into exchange.organisations (id, name, credit_code, kind, district, state, decided_by)
		values ($1, '暖心服务中心', '52110105MJ0123456A', 'charity', '110105', 'verified', 'officer')`, organisation)
	require.NoError(t, err)
	_, err = site.Admin.Exec(t.Context(), `
		insert into exchange.projects (id, organisation_id, brand_region, title, summary, codes, areas, places, starts_on, ends_on,
		                               state, published_by, published_at)
		values ($1, $2, '110105', '朝阳暖浴', '给行动不便的老人上门助浴。', '{bathing}', '{110105}', 200, '2026-11-01', '2027-10-31',
		        'published', 'officer', now())`, project, organisation)
	require.NoError(t, err)
	b := site.Anyone(t)

	require.Equal(t, []string{"朝阳暖浴"}, b.Get("/projects").Texts(".cards h2"))
	require.Empty(t, b.Get("/projects?district=110101").All(".cards"))
	page := b.Get("/projects/" + project + "?lang=en")
	require.Equal(t, http.StatusOK, page.Status)
	htmltest.Sound(t, page.Body, locale.En)
	require.Equal(t, "朝阳暖浴", page.Text("h1[lang=zh-CN]"))
	require.Contains(t, page.Text(".facts"), "fewer than 11")
}

// TestGetChangesNothing reads every public page on a database that refuses to write.
func TestGetChangesNothing(t *testing.T) {
	t.Parallel()
	site := city(t, 12)
	_, err := site.Admin.Exec(t.Context(), fmt.Sprintf(`alter database %q set default_transaction_read_only = on`, site.Name))
	require.NoError(t, err)
	site.Pools.Exchange.Reset()
	site.Pools.Access.Reset()
	_, err = site.Pools.Exchange.Exec(t.Context(), `update exchange.cards set version = version + 1`)
	require.ErrorContains(t, err, "25006", "the database does refuse")
	b := site.Anyone(t)
	pages := []string{"/", "/needs", "/projects", "/help", "/privacy", "/a11y", "/signin", "/signin/phone", "/signin/password", "/lang?to=en", "/edition?to=elder"}
	pages = append(pages, b.Get("/needs").Links(".cards h3 a")...)
	for _, path := range pages {
		page := b.Get(path)
		require.Equal(t, http.StatusOK, page.Status, path)
		require.False(t, strings.Contains(site.Log.String(), "25006"), path)
	}
}

// TestProseLeadsOn follows what the longer texts offer to open.
func TestProseLeadsOn(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	for _, at := range []string{"/help?lang=zh", "/help?lang=en", "/privacy?lang=zh", "/privacy?lang=en"} {
		links := site.Anyone(t).Get(at).Links("main a")
		require.NotEmpty(t, links, at)
		for _, href := range links {
			require.Equal(t, http.StatusOK, site.Anyone(t).Get(href).Status, "%s on %s", href, at)
		}
	}
}
