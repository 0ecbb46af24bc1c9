package workers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
	"shanqiao/workers/relay"
)

// publishTick publishes what can be published safely on one tier. It works in the
// gate's own room, and its inbox note commits with the cards: one tick for a slot.
// A tick that would show somebody fails for good: its reasons are kept outside of
// the transaction that is taken back, for the city's staff, and the message is a
// dead letter at once, since trying again would change nothing.
func (w *Workers) publishTick() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "publish-tick", Queue: outbox.Default, Room: relay.Gate, Timeout: 10 * time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			tier := deid.Tier(m.Ref)
			_, err := gate.Tick(ctx, tx, tier, w.today(), w.Settings(tier))
			var refused *gate.Refused
			if errors.As(err, &refused) {
				w.Log.LogAttrs(ctx, slog.LevelError, "tick refused", slog.String("tier", string(tier)), slog.Int("reasons", len(refused.Reasons)))
				return fault.New(fault.Invalid, "gate.refused").Because(errors.Join(err, gate.Note(ctx, w.Pools.Gate, refused)))
			}
			return err
		},
	}
}
