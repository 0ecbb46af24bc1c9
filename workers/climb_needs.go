package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/unclaimed"
	"shanqiao/workers/relay"
)

// climbNeeds takes the next step for needs that nobody took in time. Each need is
// a transaction of its own, so the job has none; a step is taken once however
// often it runs.
func (w *Workers) climbNeeds() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "climb-needs", Queue: outbox.Default, Room: relay.Records, Timeout: 10 * time.Minute, Retries: 8, External: true},
		Run: func(ctx context.Context, db pg.DB, _ relay.Message) error {
			_, err := unclaimed.Climb(ctx, db, w.Now())
			return err
		},
	}
}
