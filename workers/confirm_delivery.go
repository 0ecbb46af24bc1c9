package workers

import (
	"context"
	"time"

	"shanqiao/charities/delivery"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/workers/relay"
)

// confirmDelivery tells the exchange half what the household said of a delivery.
func (w *Workers) confirmDelivery() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "confirm-delivery", Queue: outbox.Default, Room: relay.Exchange, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return delivery.Confirmed(ctx, tx, m.Ref, delivery.Answer(m.Payload["answer"]))
		},
	}
}
