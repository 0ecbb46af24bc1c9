package unclaimed

import (
	"context"
	"errors"
	"slices"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/move"
)

var clock = actor.System{Name: "climb-needs"}

// climbed is what the chain keeps of a step.
type climbed struct {
	Need   needs.ID   `json:"need"`
	Code   needs.Code `json:"code"`
	Step   needs.Step `json:"step"`
	Waited int        `json:"waited"`
	Unit   Unit       `json:"unit"`
}

// Climb takes every step whose day has come, for the whole city, and returns how
// many it took. Each need is a transaction of its own: one that cannot be moved
// holds up no other, and is told of when all were gone through.
func Climb(ctx context.Context, db pg.DB, at time.Time) (int, error) {
	var due []needs.ID
	err := pg.As(ctx, db, clock.Reach(), func(tx pg.DB) error {
		due = nil
		rules, err := inForce(ctx, tx, civil.Day(at))
		if err != nil {
			return err
		}
		all, err := read(ctx, tx, `true`, nil)
		if err != nil {
			return err
		}
		for _, w := range all {
			s := rules.of(w.Region, w.Urgency)
			if len(w.due(s, at)) > 0 || w.again(at) {
				due = append(due, w.ID)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	taken := 0
	var failed []error
	for _, need := range due {
		n, err := climb(ctx, db, need, at)
		taken += n
		failed = append(failed, err)
	}
	return taken, errors.Join(failed...)
}

// climb takes the steps of one need that are due, unless somebody was quicker.
func climb(ctx context.Context, db pg.DB, need needs.ID, at time.Time) (taken int, err error) {
	err = pg.As(ctx, db, clock.Reach(), func(tx pg.DB) error {
		taken = 0
		if err := move.Hold(ctx, tx, need); err != nil {
			return err
		}
		rules, err := inForce(ctx, tx, civil.Day(at))
		if err != nil {
			return err
		}
		// Read anew under the lock: it may have been claimed or withdrawn meanwhile.
		held, err := read(ctx, tx, `n.id = @need`, pg.Args{"need": need})
		if err != nil || len(held) == 0 {
			return err
		}
		w := held[0]
		s := rules.of(w.Region, w.Urgency)
		due := w.due(s, at)
		for _, r := range due {
			if err := w.take(ctx, tx, s, r.Step, at); err != nil {
				return err
			}
		}
		taken = len(due)
		if w.again(at) {
			return w.meet(ctx, tx, w.meeting.Turn+1, s, at)
		}
		return nil
	})
	if fault.Of(err) == fault.Conflict || fault.Of(err) == fault.NotFound {
		return 0, nil
	}
	return taken, err
}

// crossing are the steps that concern who is looked for.
var crossing = []needs.Step{needs.WiderArea, needs.NextDistrict, needs.Push}

// take takes one step: its row, its entry in the chain, and the fact that sets
// the other half in motion. The row's key is what makes it once.
func (w *waiting) take(ctx context.Context, tx pg.DB, s Setting, step needs.Step, at time.Time) error {
	day := civil.Day(at)
	age := w.wait.Age(day, s.Unit)
	tag, err := tx.Exec(ctx, `
		insert into records.need_steps (need_id, step, household_id, region, waited, unit, ladder, taken_on)
		values (@need, @step, @household, @region, @waited, @unit, nullif(@ladder::bigint, 0), @day)
		on conflict (need_id, step) do nothing`,
		pg.Args{"need": w.ID, "step": step, "household": w.HouseholdID, "region": w.Region,
			"waited": age, "unit": s.Unit, "ladder": s.ID, "day": day})
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	if err := chain.Append(ctx, tx, w.HouseholdID, clock, chain.NeedClimbed, "", climbed{w.ID, w.Code, step, age, s.Unit}); err != nil {
		return err
	}
	if step == needs.Meeting {
		return w.meet(ctx, tx, 1, s, at)
	}
	if !slices.Contains(crossing, step) {
		return nil
	}
	return outbox.Append(ctx, tx, outbox.Records, outbox.Fact{
		Kind: "need.climbed", Ref: string(w.ID), Key: "need.climbed:" + string(w.ID) + ":" + string(step)})
}

// again says whether what a meeting agreed on did not bring help by its day.
func (w *waiting) again(at time.Time) bool {
	m := w.meeting
	return m != nil && m.RecordedAt != nil && m.NextOn.Before(civil.Day(at)) && w.wait.Open(at)
}

// meet opens a turn of the meeting.
func (w *waiting) meet(ctx context.Context, tx pg.DB, turn int, s Setting, at time.Time) error {
	_, err := tx.Exec(ctx, `
		insert into records.need_meetings (id, need_id, household_id, region, turn, due_on)
		values (@id, @need, @household, @region, @turn, @due)
		on conflict (need_id, turn) do nothing`,
		pg.Args{"id": id.New(), "need": w.ID, "household": w.HouseholdID, "region": w.Region, "turn": turn,
			"due": s.Unit.After(civil.Day(at), s.Within)})
	return err
}
