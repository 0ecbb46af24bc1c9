package workers

import (
	"context"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/workers/relay"
)

// proposeForOffer looks again at the cards that a new or changed offer could help with.
func (w *Workers) proposeForOffer() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "propose-for-offer", Queue: outbox.Default, Room: relay.Exchange, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return w.Online.ProposeForOffer(ctx, tx, charities.OfferID(m.Ref), w.Now())
		},
	}
}
