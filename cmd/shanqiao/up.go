package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"shanqiao/cmd/shanqiao/demo"
)

// up is everything in one process, with services of its own where none are named.
type up struct {
	Listen     string `default:"127.0.0.1:8080" help:"Address to listen on."`
	Demo       bool   `help:"Fill an empty database with the demo city."`
	Households int    `default:"3000" help:"Households of the demo city."`
	Seed       uint64 `default:"1" help:"The same seed makes the same city."`
}

// Run listens before it does anything long, so that a taken port is known at once.
func (c *up) Run(p *program) (err error) {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("up: %w; choose another with --listen", err)
	}
	defer listener.Close() // Serve closes it too
	h, err := build(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	// On a database that somebody named there may be real people, and a code
	// on the page would let anyone sign in as any of them.
	h.demo = c.Demo && (h.ownDatabase() || h.Development)
	log := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := h.search(p.ctx, log); err != nil {
		return err
	}
	pages, err := h.portal(listener, log)
	if err != nil {
		return err
	}
	if c.Demo {
		if err := h.load(p, demo.Options{Households: c.Households, Seed: c.Seed}); err != nil {
			return err
		}
	}
	w, err := h.workers(log)
	if err != nil {
		return err
	}
	return together(p.ctx, pages, w, h.watch(), c.greet(p, listener.Addr()))
}

// greet says where the portal is, once everything is under way.
func (c *up) greet(p *program, at net.Addr) part {
	return part{"greeting", func(context.Context) error {
		_, err := fmt.Fprintf(p.stdout, "\nShanqiao answers at http://%s (Ctrl-C stops everything it started)\n", at)
		return err
	}}
}

// watch ends the program when a service of ours ends: better a clear stop than
// pages that cannot be answered.
func (h *house) watch() part {
	lost := h.lost()
	return part{"services", func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return nil
		case <-lost:
			return fmt.Errorf("postgres or redis ended by itself; its log is in %s", h.Data)
		}
	}}
}

// portalCommand serves pages only; as many as wanted may run.
type portalCommand struct {
	Listen string `default:"127.0.0.1:8080" env:"SHANQIAO_LISTEN" help:"Address to listen on."`
}

// Run serves until it is told to stop.
func (c *portalCommand) Run(p *program) (err error) {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	defer listener.Close() // Serve closes it too
	h, err := open(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	log := slog.New(slog.NewJSONHandler(p.stderr, nil))
	if err := h.search(p.ctx, log); err != nil {
		return err
	}
	pages, err := h.portal(listener, log)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "portal at http://%s\n", listener.Addr())
	return together(p.ctx, pages)
}

// workerCommand does background work only; as many as wanted may run.
type workerCommand struct{}

// Run works until it is told to stop, and lets running jobs finish.
func (*workerCommand) Run(p *program) (err error) {
	h, err := open(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	log := slog.New(slog.NewJSONHandler(p.stderr, nil))
	if err := h.search(p.ctx, log); err != nil {
		return err
	}
	w, err := h.workers(log)
	if err != nil {
		return err
	}
	return together(p.ctx, w)
}
