package workers

import (
	"context"
	"time"

	"shanqiao/charities/claim"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/workers/relay"
)

// stopClaims ends every open claim on a card whose need was withdrawn.
func (w *Workers) stopClaims() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "stop-claims", Queue: outbox.Critical, Room: relay.Exchange, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return claim.EndAll(ctx, tx, []string{m.Ref}, claim.Staff, "need_withdrawn")
		},
	}
}
