package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/outcome"
	"shanqiao/workers/relay"
)

// recordListed enters on the household's chain that a card of its need was published.
func (w *Workers) recordListed() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "record-listed", Queue: outbox.Bulk, Room: relay.Records, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return outcome.Listed(ctx, tx, m.Ref)
		},
	}
}
