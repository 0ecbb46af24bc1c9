package demo

import (
	"cmp"
	"context"
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
)

// publish sends the most urgent needs to chosen organisations, lets the gate
// form cohorts of the rest on both tiers, and lets the workers do what follows.
func (t *town) publish(ctx context.Context) error {
	if err := t.Drain(ctx); err != nil {
		return err
	}
	if err := t.sendUrgent(ctx); err != nil {
		return err
	}
	return t.tick(ctx)
}

// tick publishes what can be published, and lets the workers do what follows.
func (t *town) tick(ctx context.Context) error {
	for _, tier := range []deid.Tier{deid.Verified, deid.Public} {
		if _, err := gate.Tick(ctx, t.Pools.Gate, tier, t.today().AddDate(0, 0, 7*t.week), deid.Defaults(tier)); err != nil {
			return err
		}
	}
	return t.Drain(ctx)
}

// sendUrgent sends what cannot wait for a cohort to three organisations at most.
func (t *town) sendUrgent(ctx context.Context) error {
	type need struct {
		ID                  needs.ID
		HouseholdID, Region string
		Code                needs.Code
	}
	var urgent []need
	err := pg.As(ctx, t.Pools.Records, actor.Whole, func(tx pg.DB) (err error) {
		urgent, err = pg.Many[need](ctx, tx, `
			select id, household_id, region, code
			  from records.needs
			 where state = 'approved' and route = 'direct'`, pg.Args{})
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(urgent, func(a, b need) int {
		return cmp.Or(cmp.Compare(t.place(a.HouseholdID), t.place(b.HouseholdID)), cmp.Compare(a.Code, b.Code))
	})
	for i, n := range urgent {
		if i%4 == 3 { // some still wait for an officer to choose
			continue
		}
		var chosen []string
		for _, c := range t.charities {
			if c.Verified && slices.Contains(c.Gives, n.Code) && c.reaches(n.Region) && len(chosen) < 3 {
				chosen = append(chosen, c.Organisation)
			}
		}
		if len(chosen) == 0 {
			continue
		}
		if _, err := gate.SendDirect(ctx, t.Pools.Gate, t.officers[n.Region][0], n.ID, chosen, t.today()); err != nil {
			return err
		}
	}
	return nil
}

// reaches says whether the organisation serves a place, as an officer would ask.
func (c charity) reaches(place string) bool {
	return slices.ContainsFunc(c.Areas, func(area string) bool { return region.Covers(area, place) })
}
