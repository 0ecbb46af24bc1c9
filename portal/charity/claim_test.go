package charity_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/charities/project"
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
		require.Contains(t, page.Text("#f-units-error"), "只差 1 次")
		done := page.Fill(url.Values{"units": {"1"}}).Fill(nil)
		require.Equal(t, "等街道答复", done.Text(".badge"), "what is left can be claimed from there")
	})

	t.Run("who comes when nothing is left is not asked for less than nothing", func(t *testing.T) {
		t.Parallel()
		k := charitytest.Card(t, w.DB, 2)
		form := w.b.Get("/c/needs/" + k + "/claim")
		other := charitytest.Verified(t, w.DB)
		_, err := claim.Take(ctx, w.Pools.Exchange, other, claim.Request{Card: k, Units: 2, Worker: other.Account, RequestKey: id.New()})
		require.NoError(t, err)
		page := form.Fill(url.Values{"units": {"1"}})
		require.Equal(t, http.StatusConflict, page.Status)
		require.Contains(t, page.Text("main"), "这条需求已经不缺人了")
		require.Equal(t, []string{"/c/needs/" + k}, page.Links("main a.button"), "the need, and not the form that would refuse again")
		require.Equal(t, http.StatusOK, w.b.Get("/c/needs/"+k).Status)
		require.Equal(t, []string{"/c/needs/" + k}, w.b.Get("/c/needs/"+k+"/claim").Links("main a.button"))
	})

	t.Run("only offers that suit the need can be chosen", func(t *testing.T) {
		t.Parallel()
		by := charitytest.Verified(t, w.DB)
		b := w.member(t, by.Organisation)
		here := w.offers(t, by, "助浴到家", "bathing", "110105")
		meals := w.offers(t, by, "送餐到家", "meals", "110105")
		far := w.offers(t, by, "远郊助浴", "bathing", "110119")
		k := charitytest.Card(t, w.DB, 3)
		path := "/c/needs/" + k + "/claim"
		form := b.Get(path)
		require.Equal(t, []string{"助浴到家", "都不用，我们直接帮"}, form.Texts("#f-offer label"))
		require.NotContains(t, form.Text("main"), "没有一项资源适合")
		for other, says := range map[string]string{meals: "给不了这种帮助", far: "不服务需求所在的地方"} {
			for _, step := range []string{"check", "confirm"} {
				page := b.Post(path, url.Values{"units": {"1"}, "offer": {other}, "worker": {b.Account}, "step": {step}})
				require.Equal(t, http.StatusUnprocessableEntity, page.Status)
				require.Contains(t, page.Text("#f-offer-error"), says)
				require.Equal(t, []string{"助浴到家", "都不用，我们直接帮"}, page.Texts("#f-offer label"))
			}
		}
		page := form.Fill(url.Values{"offer": {here}, "units": {"3"}})
		require.Equal(t, "请核对一遍", page.Text("h1"))
		done := page.Fill(nil)
		require.Equal(t, "等街道答复", done.Text(".badge"))
		require.Equal(t, done.Path, page.Fill(nil).Path, "what the first sending used up does not refuse the second")
	})

	t.Run("where no offer suits, the form says what to do", func(t *testing.T) {
		t.Parallel()
		by := charitytest.Verified(t, w.DB)
		b := w.member(t, by.Organisation)
		w.offers(t, by, "远郊助浴", "bathing", "110119")
		page := b.Get("/c/needs/" + charitytest.Card(t, w.DB, 3) + "/claim")
		require.Contains(t, page.Text("main"), "没有一项资源适合这条需求")
		require.Contains(t, page.Links("main a"), "/c/projects/new")
		require.Equal(t, "请核对一遍", page.Fill(url.Values{"units": {"1"}}).Text("h1"), "it can be claimed all the same")
	})

	t.Run("more than is left is said before the check", func(t *testing.T) {
		t.Parallel()
		k := charitytest.Card(t, w.DB, 3)
		other := charitytest.Verified(t, w.DB)
		_, err := claim.Take(ctx, w.Pools.Exchange, other, claim.Request{Card: k, Units: 2, Worker: other.Account, RequestKey: id.New()})
		require.NoError(t, err)
		page := w.b.Get("/c/needs/" + k + "/claim").Fill(url.Values{"units": {"2"}})
		require.Equal(t, http.StatusUnprocessableEntity, page.Status)
		require.Contains(t, page.Text("#f-units-error"), "现在只差 1 次")
		page = page.Fill(url.Values{"units": {"9"}})
		require.Contains(t, page.Text("#f-units-error"), "一共只要 3 次")
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
		early := w.b.Get(path + "/deliver")
		require.Equal(t, http.StatusConflict, early.Status, "not before the introduction")
		require.Equal(t, []string{path}, early.Links("main a.button"), "the claim says how it stands")
		need := w.b.Get("/c/needs/" + k)
		require.Contains(t, need.Text("main .lead"), "其中就有你们")
		require.Contains(t, need.Links("main a.button"), path, "a need that is promised leads to the own claim")
		require.NoError(t, claim.Accept(ctx, w.Pools.Exchange, officer, c.ID))
		require.NoError(t, claim.Introduced(ctx, w.Pools.Exchange, c.ID))

		form := w.b.Get(path + "/deliver")
		tooMany := form.Fill(url.Values{"result": {"as_agreed"}, "units": {"3"}, "delivered_on": {"2099-01-01"}})
		require.Contains(t, tooMany.Text("#f-delivered_on-error"), "不能晚于今天", "both in one answer")
		require.Contains(t, tooMany.Text("#f-units-error"), "还没做的只有 2 次")
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
		require.Equal(t, "等家庭确认", page.Text(".badge"))
		more := w.b.Post(path+"/deliver", url.Values{"result": {"as_agreed"}, "units": {"1"}, "delivered_on": {beijing()}})
		require.Equal(t, http.StatusConflict, more.Status, "no number would do")
		require.Equal(t, []string{path}, more.Links("main a.button"))
		require.NotContains(t, page.Links("main a"), path+"/withdraw", "what was done is not given back")
		require.NotContains(t, w.b.Get("/c").Text("section[aria-labelledby=act]"), "助浴", "nor is it waiting for anybody here")

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
		require.Contains(t, page.Links("main a"), "/c/needs", "there is something to do next")
		late := form.Fill(url.Values{"reason": {"no_capacity"}})
		require.Equal(t, http.StatusConflict, late.Status)
		require.Equal(t, []string{path}, late.Links("main a.button"))
		require.Equal(t, []string{path}, w.b.Get(path+"/withdraw").Links("main a.button"))
	})
}

// offers publishes a project and is the id of its offer.
func (w *town) offers(t *testing.T, by actor.Member, title, code, area string) string {
	t.Helper()
	today := time.Now().UTC().Truncate(24 * time.Hour)
	made, err := project.Draft(t.Context(), w.Pools.Exchange, by, project.Plan{Title: title, Summary: "一个项目。",
		Codes: []string{code}, Areas: []string{area}, Places: 3, StartsOn: today, EndsOn: today.AddDate(1, 0, 0)})
	require.NoError(t, err)
	require.NoError(t, project.Publish(t.Context(), w.Pools.Exchange, by, made))
	var offer string
	require.NoError(t, w.Admin.QueryRow(t.Context(), `select id from exchange.offers where project_id = $1`, made).Scan(&offer))
	return offer
}
