package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/outcome"
	"shanqiao/workers/relay"
)

// recordClaimed enters that an organisation asked to help.
func (w *Workers) recordClaimed() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "record-claimed", Queue: outbox.Default, Room: relay.Records, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return outcome.Claimed(ctx, tx, m.Ref)
		},
	}
}
