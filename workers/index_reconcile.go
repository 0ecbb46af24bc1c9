package workers

import (
	"context"
	"log/slog"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/card"
	"shanqiao/needs/index"
	"shanqiao/workers/relay"
)

// indexReconcile compares the indexes with Postgres and mends what differs,
// whatever it was that a job did not do. A card that could be found although it
// had been taken down is worth a line in the log.
func (w *Workers) indexReconcile() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "index-reconcile", Queue: outbox.Bulk, Room: relay.Exchange, Timeout: 5 * time.Minute, Retries: 8, External: true},
		Run: func(ctx context.Context, db pg.DB, _ relay.Message) error {
			for _, ix := range w.Index.All() {
				if ix == nil {
					continue // indexed elsewhere
				}
				drift, err := card.Reconcile(ctx, db, ix)
				if err != nil {
					return err
				}
				if drift.Any() {
					w.Log.LogAttrs(ctx, slog.LevelWarn, "index mended", slog.String("tier", string(ix.Tier())),
						slog.Int("missing", drift.Missing), slog.Int("stale", drift.Stale), slog.Int("orphans", drift.Orphans),
						slog.Int("held", drift.Held), slog.Int("wanted", drift.Wanted), slog.Bool("wiped", drift.Wiped))
				}
			}
			return index.Forget(ctx, db)
		},
	}
}
