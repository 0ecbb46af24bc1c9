package charity_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/portal/portaltest"
)

func TestClaim(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	ctx := t.Context()
	officer := charitytest.DistrictOfficer()

	t.Run("a claim is asked, checked, sent twice and made once", func(t *testing.T) {
		t.Parallel()
		k := charitytest.Card(t, w.DB, 3)
		page := w.b.Get("/c/needs/" + k + "/claim").Fill(url.Values{"units": {"2"}})
		require.Equal(t, "请核对一遍", page.Text("h1"))
		require.Contains(t, page.Texts("dd"), "2 次")
		done := page.Fill(nil)
		require.Equal(t, http.StatusOK, done.Status)
		require.Equal(t, "等街道答复", done.Text(".badge"))
		again := page.Fill(nil)
		require.Equal(t, done.Path, again.Path)
		require.Contains(t, w.b.Get("/c/claims").Body, done.Path)
	})

	t.Run("who comes too late is told what is left", func(t *testing.T) {
		t.Parallel()
		k := charitytest.Card(t, w.DB, 3)
		late := w.b.Get("/c/needs/" + k + "/claim").Fill(url.Values{"units": {"2"}})
		other := charitytest.Verified(t, w.DB)
		_, err := claim.Take(ctx, w.Pools.Exchange, other, claim.Request{Card: k, Units: 2, Worker: other.Account, RequestKey: id.New()})
		require.NoError(t, err)
		page := late.Fill(nil)
		require.Equal(t, http.StatusConflict, page.Status)
		require.Contains(t, page.Text("main"), "只剩 1 份")
	})

	t.Run("nonsense in the form changes nothing", func(t *testing.T) {
		t.Parallel()
		k := charitytest.Card(t, w.DB, 3)
		path := "/c/needs/" + k + "/claim"
		for _, values := range []url.Values{
			{}, {"units": {"2"}, "step": {"confirm"}}, {"units": {"-1"}, "offer": {"none"}, "worker": {w.b.Account}, "step": {"confirm"}},
			{"units": {"1"}, "offer": {id.New()}, "worker": {w.b.Account}, "step": {"confirm"}},
			{"units": {"1"}, "offer": {"none"}, "worker": {id.New()}, "step": {"confirm"}},
			{"units": {"1"}, "offer": {"none"}, "worker": {w.b.Account}, "step": {"other"}},
		} {
			page := w.b.Post(path, values)
			require.Equal(t, http.StatusUnprocessableEntity, page.Status, "%v", values)
			require.NotEmpty(t, page.Text(".summary"))
		}
		var n int
		require.NoError(t, w.Admin.QueryRow(ctx, `select committed from exchange.cards where id = $1`, k).Scan(&n))
		require.Zero(t, n)
	})

	t.Run("delivered, reported once, and seen by nobody else", func(t *testing.T) {
		t.Parallel()
		k := charitytest.Card(t, w.DB, 2)
		c, err := claim.Take(ctx, w.Pools.Exchange, w.by, claim.Request{Card: k, Units: 2, Worker: w.by.Account, RequestKey: id.New()})
		require.NoError(t, err)
		path := "/c/claims/" + c.ID
		require.Equal(t, http.StatusConflict, w.b.Get(path+"/deliver").Status, "not before the introduction")
		require.NoError(t, claim.Accept(ctx, w.Pools.Exchange, officer, c.ID))
		require.NoError(t, claim.Introduced(ctx, w.Pools.Exchange, c.ID))

		form := w.b.Get(path + "/deliver")
		for _, wrong := range []url.Values{
			{"result": {"as_agreed"}, "units": {"3"}, "delivered_on": {beijing()}},
			{"result": {"as_agreed"}, "units": {"1"}, "delivered_on": {"2099-01-01"}},
			{"result": {"great"}, "units": {"1"}, "delivered_on": {beijing()}},
			{"units": {"1"}, "delivered_on": {"yesterday"}},
		} {
			require.Equal(t, http.StatusUnprocessableEntity, form.Fill(wrong).Status, "%v", wrong)
		}
		right := url.Values{"result": {"as_agreed"}, "units": {"2"}, "delivered_on": {beijing()}, "minutes": {"90"}}
		require.Equal(t, path, form.Fill(right).Path)
		page := form.Fill(right)
		require.Equal(t, path, page.Path)
		require.Len(t, page.All(".timeline li"), 1)
		require.Empty(t, page.Links("a.button"), "nothing is left to record")

		for _, stranger := range []*portaltest.Browser{w.member(t, charitytest.Verified(t, w.DB).Organisation), w.Role(t, actor.VolunteerRole)} {
			for _, at := range []string{path, path + "/deliver", path + "/withdraw"} {
				require.Equal(t, http.StatusNotFound, stranger.Get(at).Status)
			}
			for _, at := range []string{"/deliver", "/withdraw", "/contact"} {
				require.Equal(t, http.StatusNotFound, stranger.Post(path+at, url.Values{"reason": {"no_capacity"}}).Status)
			}
		}
		require.Equal(t, http.StatusNotFound, w.b.Post(path+"/contact", nil).Status, "nobody was introduced on the records side")
		require.Equal(t, http.StatusMethodNotAllowed, w.b.Get(path+"/contact").Status, "a look is never a GET")
	})

	t.Run("a claim is given back with a reason", func(t *testing.T) {
		t.Parallel()
		k := charitytest.Card(t, w.DB, 2)
		c, err := claim.Take(ctx, w.Pools.Exchange, w.by, claim.Request{Card: k, Units: 2, Worker: w.by.Account, RequestKey: id.New()})
		require.NoError(t, err)
		path := "/c/claims/" + c.ID
		form := w.b.Get(path + "/withdraw")
		require.Equal(t, http.StatusUnprocessableEntity, form.Fill(url.Values{"reason": {""}}).Status)
		page := form.Fill(url.Values{"reason": {"no_capacity"}})
		require.Equal(t, path, page.Path)
		require.Equal(t, "已撤回", page.Text(".badge"))
		require.Equal(t, http.StatusConflict, form.Fill(url.Values{"reason": {"no_capacity"}}).Status)
	})
}
