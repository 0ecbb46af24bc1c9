package relay

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

func TestEveryFaultHasAVerdict(t *testing.T) {
	t.Parallel()
	for _, kind := range fault.Kinds {
		require.Contains(t, verdicts, kind, kind.String())
	}
	require.Len(t, verdicts, len(fault.Kinds))
}

func TestACodeSaysNothingOfTheError(t *testing.T) {
	t.Parallel()
	v, code := judge(errors.New("duplicate key (identity)=(11010519491231002X)"))
	require.Equal(t, retry, v)
	require.Equal(t, "internal", code)
	_, code = judge(fault.New(fault.NotFound, "claim.gone").Because(errors.New("张三")))
	require.Equal(t, "not_found claim.gone", code)
}

func TestAJobInEachRoomRunsOnceHoweverOftenItComes(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records), effect("do-exchange", Exchange), effect("do-gate", Gate))
	for _, half := range halves {
		for _, job := range r.names() {
			r.put(half, job, "r")
			msg := r.one(half, job, "r").MsgID
			for range 3 {
				require.NoError(t, r.handle(t.Context(), half, msg))
				require.Equal(t, 2, r.one(half, job, "r").State)
			}
			// A crash after the work and before the outbox heard of it.
			r.exec(`update ` + string(half) + `.outbox set state = 1, sent_at = now()`)
			require.NoError(t, r.handle(t.Context(), half, msg))
			require.Equal(t, 2, r.one(half, job, "r").State)
		}
	}
	require.Equal(t, 2, r.count(`select count(*) from records.effects`))
	require.Equal(t, 4, r.count(`select count(*) from exchange.effects`))
}

func TestWorkThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	job := effect("do-half", Records)
	broken := true
	job.Run = func(ctx context.Context, db pg.DB, m Message) error {
		if err := leave(ctx, db, Records, m); err != nil || !broken {
			return err
		}
		return errors.New("half way")
	}
	r := newRig(t, job)
	r.put(outbox.Records, "do-half", "r")
	msg := r.one(outbox.Records, "do-half", "r").MsgID
	err := r.handle(t.Context(), outbox.Records, msg)
	require.EqualError(t, err, "internal")
	require.Zero(t, r.count(`select count(*) from records.effects`))
	require.Zero(t, r.count(`select count(*) from records.inbox`))
	broken = false
	require.NoError(t, r.handle(t.Context(), outbox.Records, msg))
	require.Equal(t, 1, r.count(`select count(*) from records.effects`))
}

func TestAJobOnTheRecordsHalfReachesTheWholeCity(t *testing.T) {
	t.Parallel()
	job := effect("do-look", Records)
	job.Run = func(ctx context.Context, db pg.DB, _ Message) error {
		from, err := pg.One[string](ctx, db, errGone, `select current_setting('app.from')`, pg.Args{})
		if err == nil && from != actor.Whole.From {
			err = fault.New(fault.Forbidden, "reach")
		}
		return err
	}
	r := newRig(t, job)
	r.put(outbox.Exchange, "do-look", "r")
	require.NoError(t, r.handle(t.Context(), outbox.Exchange, r.one(outbox.Exchange, "do-look", "r").MsgID))
	require.Equal(t, 2, r.one(outbox.Exchange, "do-look", "r").State)
}

func TestWhatBecomesOfAFailure(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                 string
		err                  error
		state, starts, fails int
		code                 string
		again                bool
	}{
		{"our mistake is tried again and counted", errors.New("x"), 0, 1, 1, "internal", true},
		{"a neighbour's trouble is tried again and not counted", fault.New(fault.Unavailable, "index.down"), 0, 0, 0, "unavailable index.down", true},
		{"too many is tried again and not counted", fault.New(fault.TooMany, "slow"), 0, 0, 0, "too_many slow", true},
		{"nonsense is a dead letter", fault.New(fault.Invalid, "bad"), 3, 1, 1, "invalid bad", false},
		{"what is forbidden is a dead letter", fault.New(fault.Forbidden, "no"), 3, 1, 1, "forbidden no", false},
		{"what is gone is done, and says so", fault.New(fault.NotFound, "claim.gone"), 2, 1, 0, "not_found claim.gone", false},
		{"what somebody did already is done", fault.New(fault.Conflict, "claim.moved"), 2, 1, 0, "conflict claim.moved", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, always("do-fail", func() error { return c.err }))
			r.put(outbox.Records, "do-fail", "r")
			err := r.handle(t.Context(), outbox.Records, r.one(outbox.Records, "do-fail", "r").MsgID)
			require.Equal(t, c.again, err != nil)
			s := r.one(outbox.Records, "do-fail", "r")
			require.Equal(t, []any{c.state, c.starts, c.fails, c.code}, []any{s.State, s.Starts, s.Fails, s.Code})
		})
	}
}

