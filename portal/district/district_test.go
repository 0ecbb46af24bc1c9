package district_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

func TestOrganisations(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	officer := site.Role(t, actor.DistrictRole)
	elsewhere := site.As(t, account.New{Role: actor.DistrictRole, Region: "110101"})
	street := site.Role(t, actor.SubdistrictRole)
	by := charitytest.Applied(t, site.DB)
	path := "/p/organisations/" + by.Organisation

	require.Equal(t, []string{path}, officer.Get("/p/organisations").Links("tbody a"))
	require.Equal(t, []string{path}, site.Role(t, actor.CityRole).Get("/p/organisations").Links("tbody a"))
	require.Empty(t, elsewhere.Get("/p/organisations").Links("tbody a"))
	require.Equal(t, http.StatusNotFound, officer.Get("/p/organisations?state=nonsense").Status)
	for _, b := range []*portaltest.Browser{elsewhere, street} {
		require.Equal(t, http.StatusNotFound, b.Get(path).Status)
		require.Equal(t, http.StatusNotFound, b.Post(path, url.Values{"decision": {"verified"}}).Status)
	}
	for _, wrong := range []string{"/p/organisations/nonsense", "/p/organisations/" + id.New()} {
		require.Equal(t, http.StatusNotFound, officer.Get(wrong).Status)
	}

	form := officer.Get(path)
	for _, wrong := range []string{"", "suspended.complaint", "rejected", "approved"} {
		page := form.Fill(url.Values{"decision": {wrong}})
		require.Equal(t, http.StatusUnprocessableEntity, page.Status, wrong)
	}
	page := form.Fill(url.Values{"decision": {"verified"}})
	require.Equal(t, "已核验", page.Text(".badge"))
	require.Equal(t, "已核验", form.Fill(url.Values{"decision": {"verified"}}).Text(".badge"), "the same button twice")
	require.Equal(t, http.StatusUnprocessableEntity, form.Fill(url.Values{"decision": {"rejected.papers_missing"}}).Status)

	page = officer.Get(path).Fill(url.Values{"decision": {"suspended.complaint"}})
	require.Equal(t, "已暂停", page.Text(".badge"))
	require.Contains(t, site.As(t, account.New{Role: actor.MemberRole, Organisation: by.Organisation}).Get("/c").Text(".notice"), "投诉")
}

func TestBrands(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	carrier := charitytest.Verified(t, site.DB)
	officer, street := site.Role(t, actor.DistrictRole), site.Role(t, actor.SubdistrictRole)
	right := url.Values{"title": {"朝阳暖心浴"}, "title_en": {"Warm baths"}, "summary": {"上门助浴，每月两次。"}, "codes": {"bathing"},
		"areas": {"110105"}, "places": {"60"}, "starts_on": {"2026-01-01"}, "ends_on": {"2099-12-31"},
		"organisation": {carrier.Organisation}, "brand_region": {"110105"}}
	require.Equal(t, "品牌项目", officer.Get("/p/projects").Text("h1"), "as the navigation calls it")
	page := officer.Get("/p/projects/new").Fill(right)
	require.Equal(t, "草稿", page.Text(".badge"), page.Text(".summary"))
	path := page.Path
	page = officer.Post(path+"/publish", nil)
	require.Equal(t, "已发布", page.Text(".badge"))
	require.Contains(t, page.Text("main"), "朝阳区品牌项目")
	require.Equal(t, "Warm baths", officer.Get(path+"?lang=en").Text("h1"))

	require.Equal(t, http.StatusNotFound, street.Get(path).Status, "the district's brand is not the subdistrict's")
	require.Equal(t, http.StatusUnprocessableEntity, street.Get("/p/projects/new").Fill(right).Status)
	right.Set("brand_region", "110105015")
	require.Equal(t, "草稿", street.Get("/p/projects/new").Fill(right).Text(".badge"))
	applied := charitytest.Applied(t, site.DB)
	right.Set("organisation", applied.Organisation)
	require.Equal(t, http.StatusUnprocessableEntity, street.Get("/p/projects/new").Fill(right).Status)
	member := site.As(t, account.New{Role: actor.MemberRole, Organisation: carrier.Organisation})
	require.Equal(t, http.StatusNotFound, member.Get("/c/projects/"+path[len("/p/projects/"):]).Status, "the brand is not the carrier's to change")
}

func TestContracts(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	carrier := charitytest.Verified(t, site.DB)
	officer := site.Role(t, actor.DistrictRole)
	form := officer.Get("/p/contracts/new")
	right := url.Values{"organisation": {carrier.Organisation}, "number": {"CY-2026-7"}, "code": {"bathing"},
		"unit_price": {"80.50"}, "units": {"3"}, "starts_on": {"2026-01-01"}, "ends_on": {"2099-12-31"}}
	wrong := form.Fill(url.Values{"units": {"many"}, "starts_on": {"2026-05-02"}, "ends_on": {"2026-05-01"}})
	require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
	require.Equal(t, []string{"#f-organisation", "#f-number", "#f-code", "#f-unit_price", "#f-units", "#f-ends_on"},
		wrong.Links(".summary a"), "all that must change at once, with an end before the start")
	page := form.Fill(right)
	require.Equal(t, "CY-2026-7", page.Text("h1"), page.Text(".summary"))
	require.Contains(t, page.Texts("dd"), "241.50 元")
	path := page.Path
	page = form.Fill(right)
	require.Equal(t, http.StatusUnprocessableEntity, page.Status, "the same form twice buys once")

	var offer string
	require.NoError(t, site.Admin.QueryRow(t.Context(), `select id from exchange.offers where contract_id is not null`).Scan(&offer))
	_, err := claim.Take(t.Context(), site.Pools.Exchange, carrier, claim.Request{Card: charitytest.Card(t, site.DB, 2), Offer: offer,
		Units: 2, Worker: carrier.Account, RequestKey: id.New()})
	require.NoError(t, err)
	require.Equal(t, []string{"3 次", "2 次", "0 次", "1 次"}, officer.Get(path).Texts(".figures strong"))

	require.Equal(t, http.StatusNotFound, site.As(t, account.New{Role: actor.DistrictRole, Region: "110101"}).Get(path).Status)
	city := site.Role(t, actor.CityRole)
	right.Set("number", "CITY-"+time.Now().Format("150405"))
	require.Equal(t, http.StatusUnprocessableEntity, city.Get("/p/contracts/new").Fill(right).Status, "the city says which district")
	right.Set("district", "110101")
	require.Equal(t, http.StatusOK, city.Get("/p/contracts/new").Fill(right).Status)
}
