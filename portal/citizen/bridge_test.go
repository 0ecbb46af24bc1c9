package citizen_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/consent"
	"shanqiao/needs/household"
	"shanqiao/needs/introduction"
	"shanqiao/needs/needstest"
	"shanqiao/needs/outcome"
	"shanqiao/portal/portaltest"
)

// helped is a citizen whose household was helped with two of four baths: the
// worker was introduced, looked once, and recorded a delivery.
type helped struct {
	b        *portaltest.Browser
	w        *needstest.World
	status   string // path of the declaration
	consent  string
	delivery string
}

func help(t *testing.T, site *portaltest.Site) helped {
	t.Helper()
	return helpBy(t, site, "")
}

// helpBy is help by an organisation with a name in English, or with none.
func helpBy(t *testing.T, site *portaltest.Site, english string) helped {
	t.Helper()
	b := site.Citizen(t, "13800000009")
	h := helped{b: b, status: "/me/" + fillIn(b, nil).Fill(promise).Path[len("/d/done/"):]}
	own, err := household.OfAccount(t.Context(), site.Pools.Records, b.Account)
	require.NoError(t, err)
	officer := actor.Officer{Account: id.New(), Level: actor.SubdistrictRole, Region: place}
	record, err := household.For(t.Context(), site.Pools.Records, site.Keys, officer, own)
	require.NoError(t, err)
	w := &needstest.World{DB: site.DB, T: t, Household: own, Member: record.Head().ID, Assessor: officer,
		Approver: actor.Officer{Account: id.New(), Level: actor.SubdistrictRole, Region: place},
		Worker:   actor.Member{Account: id.New(), Name: "小林"}}
	w.Exec(`update records.members set born = '1950-01-01' where id = @id`, pg.Args{"id": w.Member})
	w.Org = w.Organisation("verified")
	w.Exec(`update exchange.organisations set name_en = @english where id = @id`, pg.Args{"english": english, "id": w.Org})
	w.Worker.Organisation = w.Org
	h.w = w

	need := w.Need("bathing", 4, needs.Published)
	card := w.Card(need)
	claim := w.Claim(card, w.Org, 4, "accepted")
	run := func(f func(context.Context, pg.DB, string) error, ref string) {
		t.Helper()
		require.NoError(t, w.System(func(ctx context.Context, tx pg.DB) error { return f(ctx, tx, ref) }))
	}
	run(outcome.Listed, card)
	run(outcome.Claimed, claim)
	h.consent, err = consent.Give(t.Context(), site.Pools.Records, officer, consent.Consent{
		Need: need, Claim: claim, Organisation: w.Org, Worker: w.Worker.Account,
		Fields: []consent.Field{consent.CallName, consent.Phone}, Purpose: "arrange_and_serve", GivenBy: w.Member,
		Channel: consent.InPerson, TextVersion: consent.Current().Version, Days: 30})
	require.NoError(t, err)
	require.NoError(t, introduction.Introduce(t.Context(), site.Pools.Records, site.Keys, officer, claim,
		introduction.Contact{CallName: "王阿姨", Phone: record.Head().Phone}))
	_, err = introduction.Look(t.Context(), site.Pools.Records, site.Keys, w.Worker, claim)
	require.NoError(t, err)
	w.ClaimState(claim, "in-progress")
	h.delivery = w.Delivery(claim, 2, "as_agreed")
	run(outcome.Delivered, h.delivery)
	return h
}

func TestBridge(t *testing.T) {
	t.Parallel()

	t.Run("help that came stands in the story and is confirmed once", func(t *testing.T) {
		t.Parallel()
		h := help(t, portaltest.New(t))
		page := h.b.Get(h.status)
		require.Equal(t, http.StatusOK, page.Status)
		require.Contains(t, page.Texts(".timeline h3"), "帮助送到了")
		require.Contains(t, page.Text(".timeline"), "助浴 2 次")
		require.Contains(t, page.Text(".timeline"), "邻里助老社")
		require.NotContains(t, page.Body, h.w.Worker.Account, "no account of anybody is shown")

		require.Equal(t, "帮助到了吗？", h.b.Get("/me").Text(".notice h2"))
		page = h.b.Get("/me/deliveries/" + h.delivery).Fill(url.Values{})
		require.Equal(t, http.StatusUnprocessableEntity, page.Status)
		page = page.Fill(url.Values{"answer": {"received"}})
		require.Equal(t, "/me", page.Path)
		require.Equal(t, "记下了，谢谢您。", page.Text(".said"))
		require.Empty(t, page.All(".notice"))
		page = h.b.Post("/me/deliveries/"+h.delivery, url.Values{"answer": {"not_received"}})
		require.Equal(t, "您已经回答过了。", page.Text(".said"))
		require.Equal(t, "您家确认了帮助", h.b.Get(h.status).Texts(".timeline h3")[0])
		require.Contains(t, h.w.Facts(), "outcome.confirmed")
	})

	t.Run("an organisation has its English name on English pages, and its Chinese one where it has no other", func(t *testing.T) {
		t.Parallel()
		for given, want := range map[string]string{"": "邻里助老社", "Good Neighbours": "Good Neighbours"} {
			h := helpBy(t, portaltest.New(t), given)
			h.b.Get("/lang?to=en&back=/me")
			for _, page := range []string{"/me", h.status, "/me/deliveries/" + h.delivery, "/me/data", "/me/consents/" + h.consent} {
				got := h.b.Get(page)
				require.Contains(t, got.Text("main"), want, page)
				require.Equal(t, given == "", slices.Contains(got.Texts("main [lang=zh-CN]"), "邻里助老社"), page)
			}
		}
	})

	t.Run("who looked is shown, and a consent is taken back as easily as given", func(t *testing.T) {
		t.Parallel()
		h := help(t, portaltest.New(t))
		page := h.b.Get("/me/data")
		require.Equal(t, []string{"看了：称呼、电话"}, page.Texts(".timeline h3"))
		require.Equal(t, "有效", page.Text(".badge"))
		page = h.b.Get("/me/consents/" + h.consent)
		require.Equal(t, "谁看过我的信息", page.Text("header nav [aria-current=page]"))
		page = page.Fill(url.Values{})
		require.Equal(t, "/me/data", page.Path)
		require.Equal(t, "已收回", page.Text(".badge"))
		require.Equal(t, "/me/data", h.b.Post("/me/consents/"+h.consent, nil).Path, "sent twice is no fault")
		require.Contains(t, h.w.Facts(), "consent.withdrawn")
		require.Contains(t, h.b.Get(h.status).Texts(".timeline h3")[0], "收回")
	})

	t.Run("another citizen finds neither the delivery nor the consent", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		h := help(t, site)
		other := site.Citizen(t, "13800000008")
		fillIn(other, nil).Fill(promise)
		for _, path := range []string{"/me/deliveries/" + h.delivery, "/me/consents/" + h.consent, h.status} {
			require.Equal(t, http.StatusNotFound, other.Get(path).Status, path)
			require.Equal(t, http.StatusNotFound, other.Post(path+map[bool]string{true: "/withdraw"}[path == h.status], url.Values{"answer": {"received"}}).Status, path)
		}
		require.NotContains(t, h.w.Facts(), "consent.withdrawn")
	})
}
