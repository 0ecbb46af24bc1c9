package attack

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/portal/portaltest"
)

// running is a claim under way whose worker has the family's contact.
type running struct{ Claim, Organisation, Worker, Household, Street, Consent string }

// running finds one that a member was named for, or hands one to a volunteer.
func (c *city) running(t *testing.T, role string) running {
	t.Helper()
	r, err := pg.One[running](t.Context(), c.Admin, errors.New("no claim is under way"), `
		select k.id as claim, k.organisation_id as organisation, k.worker_id as worker,
		       i.household_id as household, i.region as street, i.consent_id as consent
		  from exchange.claims k
		  join records.introductions i on i.claim_id = k.id and i.ended_at is null and i.until > now()
		 where k.state = 'in-progress' and k.units > k.delivered
		   and (@role = 'volunteer' or k.worker_id in (select id from access.accounts where role = 'member'))
		   and (@role = 'member' or k.organisation_id in (select organisation_id from exchange.volunteers where state = 'active'))
		 order by (@role = 'member') = (k.organisation_id in (select organisation_id from exchange.volunteers)), k.id
		 limit 1`, pg.Args{"role": role})
	require.NoError(t, err)
	if role == "volunteer" {
		r.Worker = c.one(t, `select min(account_id) from exchange.volunteers where organisation_id = @org and state = 'active'`, pg.Args{"org": r.Organisation})
		_, err := c.Admin.Exec(t.Context(), `
			with c as (update exchange.claims set worker_id = $2 where id = $1), s as (update records.consents set worker_id = $2 where claim_id = $1)
			update records.introductions set worker_id = $2 where claim_id = $1`, r.Claim, r.Worker)
		require.NoError(t, err)
	}
	return r
}

func (c *city) looks(t *testing.T) string {
	return c.one(t, `select count(*)::text from records.disclosures`, pg.Args{})
}

// contact asks for a family's contact as everybody who was not named, and as
// the one who was, before and after the family takes its word back.
func (c *city) contact(t *testing.T) {
	byMember, byVolunteer := c.running(t, "member"), c.running(t, "volunteer")
	path := map[string]string{"member": "/c/claims/" + byMember.Claim + "/contact", "volunteer": "/v/claims/" + byVolunteer.Claim + "/contact"}

	t.Run("a colleague who was not named", func(t *testing.T) {
		before := c.looks(t)
		colleague := c.colleague(t, byMember.Organisation)
		for _, p := range []string{path["member"], "/c/claims/" + byVolunteer.Claim + "/contact"} {
			page := colleague.Post(p, nil)
			require.Equal(t, http.StatusNotFound, page.Status, p)
		}
		require.Equal(t, before, c.looks(t))
		require.NotContains(t, colleague.Get("/c/claims/"+byMember.Claim).Body, path["member"])
	})

	t.Run("the one who was named reads what was agreed, and every look is written down", func(t *testing.T) {
		before := c.looks(t)
		for who, p := range path {
			page := c.Signed(t, map[string]string{"member": byMember.Worker, "volunteer": byVolunteer.Worker}[who]).Post(p, nil)
			require.Equal(t, http.StatusOK, page.Status, who)
			require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
		}
		require.NotEqual(t, before, c.looks(t))
	})

	t.Run("not while the organisation is suspended", func(t *testing.T) {
		before := c.looks(t)
		suspend := func(state string) {
			_, err := c.Admin.Exec(t.Context(), `update exchange.organisations set state = $1 where id = any($2)`, state,
				[]string{byMember.Organisation, byVolunteer.Organisation})
			require.NoError(t, err)
		}
		suspend("suspended")
		defer suspend("verified")
		member, volunteer := c.Signed(t, byMember.Worker), c.Signed(t, byVolunteer.Worker)
		page := member.Post(path["member"], nil)
		require.Empty(t, page.Texts("dd"))
		require.Equal(t, http.StatusNotFound, volunteer.Post(path["volunteer"], nil).Status)
		require.Equal(t, before, c.looks(t))
		for pattern, methods := range c.patterns("claim", "/c/", "/v/") {
			for method := range strings.FieldsSeq(methods) {
				b, claim := member, byMember.Claim
				if strings.HasPrefix(pattern, "/v/") {
					b, claim = volunteer, byVolunteer.Claim
				}
				contents := c.Contents(t)
				at := strings.ReplaceAll(pattern, "{claim}", claim)
				if method == http.MethodPost {
					page = b.Post(at, everything)
				} else {
					page = b.Get(at)
				}
				page.Told(t, at)
				require.NotContains(t, page.Body, "/contact", at)
				require.Empty(t, portaltest.Changed(contents, c.Contents(t)), at)
			}
		}
		for _, at := range []string{"/c", "/c/needs", "/c/claims", "/c/members", "/c/volunteers"} {
			page := member.Get(at)
			page.Told(t, at)
			for _, id := range anyID.FindAllString(page.Text("main"), -1) {
				require.Fail(t, "a suspended organisation is shown "+id)
			}
		}
		require.Equal(t, http.StatusForbidden, member.Get("/api/v1/needs").Status)
	})

	t.Run("looks and a withdrawal at once: none after it shows anything", func(t *testing.T) {
		officer := c.login(t, byMember.Street+"a")
		form := officer.Get("/s/consents/" + byMember.Consent + "/withdraw")
		require.Equal(t, http.StatusOK, form.Status)
		worker := c.Signed(t, byMember.Worker)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { worker.Post(path["member"], nil) })
		}
		gone := form.Fill(url.Values{})
		require.Equal(t, "/s/households/"+byMember.Household, gone.Path)
		before := c.looks(t)
		page := worker.Post(path["member"], nil)
		require.Equal(t, http.StatusNotFound, page.Status)
		all.Wait()
		after := worker.Post(path["member"], nil)
		require.Equal(t, http.StatusNotFound, after.Status)
		t.Log(before, c.looks(t))
		require.Zero(t, func() (n int) {
			require.NoError(t, c.Admin.QueryRow(t.Context(), `
				select count(*) from records.disclosures d join records.consents s on s.id = $1 and s.claim_id = d.claim_id
				 where d.at > s.withdrawn_at + interval '1 second'`, byMember.Consent).Scan(&n))
			return n
		}())
	})
}

