package workers

import (
	"context"
	"log/slog"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/note"
	"shanqiao/workers/relay"
)

// forgetNotes removes assessors' words whose time is over. It opens none.
func (w *Workers) forgetNotes() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "forget-notes", Queue: outbox.Bulk, Room: relay.Records, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, _ relay.Message) error {
			removed, err := note.Forget(ctx, tx)
			if removed > 0 {
				w.Log.LogAttrs(ctx, slog.LevelInfo, "words removed", slog.Int("notes", removed))
			}
			return err
		},
	}
}
