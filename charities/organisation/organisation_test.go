package organisation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/organisation"
	"shanqiao/charities/project"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
	"shanqiao/internal/statetest"
)

func TestNormalCode(t *testing.T) {
	t.Parallel()
	// Codes that are in public use.
	for _, code := range []string{"91350100M000100Y43", "91330106673959654P", "91440300708461136T"} {
		require.Equal(t, code, organisation.NormalCode(code), code)
	}
	require.Equal(t, "91350100M000100Y43", organisation.NormalCode(" 9135 0100-m000 100y 43 "))
	require.Equal(t, "91350100M000100Y43", organisation.NormalCode("９１３５０１００Ｍ０００１００Ｙ４３"))
	for name, code := range map[string]string{
		"wrong check character": "91350100M000100Y44",
		"two digits exchanged":  "91350010M000100Y43",
		"too short":             "91350100M000100Y4",
		"a letter never used":   "91350100I000100Y43",
		"nothing":               "",
		"Chinese":               "九一三五零一零零零零零零零零零零零零",
	} {
		require.Empty(t, organisation.NormalCode(code), name)
	}
	require.Empty(t, organisation.CodeFor("too short"))
}

func TestStates(t *testing.T) {
	t.Parallel()
	statetest.Agree(t, pgtest.New(t),
		statetest.Noun{Document: "../../docs/states-exchange.md", Heading: "Organisation", Table: "exchange.organisations"}, organisation.Moves)
}

