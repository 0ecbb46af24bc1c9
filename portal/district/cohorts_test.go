package district_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/internal/actor"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

func TestCohorts(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	officer, city := site.Role(t, actor.DistrictRole), site.Role(t, actor.CityRole)
	require.Len(t, officer.Get("/p/cohorts").All("tbody tr"), 2, "what is shipped")
	require.Equal(t, http.StatusNotFound, site.Role(t, actor.SubdistrictRole).Get("/p/cohorts/new").Status)

	right := url.Values{"tier": {"public"}, "k": {"20"}, "k_map": {"50"}, "l": {"3"}, "most_share": {"50"}, "most_listed": {"40"},
		"source": {"朝民发〔2026〕9号"}, "since": {"2026-01-01"}}
	form := officer.Get("/p/cohorts/new")
	require.Contains(t, form.Text(".lead"), "朝阳区")
	for field, wrong := range map[string]string{"tier": "direct", "k": "10", "k_map": "19", "l": "2", "most_share": "61", "most_listed": "51", "source": " ", "since": "soon"} {
		bad := url.Values{}
		for k, v := range right {
			bad[k] = v
		}
		bad.Set(field, wrong)
		page := form.Fill(bad)
		require.Equal(t, http.StatusUnprocessableEntity, page.Status, field)
		require.Len(t, page.Links(".summary a"), 1, field)
		require.True(t, strings.HasPrefix(page.Links(".summary a")[0], "#f-"+field), field)
	}
	low := url.Values{"tier": {"public"}, "k": {"10"}, "k_map": {"50"}, "l": {"3"}, "most_share": {"50"}, "most_listed": {"40"}, "source": {" "}, "since": {"2026-01-01"}}
	require.Equal(t, []string{"#f-k", "#f-source"}, form.Fill(low).Links(".summary a"), "what the list asks is said together with what is missing")

	page := form.Fill(right)
	require.Equal(t, "/p/cohorts", page.Path, page.Text(".summary"))
	form.Fill(right)
	list := officer.Get("/p/cohorts")
	require.Len(t, list.All("tbody tr"), 3, "the same form twice stands once")
	require.Contains(t, list.Text("main"), "朝民发〔2026〕9号")
	require.Contains(t, list.Text("main"), "同组至少 20 户，登记册里至少 50 户符合； 至少 3 种状况，一种不超过 50%； 符合的家庭里，名单上不超过 40%")

	right.Set("since", "2099-01-01")
	require.Equal(t, http.StatusOK, city.Get("/p/cohorts/new").Fill(right).Status)
	right.Set("since", "2026-02-01")
	officer.Get("/p/cohorts/new").Fill(right)
	states := site.As(t, account.New{Role: actor.DistrictRole, Region: "110101"}).Get("/p/cohorts").Texts("tbody .badge")
	require.Equal(t, []string{"生效中", "生效中", "还没开始", "生效中", "已被后来的代替"}, states, "any district reads them")
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	city, officer := site.Role(t, actor.CityRole), site.Role(t, actor.DistrictRole)
	require.Contains(t, city.Get("/p/cohorts").Text(".notice"), "没有被挡下")
	require.Empty(t, officer.Get("/p/cohorts").All(".notice"), "it is the city's to settle")
	require.NotEmpty(t, city.Get("/p/refusals").All(".empty"))

	out := string(charitytest.Card(t, site.DB, 2))
	for _, card := range []string{out, "never-there"} {
		require.NoError(t, gate.Note(t.Context(), site.Pools.Gate, &gate.Refused{Tier: deid.Verified,
			Reasons: []gate.Reason{{Kind: gate.Trajectory, What: "3- 110105|60-79|1-2|*|care|bathing|2|soon", Households: 1, Least: 5, Cards: []string{card}}}}))
	}
	require.Contains(t, city.Get("/p/cohorts").Text(".notice"), "2轮")
	links := city.Get("/p/refusals").Links("tbody a")
	require.Len(t, links, 2)
	for _, b := range []*portaltest.Browser{officer, site.Role(t, actor.AdministratorRole)} {
		require.Equal(t, http.StatusNotFound, b.Get(links[0]).Status)
		require.Equal(t, http.StatusNotFound, b.Post(links[1], url.Values{"reason": {"x"}}).Status)
	}
	for _, wrong := range []string{"/p/refusals/0", "/p/refusals/nonsense", links[0] + "0000"} {
		require.Equal(t, http.StatusNotFound, city.Get(wrong).Status)
	}

	never, form := city.Get(links[0]), city.Get(links[1])
	require.Contains(t, form.Text("main"), "只有1户")
	require.Contains(t, form.Text("tbody td"), "第3轮起：朝阳区的一户一至两口人的困难家庭，家里有60至79岁的老人，需要", "in words, not in codes")
	page := never.Fill(url.Values{"reason": {"看过了"}})
	require.Contains(t, page.Text(".summary"), "从没有发出去过")
	require.Equal(t, http.StatusUnprocessableEntity, form.Fill(url.Values{"reason": {" "}}).Status)
	page = form.Fill(url.Values{"reason": {"投诉后手工关闭"}})
	require.Equal(t, "/p/refusals", page.Path, page.Text(".summary"))
	require.Equal(t, links[:1], page.Links("tbody a"))
	require.Equal(t, http.StatusNotFound, city.Get(links[1]).Status, "what is settled is not settled again")

	_, err := site.Admin.Exec(t.Context(), `insert into gate.ticks (tier, ladders, k, waiting, published, cohorts) values ('verified', 'x', 5, 0, 0, 0)`)
	require.NoError(t, err)
	require.NotEmpty(t, city.Get("/p/refusals").All(".empty"), "a round went through, so nothing is stopped any more")
}
