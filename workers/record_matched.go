package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/outcome"
	"shanqiao/workers/relay"
)

// recordMatched enters that help was found that suits a card.
func (w *Workers) recordMatched() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "record-matched", Queue: outbox.Bulk, Room: relay.Records, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return outcome.Matched(ctx, tx, m.Ref)
		},
	}
}
