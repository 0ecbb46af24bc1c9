package gate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
)

func TestForesee(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	exec := func(sql string, args pg.Args) {
		t.Helper()
		_, err := p.Admin.Exec(t.Context(), sql, args)
		require.NoError(t, err)
	}
	officer := actor.Officer{Account: "second", Level: actor.SubdistrictRole, Region: "110107001"}
	see := func(by actor.Officer, need needs.ID) (gate.Preview, error) {
		return gate.Foresee(t.Context(), p.Pools.Gate, by, need, day)
	}
	draft := settle(t, p.Admin, "110107001", "bathing", 3, 1)[0]
	exec(`update records.needs set state = 'draft', approved_by = null, approved_at = null where id = @need`, pg.Args{"need": draft})
	settle(t, p.Admin, "110107002", "bathing", 3, 6)
	settle(t, p.Admin, "110107002", "cleaning", 3, 20)

	seen, err := see(officer, draft)
	require.NoError(t, err)
	require.Equal(t, "110107001", seen.Home.Region)
	require.Equal(t, 1, seen.Home.Size)
	require.Equal(t, "110107", seen.Direct.Area)
	require.Contains(t, seen.Direct.SentenceZh, "石景山区")
	require.Len(t, seen.Tiers, 2)
	verified, public := seen.Tiers[0], seen.Tiers[1]
	require.Equal(t, deid.Verified, verified.Tier)
	require.True(t, verified.Placed)
	require.Equal(t, 7, verified.Households)
	require.Equal(t, needs.Code("bathing"), verified.Card.Code)
	require.Contains(t, verified.Card.SentenceEn, "bathing")
	require.Equal(t, deid.Public, public.Tier)
	require.False(t, public.Placed, "seven of eleven")
	require.Equal(t, deid.Reason{Why: deid.Few, Least: 11}, public.Waits)
	require.Empty(t, public.Card)

	t.Run("what the foreseen says is what the tick then writes", func(t *testing.T) {
		exec(`update records.needs set state = 'approved', approved_by = 'second', approved_at = now() where id = @need`, pg.Args{"need": draft})
		again, err := see(officer, draft)
		require.NoError(t, err)
		require.Equal(t, verified, again.Tiers[0], "it is not counted twice once it waits")
		_, err = tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		written, err := pg.One[string](t.Context(), p.Admin, nil, `
			select c.sentence_zh
			  from exchange.cards c
			  join records.listings l on l.card_id = c.id
			 where l.need_id = @need`, pg.Args{"need": draft})
		require.NoError(t, err)
		require.Equal(t, verified.Card.SentenceZh, written)
	})
	t.Run("a district that asks for more is heard", func(t *testing.T) {
		other := settle(t, p.Admin, "110107001", "cleaning", 3, 1)[0]
		district := actor.Officer{Account: "district", Level: actor.DistrictRole, Region: "110107"}
		require.NoError(t, gate.Set(t.Context(), p.Pools.Gate, district, gate.Setting{Tier: deid.Verified, Region: "110107",
			K: 60, KMap: 20, L: 3, MostShare: 60, MostListed: 50, Source: "区民政局通知", Since: day}))
		seen, err := see(district, other)
		require.NoError(t, err)
		require.Equal(t, 60, seen.Tiers[0].Asked.K)
		require.Equal(t, deid.Reason{Why: deid.Few, Least: 60}, seen.Tiers[0].Waits)
		require.Equal(t, 5, seen.Tiers[0].Shipped.K)
	})
	t.Run("the urgent waits for no cohort", func(t *testing.T) {
		urgent := settle(t, p.Admin, "110107001", "meals", 1, 1)[0]
		seen, err := see(officer, urgent)
		require.NoError(t, err)
		require.Empty(t, seen.Tiers)
		require.Equal(t, deid.Now, seen.Direct.Urgency)
	})
	t.Run("another's need is not there, and what is over has nothing ahead", func(t *testing.T) {
		for _, by := range []actor.Officer{
			{Account: "x", Level: actor.SubdistrictRole, Region: "110107002"},
			{Account: "x", Level: actor.DistrictRole, Region: "110101"},
		} {
			_, err := see(by, draft)
			require.Equal(t, fault.NotFound, fault.Of(err))
		}
		_, err := see(officer, needs.ID(id.New()))
		require.Equal(t, fault.NotFound, fault.Of(err))
		exec(`update records.needs set state = 'withdrawn' where id = @need`, pg.Args{"need": draft})
		_, err = see(officer, draft)
		require.Equal(t, fault.Conflict, fault.Of(err))
	})
}

func TestALookAheadLeavesRoom(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	need := settle(t, p.Admin, "110107001", "bathing", 3, 1)[0]
	officer := actor.Officer{Account: "second", Level: actor.SubdistrictRole, Region: "110107001"}
	block, err := p.Admin.Begin(t.Context())
	require.NoError(t, err)
	_, err = block.Exec(t.Context(), `lock table records.members in access exclusive mode`)
	require.NoError(t, err)
	const many = 8
	done := make(chan error, many)
	for range many {
		go func() {
			_, err := gate.Foresee(t.Context(), p.Pools.Gate, officer, need, day)
			done <- err
		}()
	}
	require.Eventually(t, func() bool {
		return count(t, p.Admin, `select count(*)::int from pg_locks where relation = 'records.members'::regclass and not granted`) == 1
	}, time.Minute, time.Millisecond)
	require.LessOrEqual(t, p.Pools.Gate.Stat().AcquiredConns(), int32(1), "whoever takes a need down finds a connection")
	require.NoError(t, gate.Withdraw(t.Context(), p.Pools.Gate, need))
	require.NoError(t, block.Commit(t.Context()))
	for range many {
		require.NoError(t, <-done)
	}
}
