package workers

import (
	"context"
	"time"

	"shanqiao/charities/claim"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/workers/relay"
)

// endClaim ends the claim whose household took its consent back.
func (w *Workers) endClaim() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "end-claim", Queue: outbox.Critical, Room: relay.Exchange, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return claim.End(ctx, tx, m.Ref, claim.Household, "consent_withdrawn")
		},
	}
}
