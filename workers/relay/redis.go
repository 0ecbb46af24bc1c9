package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"shanqiao/internal/fault"
)

// What a Redis that would lose work is refused with.
var (
	errOld   = fault.New(fault.Invalid, "jobs.redis_old")
	errEvict = fault.New(fault.Invalid, "jobs.redis_evicts")
)

// Safe says whether a Redis may carry jobs: 6.2 or later, because asynq's
// scripts need it, and one that refuses to write when it is full. Any other
// policy drops keys of live tasks without a word. A Redis of our own, started
// for this process alone, may evict: the sweeper makes good what it drops.
func Safe(ctx context.Context, client *redis.Client, private bool) error {
	info, err := client.InfoMap(ctx, "server", "memory").Result()
	if err != nil {
		return fault.New(fault.Unavailable, "jobs.redis_away").Because(err)
	}
	version := info["Server"]["redis_version"]
	if !atLeast(version, 6, 2) {
		return errOld.With("version", version)
	}
	if policy := info["Memory"]["maxmemory_policy"]; policy != "noeviction" && !private {
		return errEvict.With("policy", policy)
	}
	return nil
}

func atLeast(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	a, errA := strconv.Atoi(parts[0])
	b, errB := strconv.Atoi(parts[1])
	return errA == nil && errB == nil && (a > major || a == major && b >= minor)
}

// mode is how jobs get from the outbox to the wrapper.
type mode uint8

const (
	pulling mode = iota // straight from the outbox
	sending             // through asynq
	holding             // Redis has just gone: wait a little, it may be back
)

// health is what this process thinks of its Redis. It counts looks rather than
// reading a clock.
type health struct {
	mu     sync.Mutex
	wanted bool // a Redis was configured
	up     bool
	misses int
	limit  int // misses before jobs are pulled
}

// want says that there is a Redis, and how often it may be missed.
func (h *health) want(limit int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wanted, h.limit = true, limit
}

func (h *health) mode() mode {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !h.wanted || !h.up && h.misses >= h.limit:
		return pulling
	case h.up:
		return sending
	}
	return holding
}

// failed notes that Redis would not take a task; the next look decides whether
// it is well again.
func (h *health) failed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.up = false
}

// looked notes the result of a look at Redis. It says whether Redis came back,
// or has just been given up.
func (h *health) looked(well bool) (back, givenUp bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if well {
		back = !h.up
		h.up, h.misses = true, 0
		return back, false
	}
	h.up = false
	h.misses++
	return false, h.misses == h.limit
}

// marker is a key that a Redis has while it remembers us. A Redis without it
// has lost whatever it held.
const marker = "shanqiao:relay"

// probe looks at Redis by writing to it, because a full one and a replica
// answer a ping. The instance that finds the marker gone issues everything
// again; writing the marker and reading what was there are one command, so
// only one instance finds it gone.
func (r *Relay) probe(ctx context.Context, client *redis.Client) error {
	limited, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := client.SetArgs(limited, marker, "1", redis.SetArgs{Get: true}).Result()
	wiped := errors.Is(err, redis.Nil)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil && !wiped {
		if _, givenUp := r.health.looked(false); givenUp {
			r.Log.LogAttrs(ctx, slog.LevelWarn, "redis is away, jobs are pulled")
			return r.reissue(ctx, "redis is away")
		}
		return nil
	}
	if r.health.mode() != sending {
		if err := Safe(limited, client, r.Private); err != nil {
			r.health.looked(false)
			return fmt.Errorf("redis: %w", err)
		}
	}
	if wiped {
		if err := r.reissue(ctx, "redis is empty"); err != nil {
			return err
		}
	}
	if back, _ := r.health.looked(true); back {
		r.Log.LogAttrs(ctx, slog.LevelInfo, "redis carries jobs")
	}
	return nil
}

// calm slows a client whose commands fail. asynq asks for work again the moment
// an asking failed, and would burn a processor for as long as Redis is away.
type calm struct{ pause time.Duration }

func (calm) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c calm) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		if err == nil || errors.Is(err, redis.Nil) || strings.HasPrefix(err.Error(), "NOSCRIPT") {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(c.pause):
		}
		return err
	}
}

func (calm) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// silent keeps the library from writing to standard error on its own: what
// matters about Redis, the look-out says once, in our log.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

func init() { redis.SetLogger(silent{}) }
