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

// withdrawCards takes down the cards of a need that was withdrawn, and has the
// claims on them ended. Only the gate knows both the need and its cards, and it
// may not touch a claim: stop-claims does that on the exchange half.
func (w *Workers) withdrawCards() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "withdraw-cards", Queue: outbox.Critical, Room: relay.Gate, Timeout: time.Minute, Retries: 8},
		Run: func(ctx context.Context, tx pg.DB, m relay.Message) error {
			if err := gate.Withdraw(ctx, tx, needs.ID(m.Ref)); err != nil {
				return err
			}
			return stopClaimsOf(ctx, tx, needs.ID(m.Ref))
		},
	}
}

// stopClaimsOf writes one job for each card that the need ever had: a claim
// outlives the card's time on the list.
func stopClaimsOf(ctx context.Context, tx pg.DB, need needs.ID) error {
	cards, err := pg.Many[string](ctx, tx, `
		select card_id from records.listings where need_id = @need order by card_id`, pg.Args{"need": need})
	if err != nil {
		return err
	}
	jobs := make([]outbox.Fact, len(cards))
	for i, card := range cards {
		jobs[i] = outbox.Fact{Kind: "stop-claims", Ref: card, Queue: outbox.Critical}
	}
	return outbox.Append(ctx, tx, outbox.Exchange, jobs...)
}
