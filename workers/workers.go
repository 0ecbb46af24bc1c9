// Package workers is what the system does by itself: one file for each job,
// and in routes.go the table that says which fact sets which job in motion.
//
// A job file holds the job's policy and one call into the package that knows
// what to do. How a job gets here and runs exactly once is workers/relay's matter.
package workers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"shanqiao/internal/civil"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs/chain"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/workers/relay"
)

// Workers runs the jobs of one process. Pools and Now are required.
type Workers struct {
	Pools *pg.Pools
	// Index holds the tiers' search indexes. A process that has an index in its
	// own memory also follows Postgres by itself (card.Follow): a job reaches one process.
	Index    index.Tiers
	Ledger   *chain.Ledger                 // nil: no checkpoints are signed here
	Keys     *secret.Keys                  // nil: nothing personal is opened here, and excerpts are not read again
	Solver   assign.Solver                 // nil: the optimum
	Online   *matcher.Online               // nil: offers are read from Postgres for each card
	Settings func(deid.Tier) deid.Settings // nil: the shipped ones; the city and districts may ask for more

	Redis       *redis.Options // nil: jobs are pulled straight from Postgres
	Private     bool           // this Redis is ours alone and may evict
	Concurrency int            // jobs at a time; zero: 8
	Timing      relay.Timing   // zero: relay.Production
	Now         func() time.Time
	Log         *slog.Logger // nil: the default
}

// Run works until ctx ends and then lets running jobs finish. It refuses at
// once a Redis that would lose work; one that is away is done without.
func (w *Workers) Run(ctx context.Context) error {
	r, err := w.relay()
	if err != nil {
		return err
	}
	return r.Run(ctx)
}

// Drain does all the work there is now, without Redis, and returns when nothing
// is left that could run. Schedules are not looked at. Dead letters are left.
func (w *Workers) Drain(ctx context.Context) error {
	r, err := w.relay()
	if err != nil {
		return err
	}
	return r.Drain(ctx)
}

// relay is the wiring. It is made of a copy with what was left out filled in,
// so that Run and Drain may be called at once.
func (w *Workers) relay() (*relay.Relay, error) {
	if w.Pools == nil || w.Now == nil {
		return nil, errors.New("workers: pools and a clock are required")
	}
	c := *w
	if c.Solver == nil {
		c.Solver = assign.Optimal{}
	}
	if c.Settings == nil {
		c.Settings = func(tier deid.Tier) deid.Settings {
			s := deid.Defaults(tier)
			s.Hold = deid.HoldShipped
			return s
		}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return &relay.Relay{
		Pools: c.Pools, Jobs: c.jobs(), Table: routes, Schedules: c.schedules(),
		Redis: c.Redis, Private: c.Private, Workers: c.Concurrency, Timing: c.Timing, Now: c.Now, Log: c.Log,
	}, nil
}

// jobs lists what this process can do. Signing belongs to whoever keeps the
// ledger; without one the job is left to a process that has it.
func (w *Workers) jobs() []relay.Job {
	all := []relay.Job{
		w.recordListed(), w.recordUnlisted(), w.recordMatched(),
		w.recordClaimed(), w.recordAnswered(), w.recordOutcome(),
		w.indexCard(), w.indexReconcile(),
		w.proposeMatches(), w.proposeForOffer(), w.matchRound(), w.solvePart(),
		w.markIntroduced(), w.endClaim(), w.stopClaims(), w.confirmDelivery(), w.lapseClaims(),
		w.renewVolunteers(), w.forgetRequests(), w.forgetNotes(), w.expireNeeds(), w.climbNeeds(), w.widenCards(), w.carrySteps(), w.notifyNear(),
		w.publishTick(), w.withdrawCards(),
	}
	if w.Keys != nil {
		all = append(all, w.rescanExcerpts())
	}
	if w.Ledger != nil {
		all = append(all, w.chainCheckpoint())
	}
	return all
}

// schedules leaves out what this process has no means for.
func (w *Workers) schedules() []relay.Schedule {
	var all []relay.Schedule
	for _, s := range schedules {
		if s.Job == "chain-checkpoint" && w.Ledger == nil || s.Job == "rescan-excerpts" && w.Keys == nil {
			continue
		}
		all = append(all, s)
	}
	return all
}

// today is the civil date in Beijing.
func (w *Workers) today() time.Time {
	return civil.Day(w.Now())
}
