package outbox_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pgtest"
)

func TestADeadLetterIsDecidedOnce(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Records
	by := actor.Administrator{Account: "boss"}
	require.NoError(t, outbox.Append(t.Context(), db, outbox.Records,
		outbox.Fact{Kind: "do-a", Ref: "a"}, outbox.Fact{Kind: "do-a", Ref: "b"}, outbox.Fact{Kind: "do-a", Ref: "waiting"}))
	_, err := p.Admin.Exec(t.Context(), `update records.outbox set state = 3, last_code = 'poison', fails = 2, gen = 3 where ref <> 'waiting'`)
	require.NoError(t, err)
	letters, err := outbox.Dead(t.Context(), db, outbox.Records, 10)
	require.NoError(t, err)
	require.Len(t, letters, 2)
	require.Equal(t, "poison", letters[0].Code)

	require.NoError(t, outbox.Retry(t.Context(), db, outbox.Records, letters[0].Msg))
	require.Equal(t, fault.Conflict, fault.Of(outbox.Retry(t.Context(), db, outbox.Records, letters[0].Msg)))
	require.NoError(t, outbox.Cancel(t.Context(), db, outbox.Records, by, letters[1].Msg))
	require.Equal(t, fault.Conflict, fault.Of(outbox.Cancel(t.Context(), db, outbox.Records, by, letters[1].Msg)))
	require.Equal(t, fault.NotFound, fault.Of(outbox.Retry(t.Context(), db, outbox.Records, uuid.New())))

	var code string
	require.NoError(t, p.Admin.QueryRow(t.Context(), `select last_code from records.outbox where state = 4`).Scan(&code))
	require.Equal(t, "poison cancelled_by:boss", code)
}

func TestAFactWithTheSameKeyIsOneFact(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	for range 3 {
		require.NoError(t, outbox.Append(t.Context(), p.Pools.Exchange, outbox.Exchange, outbox.Fact{Kind: "thing.happened", Ref: "a"}))
	}
	var n int
	require.NoError(t, p.Admin.QueryRow(t.Context(), `select count(*) from exchange.outbox`).Scan(&n))
	require.Equal(t, 1, n)
}

func TestABacklogSaysHowLongTheOldestWaits(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Records
	require.NoError(t, outbox.Append(t.Context(), db, outbox.Records,
		outbox.Fact{Kind: "do-a", Ref: "a"}, outbox.Fact{Kind: "do-a", Ref: "b"},
		outbox.Fact{Kind: "do-a", Ref: "later", After: time.Now().Add(time.Hour)},
		outbox.Fact{Kind: "do-a", Ref: "dead", Queue: outbox.Bulk}, outbox.Fact{Kind: "do-a", Ref: "done", Queue: outbox.Index}))
	_, err := p.Admin.Exec(t.Context(), `
		update records.outbox set created_at = now() - interval '90 seconds', not_before = now() - interval '90 seconds' where ref = 'a';
		update records.outbox set state = 3 where ref = 'dead';
		update records.outbox set state = 2 where ref = 'done'`)
	require.NoError(t, err)
	queues, err := outbox.Backlog(t.Context(), db, outbox.Records)
	require.NoError(t, err)
	require.Len(t, queues, 2)
	require.Equal(t, outbox.Queued{Queue: outbox.Bulk, Dead: 1}, queues[0])
	require.Equal(t, 3, queues[1].Waiting)
	require.InDelta(t, 90, queues[1].Oldest.Seconds(), 20)
}
