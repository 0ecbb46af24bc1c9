package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/outcome"
	"shanqiao/workers/relay"
)

// recordAnswered enters what became of a claim, and ends what must end with it.
func (w *Workers) recordAnswered() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "record-answered", Queue: outbox.Critical, Room: relay.Records, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return outcome.Answered(ctx, tx, m.Ref)
		},
	}
}