func TestApplyAndDecide(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	ctx := t.Context()
	officer := charitytest.DistrictOfficer()
	elsewhere := actor.Officer{Account: id.New(), Level: actor.DistrictRole, Region: "110101"}
	city := actor.Officer{Account: id.New(), Level: actor.CityRole, Region: "110000"}
	street := actor.Officer{Account: id.New(), Level: actor.SubdistrictRole, Region: "110105015"}

	t.Run("every field that is wrong is named", func(t *testing.T) {
		_, err := organisation.Apply(ctx, db, actor.Member{Account: "a", Organisation: id.New()}, organisation.Application{
			Name: "善", CreditCode: "91350100M000100Y44", Kind: "club", District: "110105015", Phone: "none",
			Summary: strings.Repeat("长", 501)})
		fields := fault.As(err).Fields
		for _, f := range []string{"name", "credit_code", "kind", "district", "phone", "summary", "contact"} {
			require.Contains(t, fields, f)
		}
	})

	t.Run("the same application twice is one, a stranger's code is refused", func(t *testing.T) {
		by := actor.Member{Account: id.New(), Organisation: id.New(), Name: "陈女士"}
		a := charitytest.Application()
		for range 2 {
			got, err := organisation.Apply(ctx, db, by, a)
			require.NoError(t, err)
			require.Equal(t, by.Organisation, got)
		}
		other := actor.Member{Account: id.New(), Organisation: id.New()}
		_, err := organisation.Apply(ctx, db, other, a)
		require.ErrorIs(t, err, fault.New(fault.Conflict, "organisation.code_taken"))
		a.CreditCode = charitytest.Code()
		_, err = organisation.Apply(ctx, db, by, a)
		require.ErrorIs(t, err, fault.New(fault.Conflict, "organisation.already_applied"))
		_, err = organisation.Mine(ctx, db, other)
		require.ErrorIs(t, err, fault.New(fault.NotFound, "organisation.not_found"))
	})

	t.Run("an officer sees and decides those of the own district only", func(t *testing.T) {
		by := charitytest.Applied(t, p)
		verify := organisation.Decision{Organisation: by.Organisation, To: organisation.Verified}
		for _, stranger := range []actor.Officer{elsewhere, {Level: actor.DistrictRole}} {
			require.Error(t, organisation.Decide(ctx, db, stranger, verify))
			_, err := organisation.For(ctx, db, stranger, by.Organisation)
			require.Error(t, err)
		}
		require.ErrorIs(t, organisation.Decide(ctx, db, elsewhere, verify), fault.New(fault.NotFound, "organisation.not_found"))
		require.Equal(t, fault.Forbidden, fault.Of(organisation.Decide(ctx, db, street, verify)))
		list, err := organisation.Worklist(ctx, db, elsewhere, "")
		require.NoError(t, err)
		require.Empty(t, list)
		list, err = organisation.Worklist(ctx, db, officer, organisation.Applied)
		require.NoError(t, err)
		require.NotEmpty(t, list)
		waiting, err := organisation.Waiting(ctx, db, officer)
		require.NoError(t, err)
		require.Len(t, list, waiting)
		none, err := organisation.Waiting(ctx, db, elsewhere)
		require.NoError(t, err)
		require.Zero(t, none)
		_, err = organisation.Waiting(ctx, db, street)
		require.Equal(t, fault.Forbidden, fault.Of(err))

		require.NoError(t, organisation.Decide(ctx, db, city, verify))
		require.ErrorIs(t, organisation.Decide(ctx, db, officer, verify), fault.New(fault.Conflict, "organisation.moved_on"))
		require.Equal(t, []string{"organisation.verified"}, charitytest.Facts(t, p, by.Organisation))
		require.NoError(t, organisation.Check(ctx, db, by.Organisation))
	})

	t.Run("a rejected organisation mends its application, a suspended one comes back by decision", func(t *testing.T) {
		by := charitytest.Applied(t, p)
		decide := func(to organisation.State, reason string) error {
			return organisation.Decide(ctx, db, officer, organisation.Decision{Organisation: by.Organisation, To: to, Reason: reason})
		}
		require.Contains(t, fault.As(decide(organisation.Rejected, "")).Fields, "reason")
		require.Contains(t, fault.As(decide("applied", "")).Fields, "to")
		require.NoError(t, decide(organisation.Rejected, "papers_missing"))
		mine, err := organisation.Mine(ctx, db, by)
		require.NoError(t, err)
		require.Equal(t, "papers_missing", mine.Reason)
		_, err = organisation.Apply(ctx, db, by, charitytest.Application())
		require.NoError(t, err)
		require.NoError(t, decide(organisation.Verified, ""))
		require.NoError(t, decide(organisation.Suspended, "complaint"))
		require.Equal(t, fault.Forbidden, fault.Of(organisation.Check(ctx, db, by.Organisation)))
		_, err = organisation.Apply(ctx, db, by, charitytest.Application())
		require.Equal(t, fault.Conflict, fault.Of(err), "no way round a suspension by applying again")
		require.NoError(t, decide(organisation.Verified, ""))
		require.Len(t, charitytest.Facts(t, p, by.Organisation), 2)
	})

	t.Run("a change of standing is told to the matcher for each open offer", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		open, closed, other := offered(t, p, by), offered(t, p, by), offered(t, p, charitytest.Verified(t, p))
		_, err := p.Admin.Exec(ctx, `update exchange.offers set state = 'closed' where id = $1`, closed)
		require.NoError(t, err)
		changed := func(offer string) (n int) {
			for _, kind := range charitytest.Facts(t, p, offer) {
				if kind == "offer.changed" {
					n++
				}
			}
			return n
		}
		decide := func(to organisation.State, reason string) error {
			return organisation.Decide(ctx, db, officer, organisation.Decision{Organisation: by.Organisation, To: to, Reason: reason})
		}
		require.NoError(t, decide(organisation.Suspended, "complaint"))
		require.Equal(t, 1, changed(open), "what was proposed lapses")
		require.Error(t, decide(organisation.Suspended, "complaint"))
		require.Equal(t, 1, changed(open), "a refused decision tells nothing")
		require.NoError(t, decide(organisation.Verified, ""))
		require.Equal(t, 2, changed(open), "and comes back")
		require.Zero(t, changed(closed))
		require.Zero(t, changed(other))
	})

	t.Run("workers belong to one organisation and can leave it", func(t *testing.T) {
		a, b := charitytest.Verified(t, p), charitytest.Verified(t, p)
		worker := id.New()
		require.NoError(t, organisation.Join(ctx, db, a, worker, "小李"))
		require.Equal(t, fault.Conflict, fault.Of(organisation.Join(ctx, db, b, worker, "小李")))
		list, err := organisation.Workers(ctx, db, a)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, fault.NotFound, fault.Of(organisation.Leave(ctx, db, b, worker)))
		require.NoError(t, organisation.Leave(ctx, db, a, worker))
		list, err = organisation.Workers(ctx, db, a)
		require.NoError(t, err)
		require.Len(t, list, 1)
	})
}

// offered is an open offer of an organisation: a published project's.
func offered(t *testing.T, p *pgtest.DB, by actor.Member) (offer string) {
	t.Helper()
	today := time.Now().UTC().Truncate(24 * time.Hour)
	made, err := project.Draft(t.Context(), p.Pools.Exchange, by, project.Plan{Title: "暖心浴", Summary: "上门助浴。",
		Codes: []string{"bathing"}, Areas: []string{charitytest.Chaoyang}, Places: 9, StartsOn: today, EndsOn: today.AddDate(1, 0, 0)})
	require.NoError(t, err)
	require.NoError(t, project.Publish(t.Context(), p.Pools.Exchange, by, made))
	require.NoError(t, p.Admin.QueryRow(t.Context(), `select id from exchange.offers where project_id = $1`, made).Scan(&offer))
	return offer
}
