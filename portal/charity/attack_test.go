package charity_test

import (
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/internal/id"
	"shanqiao/portal/portaltest"
)

// TestIdsThatComeWithForms sends forms under ids that are somebody else's. The
// page makes an id so that a form sent twice is one; a stranger may write any.
func TestIdsThatComeWithForms(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	password := []string{"梨花 石桥 2026 白杨"}

	t.Run("nobody joins an organisation by registering under its id", func(t *testing.T) {
		a := charitytest.Application()
		before := w.Contents(t)
		b := w.Anyone(t)
		b.Post("/c/apply", url.Values{"request": {w.org}, "name": {a.Name}, "credit_code": {a.CreditCode}, "kind": {"charity"},
			"district": {"110105"}, "contact": {"陌生人"}, "phone": {a.Phone}, "login": {"stranger"}, "password": password, "true": {"yes"}})
		require.Empty(t, portaltest.Changed(before, w.Contents(t)))
		require.NotEqual(t, "/c/needs", b.Get("/c/needs").Path)
	})

	t.Run("no account is made under another's volunteer", func(t *testing.T) {
		values := url.Values{"name": {"小周"}, "skills": {"reading"}, "areas": {"110105"}, "units": {"4"}, "login": {"xiaozhou"}, "password": password}
		form := w.b.Get("/c/volunteers/new")
		values.Set("request", form.Forms()[0].Values.Get("request"))
		require.Equal(t, "/c/volunteers", w.b.Post("/c/volunteers/new", values).Path)

		other := w.member(t, charitytest.Verified(t, w.DB).Organisation)
		before := w.Contents(t)
		values.Set("login", "stranger")
		require.Equal(t, http.StatusUnprocessableEntity, other.Post("/c/volunteers/new", values).Status)
		require.Empty(t, portaltest.Changed(before, w.Contents(t)))
	})
}

// TestTwoHundredFormsAtOnce is the race of the interface for machines, through
// the pages: each of two hundred organisations has read the card and presses.
func TestTwoHundredFormsAtOnce(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	k := charitytest.Card(t, w.DB, 3)
	browsers := make([]*portaltest.Browser, 200)
	for i := range browsers {
		browsers[i] = w.member(t, charitytest.Verified(t, w.DB).Organisation).Stay()
	}
	answers := make([]*portaltest.Page, len(browsers))
	var start, done sync.WaitGroup
	start.Add(1)
	for i, b := range browsers {
		done.Go(func() {
			start.Wait()
			answers[i] = b.Post("/c/needs/"+k+"/claim", url.Values{"request": {id.New()}, "units": {"1"}, "offer": {"none"},
				"worker": {b.Account}, "step": {"confirm"}})
		})
	}
	start.Done()
	done.Wait()
	won := 0
	for _, page := range answers {
		if page.Status == http.StatusSeeOther {
			won++
			continue
		}
		page.Told(t, "a claim that came too late")
		require.Equal(t, http.StatusConflict, page.Status)
		require.Contains(t, page.Text("main"), "已经不缺人了")
	}
	require.Equal(t, 3, won)
	var committed, claims int
	require.NoError(t, w.Admin.QueryRow(t.Context(), `
		select committed, (select count(*) from exchange.claims where card_id = $1) from exchange.cards where id = $1`, k).Scan(&committed, &claims))
	require.Equal(t, 3, committed)
	require.Equal(t, 3, claims)
}