func TestAJobThatAlwaysFailsBecomesADeadLetter(t *testing.T) {
	t.Parallel()
	runs := 0
	r := newRig(t, always("do-fail", func() error { runs++; return errors.New("x") }))
	r.put(outbox.Records, "do-fail", "r")
	require.NoError(t, r.Drain(t.Context()))
	s := r.one(outbox.Records, "do-fail", "r")
	require.Equal(t, 3, s.State)
	require.Equal(t, 9, s.Fails)
	require.Equal(t, 9, runs)
}

func TestAPanicIsAFailureAndItsWordsAreNotLogged(t *testing.T) {
	t.Parallel()
	r := newRig(t, always("do-panic", func() error { panic("张三 11010519491231002X") }))
	r.put(outbox.Records, "do-panic", "r")
	err := r.handle(t.Context(), outbox.Records, r.one(outbox.Records, "do-panic", "r").MsgID)
	require.EqualError(t, err, "internal panic")
	require.NotContains(t, r.noise.String(), "张三")
	require.Contains(t, r.noise.String(), "handle_test.go")
}

func TestAMessageThatKillsItsProcessIsPoison(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-kill", Records))
	r.put(outbox.Records, "do-kill", "r")
	msg := r.one(outbox.Records, "do-kill", "r").MsgID
	for range 3 { // started, and never heard of again
		_, err := r.start(t.Context(), outbox.Records, msg)
		require.NoError(t, err)
	}
	require.NoError(t, r.handle(t.Context(), outbox.Records, msg))
	s := r.one(outbox.Records, "do-kill", "r")
	require.Equal(t, 3, s.State)
	require.Equal(t, "poison", s.Code)
	require.Zero(t, r.count(`select count(*) from records.effects`))
}

func TestWorkForACancelledMessageIsUndone(t *testing.T) {
	t.Parallel()
	job := effect("do-slow", Records)
	var r *rig
	job.Run = func(ctx context.Context, db pg.DB, m Message) error {
		r.exec(`update records.outbox set state = 4`)
		return leave(ctx, db, Records, m)
	}
	r = newRig(t, job)
	r.put(outbox.Records, "do-slow", "r")
	require.NoError(t, r.handle(t.Context(), outbox.Records, r.one(outbox.Records, "do-slow", "r").MsgID))
	require.Equal(t, 4, r.one(outbox.Records, "do-slow", "r").State)
	require.Zero(t, r.count(`select count(*) from records.effects`))
}

func TestFiveCopiesAtOnceHaveOneEffect(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-once", Records))
	r.put(outbox.Exchange, "do-once", refs(20)...)
	msgs, err := pg.Many[row](t.Context(), r.Pools.Exchange, `
		select msg_id, kind, queue, ref, payload, gen, starts, fails, '' as epoch from exchange.outbox`, pg.Args{})
	require.NoError(t, err)
	errs := make(chan error, 100)
	for _, m := range msgs {
		for range 5 {
			go func() { errs <- r.handle(t.Context(), outbox.Exchange, m.MsgID) }()
		}
	}
	for range cap(errs) {
		require.NoError(t, <-errs)
	}
	require.Equal(t, 20, r.count(`select count(*) from records.effects`))
	require.Equal(t, 20, r.count(`select count(*) from exchange.outbox where state = 2`))
}
