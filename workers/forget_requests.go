package workers

import (
	"context"
	"time"

	"shanqiao/charities/request"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/workers/relay"
)

// forgetRequests drops the stored answers of requests that nobody will repeat any more.
func (w *Workers) forgetRequests() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "forget-requests", Queue: outbox.Bulk, Room: relay.Exchange, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, _ relay.Message) error {
			_, err := request.Forget(ctx, tx, w.Now())
			return err
		},
	}
}
