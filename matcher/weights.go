package matcher

import (
	"context"
	"fmt"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/matcher/assign"
	"shanqiao/matcher/score"
)

// Weighing is weights with the paper that they rest on and who set them; Name and
// SetAt are empty for those that came with the program.
type Weighing struct {
	score.Weights
	Source string
	Name   string
	SetAt  *time.Time
}

// Tried is a trial of new weights that was kept: what was asked for and what it
// found. Set says that they were set; Stale that the trial no longer says what it
// would change, because other weights hold since, or a day has passed.
type Tried struct {
	ID     string
	Asked  Weighing
	Now    score.Weights
	Found  Trial
	At     time.Time
	Set    bool
	Stale  bool
	Passed bool // its first day is over
}

// TrialMost is how many open cards a page tries weights on: a page must answer in
// seconds. A larger city tries them with `shanqiao match --dry`.
const TrialMost = 20_000

// LookBack is how many days of answers a trial scores again, in 天.
const LookBack = 90

var (
	errNoTrial     = fault.New(fault.NotFound, "match.no_trial")
	errTrialRuns   = fault.New(fault.Conflict, "match.trial_running")
	errTrialStale  = fault.New(fault.Conflict, "match.trial_stale")
	errTrialPassed = fault.New(fault.Conflict, "match.trial_passed")
)

const weightColumns = `starts_on as "from", duty, area, kind, waiting, load, reliability, newcomer, exposure, keep`

// Weighings lists all weights that were ever set, the newest first, so the first
// that has begun holds. Any officer may read them.
func Weighings(ctx context.Context, db pg.DB, _ actor.Officer) ([]Weighing, error) {
	return pg.Many[Weighing](ctx, db, `
		select `+weightColumns+`, source, set_name as name, set_at
		  from exchange.match_weights
		 order by starts_on desc, id desc
		 limit 200`, pg.Args{})
}

