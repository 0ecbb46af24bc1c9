package pg

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Batch gathers queries that do not wait for each other's answers.
type Batch struct{ queue pgx.Batch }

// Together sends everything that ask puts into a batch to Postgres in one trip.
// The answers are handed over in the order in which they were asked, all of them
// before Together returns; the first that fails is the last that is handed over.
func Together(ctx context.Context, db DB, ask func(b *Batch)) error {
	var b Batch
	ask(&b)
	return unavailable(db.SendBatch(ctx, &b.queue).Close())
}

// Each asks for rows, which are handed over one by one as Ts, by column name.
func Each[T any](b *Batch, sql string, args Args, give func(T)) {
	b.queue.Queue(sql, args).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			t, err := scan[T](rows)
			if err != nil {
				return err
			}
			give(t)
		}
		return rows.Err()
	})
}

// Only asks for exactly one row, as One does. No row is the error none.
func Only[T any](b *Batch, none error, sql string, args Args, give func(T)) {
	b.queue.Queue(sql, args).Query(func(rows pgx.Rows) error {
		t, err := exactlyOne[T](rows, none)
		if err == nil {
			give(t)
		}
		return err
	})
}
