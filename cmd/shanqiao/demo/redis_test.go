package demo_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/pg"
	"shanqiao/internal/redistest"
	"shanqiao/portal/portaltest"
	"shanqiao/workers"
)

// TestRedisDies kills Redis and wipes its data each time the city waits for
// work to be done, while that work is on its way.
func TestRedisDies(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	bell := redistest.New(t)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	w := &workers.Workers{Pools: site.Pools, Now: time.Now, Log: log,
		Redis: &redis.Options{Addr: bell.Addr(), Password: bell.Password()}, Private: true}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()

	var deaths atomic.Int32
	account, err := demo.Load(t.Context(), demo.City{Pools: site.Pools, Keys: site.Keys, At: time.Now(), Log: log, Says: t.Output(),
		Drain: func(ctx context.Context) error {
			bell.Kill()
			bell.Wipe()
			bell.Start()
			deaths.Add(1)
			return settled(ctx, site)
		}}, demo.Options{Households: 240, Seed: 5})
	require.NoError(t, err)
	stop()
	require.NoError(t, <-done)

	require.GreaterOrEqual(t, deaths.Load(), int32(6))
	require.Positive(t, account.Deliveries)
	require.Equal(t, account.Deliveries, account.Outcomes, "each delivery stands on a chain once")
	require.True(t, account.Chain.OK(), account.Chain.Text())
	for what, sql := range map[string]string{
		"a message that is not done": `
			select count(*)::int from (select state from records.outbox union all select state from exchange.outbox) o
			 where state not in (2, 4)`,
		"a delivery that stands on a chain twice or not at all": `
			select count(*)::int from exchange.deliveries d
			 where (select count(*) from records.chain_entries e
			         where e.kind = 'delivered' and e.payload like '%' || d.id || '%') <> 1`,
		"a listing that its chain does not tell of": `
			select count(*)::int from records.listings l
			 where l.tier = 'verified' and not exists (
			       select from records.chain_entries e where e.household_id = l.household_id and e.kind = 'published')`,
	} {
		n, err := pg.One[int](t.Context(), site.Admin, nil, sql, pg.Args{})
		require.NoError(t, err)
		require.Zero(t, n, what)
	}
}
