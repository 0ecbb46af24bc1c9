package claim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/charities/delivery"
	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	"shanqiao/charities/project"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
)

// beijing is today as Beijing's calendar has it.
func beijing() time.Time {
	now := time.Now().UTC().Add(8 * time.Hour)
	return now.Truncate(24 * time.Hour)
}

func taken(t *testing.T, p *pgtest.DB, by actor.Member, units int) claim.Claim {
	t.Helper()
	c, err := claim.Take(t.Context(), p.Pools.Exchange, by, ask(by, charitytest.Card(t, p, units), units))
	require.NoError(t, err)
	return c
}

func introduced(t *testing.T, p *pgtest.DB, by actor.Member, units int) claim.Claim {
	t.Helper()
	c := taken(t, p, by, units)
	require.NoError(t, claim.Accept(t.Context(), p.Pools.Exchange, charitytest.DistrictOfficer(), c.ID))
	require.NoError(t, claim.Introduced(t.Context(), p.Pools.Exchange, c.ID))
	c, err := claim.For(t.Context(), p.Pools.Exchange, by, c.ID)
	require.NoError(t, err)
	require.Equal(t, claim.InProgress, c.State)
	require.NotNil(t, c.IntroducedAt)
	return c
}

func report(c claim.Claim, units int, result delivery.Result) delivery.Report {
	return delivery.Report{Claim: c.ID, Units: units, DeliveredOn: beijing(), Minutes: 60, Result: result, RequestKey: id.New()}
}