// TryWeights tries new weights on the city as it stands and on what was answered,
// and keeps what that found: only what was tried can be set. They concern every
// district, so it is the city's to do; one at a time, and on so many cards at most.
func TryWeights(ctx context.Context, db pg.DB, by actor.Officer, w Weighing, at time.Time) (string, error) {
	if by.Level != actor.CityRole {
		return "", errNoTrial
	}
	w.Source = strings.TrimSpace(w.Source)
	wrong := map[string]string{}
	if n := len([]rune(w.Source)); n == 0 || n > 200 {
		wrong["source"] = "match.weights_source"
	}
	if w.From.Before(civil.Day(at)) {
		wrong["since"] = "match.weights_past"
	}
	if err := fault.InvalidFields(wrong); err != nil {
		return "", err
	}
	if err := CheckWeights(w.Weights); err != nil {
		return "", err
	}
	made := id.New()
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		against, err := bounded(ctx, tx, at)
		if err != nil {
			return err
		}
		found, err := Try(ctx, db, at, at.AddDate(0, 0, -LookBack), w.Weights, assign.Optimal{})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into exchange.weight_trials (id, weights, source, starts_on, against, found, tried_by)
			values (@id, @weights, @source, @from, @against, @found, @by)`,
			pg.Args{"id": made, "weights": w.Weights, "source": w.Source, "from": w.From, "against": against,
				"found": found, "by": by.Account})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("try weights: %w", err)
	}
	return made, nil
}

// bounded lets one trial run at a time, on a city of a size that a page can try,
// and names the weights that it is compared with.
func bounded(ctx context.Context, tx pg.DB, at time.Time) (against int64, err error) {
	if _, err := tx.Exec(ctx, `set local idle_in_transaction_session_timeout = 0`); err != nil {
		return 0, err
	}
	type room struct {
		Free  bool
		Cards int
	}
	r, err := pg.One[room](ctx, tx, nil, `
		select pg_try_advisory_xact_lock(hashtextextended('matcher.trial', 0)) as free,
		       (select count(*)::int from exchange.cards where state = 'open' and tier <> 'public' and committed < quantity) as cards`, pg.Args{})
	switch {
	case err != nil:
		return 0, err
	case !r.Free:
		return 0, errTrialRuns
	case r.Cards > TrialMost:
		return 0, fault.New(fault.Conflict, "match.trial_large").With("most", TrialMost)
	}
	return holding(ctx, tx, at)
}

// holding is the row of the weights that hold at a moment.
func holding(ctx context.Context, db pg.DB, at time.Time) (int64, error) {
	return pg.One[int64](ctx, db, errWeights, `
		select id
		  from exchange.match_weights
		 where starts_on <= (@at::timestamptz at time zone 'Asia/Shanghai')::date
		 order by starts_on desc, id desc
		 limit 1`, pg.Args{"at": at})
}

type triedRow struct {
	ID       string
	Weights  score.Weights
	Source   string
	StartsOn time.Time
	Against  int64
	Found    Trial
	TriedAt  time.Time
	Set      bool
}

const triedColumns = `id, weights, source, starts_on, against, found, tried_at, became is not null as set`

// TriedWeights is a trial that was kept. It is the city's to read.
func TriedWeights(ctx context.Context, db pg.DB, by actor.Officer, trial string, at time.Time) (Tried, error) {
	if by.Level != actor.CityRole || !id.Valid(trial) {
		return Tried{}, errNoTrial
	}
	r, err := pg.One[triedRow](ctx, db, errNoTrial, `
		select `+triedColumns+`
		  from exchange.weight_trials
		 where id = @id`, pg.Args{"id": trial})
	if err != nil {
		return Tried{}, err
	}
	return r.tried(ctx, db, at)
}

func (r triedRow) tried(ctx context.Context, db pg.DB, at time.Time) (Tried, error) {
	now, err := pg.One[score.Weights](ctx, db, errWeights, `
		select `+weightColumns+`
		  from exchange.match_weights
		 where id = @id`, pg.Args{"id": r.Against})
	if err != nil {
		return Tried{}, err
	}
	holds, err := holding(ctx, db, at)
	r.Weights.From = r.StartsOn
	return Tried{ID: r.ID, Asked: Weighing{Weights: r.Weights, Source: r.Source}, Now: now, Found: r.Found, At: r.TriedAt, Set: r.Set,
		Stale: holds != r.Against || at.Sub(r.TriedAt) > 24*time.Hour, Passed: r.StartsOn.Before(civil.Day(at))}, err
}

// SetWeights makes the weights of a trial hold from its day on; what held before
// stays written down. Sent twice it is once. A trial that no longer says what would
// change is a conflict: it has to be tried again.
func SetWeights(ctx context.Context, db pg.DB, by actor.Officer, trial string, at time.Time) error {
	if by.Level != actor.CityRole || !id.Valid(trial) {
		return errNoTrial
	}
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		r, err := pg.One[triedRow](ctx, tx, errNoTrial, `
			select `+triedColumns+`
			  from exchange.weight_trials
			 where id = @id
			   for update`, pg.Args{"id": trial})
		if err != nil || r.Set {
			return err
		}
		t, err := r.tried(ctx, tx, at)
		switch {
		case err != nil:
			return err
		case t.Passed:
			return errTrialPassed
		case t.Stale:
			return errTrialStale
		}
		w := t.Asked.Weights
		_, err = tx.Exec(ctx, `
			with made as (
			  insert into exchange.match_weights (starts_on, duty, area, kind, waiting, load, reliability, newcomer, exposure, keep,
			                                      source, set_by, set_name, set_at)
			  values (@from, @duty, @area, @kind, @waiting, @load, @reliability, @newcomer, @exposure, @keep,
			          @source, @by, @name, now())
			  returning id)
			update exchange.weight_trials t
			   set became = made.id
			  from made
			 where t.id = @trial`,
			pg.Args{"from": w.From, "duty": w.Duty, "area": w.Area, "kind": w.Kind, "waiting": w.Waiting, "load": w.Load,
				"reliability": w.Reliability, "newcomer": w.Newcomer, "exposure": w.Exposure, "keep": w.Keep,
				"source": t.Asked.Source, "by": by.Account, "name": by.Name, "trial": trial})
		return err
	})
}
