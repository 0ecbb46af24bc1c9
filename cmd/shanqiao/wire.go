package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"shanqiao/internal/env"
	"shanqiao/matcher"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/needs/index/meili"
	"shanqiao/portal"
	"shanqiao/workers"
	"shanqiao/workers/relay"
)

// part is something that runs until its context ends.
type part struct {
	name string
	run  func(ctx context.Context) error
}

// portal is the web, wired. A page or a policy row that is broken is an error
// here, before anything long begins.
func (h *house) portal(listener net.Listener, log *slog.Logger) (part, error) {
	ledger, err := h.ledger()
	if err != nil {
		return part{}, err
	}
	server := &portal.Server{
		Pools:      h.pools,
		Keys:       h.keys,
		Now:        time.Now,
		Log:        log,
		Index:      h.index,
		Ledger:     ledger,
		Sender:     h.Messages,
		Dev:        h.demo,
		Secure:     h.Secure,
		Proxies:    h.Proxies,
		Site:       h.Site,
		Settings:   append(h.InForce, env.Setting{Name: "SHANQIAO_LISTEN", Value: listener.Addr().String(), Set: true}),
		Neighbours: map[string]func(context.Context) error{"redis": h.pingRedis},
	}
	handler, err := server.Handler()
	if err != nil {
		return part{}, err
	}
	return part{"portal", func(ctx context.Context) error {
		return serve(ctx, portal.Listen(handler), listener)
	}}, nil
}

// jobs are the background jobs, wired.
func (h *house) jobs(log *slog.Logger) *workers.Workers {
	return &workers.Workers{
		Pools:   h.pools,
		Keys:    h.keys,
		Index:   h.index,
		Redis:   h.redis,
		Private: h.private != nil,
		Solver:  h.solver(),
		Now:     time.Now,
		Log:     log,
	}
}

// workers run the jobs. They sign checkpoints too: the ledger is a file, so
// with several machines it must be one that all of them share.
func (h *house) workers(log *slog.Logger) (part, error) {
	ledger, err := h.ledger()
	if err != nil {
		return part{}, err
	}
	w := h.jobs(log)
	w.Ledger = ledger
	return part{"workers", func(ctx context.Context) error {
		offers := h.offers(log)
		if err := offers.Load(ctx); err != nil {
			return err
		}
		w.Online = offers.Online
		ctx, stop := context.WithCancel(ctx)
		var follows sync.WaitGroup
		follows.Go(func() { offers.Run(ctx) })
		defer follows.Wait()
		defer stop()
		return w.Run(ctx)
	}}, nil
}

// offers holds in memory what the city can give, and follows Postgres, for those
// who match card by card.
func (h *house) offers(log *slog.Logger) *matcher.Follower {
	return &matcher.Follower{
		DB: h.pools.Exchange, Online: &matcher.Online{}, Now: time.Now, Looks: 2 * time.Second, Checks: 5 * time.Minute,
		Failed: func(err error) { log.Warn("the offers in memory do not follow Postgres", "code", relay.CodeOf(err)) },
		Mended: func(d matcher.Drift) {
			log.Warn("offers in memory mended", "missing", d.Missing, "stale", d.Stale, "orphans", d.Orphans,
				"records", d.Records, "held", d.Held)
		},
	}
}

// search opens both tiers: in memory, following Postgres, and where Meilisearch
// is configured, that one first. A nil log does not follow, for one-off tools.
func (h *house) search(ctx context.Context, log *slog.Logger) error {
	key, err := h.keys.Derive("search budget/1", 32)
	if err != nil {
		return err
	}
	memory := index.Tiers{
		Public: embedded.New(deid.Public), Verified: embedded.New(deid.Verified),
		Budget: &index.Budget{DB: h.pools.Exchange, Key: key, Now: time.Now, Failed: func(err error) {
			if log != nil {
				log.Warn("searches are counted in this process only", "code", relay.CodeOf(err))
			}
		}},
	}
	if log != nil || h.Meili == "" {
		failed := func(err error) {
			if log != nil {
				log.Warn("the index does not follow Postgres", "code", relay.CodeOf(err))
			}
		}
		if err := card.Follow(ctx, h.pools.Exchange, memory, 2*time.Second, failed); err != nil {
			return err
		}
	}
	h.index = memory
	if h.Meili == "" {
		return nil
	}
	for tier, at := range map[deid.Tier]*index.Index{deid.Public: &h.index.Public, deid.Verified: &h.index.Verified} {
		config := meili.Config{URL: h.Meili, Key: h.MeiliKey, Tier: tier, DB: h.pools.Exchange}
		if log == nil {
			engine, err := meili.Open(ctx, config)
			if err != nil {
				return err
			}
			*at = engine
			continue
		}
		engine := index.NewLate(tier)
		*at = index.WithFallback(engine, *at, index.DefaultPatience)
		go h.await(ctx, config, engine, log)
	}
	return nil
}

// await opens an engine, however long it is away, and makes it say what Postgres
// says before it is asked. The index in memory answers meanwhile.
func (h *house) await(ctx context.Context, config meili.Config, engine *index.Late, log *slog.Logger) {
	again := time.NewTicker(10 * time.Second)
	defer again.Stop()
	for said := ""; ; {
		opened, err := meili.Open(ctx, config)
		if err == nil {
			_, err = card.Reconcile(ctx, h.pools.Exchange, opened)
		}
		if err == nil {
			engine.Arrive(opened)
			return
		}
		if ctx.Err() != nil {
			return
		}
		if err.Error() != said { // once, and not every ten seconds
			said = err.Error()
			log.Warn("Meilisearch is away; the embedded index answers", "tier", config.Tier, "code", relay.CodeOf(err))
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
}

// together runs the parts until the context ends or one of them fails.
func together(ctx context.Context, parts ...part) error {
	all, ctx := errgroup.WithContext(ctx)
	for _, one := range parts {
		all.Go(func() error {
			if err := one.run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			return nil
		})
	}
	return all.Wait()
}

// serve answers until ctx ends, then lets the requests under way finish.
func serve(ctx context.Context, server *http.Server, listener net.Listener) error {
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
		defer cancel()
		stopped <- server.Shutdown(last)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

func (h *house) pingRedis(ctx context.Context) error {
	opt := *h.redis
	opt.MaxRetries, opt.PoolSize = -1, 1
	client := redis.NewClient(&opt)
	return errors.Join(client.Ping(ctx).Err(), client.Close())
}