func TestLife(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	ctx := t.Context()
	officer := charitytest.DistrictOfficer()
	state := func(t *testing.T, by actor.Member, id string) claim.Claim {
		c, err := claim.For(ctx, db, by, id)
		require.NoError(t, err)
		return c
	}

	t.Run("delivered and confirmed in parts, a claim is completed once and its card stays, with nothing left", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		c := introduced(t, p, by, 2)
		first, err := delivery.Record(ctx, db, by, report(c, 1, delivery.AsAgreed))
		require.NoError(t, err)
		absent, err := delivery.Record(ctx, db, by, report(c, 1, delivery.Absent))
		require.NoError(t, err)
		require.Equal(t, 1, state(t, by, c.ID).Delivered)
		require.Equal(t, "provider", state(t, by, c.ID).Next())
		second, err := delivery.Record(ctx, db, by, report(c, 1, delivery.AsAgreed))
		require.NoError(t, err)
		require.Equal(t, claim.InProgress, state(t, by, c.ID).State)
		require.Equal(t, "household", state(t, by, c.ID).Next(), "only the family's word is missing")

		for range 2 {
			require.NoError(t, delivery.Confirmed(ctx, db, first.ID, delivery.Received))
			require.Equal(t, claim.InProgress, state(t, by, c.ID).State)
		}
		require.NoError(t, delivery.Confirmed(ctx, db, second.ID, delivery.ReceivedBit))
		require.NoError(t, delivery.Confirmed(ctx, db, absent.ID, delivery.NotReceived))
		done := state(t, by, c.ID)
		require.Equal(t, claim.Completed, done.State)
		require.Equal(t, 0, done.Left())
		require.Equal(t, []string{"claim.requested", "claim.accepted", "claim.completed"}, charitytest.Facts(t, p, c.ID))
		require.Equal(t, sums{2, 2, 2}, cardSums(t, p, string(c.Card)))
		var card string
		require.NoError(t, p.Admin.QueryRow(ctx, `select state from exchange.cards where id = $1`, c.Card).Scan(&card))
		require.Equal(t, "open", card, "it leaves with its cohort, not alone")
		late := charitytest.Verified(t, p)
		_, err = claim.Take(ctx, db, late, claim.Request{Card: string(c.Card), Units: 1, Worker: late.Account, RequestKey: "after"})
		require.ErrorIs(t, err, claim.ErrTaken, "and nobody can take it any more")
	})

	t.Run("help that was not received is taken back and staff look into it", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		c := introduced(t, p, by, 2)
		d, err := delivery.Record(ctx, db, by, report(c, 2, delivery.AsAgreed))
		require.NoError(t, err)
		require.NoError(t, delivery.Confirmed(ctx, db, d.ID, delivery.NotReceived))
		held := state(t, by, c.ID)
		require.Equal(t, claim.OnHold, held.State)
		require.Equal(t, "not_received", held.Reason)
		require.Equal(t, "staff", held.Next())
		require.Equal(t, sums{2, 2, 0}, cardSums(t, p, string(c.Card)))
		_, err = delivery.Record(ctx, db, by, report(c, 1, delivery.AsAgreed))
		require.ErrorIs(t, err, fault.New(fault.Conflict, "delivery.not_under_way"))
		require.NoError(t, claim.Resume(ctx, db, officer, c.ID))
		_, err = delivery.Record(ctx, db, by, report(c, 2, delivery.AsAgreed))
		require.NoError(t, err)

		require.NoError(t, delivery.Confirmed(ctx, db, d.ID, delivery.Received), "the first answer stands")
		require.Equal(t, 2, state(t, by, c.ID).Delivered)
	})

	t.Run("a claim that ends frees what it did not deliver, and what is denied later as well", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		c := introduced(t, p, by, 3)
		d, err := delivery.Record(ctx, db, by, report(c, 2, delivery.Partly))
		require.NoError(t, err)
		require.NoError(t, claim.End(ctx, db, c.ID, claim.Household, "consent_withdrawn"))
		require.NoError(t, claim.End(ctx, db, c.ID, claim.Household, "consent_withdrawn"), "may run again")
		ended := state(t, by, c.ID)
		require.Equal(t, claim.Cancelled, ended.State)
		require.Equal(t, claim.Household, ended.DeclinedBy)
		require.Equal(t, sums{3, 2, 2}, cardSums(t, p, string(c.Card)))
		require.NoError(t, delivery.Confirmed(ctx, db, d.ID, delivery.NotReceived))
		require.Equal(t, sums{3, 0, 0}, cardSums(t, p, string(c.Card)))
		require.Equal(t, claim.Cancelled, state(t, by, c.ID).State)
	})

	t.Run("declining sends a claim where its state leads, and only once", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		asked := taken(t, p, by, 2)
		require.Contains(t, fault.As(claim.Decline(ctx, db, officer, asked.ID, "because")).Fields, "reason")
		require.NoError(t, claim.Decline(ctx, db, officer, asked.ID, "household_declined"))
		got := state(t, by, asked.ID)
		require.Equal(t, claim.Rejected, got.State)
		require.Equal(t, claim.Household, got.DeclinedBy)
		require.ErrorIs(t, claim.Decline(ctx, db, officer, asked.ID, "not_suitable"), fault.New(fault.Conflict, "claim.moved_on"))
		require.ErrorIs(t, claim.Accept(ctx, db, officer, asked.ID), fault.New(fault.Conflict, "claim.moved_on"))
		require.Equal(t, 0, cardSums(t, p, string(asked.Card)).Committed)

		under := introduced(t, p, by, 2)
		require.NoError(t, claim.Decline(ctx, db, officer, under.ID, "not_suitable"))
		require.Equal(t, claim.Failed, state(t, by, under.ID).State)
		require.NoError(t, claim.Introduced(ctx, db, under.ID), "an introduction that comes too late changes nothing")
		require.Equal(t, claim.Failed, state(t, by, under.ID).State)
		require.ErrorIs(t, claim.Accept(ctx, db, officer, id.New()), fault.New(fault.NotFound, "claim.not_found"))
	})

	t.Run("an organisation withdraws its own claim and nobody else's", func(t *testing.T) {
		by, other := charitytest.Verified(t, p), charitytest.Verified(t, p)
		c := introduced(t, p, by, 2)
		notMine := fault.New(fault.NotFound, "claim.not_found")
		require.ErrorIs(t, claim.Withdraw(ctx, db, other, c.ID, "no_capacity"), notMine)
		_, err := claim.For(ctx, db, other, c.ID)
		require.ErrorIs(t, err, notMine)
		_, err = delivery.Record(ctx, db, other, report(c, 1, delivery.AsAgreed))
		require.ErrorIs(t, err, notMine)
		require.Contains(t, fault.As(claim.Withdraw(ctx, db, by, c.ID, "")).Fields, "reason")
		require.NoError(t, claim.Withdraw(ctx, db, by, c.ID, "cannot_reach"))
		require.Equal(t, claim.Failed, state(t, by, c.ID).State)
		require.Equal(t, 0, cardSums(t, p, string(c.Card)).Committed)
	})

	t.Run("nobody decides: the claim lapses, and one that was decided does not", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		late := taken(t, p, by, 2)
		decided := introduced(t, p, by, 2)
		n, err := claim.Lapse(ctx, db, late.DueAt.Add(-time.Minute))
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = claim.Lapse(ctx, db, late.DueAt)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, claim.Cancelled, state(t, by, late.ID).State)
		require.Equal(t, claim.InProgress, state(t, by, decided.ID).State)
	})

	t.Run("a suspended organisation is neither accepted nor shown its claims", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		c := taken(t, p, by, 2)
		require.NoError(t, organisation.Decide(ctx, db, officer, organisation.Decision{
			Organisation: by.Organisation, To: organisation.Suspended, Reason: "complaint"}))
		require.ErrorIs(t, claim.Accept(ctx, db, officer, c.ID), fault.New(fault.Conflict, "claim.organisation_suspended"))
		_, err := claim.For(ctx, db, by, c.ID)
		require.ErrorIs(t, err, fault.New(fault.NotFound, "claim.not_found"))
		list, err := claim.List(ctx, db, by)
		require.NoError(t, err)
		require.Empty(t, list)
		n, err := claim.Lapse(ctx, db, c.MadeAt)
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})

	t.Run("a claim draws on the organisation's own offer and gives back to it", func(t *testing.T) {
		by, other := charitytest.Verified(t, p), charitytest.Verified(t, p)
		mine := opened(t, p, by, 3)
		card := charitytest.Card(t, p, 4)
		r := ask(by, card, 2)
		r.Offer = mine
		c, err := claim.Take(ctx, db, by, r)
		require.NoError(t, err)
		require.Equal(t, 1, left(t, p, mine))

		r = ask(by, charitytest.Card(t, p, 4), 2)
		r.Offer = mine
		_, err = claim.Take(ctx, db, by, r)
		require.ErrorIs(t, err, fault.New(fault.Conflict, "claim.offer_full"))
		require.Equal(t, 1, fault.As(err).Data["left"])

		r = ask(other, card, 1)
		r.Offer = mine
		_, err = claim.Take(ctx, db, other, r)
		require.Contains(t, fault.As(err).Fields, "offer")

		r = ask(by, charitytest.Card(t, p, 4, func(c map[string]any) { c["code"] = "meals" }), 1)
		r.Offer = mine
		_, err = claim.Take(ctx, db, by, r)
		require.Equal(t, "claim.offer_unsuitable", fault.As(err).Fields["offer"])

		r = ask(by, charitytest.Card(t, p, 4, func(c map[string]any) { c["area"] = "110119" }), 1)
		r.Offer = mine
		_, err = claim.Take(ctx, db, by, r)
		require.Equal(t, "claim.offer_elsewhere", fault.As(err).Fields["offer"])
		require.Equal(t, 1, left(t, p, mine), "a refusal draws nothing")

		require.NoError(t, claim.Withdraw(ctx, db, by, c.ID, "no_capacity"))
		require.Equal(t, 3, left(t, p, mine))
	})

	t.Run("every open claim of a need ends with it", func(t *testing.T) {
		a, b := charitytest.Verified(t, p), charitytest.Verified(t, p)
		card := charitytest.Card(t, p, 4)
		for _, by := range []actor.Member{a, b} {
			_, err := claim.Take(ctx, db, by, ask(by, card, 2))
			require.NoError(t, err)
		}
		require.NoError(t, pg.InTx(ctx, db, func(tx pg.DB) error {
			return claim.EndAll(ctx, tx, []string{card}, claim.Household, "need_withdrawn")
		}))
		require.Equal(t, sums{4, 0, 0}, cardSums(t, p, card))
	})
}

