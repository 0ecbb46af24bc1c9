package relay

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// Relay runs the jobs of one process. Any number may run at once on the same
// Postgres; none of them leads.
type Relay struct {
	Pools     *pg.Pools
	Jobs      []Job
	Table     Table
	Schedules []Schedule

	Redis   *redis.Options // nil: every job is pulled from the outbox
	Private bool           // this Redis is ours alone, so what it evicts is our choice
	Workers int            // jobs at a time; zero: 8
	Timing  Timing
	Now     func() time.Time // for schedules only
	Log     *slog.Logger

	mu     sync.Mutex
	byName map[string]Job
	slots  map[Schedule]string
	health health
	client *asynq.Client // for sending; nil without Redis
}

// Timing is how patient the relay is.
type Timing struct {
	Poll    time.Duration // between looks at an outbox when no bell rings
	Stale   time.Duration // sent, but nobody heard asynq accept it
	Lost    time.Duration // accepted, and no sign of life since
	Sweep   time.Duration // between sweeps
	Pull    time.Duration // how long Redis may be silent before jobs are pulled
	Probe   time.Duration // between looks at Redis
	Backoff time.Duration // first delay after a failure; doubles with each
	Longest time.Duration // the last delay
}

// Production is the patience that suits a city.
var Production = Timing{
	Poll: time.Second, Stale: 15 * time.Second, Lost: 5 * time.Minute, Sweep: 15 * time.Second,
	Pull: 5 * time.Second, Probe: time.Second, Backoff: 2 * time.Second, Longest: 2 * time.Minute,
}

const (
	batch   = 200 // rows of one look at an outbox
	senders = 12  // asynq has no batch enqueue, so sending is done side by side
)

// halves is every outbox there is.
var halves = []outbox.Half{outbox.Records, outbox.Exchange}

func (r *Relay) pool(half outbox.Half) *pgxpool.Pool {
	if half == outbox.Records {
		return r.Pools.Records
	}
	return r.Pools.Exchange
}

func (r *Relay) job(name string) Job { return r.byName[name] }

// names lists the jobs that this program knows. Rows of others are left to a
// newer program, as happens while one version replaces another.
func (r *Relay) names() []string { return slices.Sorted(maps.Keys(r.byName)) }

// prepare refuses a wiring under which work would vanish.
func (r *Relay) prepare() error {
	if err := Check(r.Jobs, r.Table, r.Schedules); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byName = map[string]Job{}
	for _, j := range r.Jobs {
		r.byName[j.Name] = j
	}
	if r.Timing == (Timing{}) {
		r.Timing = Production
	}
	if r.Workers == 0 {
		r.Workers = 8
	}
	if r.Log == nil {
		r.Log = slog.Default()
	}
	if r.Now == nil {
		return errors.New("relay: no clock")
	}
	return nil
}

// Run works until ctx ends, then lets running jobs finish. It returns at once
// when the wiring is wrong or Redis is one that would lose work; a Redis that
// is away is waited for, and jobs are pulled meanwhile.
func (r *Relay) Run(ctx context.Context) error {
	if err := r.prepare(); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	if r.Redis != nil {
		stop, err := r.connect(ctx, g)
		if err != nil {
			return err
		}
		defer stop()
	}
	bells := map[outbox.Half]chan struct{}{}
	for _, half := range halves {
		bells[half] = make(chan struct{}, 1)
	}
	for half, bell := range bells {
		g.Go(func() error {
			return r.every(ctx, r.Timing.Poll, bell, "relay", func() error { return r.look(ctx, half) })
		})
	}
	g.Go(func() error { return r.listen(ctx, bells) })
	g.Go(func() error { return r.every(ctx, r.Timing.Sweep, nil, "sweep", func() error { return r.sweep(ctx) }) })
	g.Go(func() error {
		return r.every(ctx, r.Timing.Poll, nil, "schedules", func() error { return r.plan(ctx, r.Now()) })
	})
	g.Go(func() error { return r.every(ctx, time.Hour, nil, "trim", func() error { return r.trim(ctx) }) })
	err := g.Wait()
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		return nil
	}
	return err
}

// every runs do now, then at each ring and at least every d. What goes wrong is
// logged and tried again: Postgres may be away for a while.
func (r *Relay) every(ctx context.Context, d time.Duration, bell <-chan struct{}, what string, do func() error) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		if err := do(); err != nil && ctx.Err() == nil {
			_, code := judge(err)
			r.Log.LogAttrs(ctx, slog.LevelWarn, "worker loop", slog.String("loop", what), slog.String("code", code))
		}
		timer.Reset(d)
		select {
		case <-ctx.Done():
			return nil
		case <-bell:
		case <-timer.C:
		}
	}
}

// look expands the facts of one outbox, then sends its jobs, or does them
// itself while Redis is away.
func (r *Relay) look(ctx context.Context, half outbox.Half) error {
	for {
		n, err := r.expand(ctx, half)
		if err != nil {
			return err
		}
		if n < batch {
			break
		}
	}
	for ctx.Err() == nil {
		n, err := 0, error(nil)
		switch r.health.mode() {
		case sending:
			n, err = r.send(ctx, half)
		case pulling:
			n, err = r.pull(ctx, half)
		}
		if err != nil || n == 0 {
			return err
		}
	}
	return nil
}

// row is a message as it is stored.
type row struct {
	MsgID   uuid.UUID
	Kind    string
	Queue   string
	Ref     string
	Payload map[string]string
	Gen     int
	Starts  int
	Fails   int
	Epoch   string
}

func (w row) message(half outbox.Half) Message {
	return Message{Half: half, ID: w.MsgID.String(), Kind: w.Kind, Ref: w.Ref, Payload: w.Payload}
}
