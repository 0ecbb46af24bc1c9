package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/matcher"
	"shanqiao/needs/deid"
	"shanqiao/workers/relay"
)

// notifyNear puts a card before those whose offers nearly fit it. An organisation
// is told once of a card, however often it runs.
func (w *Workers) notifyNear() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "notify-near", Queue: outbox.Default, Room: relay.Exchange, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return matcher.Notify(ctx, tx, deid.CardID(m.Ref), w.Now())
		},
	}
}