func opened(t *testing.T, p *pgtest.DB, by actor.Member, places int) string {
	t.Helper()
	db := p.Pools.Exchange
	made, err := project.Draft(t.Context(), db, by, project.Plan{Title: "助浴到家", Summary: "上门助浴，每月两次。",
		Codes: []string{"bathing"}, Areas: []string{charitytest.Chaoyang}, Places: places,
		StartsOn: beijing(), EndsOn: beijing().AddDate(1, 0, 0)})
	require.NoError(t, err)
	require.NoError(t, project.Publish(t.Context(), db, by, made))
	list, err := offer.List(t.Context(), db, by)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "助浴到家", list[0].Title)
	return string(list[0].ID)
}

func left(t *testing.T, p *pgtest.DB, o string) int {
	t.Helper()
	got, err := offer.For(t.Context(), p.Pools.Exchange, o)
	require.NoError(t, err)
	return got.Left()
}

func TestDue(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	by := charitytest.Verified(t, p)
	card := charitytest.Card(t, p, 2, func(c map[string]any) { c["urgency"] = "urgent" })
	c, err := claim.Take(t.Context(), db, by, ask(by, card, 2))
	require.NoError(t, err)
	require.WithinDuration(t, c.MadeAt.AddDate(0, 0, 2), c.DueAt, time.Minute, "what is urgent is answered sooner")
	n, err := claim.Lapse(t.Context(), db, c.DueAt.Add(time.Hour))
	require.NoError(t, err)
	require.Zero(t, n, "staff being late is no reason to send the help away")
	n, err = claim.Lapse(t.Context(), db, c.MadeAt.AddDate(0, 0, 5).Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, 1, n)
}
