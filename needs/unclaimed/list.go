package unclaimed

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/pg"
	"shanqiao/needs"
)

// Item is a need that waits, with where it stands.
type Item struct {
	Need        needs.ID
	HouseholdID string
	Number      string // of the household
	Region      string
	Code        needs.Code
	Urgency     needs.Urgency
	Standing
}

// standings reads needs under a reach and stands each on its ladder.
func standings(ctx context.Context, db pg.DB, reach actor.Reach, at time.Time, cond string, args pg.Args) (items []Item, err error) {
	err = pg.As(ctx, db, reach, func(tx pg.DB) error {
		items = nil
		rules, err := inForce(ctx, tx, civil.Day(at))
		if err != nil {
			return err
		}
		all, err := read(ctx, tx, cond, args)
		for _, w := range all {
			items = append(items, Item{Need: w.ID, HouseholdID: w.HouseholdID, Number: w.Number, Region: w.Region,
				Code: w.Code, Urgency: w.Urgency, Standing: w.stand(rules.of(w.Region, w.Urgency), at)})
		}
		return err
	})
	return items, err
}

// Of is where one need stands, for whoever may read it. It is nil for a need that
// was never listed, or has ended.
func Of(ctx context.Context, db pg.DB, by actor.Actor, need needs.ID, at time.Time) (*Standing, error) {
	items, err := standings(ctx, db, by.Reach(), at, `n.id = @need`, pg.Args{"need": need})
	if err != nil || len(items) == 0 {
		return nil, err
	}
	return &items[0].Standing, nil
}

// OfHousehold is where the needs of a household stand that nobody has taken, or
// not all of it; for its own citizen and for officers of its region.
func OfHousehold(ctx context.Context, db pg.DB, by actor.Actor, household string, at time.Time) ([]Item, error) {
	items, err := standings(ctx, db, by.Reach(), at, `n.household_id = @household`, pg.Args{"household": household})
	return running(items), err
}

// Waiting lists the needs of an officer's region for which a step was taken and
// that wait still: those that went furthest first, then those that waited longest.
func Waiting(ctx context.Context, db pg.DB, by actor.Officer, at time.Time) ([]Item, error) {
	items, err := standings(ctx, db, by.Reach(), at,
		`exists (select from records.need_steps s where s.need_id = n.id)`, nil)
	items = running(items)
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(height(b.At()), height(a.At())), a.Since.Compare(b.Since), cmp.Compare(a.Urgency, b.Urgency))
	})
	return items, err
}

func height(s needs.Step) int { return slices.Index(needs.Steps, s) }

func running(items []Item) []Item {
	return slices.DeleteFunc(items, func(i Item) bool { return !i.Running })
}

// Counts is what of it waits for staff.
type Counts struct {
	Meetings int // outcomes to be recorded
	Purchase int // needs for which a purchase is proposed
}

// Count counts what waits for an officer.
func Count(ctx context.Context, db pg.DB, by actor.Officer, at time.Time) (c Counts, err error) {
	items, err := standings(ctx, db, by.Reach(), at,
		`exists (select from records.need_steps s where s.need_id = n.id and s.step in ('purchase','meeting'))`, nil)
	for _, i := range running(items) {
		if i.Meeting.Waits() {
			c.Meetings++
		}
		if i.ToBuy() {
			c.Purchase++
		}
	}
	return c, err
}

// ToBuy says whether a purchase is proposed: its step was taken.
func (s Standing) ToBuy() bool {
	return s.Running && slices.ContainsFunc(s.Taken, func(t Taken) bool { return t.Step == needs.Purchase })
}
