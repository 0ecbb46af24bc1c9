package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/workers/relay"
)

// proposeMatches asks the matcher who could help with one card. Proposals are keyed
// by card and offer, so a second run refreshes them.
func (w *Workers) proposeMatches() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "propose-matches", Queue: outbox.Default, Room: relay.Exchange, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return w.Online.Propose(ctx, tx, deid.CardID(m.Ref), w.Now())
		},
	}
}