// colleague is a member of an organisation whom no claim names.
func (c *city) colleague(t *testing.T, organisation string) *portaltest.Browser {
	t.Helper()
	b := c.login(t, c.one(t, `select login from access.accounts where role = 'member' and organisation_id = @org order by 1 limit 1`, pg.Args{"org": organisation}))
	login, given := "colleague"+organisation[:8], "梨花 石桥 2026 白杨"
	page := b.Get("/c/members/new").Fill(url.Values{"name": {"同事"}, "login": {login}, "password": {given}})
	require.Equal(t, "/c/members", page.Path)
	colleague := c.login(t, login)
	colleague.Get("/c").Fill(url.Values{"old": {given}, "password": {"海棠 木船 1987 山楂"}}) // the one given opens nothing else
	return colleague
}

// deliveries reports too much, twice, in the future, and all at once.
func (c *city) deliveries(t *testing.T) {
	r := c.running(t, "member")
	b := c.Signed(t, r.Worker)
	path := "/c/claims/" + r.Claim + "/deliver"
	today := time.Now().UTC().Add(8 * time.Hour)
	report := func(units, key string, day time.Time) url.Values {
		return url.Values{"request": {key}, "result": {"as_agreed"}, "units": {units}, "delivered_on": {day.Format(time.DateOnly)}}
	}
	left := c.one(t, `select (units - delivered)::text from exchange.claims where id = @id`, pg.Args{"id": r.Claim})

	t.Run("what cannot be is refused and changes nothing", func(t *testing.T) {
		before := c.Contents(t)
		for _, wrong := range []url.Values{
			report("99", nobody, today), report("0", nobody, today), report("-1", nobody, today),
			report("1", nobody, today.AddDate(0, 0, 2)), report("1", nobody, today.AddDate(-1, 0, 0)), report("1", nobody, today.AddDate(9000, 0, 0)),
			{"result": {"none_such"}, "units": {"1"}},
		} {
			require.Equal(t, http.StatusUnprocessableEntity, b.Post(path, wrong).Status, "%v", wrong)
		}
		require.Empty(t, portaltest.Changed(before, c.Contents(t)))
	})

	t.Run("one report sent twenty times at once is one, and twenty reports are no more than is left", func(t *testing.T) {
		count := func() string {
			return c.one(t, `select count(*)::text from exchange.deliveries where claim_id = @id`, pg.Args{"id": r.Claim})
		}
		before := count()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { b.Post(path, report("1", strings.Repeat("c", 26), today)) })
		}
		all.Wait()
		require.NotEqual(t, before, count())
		require.Equal(t, "1", c.one(t, `select (@left::int - (units - delivered))::text from exchange.claims where id = @id`, pg.Args{"id": r.Claim, "left": left}))
		for i := range 20 {
			all.Go(func() { b.Post(path, report("1", strings.Repeat("d", 25)+fmt.Sprintf("%c", 'a'+i), today)) })
		}
		all.Wait()
		require.Equal(t, "true", c.one(t, `
			select (delivered <= units and delivered = (select sum(units) from exchange.deliveries d where d.claim_id = k.id and d.result <> 'person_absent'))::text
			  from exchange.claims k where id = @id`, pg.Args{"id": r.Claim}))
	})
}

// shutOut disables each kind of account while its person is on the site.
func (c *city) shutOut(t *testing.T) {
	for role, path := range map[string]string{"member": "/c/claims", "volunteer": "/v", "subdistrict": "/s", "district": "/p/organisations",
		"city": "/s", "auditor": "/a/chains", "administrator": "/admin/accounts"} {
		account := c.one(t, `select id from access.accounts where role = @role and disabled_at is null order by login limit 1`, pg.Args{"role": role})
		b := c.Signed(t, account).Stay()
		require.Equal(t, http.StatusOK, b.Get(path).Status, role)
		_, err := c.Admin.Exec(t.Context(), `update access.accounts set disabled_at = now() where id = $1`, account)
		require.NoError(t, err)
		page := b.Get(path)
		require.Equal(t, http.StatusSeeOther, page.Status, role)
		require.True(t, strings.HasPrefix(page.Header.Get("Location"), "/signin"), role)
		require.Equal(t, http.StatusUnauthorized, b.Post("/account", url.Values{"language": {"en"}}).Status, role)
	}
}
