package volunteer_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/charities/delivery"
	"shanqiao/charities/offer"
	"shanqiao/charities/volunteer"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
)

func person() volunteer.Person {
	return volunteer.Person{Account: id.New(), Name: "小周", Skills: []string{"bathing", "reading"},
		Areas: []string{charitytest.Chaoyang}, UnitsPerMonth: 4,
		InsuredUntil: time.Now().UTC().AddDate(1, 0, 0).Truncate(24 * time.Hour), Trained: []string{"care"}}
}

func TestVolunteer(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	ctx := t.Context()

	t.Run("registering opens the offer of a person's time, once", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		who := person()
		made, err := volunteer.Register(ctx, db, by, id.New(), who)
		require.NoError(t, err)
		_, err = volunteer.Register(ctx, db, by, id.New(), who)
		require.ErrorIs(t, err, fault.New(fault.Conflict, "volunteer.registered_already"))
		list, err := offer.List(ctx, db, by)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, "小周", list[0].Title)
		require.Equal(t, []string{"care"}, list[0].Trained)
		require.False(t, list[0].InsuredUntil.IsZero())
		require.Equal(t, []string{"offer.opened"}, charitytest.Facts(t, p, string(list[0].ID)))

		mine, err := volunteer.Mine(ctx, db, actor.Volunteer{Account: who.Account, Volunteer: made})
		require.NoError(t, err)
		require.Equal(t, made, mine.ID)
	})

	t.Run("pausing takes the offer away and resuming brings it back; nobody else may", func(t *testing.T) {
		by, other := charitytest.Verified(t, p), charitytest.Verified(t, p)
		made, err := volunteer.Register(ctx, db, by, id.New(), person())
		require.NoError(t, err)
		require.Equal(t, fault.NotFound, fault.Of(volunteer.Pause(ctx, db, other, made)))
		require.NoError(t, volunteer.Pause(ctx, db, by, made))
		require.Equal(t, fault.Conflict, fault.Of(volunteer.Pause(ctx, db, by, made)))
		list, err := offer.List(ctx, db, by)
		require.NoError(t, err)
		require.Equal(t, "paused", list[0].State)
		require.NoError(t, volunteer.Resume(ctx, db, by, made))
	})

	t.Run("new insurance and training change the offer, and who is another organisation's is not there", func(t *testing.T) {
		by, other := charitytest.Verified(t, p), charitytest.Verified(t, p)
		who := person()
		made, err := volunteer.Register(ctx, db, by, id.New(), who)
		require.NoError(t, err)
		who.InsuredUntil, who.Trained, who.Qualified, who.UnitsPerMonth = who.InsuredUntil.AddDate(1, 0, 0), []string{"care", "law"}, []string{"legal"}, 9
		require.Equal(t, fault.NotFound, fault.Of(volunteer.Edit(ctx, db, other, made, who)))
		require.NoError(t, volunteer.Edit(ctx, db, by, made, who))
		list, err := offer.List(ctx, db, by)
		require.NoError(t, err)
		require.Equal(t, who.InsuredUntil, list[0].InsuredUntil)
		require.Equal(t, []string{"legal"}, list[0].Qualified)
		require.Equal(t, 9, list[0].Capacity)
		require.Equal(t, []string{"offer.opened", "offer.changed"}, charitytest.Facts(t, p, string(list[0].ID)))
		who.Qualified = []string{"wizard"}
		require.Contains(t, fault.As(volunteer.Edit(ctx, db, by, made, who)).Fields, "qualified")
	})

	t.Run("a new month gives new units on top of what was given", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		who := person()
		made, err := volunteer.Register(ctx, db, by, id.New(), who)
		require.NoError(t, err)
		list, err := offer.List(ctx, db, by)
		require.NoError(t, err)
		c, err := claim.Take(ctx, db, by, claim.Request{Card: charitytest.Card(t, p, 4), Offer: string(list[0].ID),
			Units: 4, Worker: who.Account, RequestKey: id.New()})
		require.NoError(t, err)
		require.NoError(t, claim.Accept(ctx, db, charitytest.DistrictOfficer(), c.ID))
		require.NoError(t, claim.Introduced(ctx, db, c.ID))
		self := actor.Volunteer{Account: who.Account, Volunteer: made}
		assigned, err := claim.Assigned(ctx, db, self)
		require.NoError(t, err)
		require.Len(t, assigned, 1)
		_, err = delivery.Record(ctx, db, self, delivery.Report{Claim: c.ID, Units: 3, Minutes: 90,
			DeliveredOn: time.Now().UTC().Add(8 * time.Hour).Truncate(24 * time.Hour), Result: delivery.AsAgreed, RequestKey: id.New()})
		require.NoError(t, err)
		stranger := actor.Volunteer{Account: id.New()}
		_, err = claim.AssignedFor(ctx, db, stranger, c.ID)
		require.Equal(t, fault.NotFound, fault.Of(err))

		n, err := volunteer.Renew(ctx, db)
		require.NoError(t, err)
		require.Zero(t, n, "the month is not over")
		_, err = p.Admin.Exec(ctx, `update exchange.volunteers set renewed_on = renewed_on - 31`)
		require.NoError(t, err)
		n, err = volunteer.Renew(ctx, db)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		o, err := offer.For(ctx, db, string(list[0].ID))
		require.NoError(t, err)
		require.Equal(t, 7, o.Capacity)
		n, err = volunteer.Renew(ctx, db)
		require.NoError(t, err)
		require.Zero(t, n, "a second run changes nothing")
	})

	t.Run("every field that is wrong is named", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		_, err := volunteer.Register(ctx, db, by, id.New(), volunteer.Person{Skills: []string{"x"}, Trained: []string{"magic"}})
		for _, f := range []string{"name", "account", "skills", "areas", "units", "trained"} {
			require.Contains(t, fault.As(err).Fields, f)
		}
		_, err = volunteer.Register(ctx, db, charitytest.Applied(t, p), id.New(), person())
		require.Equal(t, fault.Forbidden, fault.Of(err))
	})
}
