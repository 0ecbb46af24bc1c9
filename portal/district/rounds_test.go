package district_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/charities/charitytest"
	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

func TestRounds(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	city, officer := site.Role(t, actor.CityRole), site.As(t, account.New{Role: actor.DistrictRole, Region: "110105"})
	require.NotEmpty(t, city.Get("/p/rounds").All(".empty"))

	// Eight are wanted here, in a kind of help of which there are three; two more
	// far away, which nobody serves.
	for range 2 {
		charitytest.Card(t, site.DB, 4)
	}
	far := charitytest.Card(t, site.DB, 2)
	_, err := site.Admin.Exec(t.Context(), `update exchange.cards set area = '110109' where id = $1`, far)
	require.NoError(t, err)
	offered(t, site, 3)
	report, err := matcher.Round(t.Context(), site.Pools.Exchange, time.Now(), assign.Optimal{})
	require.NoError(t, err)

	list := city.Get("/p/rounds")
	require.Equal(t, []string{"/p/rounds/" + report.Round}, list.Links("tbody a"))
	page := city.Get(list.Links("tbody a")[0])
	require.Contains(t, page.Text(".lead"), "还要10份帮助。这一次给3份找到了合适的机构，还要机构认领、街道审核、家里同意；还有7份没有找到")
	require.Contains(t, page.Text(".notice"), "没有比这更合适的（")
	require.Contains(t, page.Text("main"), "全市能多安排3份帮助", "three is what the one there is can give")
	require.Contains(t, page.Text("main"), "门头沟区")
	require.Len(t, page.All("svg[aria-hidden=true]"), 5, "a bar for the tier, and two for each of two places")

	own := officer.Get("/p/rounds/" + report.Round)
	require.Contains(t, own.Text(".lead"), "一共还要8份帮助。这一次给3份找到了合适的机构，还要机构认领、街道审核、家里同意；还有5份没有找到")
	require.NotContains(t, own.Text("main"), "门头沟区", "a district reads of no other")
	require.Equal(t, http.StatusNotFound, site.Role(t, actor.SubdistrictRole).Get("/p/rounds/"+report.Round).Status)
	for _, wrong := range []string{"/p/rounds/nonsense", "/p/rounds/" + report.Round[:25] + "0"} {
		require.Equal(t, http.StatusNotFound, city.Get(wrong).Status)
	}

	_, err = site.Admin.Exec(t.Context(), `
		insert into exchange.rounds (id, started_at)
		select 'broken' || n, now() - n * interval '1 day' from generate_series(1, 31) n`)
	require.NoError(t, err)
	first := city.Get("/p/rounds")
	require.Len(t, first.All("tbody tr"), 30)
	require.Contains(t, first.Text("main"), "中途停了")
	next := city.Get(first.Links(".pager a")[0])
	require.Len(t, next.All("tbody tr"), 2)
	require.Equal(t, http.StatusOK, city.Get("/p/rounds?before=nonsense").Status)
}

func offered(t *testing.T, site *portaltest.Site, capacity int) {
	t.Helper()
	_, err := site.Admin.Exec(t.Context(), `
		with org as (
		  insert into exchange.organisations (id, name, credit_code, kind, district, state, decided_by)
		  values ('o1', '善邻', '531100000000000001', 'charity', '110105', 'verified', 'officer')
		  returning id),
		project as (
		  insert into exchange.projects (id, organisation_id, title, summary, codes, areas, places, starts_on, ends_on, state, published_by)
		  select 'p1', id, '项目', '说明', array[(select code from exchange.cards limit 1)], array['110105'], @capacity, now() - interval '1 day', now() + interval '1 year', 'published', 'officer' from org
		  returning id, organisation_id, codes, areas, starts_on, ends_on)
		insert into exchange.offers (id, kind, organisation_id, project_id, codes, areas, capacity, committed, starts_on, ends_on, state)
		select 'f1', @kind, organisation_id, id, codes, areas, @capacity, 0, starts_on, ends_on, 'open' from project`,
		pg.Args{"capacity": capacity, "kind": charities.Charity})
	require.NoError(t, err)
}

func TestEvenness(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	city, officer := site.Role(t, actor.CityRole), site.Role(t, actor.DistrictRole)
	require.Empty(t, officer.Get("/p/evenness").All("main .button"), "it is the city's to settle")
	require.Equal(t, http.StatusNotFound, officer.Get("/p/evenness/new").Status)
	require.Equal(t, http.StatusNotFound, officer.Post("/p/evenness/new", url.Values{"even": {"no"}, "source": {"x"}, "since": {"2026-01-01"}}).Status)

	right := url.Values{"even": {"no"}, "source": {"京民发〔2026〕9号"}, "since": {"2026-01-01"}}
	form := city.Get("/p/evenness/new")
	for field, wrong := range map[string]string{"even": "perhaps", "source": " ", "since": "soon"} {
		bad := url.Values{}
		for k, v := range right {
			bad[k] = v
		}
		bad.Set(field, wrong)
		page := form.Fill(bad)
		require.Equal(t, http.StatusUnprocessableEntity, page.Status, field)
		require.Len(t, page.Links(".summary a"), 1, field)
	}
	page := form.Fill(right)
	require.Equal(t, "/p/evenness", page.Path, page.Text(".summary"))
	form.Fill(right)
	rows := officer.Get("/p/evenness")
	require.Equal(t, []string{"生效中", "已被后来的代替"}, rows.Texts("tbody .badge"), "the same form twice stands once")
	require.Contains(t, rows.Text("main"), "京民发〔2026〕9号")
}
