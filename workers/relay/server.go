package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"shanqiao/internal/fault"
)

// connect starts what talks to Redis: the look-out, the sending client and
// asynq's server. It refuses a Redis that would lose work; one that is away is
// waited for. stop lets running jobs finish and closes both clients.
func (r *Relay) connect(ctx context.Context, g *errgroup.Group) (stop func(), err error) {
	options := *r.Redis
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = time.Second, 2*time.Second, 2*time.Second
	options.MaxRetries, options.ContextTimeoutEnabled = 1, true
	ours := redis.NewClient(&options)
	if err := Safe(ctx, ours, r.Private); err != nil && fault.Of(err) != fault.Unavailable {
		return nil, errors.Join(err, ours.Close())
	}
	r.health.want(max(1, int(r.Timing.Pull/r.Timing.Probe)))
	r.client = asynq.NewClientFromRedisClient(ours)

	theirOptions := options
	theirOptions.PoolSize = max(10, 2*r.Workers)
	theirs := redis.NewClient(&theirOptions)
	theirs.AddHook(calm{pause: 300 * time.Millisecond})
	server := asynq.NewServerFromRedisClient(theirs, r.config())
	if err := server.Start(asynq.HandlerFunc(r.process)); err != nil {
		return nil, errors.Join(fmt.Errorf("job server: %w", err), ours.Close(), theirs.Close())
	}
	g.Go(func() error {
		return r.every(ctx, r.Timing.Probe, nil, "redis", func() error { return r.probe(ctx, ours) })
	})
	return func() {
		server.Shutdown()
		if err := errors.Join(ours.Close(), theirs.Close()); err != nil {
			r.Log.Warn("redis did not close cleanly")
		}
	}, nil
}

// config is asynq with our own ideas of retrying: the truth is in Postgres, so
// a retry is cheap and soon, and what is not the job's fault is not counted.
func (r *Relay) config() asynq.Config {
	return asynq.Config{
		Concurrency: r.Workers,
		Queues:      Queues,
		RetryDelayFunc: func(n int, err error, _ *asynq.Task) time.Duration {
			f := failed{again: n + 1}
			errors.As(err, &f)
			return r.delay(f)
		},
		IsFailure: func(err error) bool {
			var f failed
			return !errors.Is(err, asynq.ErrLeaseExpired) && !errors.Is(err, context.Canceled) &&
				!(errors.As(err, &f) && f.quiet)
		},
		ShutdownTimeout:          25 * time.Second,
		TaskCheckInterval:        200 * time.Millisecond,
		DelayedTaskCheckInterval: time.Second,
		ErrorHandler:             asynq.ErrorHandlerFunc(r.codesOnly),
		Logger:                   quiet{r.Log},
		LogLevel:                 asynq.WarnLevel,
	}
}

// process opens an envelope and runs its message. One that cannot be read is
// not ours, and trying again will not make it so.
func (r *Relay) process(ctx context.Context, t *asynq.Task) error {
	var e envelope
	if err := json.Unmarshal(t.Payload(), &e); err != nil || r.unknownHalf(e) {
		r.Log.LogAttrs(ctx, slog.LevelError, "task unreadable", slog.String("job", t.Type()))
		return asynq.RevokeTask
	}
	return r.handle(ctx, e.Half, e.Msg)
}

func (r *Relay) unknownHalf(e envelope) bool {
	for _, half := range halves {
		if e.Half == half {
			return false
		}
	}
	return true
}

// codesOnly logs what the wrapper did not: tasks that asynq itself gave up on.
func (r *Relay) codesOnly(ctx context.Context, t *asynq.Task, err error) {
	var f failed
	if errors.As(err, &f) {
		return
	}
	code := "internal"
	switch {
	case errors.Is(err, asynq.ErrLeaseExpired):
		code = "lease"
	case errors.Is(err, context.DeadlineExceeded):
		code = "deadline"
	case errors.Is(err, context.Canceled):
		code = codeStopped
	}
	r.Log.LogAttrs(ctx, slog.LevelWarn, "task broke off", slog.String("job", t.Type()), slog.String("code", code))
}

// quiet gives asynq's own remarks to our log, one step lower than asynq thinks
// of them: what matters is in Postgres. They name task ids and never payloads.
type quiet struct{ log *slog.Logger }

func (q quiet) Debug(...any)      {}
func (q quiet) Info(...any)       {}
func (q quiet) Warn(args ...any)  { q.log.Debug("asynq", "says", fmt.Sprint(args...)) }
func (q quiet) Error(args ...any) { q.log.Warn("asynq", "says", fmt.Sprint(args...)) }
func (q quiet) Fatal(args ...any) { q.log.Error("asynq", "says", fmt.Sprint(args...)) }
