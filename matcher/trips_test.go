package matcher_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"shanqiao/matcher"
)

// travelled counts the trips to Postgres in a transaction, without its begin and end.
type travelled struct {
	pgx.Tx
	trips *int
}

func (t travelled) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := t.Tx.Begin(ctx)
	return travelled{tx, t.trips}, err
}

func (t travelled) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	*t.trips++
	return t.Tx.Query(ctx, sql, args...)
}

func (t travelled) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	*t.trips++
	return t.Tx.SendBatch(ctx, b)
}

func TestAnAnswerIsTwoTrips(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	o := w.offer(w.organisation("verified"))
	k := w.card()
	memory := w.process().Online
	for name, c := range map[string]struct {
		from  *matcher.Online
		trips int
	}{"from memory": {memory, 2}, "from Postgres": {nil, 3}} {
		tx, err := w.Pools.Exchange.Begin(t.Context())
		require.NoError(t, err)
		trips := 0
		found, err := c.from.Candidates(t.Context(), travelled{tx, &trips}, k.ID, at)
		require.NoError(t, err)
		require.NoError(t, tx.Rollback(t.Context()))
		require.Len(t, found, 1, name)
		require.Equal(t, o.ID, found[0].Offer.ID, name)
		require.Equal(t, c.trips, trips, name)
	}
}
