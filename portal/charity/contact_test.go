package charity_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/consent"
	"shanqiao/needs/introduction"
	"shanqiao/needs/needstest"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

const (
	marked  = "王大妈〔标记〕"
	address = "幸福里 3 号楼 201"
)

// introduced is a claim whose named worker is w.by, with a contact agreed to.
func introduced(t *testing.T, w *town) string {
	t.Helper()
	ctx := t.Context()
	r := needstest.Around(t, w.DB, id.New())
	r.Member = id.New()
	r.Exec(`insert into records.households (id, number, region) values (@id, 'n', @region)`,
		pg.Args{"id": r.Household, "region": needstest.Region})
	r.Exec(`insert into records.members (id, household_id, region, head, relation, name_sealed, born)
	        values (@id, @household, @region, true, 'self', '\x01', '1950-03-01')`,
		pg.Args{"id": r.Member, "household": r.Household, "region": needstest.Region})
	require.NoError(t, chain.Start(ctx, w.Admin, r.Household))
	need := r.Need("bathing", 2, needs.Published)
	c, err := claim.Take(ctx, w.Pools.Exchange, w.by, claim.Request{Card: r.Card(need), Units: 2, Worker: w.by.Account, RequestKey: id.New()})
	require.NoError(t, err)
	require.NoError(t, claim.Accept(ctx, w.Pools.Exchange, charitytest.DistrictOfficer(), c.ID))
	r.Exec(`update records.needs set state = 'claimed' where id = @id`, pg.Args{"id": need})
	_, err = consent.Give(ctx, w.Pools.Records, r.Assessor, consent.Consent{
		Need: need, Claim: c.ID, Organisation: w.org, Worker: w.by.Account, Fields: []consent.Field{consent.CallName, consent.Address},
		Purpose: "arrange_and_serve", GivenBy: r.Member, Channel: consent.ByPhone, TextVersion: consent.Current().Version, Days: 30})
	require.NoError(t, err)
	require.NoError(t, introduction.Introduce(ctx, w.Pools.Records, w.Keys, r.Assessor, c.ID,
		introduction.Contact{CallName: marked, Phone: "13800138000", Address: address}))
	require.NoError(t, claim.Introduced(ctx, w.Pools.Exchange, c.ID))
	return "/c/claims/" + c.ID
}

func looks(t *testing.T, site *portaltest.Site) (n int) {
	t.Helper()
	require.NoError(t, site.Admin.QueryRow(t.Context(), `select count(*) from records.disclosures`).Scan(&n))
	return n
}

// The contact is for one person, behind a button, and every look is a row.
func TestContact(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	path := introduced(t, w)
	colleague := w.As(t, account.New{Role: actor.MemberRole, Organisation: w.org, Name: "同事"})

	page := w.b.Get(path)
	require.NotContains(t, page.Body, marked)
	require.Zero(t, looks(t, w.Site), "opening the claim is no look")

	seen := w.b.Post(path+"/contact", nil)
	require.Equal(t, http.StatusOK, seen.Status)
	require.Contains(t, seen.Body, marked)
	require.Contains(t, seen.Body, address)
	require.NotContains(t, seen.Body, "13800138000", "what was not agreed to is not shown")
	require.Contains(t, seen.Header.Get("Cache-Control"), "no-store")
	require.Equal(t, 1, looks(t, w.Site))
	w.b.Post(path+"/contact", nil)
	require.Equal(t, 2, looks(t, w.Site))

	require.Empty(t, colleague.Get(path).All("form[action="+path+"/contact]"), "a colleague is offered no look")
	refused := colleague.Post(path+"/contact", nil)
	require.Equal(t, http.StatusNotFound, refused.Status)
	require.NotContains(t, refused.Body, marked)
	stranger := w.member(t, charitytest.Verified(t, w.DB).Organisation)
	require.Equal(t, http.StatusNotFound, stranger.Post(path+"/contact", nil).Status)
	require.Equal(t, 2, looks(t, w.Site))

	claim := strings.TrimPrefix(path, "/c/claims/")
	require.JSONEq(t, `{"gone": []}`, w.b.Get("/c/claims/still?id="+claim).Body, "the open page may go on showing it")
	require.JSONEq(t, `{"gone": ["`+claim+`"]}`, stranger.Get("/c/claims/still?id="+claim).Body)
	require.Equal(t, 2, looks(t, w.Site), "that a page stays open is no look")
	_, err := w.Admin.Exec(t.Context(), `update exchange.claims set state = 'failed', reason = 'consent_withdrawn', declined_by = 'household'`)
	require.NoError(t, err)
	require.JSONEq(t, `{"gone": ["`+claim+`"]}`, w.b.Get("/c/claims/still?id="+claim).Body)

	require.NotContains(t, w.Log.String(), marked)
	require.NotContains(t, w.Log.String(), address)
}
