package workers

import (
	"context"
	"time"

	"shanqiao/charities/volunteer"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/workers/relay"
)

// renewVolunteers begins a new month for volunteers whose month is over. It looks
// every day, so that a first of the month on which nothing ran is made up for.
func (w *Workers) renewVolunteers() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "renew-volunteers", Queue: outbox.Bulk, Room: relay.Exchange, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, _ relay.Message) error {
			_, err := volunteer.Renew(ctx, tx)
			return err
		},
	}
}
