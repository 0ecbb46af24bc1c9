package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/assessment"
	"shanqiao/workers/relay"
)

// expireNeeds ends the needs whose window is over and for which nobody came. Each
// ends in a transaction of its own, so the job has none; what has ended does not
// end a second time.
func (w *Workers) expireNeeds() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "expire-needs", Queue: outbox.Default, Room: relay.Records, Timeout: 10 * time.Minute, Retries: 8, External: true},
		Run: func(ctx context.Context, db pg.DB, _ relay.Message) error {
			_, err := assessment.Expire(ctx, db, w.today())
			return err
		},
	}
}
