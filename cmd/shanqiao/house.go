package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"shanqiao/internal/migrate"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/internal/service"
	"shanqiao/needs/chain"
	"shanqiao/needs/index"
)

// house is what every serving process stands on: settings, keys, pools, Redis.
type house struct {
	settings
	keys    *secret.Keys
	pools   *pg.Pools
	index   index.Tiers
	redis   *redis.Options    // of the one server that jobs go through
	private *service.Services // our own services, when they are ours
	demo    bool              // a demonstration: codes are shown on the page

	closed atomic.Bool
}

// open joins the configured services; it does not start or migrate anything.
// Outside of development it refuses what the doctor calls unsafe.
func open(p *program) (*house, error) {
	s, err := read(p.getenv)
	if err != nil {
		return nil, err
	}
	s, running, err := s.withPrivate()
	if err != nil {
		return nil, err
	}
	if !running {
		return nil, errors.New("set DATABASE_URL and REDIS_URL, or start our own services with: shanqiao up")
	}
	h := &house{settings: s}
	if h.keys, err = s.keys(); err != nil {
		return nil, err
	}
	if err := h.refuseUnsafe(p); err != nil {
		return nil, err
	}
	return h, h.join(p.ctx)
}

// build starts our own services where nothing is configured, and migrates.
func build(p *program) (h *house, err error) {
	s, err := read(p.getenv)
	if err != nil {
		return nil, err
	}
	h = &house{settings: s}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if s.Database == "" || s.Redis == "" {
		fmt.Fprintf(p.stdout, "Starting Postgres and Redis of our own in %s …\n", s.Data)
		if h.private, err = service.Start(p.ctx, s.Data); err != nil {
			return h, err
		}
		if h.Database == "" {
			h.Database = h.private.Postgres.URL(service.Database)
		}
		if h.Redis == "" {
			h.Redis = h.private.Redis.URL()
		}
	}
	if h.keys, err = s.keys(); err != nil {
		return h, err
	}
	ran, err := migrate.Up(p.ctx, h.Database, h.keys)
	if err != nil {
		return h, err
	}
	if ran > 0 {
		fmt.Fprintf(p.stdout, "%d migrations run.\n", ran)
	}
	if err := h.refuseUnsafe(p); err != nil {
		return h, err
	}
	return h, h.join(p.ctx)
}

func (h *house) join(ctx context.Context) error {
	opt, err := asynq.ParseRedisURI(h.Redis)
	if err != nil {
		return errors.New("REDIS_URL is not an address")
	}
	client, ok := opt.MakeRedisClient().(*redis.Client)
	if !ok {
		return errors.New("REDIS_URL must name one server, or a sentinel that names it")
	}
	h.redis = client.Options()
	if err := client.Close(); err != nil {
		return err
	}
	h.pools, err = migrate.Pools(ctx, h.Database, h.keys, h.Sizes)
	return err
}

// refuseUnsafe runs the doctor. In development it is told what it found, and
// goes on.
func (h *house) refuseUnsafe(p *program) error {
	bad := examine(p.ctx, h.settings, h.keys).refused()
	if len(bad) == 0 {
		return nil
	}
	if err := bad.print(p.stderr); err != nil {
		return err
	}
	if h.Development {
		return nil
	}
	return errors.New("refused: the above must be mended first, or SHANQIAO_ENVIRONMENT=development be set where there are no real people's data")
}

// ledger is the file of signed checkpoints.
func (h *house) ledger() (*chain.Ledger, error) { return chain.NewLedger(h.Checkpoints, h.keys) }

// close lets go of everything, services last. It may be called twice.
func (h *house) close() error {
	if h.closed.Swap(true) {
		return nil
	}
	if h.pools != nil {
		h.pools.Close()
	}
	if h.private != nil {
		return h.private.Stop()
	}
	return nil
}

// ownDatabase says whether Postgres is the cluster that we started.
func (h *house) ownDatabase() bool {
	return h.private != nil && h.Database == h.private.Postgres.URL(service.Database)
}

// lost is closed when one of our own services ends by itself.
func (h *house) lost() <-chan struct{} {
	gone := make(chan struct{})
	if h.private == nil {
		return gone
	}
	go func() {
		select {
		case <-h.private.Postgres.Ended():
		case <-h.private.Redis.Ended():
		}
		close(gone)
	}()
	return gone
}
