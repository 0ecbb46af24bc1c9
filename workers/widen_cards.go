package workers

import (
	"context"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/gate"
	"shanqiao/workers/relay"
)

// widenCards gives the step of a need to its cards. Only the gate knows both.
func (w *Workers) widenCards() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "widen-cards", Queue: outbox.Default, Room: relay.Gate, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return gate.Widen(ctx, tx, needs.ID(m.Ref))
		},
	}
}

// carrySteps gives a new card the steps that its need has behind it.
func (w *Workers) carrySteps() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "carry-steps", Queue: outbox.Default, Room: relay.Gate, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			return gate.WidenListed(ctx, tx, m.Ref)
		},
	}
}
