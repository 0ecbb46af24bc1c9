package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/outcome"
	"shanqiao/workers/relay"
)

// recordUnlisted enters that a card left the exchange half.
func (w *Workers) recordUnlisted() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "record-unlisted", Queue: outbox.Default, Room: relay.Records, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return outcome.Unlisted(ctx, tx, m.Ref)
		},
	}
}
