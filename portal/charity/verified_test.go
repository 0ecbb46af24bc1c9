package charity_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/organisation"
)

func TestNamesInEnglish(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.offers(t, w.by, "助浴到家", "bathing", "110105")
	for table, change := range map[string]string{
		"organisations": "name_en = 'Good Neighbours' where id = $1",
		"projects":      "title_en = 'Baths at home' where organisation_id = $1",
	} {
		_, err := w.Admin.Exec(t.Context(), "update exchange."+table+" set "+change, w.org)
		require.NoError(t, err)
	}
	require.Equal(t, "善邻", string([]rune(w.b.Get("/c").Text("h1"))[:2]), "a Chinese page has the Chinese name")

	home := w.b.Get("/lang?to=en&back=/c")
	require.Equal(t, "Good Neighbours", home.Text("h1"))
	require.Contains(t, home.Body, `<h1 lang="en">`)
	list := w.b.Get("/c/projects")
	require.Equal(t, []string{"Baths at home"}, list.Texts("ul.cards h2"))
	require.Contains(t, w.b.Get(list.Links("ul.cards a")[0]).Texts("dd"), "Good Neighbours")
	form := w.b.Get("/c/needs/" + charitytest.Card(t, w.DB, 3) + "/claim")
	require.Contains(t, form.Texts("#f-offer label"), "Baths at home")
}

func TestWaitingSaysWhatToDo(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	officer := charitytest.DistrictOfficer()
	decide := func(by string, to organisation.State, reason string) {
		require.NoError(t, organisation.Decide(t.Context(), w.Pools.Exchange, officer,
			organisation.Decision{Organisation: by, To: to, Reason: reason}))
	}
	refused := charitytest.Applied(t, w.DB)
	decide(refused.Organisation, organisation.Rejected, "papers_missing")
	suspended := charitytest.Verified(t, w.DB)
	decide(suspended.Organisation, organisation.Suspended, "complaint")

	page := w.member(t, refused.Organisation).Get("/c/needs")
	require.Equal(t, http.StatusOK, page.Status)
	require.Contains(t, page.Text(".notice"), "材料不齐。请改好以后再提交")
	require.Equal(t, []string{"/c/organisation"}, page.Links("main a.button"))

	b := w.member(t, suspended.Organisation)
	page = b.Get("/c/claims")
	require.Equal(t, "资格恢复以后，这里就会打开", page.Text("h1"))
	require.Contains(t, page.Text(".notice"), "请联系所在的区")
	require.Empty(t, page.Links("main a.button"), "there is nothing to send in")
	require.NotContains(t, b.Get("/c/organisation").Links("main a"), "/c/members", "nobody can be sent now")
}
