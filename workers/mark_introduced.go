package workers

import (
	"context"
	"time"

	"shanqiao/charities/claim"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/workers/relay"
)

// markIntroduced tells the exchange half that a claim's worker and the family know each other.
func (w *Workers) markIntroduced() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "mark-introduced", Queue: outbox.Critical, Room: relay.Exchange, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return claim.Introduced(ctx, tx, m.Ref)
		},
	}
}
