package relay

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/internal/redistest"
)

// brisk is the patience of tests: everything production does, in less time.
var brisk = Timing{
	Poll: 100 * time.Millisecond, Stale: time.Second, Lost: 3 * time.Second, Sweep: 300 * time.Millisecond,
	Pull: time.Second, Probe: 200 * time.Millisecond, Backoff: 20 * time.Millisecond, Longest: 400 * time.Millisecond,
}

const patience = 40 * time.Second

// noise is a log that several goroutines write and a test reads.
type noise struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (n *noise) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.buf.Write(p)
}

func (n *noise) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.buf.String()
}

// rig is a relay over a database of its own, with a table of effects that has
// no key: what is done twice is there twice.
type rig struct {
	*Relay
	db    *pgtest.DB
	noise *noise
	t     *testing.T
}

func newRig(t *testing.T, jobs ...Job) *rig {
	db := pgtest.New(t)
	for _, half := range halves {
		_, err := db.Admin.Exec(t.Context(), `create table `+string(half)+`.effects (msg text, ref text);
			grant select, insert on `+string(half)+`.effects to shanqiao_`+string(half)+`, shanqiao_gate`)
		require.NoError(t, err)
	}
	log := &noise{}
	r := &rig{db: db, noise: log, t: t, Relay: &Relay{
		Pools: db.Pools, Jobs: jobs, Timing: brisk, Workers: 4, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}}
	require.NoError(t, r.prepare())
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(log.String())
		}
	})
	return r
}

// again is another process on the same database.
func (r *rig) again() *Relay {
	return &Relay{Pools: r.Pools, Jobs: r.Jobs, Table: r.Table, Schedules: r.Schedules,
		Redis: r.Redis, Timing: r.Timing, Workers: r.Workers, Now: r.Now, Log: r.Log}
}

// effect is a job that leaves one row in the half it works in.
func effect(name string, room Room) Job {
	return Job{
		Spec: Spec{Name: name, Queue: outbox.Default, Room: room, Timeout: 10 * time.Second, Retries: 8},
		Run:  func(ctx context.Context, db pg.DB, m Message) error { return leave(ctx, db, room, m) },
	}
}

func leave(ctx context.Context, db pg.DB, room Room, m Message) error {
	_, err := db.Exec(ctx, `insert into `+room.inbox()+`.effects (msg, ref) values (@msg, @ref)`,
		pg.Args{"msg": m.ID, "ref": m.Ref})
	return err
}

// always is a job that does what do says.
func always(name string, do func() error) Job {
	j := effect(name, Records)
	j.Run = func(context.Context, pg.DB, Message) error { return do() }
	return j
}

// put writes messages of one kind, one for each ref.
func (r *rig) put(half outbox.Half, kind string, refs ...string) {
	r.t.Helper()
	require.NoError(r.t, pg.InTx(r.t.Context(), r.pool(half), func(tx pg.DB) error {
		for _, ref := range refs {
			if err := outbox.Append(r.t.Context(), tx, half, outbox.Fact{Kind: kind, Ref: ref}); err != nil {
				return err
			}
		}
		return nil
	}))
}

type stored struct {
	MsgID  uuid.UUID
	State  int
	Gen    int
	Starts int
	Fails  int
	Code   string
}

// one reads the only message about ref of a kind.
func (r *rig) one(half outbox.Half, kind, ref string) stored {
	r.t.Helper()
	s, err := pg.One[stored](r.t.Context(), r.db.Admin, errGone, `
		select msg_id, state::int as state, gen, starts, fails, coalesce(last_code, '') as code
		  from `+string(half)+`.outbox where kind = @kind and ref = @ref`, pg.Args{"kind": kind, "ref": ref})
	require.NoError(r.t, err)
	return s
}

func (r *rig) count(sql string) int {
	r.t.Helper()
	var n int
	require.NoError(r.t, r.db.Admin.QueryRow(r.t.Context(), sql).Scan(&n))
	return n
}

func (r *rig) exec(sql string) {
	r.t.Helper()
	_, err := r.db.Admin.Exec(r.t.Context(), sql)
	require.NoError(r.t, err)
}

// run starts a relay and returns what stops it and waits for it.
func (r *rig) run(relay *Relay) (stop func()) {
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan error, 1)
	go func() { done <- relay.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-done:
				if err != nil {
					r.t.Errorf("relay: %v", err)
				}
			case <-time.After(patience):
				r.t.Error("the relay did not stop")
			}
		})
	}
	r.t.Cleanup(stop)
	return stop
}

func (r *rig) eventually(what string, sql string, want int) {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return r.count(sql) == want }, patience, 50*time.Millisecond, what)
}

// withRedis gives the rig a Redis of its own.
func (r *rig) withRedis() *redistest.Server {
	server := redistest.New(r.t)
	options, err := redis.ParseURL(server.URL())
	require.NoError(r.t, err)
	r.Redis = options
	return server
}

func (r *rig) redis() *redis.Client {
	client := redis.NewClient(r.Redis)
	r.t.Cleanup(func() { require.NoError(r.t, client.Close()) })
	return client
}

func refs(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = uuid.NewString()
	}
	return all
}
