package relay

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

const (
	allDone = `select count(*) from exchange.outbox where kind = 'do-records' and state = 2`
	effects = `select count(*) from records.effects`
	twice   = `select count(*) from (select ref from records.effects group by ref having count(*) > 1) d`
)

func TestAFactBecomesItsJobsOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records), effect("do-exchange", Exchange))
	r.Table = Table{"thing.happened": {"do-records", "do-exchange"}, "thing.ignored": nil}
	r.put(outbox.Exchange, "thing.happened", "a", "b")
	r.put(outbox.Exchange, "thing.ignored", "a")
	done := make(chan error, 4)
	for range cap(done) {
		go func() { _, err := r.expand(t.Context(), outbox.Exchange); done <- err }()
	}
	for range cap(done) {
		require.NoError(t, <-done)
	}
	require.Equal(t, 4, r.count(`select count(*) from exchange.outbox where kind like 'do-%' and state = 0`))
	require.Equal(t, 3, r.count(`select count(*) from exchange.outbox where kind like 'thing.%' and state = 2`))
	fact := r.one(outbox.Exchange, "thing.happened", "a").MsgID
	require.Equal(t, 1, r.count(`select count(*) from exchange.outbox where dedupe_key = '`+fact.String()+`:do-records'`))
}

func TestAnUnknownFactWaitsAndIsThenADeadLetter(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.put(outbox.Records, "thing.invented", "a")
	for range strangeTries {
		require.Zero(t, r.one(outbox.Records, "thing.invented", "a").State)
		_, err := r.expand(t.Context(), outbox.Records)
		require.NoError(t, err)
		r.exec(`update records.outbox set not_before = now()`)
	}
	s := r.one(outbox.Records, "thing.invented", "a")
	require.Equal(t, 3, s.State)
	require.Equal(t, "unknown_fact", s.Code)
}

func TestAJobOfANewerProgramIsLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.put(outbox.Records, "do-future", "a")
	require.NoError(t, r.Drain(t.Context()))
	require.Zero(t, r.one(outbox.Records, "do-future", "a").State)
}

func TestDrainDoesEverythingWithoutRedis(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records), effect("do-exchange", Exchange))
	r.Table = Table{"thing.happened": {"do-records", "do-exchange"}}
	r.put(outbox.Exchange, "thing.happened", refs(300)...)
	r.put(outbox.Records, "thing.happened", refs(300)...)
	begun := time.Now()
	errs := make(chan error, 2)
	for range cap(errs) { // two at once do no more than one
		go func() { errs <- r.Drain(t.Context()) }()
	}
	for range cap(errs) {
		require.NoError(t, <-errs)
	}
	t.Logf("1,200 jobs by two drains in %v", time.Since(begun).Round(time.Millisecond))
	require.Equal(t, 600, r.count(effects))
	require.Zero(t, r.count(twice))
	require.Equal(t, 600, r.count(`select count(*) from exchange.effects`))
}

func TestDrainTakesOverWhatADeadProcessSent(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.put(outbox.Exchange, "do-records", "a")
	r.exec(`update exchange.outbox set state = 1, sent_at = now() - interval '3 seconds', accepted_at = now()`)
	require.NoError(t, r.Drain(t.Context()))
	require.Equal(t, 1, r.count(effects))
}

func TestWithoutRedisJobsArePulled(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.Table = Table{"thing.happened": {"do-records"}}
	r.run(r.again())
	r.run(r.again())
	r.put(outbox.Exchange, "thing.happened", refs(200)...)
	r.eventually("all are done", allDone, 200)
	require.Equal(t, 200, r.count(effects))
	require.Zero(t, r.count(twice))
}

func TestTheBellRingsBeforeTheNextLook(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.Timing.Poll = time.Hour
	relay := r.again()
	r.run(relay)
	r.eventually("the bell is hung", `select count(*) from pg_stat_activity where datname = current_database() and query = 'listen outbox'`, 1)
	r.put(outbox.Exchange, "do-records", "a")
	r.eventually("the job is done", effects, 1)
}

