package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/chain"
	"shanqiao/workers/relay"
)

// chainCheckpoint signs the ends of all chains into the ledger, which lies outside the
// database. A second run signs what grew since, which may be nothing.
func (w *Workers) chainCheckpoint() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "chain-checkpoint", Queue: outbox.Bulk, Room: relay.Records, Timeout: 5 * time.Minute, Retries: 8, External: true},
		Run: func(ctx context.Context, _ pg.DB, _ relay.Message) error {
			_, err := chain.Checkpoint(ctx, w.Pools.Audit, w.Ledger)
			return err
		},
	}
}
