package organisation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	"shanqiao/charities/volunteer"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
)

func TestBans(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db, ctx := p.Pools.Exchange, t.Context()
	officer := charitytest.DistrictOfficer()
	today := civil.Day(time.Now())
	by := charitytest.Verified(t, p)
	var people []string
	for range 2 {
		made, err := volunteer.Register(ctx, db, by, id.New(), volunteer.Person{Account: id.New(), Name: "小周",
			Skills: []string{"visiting"}, Areas: []string{charitytest.Chaoyang}, UnitsPerMonth: 4})
		require.NoError(t, err)
		people = append(people, made)
	}
	banned := func() (n int) {
		list, err := offer.List(ctx, db, by)
		require.NoError(t, err)
		for _, o := range list {
			if o.Banned(today) {
				n++
			}
		}
		return n
	}
	ban := organisation.Ban{Volunteer: people[0], Reason: "harm", Until: today}

	require.NoError(t, organisation.LayBan(ctx, db, officer, by.Organisation, ban, today))
	require.Equal(t, 1, banned(), "one volunteer, to the end of the day")
	whole := ban
	whole.Volunteer = ""
	for range 2 { // the form sent twice
		require.NoError(t, organisation.LayBan(ctx, db, officer, by.Organisation, whole, today))
	}
	require.Equal(t, 2, banned())
	laid, err := organisation.Bans(ctx, db, officer, by.Organisation)
	require.NoError(t, err)
	require.Len(t, laid, 2)
	require.Equal(t, "小周", laid[1].Name)
	require.NoError(t, organisation.LiftBan(ctx, db, officer, by.Organisation, laid[0].ID))
	require.Equal(t, 1, banned())
	require.Equal(t, fault.NotFound, fault.Of(organisation.LiftBan(ctx, db, officer, by.Organisation, laid[0].ID)), "lifted once")

	elsewhere := actor.Officer{Account: id.New(), Level: actor.DistrictRole, Region: "110101"}
	require.Equal(t, fault.NotFound, fault.Of(organisation.LayBan(ctx, db, elsewhere, by.Organisation, ban, today)))
	require.Equal(t, fault.NotFound, fault.Of(organisation.LiftBan(ctx, db, elsewhere, by.Organisation, laid[1].ID)))
	wrong := organisation.Ban{Reason: "mood", Until: today.AddDate(0, 0, -1)}
	fields := fault.As(organisation.LayBan(ctx, db, officer, by.Organisation, wrong, today)).Fields
	require.Contains(t, fields, "reason")
	require.Contains(t, fields, "until")
	stranger := ban
	stranger.Volunteer = id.New()
	require.Contains(t, fault.As(organisation.LayBan(ctx, db, officer, by.Organisation, stranger, today)).Fields, "volunteer")
}
