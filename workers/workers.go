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

	"shanqiao/internal/pg"
	"shanqiao/matcher/assign"
	"shanqiao/needs/chain"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/workers/relay"
)

// Workers runs the jobs of one process. Pools and Now are required.
type Workers struct {
	Pools *pg.Pools
	// Indexes are the tiers' search indexes that cards are kept in. Those of
	// this process only: another process with an index of its own fills it itself.
	Indexes  []index.Index
	Ledger   *chain.Ledger                 // nil: no checkpoints are signed here
	Solver   assign.Solver                 // nil: greedy by urgency
	Settings func(deid.Tier) deid.Settings // nil: the shipped ones

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

// relay is the wiring, with what was left out filled in.
func (w *Workers) relay() (*relay.Relay, error) {
	if w.Pools == nil || w.Now == nil {
		return nil, errors.New("workers: pools and a clock are required")
	}
	if w.Solver == nil {
		w.Solver = assign.Greedy{}
	}
	if w.Settings == nil {
		w.Settings = deid.Defaults
	}
	if w.Log == nil {
		w.Log = slog.Default()
	}
	return &relay.Relay{
		Pools: w.Pools, Jobs: w.jobs(), Table: routes, Schedules: w.schedules(),
		Redis: w.Redis, Private: w.Private, Workers: w.Concurrency, Timing: w.Timing, Now: w.Now, Log: w.Log,
	}, nil
}

func (w *Workers) jobs() []relay.Job {
	return []relay.Job{
		w.recordListed(), w.recordUnlisted(), w.recordMatched(),
		w.recordClaimed(), w.recordAnswered(), w.recordOutcome(),
		w.indexCard(), w.indexReconcile(),
		w.proposeMatches(), w.proposeForOffer(), w.matchRound(),
		w.markIntroduced(), w.endClaim(), w.stopClaims(), w.confirmDelivery(), w.lapseClaims(),
		w.publishTick(), w.withdrawCards(),
		w.chainCheckpoint(),
	}
}

// schedules leaves out what this process has no means for: signing belongs to
// whoever keeps the ledger.
func (w *Workers) schedules() []relay.Schedule {
	var all []relay.Schedule
	for _, s := range schedules {
		if s.Job == "chain-checkpoint" && w.Ledger == nil {
			continue
		}
		all = append(all, s)
	}
	return all
}

// today is the civil date in Beijing.
func (w *Workers) today() time.Time {
	y, m, d := w.Now().In(relay.Beijing).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
