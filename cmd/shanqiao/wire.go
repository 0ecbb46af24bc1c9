package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"shanqiao/portal"
	"shanqiao/workers"
)

// part is something that runs until its context ends.
type part struct {
	name string
	run  func(ctx context.Context) error
}

// portal is the web, wired.
func (h *house) portal(listener net.Listener, log *slog.Logger) part {
	server := &portal.Server{
		Pools:      h.pools,
		Keys:       h.keys,
		Now:        time.Now,
		Log:        log,
		Dev:        h.demo,
		Neighbours: map[string]func(context.Context) error{"redis": h.pingRedis},
	}
	return part{"portal", func(ctx context.Context) error {
		handler, err := server.Handler()
		if err != nil {
			return err
		}
		return serve(ctx, portal.Listen(handler), listener)
	}}
}

// workers are the background jobs, wired.
func (h *house) workers(log *slog.Logger) part {
	w := &workers.Workers{
		Pools:   h.pools,
		Redis:   h.redis,
		Private: h.private != nil,
		Now:     time.Now,
		Log:     log,
	}
	return part{"workers", w.Run}
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
