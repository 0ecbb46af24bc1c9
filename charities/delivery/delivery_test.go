package delivery_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/charities/delivery"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	ctx := t.Context()
	by := charitytest.Verified(t, p)
	today := time.Now().UTC().Add(8 * time.Hour).Truncate(24 * time.Hour) // as Beijing's calendar has it
	take := func(t *testing.T, units int) claim.Claim {
		c, err := claim.Take(ctx, db, by, claim.Request{Card: charitytest.Card(t, p, units), Units: units,
			Worker: by.Account, RequestKey: id.New()})
		require.NoError(t, err)
		return c
	}
	report := func(c claim.Claim, units int) delivery.Report {
		return delivery.Report{Claim: c.ID, Units: units, DeliveredOn: today, Result: delivery.AsAgreed, RequestKey: id.New()}
	}
	c := take(t, 4)

	t.Run("nothing is delivered before the introduction", func(t *testing.T) {
		_, err := delivery.Record(ctx, db, by, report(c, 1))
		require.ErrorIs(t, err, fault.New(fault.Conflict, "delivery.not_under_way"))
	})
	require.NoError(t, claim.Accept(ctx, db, charitytest.DistrictOfficer(), c.ID))
	require.NoError(t, claim.Introduced(ctx, db, c.ID))

	t.Run("no more than is left", func(t *testing.T) {
		_, err := delivery.Record(ctx, db, by, report(c, 5))
		require.Equal(t, fault.Invalid, fault.Of(err))
		require.Equal(t, 4, fault.As(err).Data["left"])
		require.Contains(t, fault.As(err).Fields, "units")
	})

	t.Run("not tomorrow and not before the claim", func(t *testing.T) {
		for day, key := range map[time.Time]string{
			today.AddDate(0, 0, 1): "delivery.day_future", today.AddDate(0, 0, -1): "delivery.day_early",
		} {
			r := report(c, 1)
			r.DeliveredOn = day
			_, err := delivery.Record(ctx, db, by, r)
			require.Equal(t, key, fault.As(err).Fields["delivered_on"])
		}
	})

	t.Run("every field that is wrong is named and nothing changes", func(t *testing.T) {
		_, err := delivery.Record(ctx, db, by, delivery.Report{Claim: c.ID, Minutes: -1, Result: "great", RequestKey: "k"})
		for _, f := range []string{"units", "delivered_on", "minutes", "result"} {
			require.Contains(t, fault.As(err).Fields, f)
		}
		r := report(c, 1)
		r.Claim = "nonsense"
		_, err = delivery.Record(ctx, db, by, r)
		require.Equal(t, fault.NotFound, fault.Of(err))
		list, err := delivery.List(ctx, db, c.ID)
		require.NoError(t, err)
		require.Empty(t, list)
	})

	t.Run("the same report twice is one delivery and one fact", func(t *testing.T) {
		r := report(c, 1)
		first, err := delivery.Record(ctx, db, by, r)
		require.NoError(t, err)
		second, err := delivery.Record(ctx, db, by, r)
		require.NoError(t, err)
		require.Equal(t, first.ID, second.ID)
		require.Nil(t, first.Minutes)
		require.Equal(t, []string{"delivery.recorded"}, charitytest.Facts(t, p, first.ID))
		got, err := claim.For(ctx, db, by, c.ID)
		require.NoError(t, err)
		require.Equal(t, 1, got.Delivered)
	})

	t.Run("neither another organisation nor a volunteer who is not named", func(t *testing.T) {
		for _, stranger := range []actor.Actor{charitytest.Verified(t, p), actor.Volunteer{Account: id.New()}, actor.Citizen{}} {
			_, err := delivery.Record(ctx, db, stranger, report(c, 1))
			require.Equal(t, fault.NotFound, fault.Of(err), "%T", stranger)
		}
	})

	t.Run("an answer that does not exist, and a delivery that does not", func(t *testing.T) {
		require.Equal(t, fault.Invalid, fault.Of(delivery.Confirmed(ctx, db, id.New(), "yes")))
		require.Equal(t, fault.NotFound, fault.Of(delivery.Confirmed(ctx, db, id.New(), delivery.Received)))
	})
}
