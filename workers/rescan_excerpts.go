package workers

import (
	"context"
	"log/slog"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/gate"
	"shanqiao/needs/note"
	"shanqiao/workers/relay"
)

// rescanExcerpts reads the assessors' words that are out once more. What is hit
// goes first, through the gate, and is asked about later; a household's own value
// takes the whole cohort with it. Each hit is a transaction of its own.
func (w *Workers) rescanExcerpts() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "rescan-excerpts", Queue: outbox.Default, Room: relay.Records, Timeout: 10 * time.Minute, Retries: 8, External: true},
		Run: func(ctx context.Context, db pg.DB, _ relay.Message) error {
			hits, err := note.Rescan(ctx, db, w.Keys, func(ctx context.Context, h note.Hit) error {
				return gate.TakeBack(ctx, w.Pools.Gate, h.Card, h.Need, string(h.Finding), h.Finding == note.Own)
			})
			if hits > 0 {
				w.Log.LogAttrs(ctx, slog.LevelWarn, "excerpts taken down", slog.Int("hits", hits))
			}
			return err
		},
	}
}
