package workers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/workers/relay"
)

// indexReconcile compares the indexes with Postgres and mends what differs,
// whatever it was that a job did not do.
func (w *Workers) indexReconcile() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: "index-reconcile", Queue: outbox.Bulk, Room: relay.Exchange, Timeout: 5 * time.Minute, Retries: 8, External: true},
		Run:  func(ctx context.Context, _ pg.DB, _ relay.Message) error { return w.Reconcile(ctx) },
	}
}

// Reconcile makes every index say what Postgres says: it adds what is missing,
// renews what is old and removes what has gone. An empty index is filled by it,
// so a process with an index of its own calls it once at its start.
func (w *Workers) Reconcile(ctx context.Context) error {
	for _, ix := range w.Indexes {
		if err := reconcile(ctx, w.Pools.Exchange, ix); err != nil {
			return fmt.Errorf("reconcile the %s index: %w", ix.Tier(), err)
		}
	}
	return nil
}

// portion is how many cards are compared or mended at a time.
const portion = 500

func reconcile(ctx context.Context, db pg.DB, ix index.Index) error {
	// The index is read before Postgres: what changes in between is at worst
	// told twice, and never taken for something that should go.
	held, err := manifest(ctx, ix)
	if err != nil {
		return err
	}
	rows, err := pg.Many[index.DocVersion](ctx, db, `
		select id, version
		  from exchange.cards
		 where tier = @tier and state = 'open' and committed < quantity`, pg.Args{"tier": string(ix.Tier())})
	if err != nil {
		return err
	}
	var differ []string
	for _, row := range rows {
		if version, known := held[row.ID]; !known || version < row.Version {
			differ = append(differ, row.ID)
		}
		delete(held, row.ID)
	}
	for id := range held {
		differ = append(differ, id)
	}
	slices.Sort(differ)
	for ids := range slices.Chunk(differ, portion) {
		if err := mend(ctx, db, ix, ids, held); err != nil {
			return err
		}
	}
	return nil
}

// mend tells the index about cards that differ. One that Postgres does not know
// at all, or knows in another tier, goes.
func mend(ctx context.Context, db pg.DB, ix index.Index, ids []string, held map[string]int64) error {
	cards, err := cardsByID(ctx, db, ids)
	if err != nil {
		return err
	}
	known := map[deid.CardID]bool{}
	var changes []index.Change
	for _, c := range cards {
		if c.Tier == ix.Tier() {
			known[c.ID] = true
			changes = append(changes, index.ChangeOf(c))
		}
	}
	for _, id := range ids {
		if !known[deid.CardID(id)] {
			changes = append(changes, index.Change{ID: id, Version: held[id] + 1, Delete: true})
		}
	}
	return apply(ctx, ix, changes)
}

// manifest is every document that an index holds, with its version.
func manifest(ctx context.Context, ix index.Index) (map[string]int64, error) {
	held := map[string]int64{}
	after := ""
	for {
		page, err := ix.Manifest(ctx, after, portion)
		if err != nil {
			return nil, err
		}
		for _, d := range page {
			held[d.ID] = d.Version
		}
		if len(page) < portion {
			return held, nil
		}
		after = page[len(page)-1].ID
	}
}
