package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/outcome"
	"shanqiao/workers/relay"
)

// recordOutcome enters a delivery on the household's chain: the second crossing of
// the bridge, and the one that must happen exactly once.
func (w *Workers) recordOutcome() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "record-outcome", Queue: outbox.Critical, Room: relay.Records, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return outcome.Delivered(ctx, tx, m.Ref)
		},
	}
}
