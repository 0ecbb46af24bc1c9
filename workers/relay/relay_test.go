package relay

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
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

func TestAsynqCarriesJobsAndOnlyReferences(t *testing.T) {
	t.Parallel()
	secretly := "张三 11010519491231002X"
	bad := always("do-quote", func() error { return fmt.Errorf("row %s", secretly) })
	r := newRig(t, effect("do-records", Records), bad)
	r.withRedis()
	r.run(r.again())
	r.put(outbox.Exchange, "do-records", refs(100)...)
	r.eventually("all are done", allDone, 100)
	require.Zero(t, r.count(twice))

	r.exec(`insert into exchange.outbox (msg_id, dedupe_key, kind, queue, ref, payload)
		values (gen_random_uuid(), 'canary', 'do-quote', 'default', 'ref-canary', '{"note":"note-canary"}')`)
	r.eventually("it has failed", `select count(*) from exchange.outbox where kind = 'do-quote' and fails >= 2`, 1)
	all := dump(t, r.redis())
	require.Contains(t, all, "do-quote")
	for _, canary := range []string{secretly, "张三", "11010519491231002X", "ref-canary", "note-canary"} {
		require.NotContains(t, all, canary)
		require.NotContains(t, r.noise.String(), canary)
	}
}

// dump is everything a Redis holds, keys and values.
func dump(t *testing.T, client *redis.Client) string {
	t.Helper()
	var all strings.Builder
	keys, err := client.Keys(t.Context(), "*").Result()
	require.NoError(t, err)
	for _, key := range keys {
		value, err := client.Eval(t.Context(), `
			local t = redis.call('TYPE', KEYS[1]).ok
			local v = {}
			if t == 'string' then v = {redis.call('GET', KEYS[1])}
			elseif t == 'hash' then v = redis.call('HGETALL', KEYS[1])
			elseif t == 'list' then v = redis.call('LRANGE', KEYS[1], 0, -1)
			elseif t == 'set' then v = redis.call('SMEMBERS', KEYS[1])
			elseif t == 'zset' then v = redis.call('ZRANGE', KEYS[1], 0, -1) end
			return table.concat(v, ' ')`, []string{key}).Text()
		require.NoError(t, err)
		fmt.Fprintln(&all, key, value)
	}
	return all.String()
}

func TestARelayThatDiesAfterMarkingIsMadeGood(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.withRedis()
	r.put(outbox.Exchange, "do-records", refs(20)...)
	rows, err := r.mark(t.Context(), outbox.Exchange, batch, false) // and it dies
	require.NoError(t, err)
	require.Len(t, rows, 20)
	r.redis().Set(t.Context(), marker, "1", 0) // Redis knows us, so nothing looks wiped
	r.run(r.again())
	r.eventually("all are done", allDone, 20)
	require.Equal(t, 20, r.count(effects))
	require.Zero(t, r.count(`select count(*) from exchange.outbox where gen > 0`))
}

