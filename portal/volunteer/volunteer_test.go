package volunteer_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/charities/volunteer"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

func TestVolunteer(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	ctx, db := t.Context(), site.Pools.Exchange
	by := charitytest.Verified(t, site.DB)
	who := id.New()
	b := site.As(t, account.New{Role: actor.VolunteerRole, Volunteer: who, Name: "小周"})
	require.Contains(t, b.Get("/v").Text(".empty"), "还没有完成")

	_, err := volunteer.Register(ctx, db, by, who, volunteer.Person{Account: b.Account, Name: "小周", Skills: []string{"bathing"},
		Areas: []string{charitytest.Chaoyang}, UnitsPerMonth: 4})
	require.NoError(t, err)
	require.Contains(t, b.Get("/v").Text(".error"), "保险")

	c, err := claim.Take(ctx, db, by, claim.Request{Card: charitytest.Card(t, site.DB, 2), Units: 2, Worker: b.Account, RequestKey: id.New()})
	require.NoError(t, err)
	require.NoError(t, claim.Accept(ctx, db, charitytest.DistrictOfficer(), c.ID))
	require.NoError(t, claim.Introduced(ctx, db, c.ID))
	path := "/v/claims/" + c.ID
	require.Equal(t, []string{path}, b.Get("/v").Links("ul.cards a"))

	form := b.Get(path + "/deliver")
	day := time.Now().UTC().Add(8 * time.Hour).Format(time.DateOnly)
	require.Equal(t, http.StatusUnprocessableEntity, form.Fill(url.Values{"units": {"1"}, "delivered_on": {day}}).Status)
	page := form.Fill(url.Values{"result": {"as_agreed"}, "units": {"1"}, "delivered_on": {day}, "minutes": {"60"}})
	require.Equal(t, path, page.Path)
	require.Len(t, page.All(".timeline li"), 1)
	page = b.Get(path + "?lang=en")
	require.Equal(t, "Under way", page.Text(".badge"))

	stranger := site.As(t, account.New{Role: actor.VolunteerRole, Name: "别人"})
	require.Equal(t, http.StatusNotFound, stranger.Get(path).Status)
	require.Equal(t, http.StatusNotFound, stranger.Post(path+"/contact", nil).Status)
	require.Equal(t, http.StatusNotFound, stranger.Post(path+"/deliver", url.Values{"units": {"1"}}).Status)
	require.Equal(t, http.StatusNotFound, site.Role(t, actor.MemberRole).Get(path).Status)
}
