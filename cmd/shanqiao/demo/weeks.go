package demo

import (
	"context"
	"fmt"
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/assessment"
	"shanqiao/needs/deid"
)

// arrived is how many families are in the register after a week. Where the city
// has a history half of them are there on the first day.
func (t *town) arrived(week int) int {
	if t.Weeks < 2 {
		return len(t.families)
	}
	first := len(t.families) / 2
	return first + (len(t.families)-first)*week/(t.Weeks-1)
}

// weeks lets time pass. The first tick was the first day's; the one that ends the
// story comes with the round.
func (t *town) weeks(ctx context.Context) error {
	for t.week+2 < t.Weeks {
		t.week++
		if err := t.settle(ctx, t.arrived(t.week-1), t.arrived(t.week)); err != nil {
			return err
		}
		if err := t.Drain(ctx); err != nil {
			return err
		}
		if err := t.withdraw(ctx); err != nil {
			return fmt.Errorf("week %d, withdrawals: %w", t.week, err)
		}
		if err := t.publish(ctx); err != nil {
			return fmt.Errorf("week %d: %w", t.week, err)
		}
		if err := t.help(ctx); err != nil {
			return fmt.Errorf("week %d, help: %w", t.week, err)
		}
	}
	return t.last(ctx)
}

// last brings the families of the last week, whose tick is the round's.
func (t *town) last(ctx context.Context) error {
	if t.Weeks < 2 {
		return nil
	}
	t.week++
	if err := t.settle(ctx, t.arrived(t.week-1), t.arrived(t.week)); err != nil {
		return err
	}
	return t.Drain(ctx)
}

// withdraw takes two needs back that are out on the list, as offices do every
// week: somebody moved away, a daughter came home.
func (t *town) withdraw(ctx context.Context) error {
	type need struct {
		ID                  needs.ID
		HouseholdID, Region string
		Code                needs.Code
	}
	listed, err := pg.ManyAs[need](ctx, t.Pools.Records, actor.Whole, `
		select n.id, n.household_id, n.region, n.code
		  from records.needs n
		 where n.state = 'published'
		   and exists (select from records.listings l where l.need_id = n.id and l.tier = @tier and l.closed_at is null)`,
		pg.Args{"tier": deid.Verified})
	if err != nil {
		return err
	}
	slices.SortFunc(listed, func(a, b need) int { return t.place(a.HouseholdID) - t.place(b.HouseholdID) })
	for i := 0; i < len(listed); i += max(1, len(listed)/2) {
		n := listed[(t.week*37+i)%len(listed)]
		if err := assessment.Withdraw(ctx, t.Pools.Records, t.officers[n.Region][0], n.ID, "不再需要"); err != nil {
			return err
		}
	}
	return t.Drain(ctx)
}
