package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/card"
	"shanqiao/workers/relay"
)

// indexCard tells the index what a card says now. The index refuses versions
// older than it knows, so neither a second run nor one that comes late brings
// back what has gone. It is done when a search would see it.
func (w *Workers) indexCard() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "index-card", Queue: outbox.Index, Room: relay.Exchange, Timeout: time.Minute, Retries: 8, External: true},
		Run: func(ctx context.Context, db pg.DB, m relay.Message) error {
			return card.Reindex(ctx, db, w.Index, m.Ref)
		},
	}
}
