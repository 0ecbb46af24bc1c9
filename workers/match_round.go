package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/matcher"
	"shanqiao/workers/relay"
)

// matchRound matches the whole city, nightly.
func (w *Workers) matchRound() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "match-round", Queue: outbox.Bulk, Room: relay.Exchange, Timeout: 10 * time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, _ relay.Message) error {
			_, err := matcher.Round(ctx, tx, w.Now(), w.Solver)
			return err
		},
	}
}