func TestWhatIsLostTooOftenIsADeadLetterThatCanBeSentAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.put(outbox.Exchange, "do-records", "a")
	for range outbox.MostGenerations + 1 {
		require.NotEqual(t, 3, r.one(outbox.Exchange, "do-records", "a").State)
		r.exec(`update exchange.outbox set state = 1, accepted_at = now(), sent_at = now() - interval '1 hour'`)
		require.NoError(t, r.sweep(t.Context()))
	}
	letters, err := outbox.Dead(t.Context(), r.Pools.Exchange, outbox.Exchange, 10)
	require.NoError(t, err)
	require.Len(t, letters, 1)
	require.Equal(t, "lost", letters[0].Code)
	require.NoError(t, outbox.Retry(t.Context(), r.Pools.Exchange, outbox.Exchange, letters[0].Msg))
	require.Equal(t, outbox.Generations, r.one(outbox.Exchange, "do-records", "a").Gen)
	require.NoError(t, r.Drain(t.Context()))
	require.Equal(t, 1, r.count(effects))
}

func TestCheckFindsWorkThatNobodyWouldDo(t *testing.T) {
	t.Parallel()
	good := effect("do-one", Records)
	require.NoError(t, Check([]Job{good, effect("do-two", Gate)}, Table{"a.b": {"do-one"}}, nil))
	typo, long, twin := good, good, good
	typo.Name, typo.Queue = "do-typo", "defualt"
	long.Name = "do-one-more"
	for name, err := range map[string]error{
		"queue":   Check([]Job{typo}, nil, nil),
		"begins":  Check([]Job{good, long}, nil, nil),
		"twice":   Check([]Job{good, twin}, nil, nil),
		"no job":  Check([]Job{good}, Table{"a.b": {"do-two"}}, nil),
		"divide":  Check([]Job{good}, nil, []Schedule{{Job: "do-one", Every: 7 * time.Hour}}),
		"a fact ": Check([]Job{good}, Table{"happened": nil}, nil),
	} {
		require.ErrorContains(t, err, name)
	}
}

func TestFinishedRowsAreTrimmedAndDeadOnesStay(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.put(outbox.Records, "do-records", "old", "young", "dead")
	r.exec(`update records.outbox set state = 2, done_at = now() - interval '20 days' where ref = 'old'`)
	r.exec(`update records.outbox set state = 2, done_at = now() - interval '2 days' where ref = 'young'`)
	r.exec(`update records.outbox set state = 3, created_at = now() - interval '90 days' where ref = 'dead'`)
	r.exec(`insert into records.inbox values ('x', '` + uuid.NewString() + `', now() - interval '31 days'), ('x', '` + uuid.NewString() + `', now())`)
	require.NoError(t, r.trim(t.Context()))
	require.Equal(t, 2, r.count(`select count(*) from records.outbox`))
	require.Equal(t, 1, r.count(`select count(*) from records.inbox`))
}

func TestAnExternalJobIsNotDoneAgainOnceNoted(t *testing.T) {
	t.Parallel()
	runs := 0
	job := effect("do-outside", Exchange)
	job.External = true
	job.Run = func(context.Context, pg.DB, Message) error {
		if runs++; runs == 1 {
			return errors.New("the first try fails")
		}
		return nil
	}
	r := newRig(t, job)
	r.put(outbox.Records, "do-outside", "a")
	msg := r.one(outbox.Records, "do-outside", "a").MsgID
	require.Error(t, r.handle(t.Context(), outbox.Records, msg))
	for range 3 {
		require.NoError(t, r.handle(t.Context(), outbox.Records, msg))
		require.Equal(t, 2, r.one(outbox.Records, "do-outside", "a").State)
		r.exec(`update records.outbox set state = 1`)
	}
	require.Equal(t, 2, runs)
}

func TestALongJobShowsThatItLives(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var runs atomic.Int32
	r := newRig(t, always("do-long", func() error { runs.Add(1); <-release; return nil }))
	r.Timing.Lost = 600 * time.Millisecond
	r.run(r.again())
	r.put(outbox.Records, "do-long", "a")
	r.eventually("it runs", `select count(*) from records.outbox where state = 1`, 1)
	begun := time.Now()
	require.Eventually(t, func() bool { return time.Since(begun) > 3*r.Timing.Lost }, patience, 50*time.Millisecond)
	close(release)
	r.eventually("it is done", `select count(*) from records.outbox where state = 2`, 1)
	require.EqualValues(t, 1, runs.Load())
	require.Zero(t, r.one(outbox.Records, "do-long", "a").Gen)
}
