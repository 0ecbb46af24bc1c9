package workers

import (
	"context"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/matcher"
	"shanqiao/workers/relay"
)

// errPartly has the round run again: what was written stands, and the next goes on.
var errPartly = fault.New(fault.Internal, "match.partly")

// matchRound matches the whole city, nightly. It is given the pool and not a
// transaction, so that each district has its own.
func (w *Workers) matchRound() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "match-round", Queue: outbox.Bulk, Room: relay.Exchange, Timeout: 10 * time.Minute, Retries: 8, External: true},
		Run: func(ctx context.Context, db pg.DB, _ relay.Message) error {
			report, err := matcher.Round(ctx, db, w.Now(), w.Solver)
			if err == nil && len(report.Failed) > 0 {
				return errPartly
			}
			return err
		},
	}
}
