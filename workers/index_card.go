package workers

import (
	"context"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/workers/relay"
)

var errUnfit = fault.New(fault.Invalid, "jobs.card_unfit")

// indexCard tells the index what a card says now. The card is read when the job
// runs and the index refuses versions older than it knows, so neither a second
// run nor one that comes late can bring back what has gone. It is done when a
// search would see it, not when the index has promised to.
func (w *Workers) indexCard() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "index-card", Queue: outbox.Index, Room: relay.Exchange, Timeout: time.Minute, Retries: 8, External: true},
		Run: func(ctx context.Context, db pg.DB, m relay.Message) error {
			cards, err := cardsByID(ctx, db, []string{m.Ref})
			if err != nil {
				return err
			}
			for _, c := range cards {
				if ix := w.indexOf(c.Tier); ix != nil {
					return tell(ctx, ix, cards)
				}
			}
			return nil
		},
	}
}

// indexOf is the index of a tier; direct cards have none.
func (w *Workers) indexOf(tier deid.Tier) index.Index {
	for _, ix := range w.Indexes {
		if ix.Tier() == tier {
			return ix
		}
	}
	return nil
}

// tell gives cards of one tier to their index and waits until it shows them.
func tell(ctx context.Context, ix index.Index, cards []deid.Card) error {
	changes := make([]index.Change, len(cards))
	for i, c := range cards {
		changes[i] = index.ChangeOf(c)
	}
	return apply(ctx, ix, changes)
}

func apply(ctx context.Context, ix index.Index, changes []index.Change) error {
	receipt, err := ix.Apply(ctx, changes)
	if err != nil {
		return err
	}
	if err := ix.WaitVisible(ctx, receipt); err != nil {
		return err
	}
	for _, result := range receipt.Items {
		if result == index.Rejected {
			return errUnfit
		}
	}
	return nil
}

const cardColumns = `id, tier, area, age, size, category, need_group as "group", code, quantity, urgency,
       committed, delivered, window_from, window_to, sentence_zh, sentence_en, tick, state, version`

func cardsByID(ctx context.Context, db pg.DB, ids []string) ([]deid.Card, error) {
	return pg.Many[deid.Card](ctx, db, `
		select `+cardColumns+`
		  from exchange.cards
		 where id = any(@ids)`, pg.Args{"ids": ids})
}
