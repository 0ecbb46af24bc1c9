package relay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/civil"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

func TestTwoSchedulersMakeOneJobPerSlot(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records), effect("do-tick", Exchange))
	r.Schedules = []Schedule{
		{Job: "do-records", Half: outbox.Records, Every: day, At: 2 * time.Hour},
		{Job: "do-tick", Ref: "public", Half: outbox.Exchange, Every: time.Hour},
		{Job: "do-tick", Ref: "verified", Half: outbox.Exchange, Every: time.Hour},
	}
	one, two := r.again(), r.again()
	require.NoError(t, one.prepare())
	require.NoError(t, two.prepare())
	now := time.Date(2026, 3, 1, 1, 59, 0, 0, civil.Beijing)
	for range 25 {
		errs := make(chan error, 2)
		for _, relay := range []*Relay{one, two} {
			go func() { errs <- relay.plan(t.Context(), now) }()
		}
		require.NoError(t, <-errs)
		require.NoError(t, <-errs)
		now = now.Add(time.Hour)
	}
	require.Equal(t, 2, r.count(`select count(*) from records.outbox`)) // yesterday's and today's 02:00
	require.Equal(t, 50, r.count(`select count(*) from exchange.outbox`))
	m, err := pg.One[row](t.Context(), r.db.Admin, errGone, `
		select msg_id, kind, queue, ref, payload, gen, starts, fails, '' as epoch
		  from records.outbox order by dedupe_key limit 1`, pg.Args{})
	require.NoError(t, err)
	at, err := SlotOf(m.message(outbox.Records))
	require.NoError(t, err)
	require.True(t, at.Equal(time.Date(2026, 2, 28, 2, 0, 0, 0, civil.Beijing)))
}

func TestSlots(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, civil.Beijing)
		require.NoError(t, err)
		return v
	}
	nightly := Schedule{Every: day, At: 2 * time.Hour}
	quarterly := Schedule{Every: 15 * time.Minute, At: 5 * time.Minute}
	for _, c := range []struct {
		s         Schedule
		now, want string
	}{
		{nightly, "2026-03-01 02:00", "2026-03-01 02:00"},
		{nightly, "2026-03-01 01:59", "2026-02-28 02:00"},
		{nightly, "2026-01-01 00:00", "2025-12-31 02:00"},
		{nightly, "2026-03-01 23:59", "2026-03-01 02:00"},
		{quarterly, "2026-03-01 00:04", "2026-02-28 23:50"},
		{quarterly, "2026-03-01 00:05", "2026-03-01 00:05"},
		{quarterly, "2026-03-01 12:19", "2026-03-01 12:05"},
	} {
		require.Equal(t, at(c.want), c.s.Slot(at(c.now).UTC()), c.now)
	}
}
