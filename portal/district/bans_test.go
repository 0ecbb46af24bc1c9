package district_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

func day(n int) string {
	return civil.Day(time.Now()).AddDate(0, 0, n).Format(time.DateOnly)
}

func TestBans(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	officer := site.Role(t, actor.DistrictRole)
	elsewhere := site.As(t, account.New{Role: actor.DistrictRole, Region: "110101"})
	path := "/p/organisations/" + charitytest.Verified(t, site.DB).Organisation + "/bans"
	require.Equal(t, http.StatusNotFound, elsewhere.Get(path).Status)
	require.Equal(t, http.StatusNotFound, elsewhere.Post(path, url.Values{"volunteer": {"whole"}, "reason": {"harm"}, "until": {"2099-01-01"}}).Status)
	require.Equal(t, http.StatusUnprocessableEntity, officer.Get(path).Fill(url.Values{"volunteer": {"whole"}, "reason": {"harm"}, "until": {"2001-01-01"}}).Status)
	until := day(3)
	page := officer.Get(path).Fill(url.Values{"volunteer": {"whole"}, "reason": {"harm"}, "until": {until}})
	require.Equal(t, path, page.Path, page.Text(".summary"))
	require.Equal(t, []string{"禁令中"}, page.Texts(".cards .badge"))
	require.Equal(t, http.StatusNotFound, officer.Post(path+"/none/lift", url.Values{}).Status)
	page = officer.Post(path+"/1/lift", url.Values{})
	require.Equal(t, []string{"已取消"}, page.Texts(".cards .badge"))
}

func TestDuty(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	officer, city := site.Role(t, actor.DistrictRole), site.Role(t, actor.CityRole)
	require.Len(t, officer.Get("/p/duty").All("tbody tr"), 1, "the city's, as shipped")
	require.Equal(t, http.StatusNotFound, site.Role(t, actor.SubdistrictRole).Get("/p/duty/new").Status)
	right := url.Values{"first": {"entitlement"}, "second": {"charity"}, "third": {"purchased"}, "fourth": {"volunteer"},
		"how": {"weighs"}, "source": {"朝民发〔2026〕9号"}, "since": {day(0)}}
	form := officer.Get("/p/duty/new")
	for field, wrong := range map[string]string{"fourth": "charity", "how": "never", "source": " ", "since": "2001-01-01"} {
		bad := url.Values{}
		for k, v := range right {
			bad[k] = v
		}
		bad.Set(field, wrong)
		require.Equal(t, http.StatusUnprocessableEntity, form.Fill(bad).Status, field)
	}
	page := form.Fill(right)
	require.Equal(t, "/p/duty", page.Path, page.Text(".summary"))
	form.Fill(right)
	list := officer.Get("/p/duty")
	require.Equal(t, []string{"生效中", "生效中"}, list.Texts("tbody .badge"), "the same form twice stands once")
	require.Contains(t, list.Text("main"), "法定的救助 → 慈善项目 → 政府购买的服务 → 志愿者")
	require.Len(t, site.As(t, account.New{Role: actor.DistrictRole, Region: "110101"}).Get("/p/duty").All("tbody tr"), 1)
	require.Len(t, city.Get("/p/duty").All("tbody tr"), 2, "the city sees every district")
	require.Contains(t, officer.Get("/p/answers").Text("main"), "还没有推荐")
}
