package relay

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/outbox"
)

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

func TestADamagedRedisIsMadeGood(t *testing.T) {
	t.Parallel()
	r := newRig(t, effect("do-records", Records))
	r.withRedis()
	client := r.redis()
	r.client = asynq.NewClientFromRedisClient(client)
	r.health.want(1)
	r.health.looked(true)
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
