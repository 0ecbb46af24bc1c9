package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
	"shanqiao/workers/relay"
)

// publishTick publishes what can be published safely on one tier. It works in the
// gate's own room, and its inbox note commits with the cards: one tick for a slot.
func (w *Workers) publishTick() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "publish-tick", Queue: outbox.Default, Room: relay.Gate, Timeout: 10 * time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			tier := deid.Tier(m.Ref)
			_, err := gate.Tick(ctx, tx, tier, w.today(), w.Settings(tier))
			return err
		},
	}
}
