package workers

import (
	"context"
	"time"

	"shanqiao/charities/claim"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/workers/relay"
)

// lapseClaims ends the claims that nobody decided in time. Each ends in a transaction
// of its own, so the job has none; a claim that has ended is not due a second time.
func (w *Workers) lapseClaims() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "lapse-claims", Queue: outbox.Default, Room: relay.Exchange, Timeout: 5 * time.Minute, Retries: 8, External: true},
		Run: func(ctx context.Context, db pg.DB, _ relay.Message) error {
			_, err := claim.Lapse(ctx, db, w.Now())
			return err
		},
	}
}