func TestATaskThatIsThereAlreadyWasSent(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.withRedis()
	r.client = asynq.NewClientFromRedisClient(r.redis())
	r.put(outbox.Exchange, "do-records", "a")
	rows, err := r.mark(t.Context(), outbox.Exchange, batch, false)
	require.NoError(t, err)
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f-]{36}-g0$`, rows[0].taskID())
	require.True(t, r.enqueue(t.Context(), outbox.Exchange, rows[0]))
	require.True(t, r.enqueue(t.Context(), outbox.Exchange, rows[0]), "the answer was lost, and it is sent again")
	rows[0].Gen++
	require.True(t, r.enqueue(t.Context(), outbox.Exchange, rows[0]))
	require.EqualValues(t, 2, r.redis().LLen(t.Context(), "asynq:{default}:pending").Val())
}

func TestAnOrphanBlocksOneIssueAndNotTheMessage(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.withRedis()
	client := r.redis()
	r.put(outbox.Exchange, "do-records", "a")
	var epoch string
	require.NoError(t, r.db.Admin.QueryRow(t.Context(), `select epoch::text from exchange.cluster_epoch`).Scan(&epoch))
	orphan := row{MsgID: r.one(outbox.Exchange, "do-records", "a").MsgID, Epoch: epoch}.taskID()
	client.HSet(t.Context(), "asynq:{default}:t:"+orphan, "state", "active")
	client.Set(t.Context(), marker, "1", 0)
	r.run(r.again())
	r.eventually("it is done", allDone, 1)
	require.Equal(t, 1, r.one(outbox.Exchange, "do-records", "a").Gen)
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

func TestRedisKilledAndWipedLosesNothing(t *testing.T) {
	t.Parallel()
	const messages = 500
	r := newRig(t, effect("do-records", Records))
	r.Table = Table{"thing.happened": {"do-records"}}
	server := r.withRedis()
	r.run(r.again())
	r.put(outbox.Exchange, "thing.happened", refs(messages)...)
	require.Eventually(t, func() bool { return r.count(effects) > 50 }, patience, 10*time.Millisecond)
	server.Kill()
	server.Wipe()
	killed := time.Now()
	flying := r.count(`select count(*) from exchange.outbox where kind = 'do-records' and state = 1`)
	server.Start()
	r.eventually("all are done", allDone, messages)
	t.Logf("%d of %d in flight when Redis was killed and wiped; all done %v later", flying, messages, time.Since(killed).Round(time.Millisecond))
	require.Positive(t, flying, "nothing was in flight, so nothing was tested")
	require.Equal(t, messages, r.count(effects))
	require.Zero(t, r.count(twice))
}

func TestRedisThatStaysAwayIsDoneWithout(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	server := r.withRedis()
	relay := r.again()
	stop := r.run(relay)
	r.put(outbox.Exchange, "do-records", refs(50)...)
	r.eventually("asynq did them", allDone, 50)
	server.Kill()
	r.put(outbox.Exchange, "do-records", refs(50)...)
	r.eventually("they were pulled", allDone, 100)
	server.Start()
	require.Eventually(t, func() bool { return relay.health.mode() == sending }, patience, 20*time.Millisecond)
	r.put(outbox.Exchange, "do-records", refs(50)...)
	r.eventually("asynq does them again", allDone, 150)
	require.Equal(t, 150, r.count(effects))
	require.Zero(t, r.count(twice))
	stop()
}

func TestAFullRedisIsDoneWithout(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.withRedis()
	relay := r.again()
	r.run(relay)
	require.Eventually(t, func() bool { return relay.health.mode() == sending }, patience, 20*time.Millisecond)
	require.NoError(t, r.redis().ConfigSet(t.Context(), "maxmemory", "1").Err())
	r.put(outbox.Exchange, "do-records", refs(50)...)
	r.eventually("they were pulled", allDone, 50)
	require.Equal(t, 50, r.count(effects))
}

func TestARedisThatEvictsIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.withRedis()
	require.NoError(t, r.redis().ConfigSet(t.Context(), "maxmemory-policy", "allkeys-lru").Err())
	require.ErrorIs(t, r.again().Run(t.Context()), errEvict)
	private := r.again()
	private.Private = true
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, private.Run(ctx))
}

func TestVersionsAreComparedAsNumbers(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"7.0.15": true, "6.2.0": true, "6.0.16": false, "10.1": true, "": false, "x.y": false} {
		require.Equal(t, want, atLeast(version, 6, 2), version)
	}
}

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
	now := time.Date(2026, 3, 1, 1, 59, 0, 0, Beijing)
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
	require.True(t, at.Equal(time.Date(2026, 2, 28, 2, 0, 0, 0, Beijing)))
}

func TestSlots(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, Beijing)
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

func TestARelayStopsWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	server := r.withRedis()
	relay := r.again()
	stop := r.run(relay)
	require.Eventually(t, func() bool { return relay.health.mode() == sending }, patience, 20*time.Millisecond)
	server.Kill()
	r.put(outbox.Exchange, "do-records", refs(20)...)
	r.eventually("they were pulled", allDone, 20)
	begun := time.Now()
	stop()
	require.Less(t, time.Since(begun), 15*time.Second)
	t.Logf("stopped in %v", time.Since(begun).Round(time.Millisecond))
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

func TestADamagedRedisIsMadeGood(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.withRedis()
	client := r.redis()
	r.client = asynq.NewClientFromRedisClient(client)
	r.health.wanted, r.health.up, r.health.limit = true, true, 1
	client.Set(t.Context(), marker, "1", 0)
	r.put(outbox.Exchange, "do-records", refs(40)...)
	_, err := r.send(t.Context(), outbox.Exchange)
	require.NoError(t, err)
	ids, err := client.LRange(t.Context(), "asynq:{default}:pending", 0, -1).Result()
	require.NoError(t, err)
	for i, id := range ids { // what evictions, failed scripts and operators do
		switch i % 4 {
		case 0:
			client.Del(t.Context(), "asynq:{default}:t:"+id)
		case 1:
			client.LRem(t.Context(), "asynq:{default}:pending", 1, id)
		}
	}
	r.run(r.again())
	r.eventually("all are done", allDone, 40)
	require.Equal(t, 40, r.count(effects))
	require.Zero(t, r.count(twice))
}
