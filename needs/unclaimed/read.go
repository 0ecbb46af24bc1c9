package unclaimed

import (
	"context"
	"slices"
	"time"

	"shanqiao/internal/civil"
	"shanqiao/internal/pg"
	"shanqiao/needs"
)

// waiting is a need with all that its place on the ladder depends on.
type waiting struct {
	ID          needs.ID
	HouseholdID string
	Number      string // of the household
	Region      string
	Code        needs.Code
	Urgency     needs.Urgency
	State       needs.State
	wait        Wait
	taken       []Taken
	meeting     *Meeting // the last one
}

// Taken is a step that was taken: on which day, and at which age.
type Taken struct {
	Step   needs.Step
	On     time.Time
	Waited int
	Unit   Unit
}

// alive are the states in which a need can wait for somebody: what was claimed in
// part waits for the rest.
var alive = []needs.State{needs.Approved, needs.Published, needs.Claimed, needs.Introduced, needs.InService}

// A need is on the ladder from its first listing that anybody can claim from. The
// clock of what came back to the queue between two cohorts runs on.
const onLadder = `n.state = any(@alive)
	and exists (select from records.listings l where l.need_id = n.id and l.tier <> 'public')`

// read reads needs with what surrounds them, under the reach of the transaction.
// cond narrows n; args are its own.
func read(ctx context.Context, tx pg.DB, cond string, args pg.Args) ([]*waiting, error) {
	type row struct {
		ID          needs.ID
		HouseholdID string
		Number      string
		Region      string
		Code        needs.Code
		Urgency     needs.Urgency
		State       needs.State
		Quantity    int
		Listed      time.Time
	}
	rows, err := pg.Many[row](ctx, tx, `
		select n.id, n.household_id, h.number, n.region, n.code, n.urgency, n.state, n.quantity,
		       (select min(l.listed_at) from records.listings l where l.need_id = n.id and l.tier <> 'public') as listed
		  from records.needs n
		  join records.households h on h.id = n.household_id
		 where `+onLadder+`
		   and `+cond+`
		 order by n.id`, with(args, "alive", alive))
	if err != nil {
		return nil, err
	}
	all, byID, ids := make([]*waiting, len(rows)), map[needs.ID]*waiting{}, make([]string, len(rows))
	for i, r := range rows {
		all[i] = &waiting{ID: r.ID, HouseholdID: r.HouseholdID, Number: r.Number, Region: r.Region, Code: r.Code,
			Urgency: r.Urgency, State: r.State, wait: Wait{Listed: r.Listed, Quantity: r.Quantity}}
		byID[r.ID], ids[i] = all[i], string(r.ID)
	}
	for _, step := range []func(context.Context, pg.DB, []string, map[needs.ID]*waiting) error{claims, steps, meetings} {
		if err := step(ctx, tx, ids, byID); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func with(args pg.Args, name string, value any) pg.Args {
	out := pg.Args{name: value}
	for k, v := range args {
		out[k] = v
	}
	return out
}

// claims reads what was claimed of needs, from the claims as they are now.
func claims(ctx context.Context, tx pg.DB, ids []string, of map[needs.ID]*waiting) error {
	type row struct {
		NeedID needs.ID
		From   time.Time
		To     *time.Time
		Units  int
		Kept   int
	}
	rows, err := pg.Many[row](ctx, tx, `
		select l.need_id, k.made_at as "from", k.units,
		       case when k.state in ('completed','failed','cancelled','rejected') then k.state_at end as "to",
		       (select coalesce(sum(o.units), 0)::int
		          from records.outcomes o
		         where o.claim_id = k.id
		           and o.result <> 'person_absent'
		           and o.answer is distinct from 'not_received') as kept
		  from records.listings l
		  join exchange.claims k on k.card_id = l.card_id
		 where l.need_id = any(@ids)
		   and k.state not in ('draft','entered-in-error')
		 order by k.made_at, k.id`, pg.Args{"ids": ids})
	for _, r := range rows {
		w := of[r.NeedID]
		w.wait.Covers = append(w.wait.Covers, Cover{From: r.From, To: r.To, Units: r.Units, Kept: r.Kept})
	}
	return err
}

func steps(ctx context.Context, tx pg.DB, ids []string, of map[needs.ID]*waiting) error {
	type row struct {
		NeedID needs.ID
		Taken
	}
	rows, err := pg.Many[row](ctx, tx, `
		select need_id, step, taken_on as "on", waited, unit
		  from records.need_steps
		 where need_id = any(@ids)
		 order by array_position(@steps::text[], step)`, pg.Args{"ids": ids, "steps": needs.Steps})
	for _, r := range rows {
		of[r.NeedID].taken = append(of[r.NeedID].taken, r.Taken)
	}
	return err
}

func meetings(ctx context.Context, tx pg.DB, ids []string, of map[needs.ID]*waiting) error {
	rows, err := pg.Many[Meeting](ctx, tx, `
		select distinct on (need_id)`+meetingColumns+`
		  from records.need_meetings
		 where need_id = any(@ids)
		 order by need_id, turn desc`, pg.Args{"ids": ids})
	for _, m := range rows {
		of[m.NeedID].meeting = &m
	}
	return err
}

// Standing is where a need is on the ladder of its district.
type Standing struct {
	Running bool // something of it is taken by nobody, and it can be claimed or soon can
	Since   time.Time
	Left    int
	Waited  int // in the ladder's unit
	Ladder  Setting
	Taken   []Taken
	Next    needs.Step // "" when none is left
	NextOn  time.Time  // on which day, if nobody comes before
	Meeting *Meeting
}

// At is the widest step that was taken, "" before the first.
func (s Standing) At() needs.Step {
	if len(s.Taken) == 0 {
		return ""
	}
	return s.Taken[len(s.Taken)-1].Step
}

// stand is where a need is on a ladder at an instant. A need that is not on its
// way through the queue any more has no next step.
func (w *waiting) stand(s Setting, at time.Time) Standing {
	day := civil.Day(at)
	out := Standing{Running: w.wait.Open(at) && slices.Contains(alive, w.State), Since: civil.Day(w.wait.Listed),
		Left: w.wait.Left(at), Waited: w.wait.Age(day, s.Unit), Ladder: s, Taken: w.taken, Meeting: w.meeting}
	if !out.Running {
		return out
	}
	for _, r := range s.Rungs() {
		if w.has(r.Step) {
			continue
		}
		out.Next, out.NextOn = r.Step, s.Unit.After(day, max(r.After-out.Waited, 0))
		break
	}
	return out
}

func (w *waiting) has(step needs.Step) bool {
	return slices.ContainsFunc(w.taken, func(t Taken) bool { return t.Step == step })
}

// due are the steps whose day has come and that were not taken.
func (w *waiting) due(s Setting, at time.Time) []Rung {
	if !w.wait.Open(at) {
		return nil
	}
	age := w.wait.Age(civil.Day(at), s.Unit)
	return slices.DeleteFunc(s.Rungs(), func(r Rung) bool { return r.After > age || w.has(r.Step) })
}
