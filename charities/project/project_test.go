package project_test

import (
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

func plan() project.Plan {
	today := time.Now().UTC().Truncate(24 * time.Hour)
	return project.Plan{Title: "朝阳暖心浴", TitleEn: "Warm baths in Chaoyang", Summary: "为行动不便的老人上门助浴。",
		Codes: []string{"bathing"}, Areas: []string{charitytest.Chaoyang}, Places: 60,
		StartsOn: today, EndsOn: today.AddDate(1, 0, 0)}
}

func offerOf(t *testing.T, p *pgtest.DB, made string) (id, state string) {
	t.Helper()
	require.NoError(t, p.Admin.QueryRow(t.Context(),
		`select id, state from exchange.offers where project_id = $1`, made).Scan(&id, &state))
	return id, state
}

func TestStates(t *testing.T) {
	t.Parallel()
	statetest.Agree(t, pgtest.New(t),
		statetest.Noun{Document: "../../docs/states-exchange.md", Heading: "Project", Table: "exchange.projects"}, project.Moves)
}

func TestProject(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	ctx := t.Context()
	officer := charitytest.DistrictOfficer()
	street := actor.Officer{Account: id.New(), Level: actor.SubdistrictRole, Region: "110105015"}

	t.Run("an organisation's own project is drafted, published once, paused, taken up again and closed", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		made, err := project.Draft(ctx, db, by, plan())
		require.NoError(t, err)
		require.NoError(t, project.Publish(ctx, db, by, made))
		require.Equal(t, fault.Conflict, fault.Of(project.Publish(ctx, db, by, made)))
		o, state := offerOf(t, p, made)
		require.Equal(t, "open", state)
		require.Equal(t, []string{"offer.opened"}, charitytest.Facts(t, p, o))
		require.Equal(t, fault.Conflict, fault.Of(project.Edit(ctx, db, by, made, plan())), "what was published is not rewritten")
		require.NoError(t, project.Pause(ctx, db, by, made))
		require.NoError(t, project.Publish(ctx, db, by, made))
		require.NoError(t, project.Close(ctx, db, by, made))
		_, state = offerOf(t, p, made)
		require.Equal(t, "closed", state)
		require.Equal(t, fault.Conflict, fault.Of(project.Publish(ctx, db, by, made)))
		require.Equal(t, []string{"offer.opened", "offer.changed", "offer.changed", "offer.changed"}, charitytest.Facts(t, p, o))
	})

	t.Run("a brand belongs to the officer's reach and is carried out by a verified organisation", func(t *testing.T) {
		carrier, applied := charitytest.Verified(t, p), charitytest.Applied(t, p)
		branded := plan()
		branded.Organisation, branded.BrandRegion = carrier.Organisation, "110105015"
		made, err := project.Draft(ctx, db, officer, branded)
		require.NoError(t, err)
		require.NoError(t, project.Edit(ctx, db, street, made, branded), "the subdistrict's own brand")
		branded.BrandRegion = charitytest.Chaoyang
		_, err = project.Draft(ctx, db, street, branded)
		require.Contains(t, fault.As(err).Fields, "brand_region", "the district's brand is above a subdistrict")
		branded.Organisation = applied.Organisation
		_, err = project.Draft(ctx, db, officer, branded)
		require.Contains(t, fault.As(err).Fields, "organisation")

		stranger := actor.Officer{Account: id.New(), Level: actor.DistrictRole, Region: "110101"}
		for _, by := range []actor.Actor{stranger, carrier} {
			require.Equal(t, fault.NotFound, fault.Of(project.Publish(ctx, db, by, made)), "%T", by)
		}
		require.Equal(t, fault.Forbidden, fault.Of(project.Publish(ctx, db, actor.Citizen{}, made)))
		require.NoError(t, project.Publish(ctx, db, officer, made))
		shown, err := project.Public(ctx, db, charitytest.Chaoyang)
		require.NoError(t, err)
		require.Len(t, shown, 1)
		require.True(t, shown[0].Committed.Hidden)
		require.Equal(t, "Warm baths in Chaoyang", shown[0].TitleIn("en"))
		_, err = project.Public(ctx, db, "nowhere")
		require.Equal(t, fault.NotFound, fault.Of(err))
	})

	t.Run("the public sees no draft, nothing of a suspended organisation, and no small number", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		made, err := project.Draft(ctx, db, by, plan())
		require.NoError(t, err)
		_, err = project.Page(ctx, db, made)
		require.Equal(t, fault.NotFound, fault.Of(err))
		require.NoError(t, project.Publish(ctx, db, by, made))
		_, err = p.Admin.Exec(ctx, `update exchange.offers set committed = 11 where project_id = $1`, made)
		require.NoError(t, err)
		page, err := project.Page(ctx, db, made)
		require.NoError(t, err)
		require.Equal(t, project.Count{N: 11}, page.Committed)
		require.Equal(t, project.Count{Hidden: true}, page.Delivered)
		require.NoError(t, organisation.Decide(ctx, db, officer, organisation.Decision{
			Organisation: by.Organisation, To: organisation.Suspended, Reason: "complaint"}))
		_, err = project.Page(ctx, db, made)
		require.Equal(t, fault.NotFound, fault.Of(err))
	})

	t.Run("every field that is wrong is named", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		_, err := project.Draft(ctx, db, by, project.Plan{Codes: []string{"gold"}, Areas: []string{"110105015"}})
		for _, f := range []string{"title", "summary", "codes", "areas", "places", "starts_on", "ends_on"} {
			require.Contains(t, fault.As(err).Fields, f)
		}
		applied := charitytest.Applied(t, p)
		_, err = project.Draft(ctx, db, applied, plan())
		require.Equal(t, fault.Forbidden, fault.Of(err))
	})
}
